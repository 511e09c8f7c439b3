"""Reading runs: which gradients and which references belong to which variable."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy import stats
from tests.graphs import MODE, charted_with_numbers, set_numbers
from tests.models import CASES
from tests.rewrite.evidence import block_evidence, parameterizations

import unfunnel as uf
from unfunnel.sampling.reader import PilotReader
from unfunnel.sampling.start import StartMap


def reader_of(name: str) -> tuple[Any, PilotReader]:
    model = CASES[name].build()
    plan = uf.plan(model, parameterizations(model, "informed"))
    charted, _ = charted_with_numbers(model, plan)
    sizes = {variable: np.size(value) for variable, value in charted.model.initial_point().items()}
    return charted.model, PilotReader(charted, sizes)


@pytest.mark.parametrize("name", ["nested", "scalar_effect", "two_dims", "after_do"])
def test_gradients_are_in_the_models_order(name: str) -> None:
    new, reader = reader_of(name)
    sizes = [np.size(new.initial_point()[new.rvs_to_values[rv].name]) for rv in new.free_RVs]
    run = SimpleNamespace(gradient=np.arange(2 * 3 * sum(sizes)).reshape(2, 3, sum(sizes)))
    pieces = [reader.gradient(run, rv.name) for rv in new.free_RVs]  # type: ignore[arg-type]
    assert [piece.shape for piece in pieces] == [(6, size) for size in sizes]
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), run.gradient.reshape(6, -1))


def test_draws_have_one_sample_dim() -> None:
    new, reader = reader_of("two_dims")
    values = {"mu": np.zeros((2, 5)), "tau": np.ones((2, 5)), "theta": np.arange(60.0).reshape(2, 5, 2, 3)}
    dims = {"theta": ("chain", "draw", "row", "column")}
    posterior = xr.Dataset({name: (dims.get(name, ("chain", "draw")), value) for name, value in values.items()})
    draws = reader.draws(SimpleNamespace(posterior=posterior))  # type: ignore[arg-type]
    assert {name: value.shape for name, value in draws.items()} == {"mu": (10,), "tau": (10,), "theta": (10, 2, 3)}
    np.testing.assert_array_equal(draws["theta"][7], values["theta"][1, 2])
    assert [rv.name for rv in new.free_RVs] == list(draws)


def test_scales_of_effects_on_the_line() -> None:
    _, reader = reader_of("log_normal")
    generator = np.random.default_rng(1)
    draws = {"mu": generator.normal(size=6), "tau": generator.gamma(2.0, size=6), "rate": np.ones((6, 4))}
    # One for all elements.
    np.testing.assert_array_equal(reader.effect_scale(draws, "rate"), draws["tau"][:, None])


def test_scales_that_differ_by_group() -> None:
    _, reader = reader_of("scales_by_type")
    draws = {"mu": np.array([1.0]), "tau": np.array([[2.0, 3.0]]), "theta": np.zeros((1, 4))}
    np.testing.assert_array_equal(reader.effect_scale(draws, "theta"), [[2.0, 2.0, 3.0, 3.0]])


def test_scales_that_differ_along_one_dim_of_two() -> None:
    """They stand where they fit the effect: as many axes, after that of the samples."""
    with pm.Model() as model:
        b = pm.Normal("b", 0, pm.HalfNormal("tau", 2, shape=2), shape=(3, 2))
        pm.Normal("y", b, 1.0, observed=np.zeros((3, 2)))
    plan = uf.plan(model)
    charted, _ = charted_with_numbers(model, plan)
    reader = PilotReader(charted, {name: np.size(value) for name, value in charted.model.initial_point().items()})
    draws = {"tau": np.array([[2.0, 3.0], [4.0, 5.0]]), "b": np.zeros((2, 3, 2))}
    np.testing.assert_array_equal(reader.effect_scale(draws, "b"), [[[2.0, 3.0]], [[4.0, 5.0]]])


@pytest.mark.sampling
def test_weights_of_effects_with_a_scale_by_column() -> None:
    group = np.repeat(np.arange(3), 4)
    x = np.tile([-1.5, -0.5, 0.5, 1.5], 3)  # of mean zero, so that a group's two effects are not coupled
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 2, shape=2)
        b = pm.Normal("b", 0, tau, shape=(3, 2))
        pm.Normal("y", b[group, 0] + b[group, 1] * x, 1.0, observed=np.arange(12.0) / 4)
    tree = uf.sample(model, 50, chains=1, random_seed=1, progressbar=False)
    weight, drawn = tree["parameterization"]["b_weight"], tree["posterior"]["tau"].values.reshape(-1, 2)
    # The regression is exact for normal data: four observations each, and a sum of x² of 5.
    known = np.square(drawn) * np.array([4.0, 5.0])
    np.testing.assert_allclose(weight, np.tile((known / (1.0 + known)).mean(axis=0), (3, 1)), rtol=1e-6)


def test_the_scale_of_an_effect_that_is_written_by_hand() -> None:
    """Not that of its standardised value, which is 1."""
    _, reader = reader_of("noncentered_by_hand")
    draws = {"mu": np.array([1.0]), "tau": np.array([2.5]), "z": np.zeros((1, 3))}
    np.testing.assert_array_equal(reader.effect_scale(draws, "z"), [[2.5]])


def test_bending_is_that_of_the_whitened_coordinate() -> None:
    """τ ~ HalfNormal(5) is 5 F⁻¹(Φ(z)), so that d log(dτ/dz) / dz = -z + (τ/25) dτ/dz."""
    _, reader = reader_of("unbalanced")
    tau = np.array([0.3, 2.0, 14.0])
    draws = {"mu": np.zeros(3), "tau": tau, "theta": np.zeros((3, 4))}
    scale, z, slope, bend = reader.bending(draws, "tau")
    np.testing.assert_array_equal(scale[:, 0], tau)
    expected = stats.norm.ppf(stats.halfnorm.cdf(tau, scale=5.0))
    of_tau = stats.norm.pdf(expected) / stats.halfnorm.pdf(tau, scale=5.0)
    np.testing.assert_allclose(z[:, 0], expected, rtol=1e-10)
    np.testing.assert_allclose(slope[:, 0], of_tau, rtol=1e-9)
    np.testing.assert_allclose(bend[:, 0], -expected + tau / 25.0 * of_tau, rtol=1e-9)


def test_evidence_beside_a_heavy_tailed_prior_is_the_same_from_any_chart() -> None:
    """The same draws, read in charts of different evidence and widths: what is left of the prior is no matter."""
    model = CASES["student_t"].build()
    plan = uf.plan(model)
    charted, numbers = charted_with_numbers(model, plan)
    (block,), new = plan.blocks, charted.model
    sizes = {variable: np.size(value) for variable, value in new.initial_point().items()}
    reader, start, gradient = PilotReader(charted, sizes), StartMap(model, new), new.compile_dlogp(mode=MODE)
    rng = np.random.default_rng(3)
    draws = {"mu": rng.normal(size=40), "tau": rng.gamma(4.0, 0.3, size=40), "theta": 2.0 * rng.normal(size=(40, 3))}

    def read(had: uf.Evidence) -> uf.Evidence:
        learned = plan.learned({block.lead: had}, {})
        set_numbers(numbers, charted.numbers(learned))
        gradients = []
        for i in range(40):
            flat = start.point({name: values[i] for name, values in draws.items()})
            parts = np.split(flat, np.cumsum(list(sizes.values()))[:-1])
            point = {
                name: part.reshape(np.shape(value))
                for (name, value), part in zip(new.initial_point().items(), parts, strict=True)
            }
            gradients.append(gradient(point))
        run = SimpleNamespace(gradient=np.stack(gradients)[None])
        return reader.evidence(run, draws, learned, block)  # type: ignore[arg-type]

    one, other = (read(block_evidence(plan, block, seed)) for seed in (1, 2))
    v = (draws["theta"] - draws["mu"][:, None]) / draws["tau"][:, None]
    normal = np.sqrt(np.square(v).sum(axis=0) / (5.0 * np.square(v) / (4.0 + np.square(v))).sum(axis=0))
    # In units of the reference, and a tenth more.
    np.testing.assert_allclose(one.widths[:, 0], 1.1 * normal / np.sqrt(1.75), rtol=1e-10)
    for name in ("h", "H", "C", "D", "h_B", "widths"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-6, atol=1e-8)
