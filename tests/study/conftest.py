"""Results without sampling: exact draws dressed up as fits, which is what good fits look like."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from unfunnel.study.case import Case
from unfunnel.study.priors import Priors, ScalePrior
from unfunnel.study.regime import Regime
from unfunnel.study.regimes import find_regimes
from unfunnel.study.result import Result

FITS = ("centered", "noncentered", "mixed", "informed")
LABELS = ("<script>alert(1)</script>", "a$b$c", "東京", "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch")


def dressed(tree: xr.DataTree, name: str, seed: int, divergent: int) -> xr.DataTree:
    """Exact draws with the statistics that a sampler would have given."""
    generator = np.random.default_rng(seed)
    posterior = tree["posterior"].to_dataset()
    shape = (posterior.sizes["chain"], posterior.sizes["draw"])
    dims = ("chain", "draw")
    diverging = np.zeros(shape, dtype=bool)
    diverging.flat[generator.choice(diverging.size, divergent, replace=False)] = True
    stats = {
        "diverging": (dims, diverging),
        "n_steps": (dims, generator.choice([3, 7, 15], shape)),
        "step_size": (dims, np.full(shape, 0.5)),
        "energy": (dims, generator.normal(size=shape)),
    }
    weights = xr.DataArray(np.linspace(0.1, 0.9, posterior.sizes["group"]), dims="group")
    cost = {"gradients_pilot": 100, "gradients_tune": 200, "gradients_draw": int(stats["n_steps"][1].sum())}
    return xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "sample_stats": xr.Dataset(stats),
            "parameterization": xr.Dataset({"theta_weight": weights}, attrs={"parameterization": name, **cost}),
        }
    )


def pretend(regime: Regime, divergent: int = 3, draws: int = 400) -> Result:
    """A result whose centered fit diverges, all others being perfect."""
    exact = regime.exact()
    assert exact is not None
    fits = {
        name: dressed(exact.sample(draws, 4, random_seed=k), name, k, divergent if name == "centered" else 0)
        for k, name in enumerate(FITS)
    }
    return Result(regime, fits, exact, exact.sample(draws, 4, random_seed=99), {"compile": 1.0})


def pretend_inexact(case: Case, draws: int = 400) -> Result:
    """A result of a model that is not known exactly: normal draws of every variable, around nothing in particular."""
    fits = {name: dressed(made_up(case, k, draws), name, k, 0) for k, name in enumerate(FITS)}
    if case.name.startswith("multivariate"):
        for fit in fits.values():
            fit["parameterization"] = xr.Dataset(
                attrs=fit["parameterization"].attrs | {"parameterization": "as written"}
            )
    return Result(case, fits, None, None, {"compile": 1.0})


def made_up(case: Case, seed: int, draws: int) -> xr.DataTree:
    generator = np.random.default_rng(seed)
    model = case.model()
    posterior = {}
    shapes = model.eval_rv_shapes()
    correlated = {"covariance_stds": (3,), "covariance_corr": (3, 3)} if "covariance" in shapes else {}
    for name, shape in ({rv.name: shapes[rv.name] for rv in model.free_RVs} | correlated).items():
        values = generator.normal(size=(4, draws, *shape))
        if name in ("tau", "covariance_stds"):
            values = np.exp(values / 3)
        if name == "covariance_corr":
            values = np.tanh(values)
        dims = model.named_vars_to_dims.get(name) or [f"{name}_dim_{k}" for k in range(len(shape))]
        posterior[name] = (("chain", "draw", *dims), values)
    return xr.DataTree.from_dict({"posterior": xr.Dataset(posterior)})


def table_of(groups: int) -> Regime:
    """Awkward labels, unequal sizes, unknown noise."""
    generator = np.random.default_rng(groups)
    counts = np.minimum(generator.zipf(1.6, groups) + 1, 60)
    index = np.repeat(np.arange(groups), counts)
    labels = tuple(LABELS[k] if k < len(LABELS) else f"group number {k}" for k in range(groups))
    effects = generator.normal(1000, 50, groups)
    return Regime(
        name="table",
        title="Your table: a <b>bold</b> one",
        story="Made up.",
        labels=labels,
        y=generator.normal(effects[index], 80),
        group=index,
        sigma=None,
        priors=Priors((1000.0, 200.0), ScalePrior("HalfNormal", 100.0), ScalePrior("HalfNormal", 100.0)),
        group_word="the <i>group</i>",
        value_word="price ($/m²)",
    )


@pytest.fixture(scope="session")
def results() -> Callable[[str], Result]:
    """Pretended results by name: a regime of the study, or "table of K"."""
    made: dict[str, Result] = {}

    def get(name: str) -> Result:
        if name not in made:
            regime = table_of(int(name.split()[-1])) if name.startswith("table") else find_regimes(name)[0]
            made[name] = pretend(regime) if isinstance(regime, Regime) else pretend_inexact(regime)
        return made[name]

    return get
