"""The statistics of samplers under every name that they come with."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from tests.diagnosis.fits import lowest, weak, with_statistics

import unfunnel as uf
from unfunnel.diagnosis.statistics import normalised, statistics_of

NAMES = {
    "pymc": {},
    "stan": {"diverging": "divergent__", "energy": "energy__", "n_steps": "n_leapfrog__"},
    "stan without underscores": {"diverging": "divergent", "n_steps": "n_leapfrog"},
    "numpyro": {"n_steps": "num_steps"},
}


@pytest.mark.parametrize("sampler", NAMES)
def test_names(sampler: str) -> None:
    tree = weak()
    fit = with_statistics(tree, diverging=lowest(tree, 12), names=NAMES[sampler])
    found = statistics_of(normalised(fit))
    assert (found.chains, found.draws, found.divergences, found.gradients) == (4, 500, 12, 4 * 500 * 7)
    assert len(found.bfmi) == 4
    assert np.isfinite(found.bfmi).all()


def test_of_two_names_for_one_thing_the_known_one_counts() -> None:
    tree = weak()
    fit = with_statistics(tree)
    stats = fit["sample_stats"].to_dataset()
    fit["sample_stats"] = xr.DataTree(stats.assign(divergent__=~stats["diverging"]))
    assert statistics_of(normalised(fit)).divergences == 0


def test_a_fit_without_statistics() -> None:
    found = statistics_of(normalised(weak()))
    assert (found.divergences, found.gradients, found.capped) == (-1, -1, -1)
    assert np.isnan(found.bfmi).all()


def test_slow_energy_is_a_problem() -> None:
    fit = with_statistics(weak())
    energy = np.cumsum(np.random.default_rng(1).normal(size=(4, 500)), axis=1)
    fit["sample_stats"] = xr.DataTree(fit["sample_stats"].to_dataset().assign(energy=(("chain", "draw"), energy)))
    diagnosis = uf.diagnose(fit)
    assert not diagnosis.ok
    assert diagnosis.problems[0].startswith("BFMI")
    assert max(diagnosis.bfmi) < 0.3


@pytest.mark.parametrize("draws", [1, 3, 5])
def test_few_draws(draws: int) -> None:
    fit = with_statistics(weak()).isel(draw=slice(draws))
    diagnosis = uf.diagnose(fit)
    assert not diagnosis.ok
    assert diagnosis.draws == draws
