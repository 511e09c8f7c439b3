"""NumPyro's `LocScaleReparam`: how far to center each effect is learned by SVI, then NumPyro's NUTS."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.models.case import Case
from benchmarks.peers.clock import Clock
from benchmarks.peers.fit import CHAINS, Effort, Fit, NotAvailableError, Peer
from benchmarks.plain import TARGET_ACCEPT

WARM_UP = 1000
STEP = 0.01


def fit(case: Case, seed: int, effort: Effort) -> Fit:
    """Learn, warm up, draw."""
    from benchmarks.peers.numpyro_models import MODELS

    if case.name not in MODELS:
        raise NotAvailableError("not written in NumPyro for this benchmark")
    import jax
    import numpyro

    # As precise as all the others; single precision is NumPyro's default.
    numpyro.enable_x64()
    function, effects = MODELS[case.name]
    keys = jax.random.split(jax.random.PRNGKey(seed), 3)
    clock = Clock()
    model = learned(partial(function, case.data(case.data_seed)), effects, keys[0], effort.variational)
    return sampled(model, case, keys[1:], effort, clock)


def learned(model: Callable[[], None], effects: tuple[str, ...], key: Any, steps: int) -> Callable[[], None]:
    """The model with the centerings that a normal guide likes best."""
    from numpyro.handlers import reparam, substitute
    from numpyro.infer import SVI, Trace_ELBO
    from numpyro.infer.autoguide import AutoNormal
    from numpyro.infer.reparam import LocScaleReparam
    from numpyro.optim import Adam

    free: Any = reparam(model, config={name: LocScaleReparam(centered=None) for name in effects})
    learning = SVI(free, AutoNormal(free), Adam(STEP), Trace_ELBO())
    found = learning.run(key, steps, progress_bar=False).params
    return substitute(free, data={f"{name}_centered": found[f"{name}_centered"] for name in effects})


def sampled(model: Callable[[], None], case: Case, keys: Any, effort: Effort, clock: Clock) -> Fit:
    """NUTS, its warm-up kept for the sake of its gradients."""
    import numpy as np
    import xarray as xr
    from numpyro.infer import MCMC, NUTS

    kernel = NUTS(model, target_accept_prob=TARGET_ACCEPT)
    run = MCMC(
        kernel,
        num_warmup=effort.tune or WARM_UP,
        num_samples=effort.draws,
        num_chains=CHAINS,
        chain_method="sequential",
        progress_bar=False,
    )
    run.warmup(keys[0], extra_fields=("num_steps",), collect_warmup=True)
    before = int(np.sum(run.get_extra_fields()["num_steps"]))
    run.run(keys[1], extra_fields=("num_steps", "diverging"))
    draws, stats = run.get_samples(group_by_chain=True), run.get_extra_fields()
    arrays = {name: np.asarray(draws[name]) for name in case.lines}
    dims = {name: ("chain", "draw", *(f"{name}_{k}" for k in range(a.ndim - 2))) for name, a in arrays.items()}
    return Fit(
        xr.Dataset({name: (dims[name], array) for name, array in arrays.items()}),
        divergences=int(np.sum(stats["diverging"])),
        gradients={"tuning": effort.variational, "warm-up": before, "draws": int(np.sum(stats["num_steps"]))},
        sampling=clock.processor,
    )


PEERS = (
    Peer(
        "numpyro",
        "NumPyro LocScaleReparam",
        "The model written in NumPyro, centered, in double precision; `LocScaleReparam(centered=None)` of its effects,"
        f" learned by 10 000 steps of SVI (`AutoNormal`, `Adam({STEP})`), then its own NUTS with {WARM_UP} steps of"
        " warm-up. The steps of SVI count as tuning, one gradient each. JAX compiles while it runs, so that its seconds"
        " of sampling hold compilation.",
        ("numpyro", "jax"),
        fit,
    ),
)
