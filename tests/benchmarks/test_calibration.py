"""The parts of the calibration benchmark that need no sampler."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from benchmarks.calibration.case import in_turn, one
from benchmarks.calibration.ranks import MOST, place, spacing, thinned
from benchmarks.calibration.verdict import FALSE_ALARM, band_of, level_of_each


def autoregression(rho: float, size: tuple[int, ...], rng: np.random.Generator) -> Any:
    draws = rng.normal(size=size)
    for i in range(1, size[1]):
        draws[:, i] = rho * draws[:, i - 1] + np.sqrt(1 - rho**2) * draws[:, i]
    return draws


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.99])
def test_draws_so_far_apart_are_nearly_independent(rho: float) -> None:
    ess = 1_000_000 * (1 - rho) / (1 + rho)
    assert rho ** spacing(ess, 250_000, 4) < 0.02


def test_spacing_keeps_at_most_so_many_and_one_a_chain_at_least() -> None:
    assert spacing(5000.0, 250, 4) == 1000 // MOST
    assert spacing(100.0, 250, 4) == 20
    assert spacing(3.0, 250, 4) == spacing(float("nan"), 250, 4) == 250


def test_thinned_draws_are_those_of_each_element() -> None:
    rng = np.random.default_rng(1)
    theta = np.stack([autoregression(rho, (4, 250), rng) for rho in (0.0, 0.9)], axis=-1)
    posterior = xr.Dataset({"tau": (("chain", "draw"), theta[..., 0]), "theta": (("chain", "draw", "group"), theta)})
    kept = thinned(xr.DataTree.from_dict({"posterior": posterior}), ("tau", "theta"))
    assert list(kept) == ["tau", "theta[0]", "theta[1]"]
    np.testing.assert_array_equal(kept["tau"], theta[:, 9::10, 0].ravel().astype(np.float32))
    assert kept["theta[1]"].size < kept["theta[0]"].size == MOST


def test_places_are_uniform_whatever_the_number_of_draws() -> None:
    rng = np.random.default_rng(2)
    places = [place(rng.normal(size=rng.integers(1, 30)), rng.normal(), rng.random()) for _ in range(400)]
    assert band_of(400, 0.99).outside(np.array(places)) == 0.0


@pytest.mark.parametrize("wrong", [lambda u: u**1.4, lambda u: 0.5 + 0.7 * (u - 0.5), lambda u: np.maximum(u, 0.1)])
def test_places_that_are_not_uniform_leave_the_band(wrong: Any) -> None:
    """Of draws that lie too high, are too wide, and do not reach the smallest values, as in a funnel."""
    uniform = (np.arange(400) + 0.5) / 400
    band = band_of(400, 0.99)
    assert band.outside(uniform) == 0.0
    assert band.outside(wrong(uniform)) > 0.0


def test_all_bands_together_have_the_level() -> None:
    assert 48 * (1 - level_of_each(48)) == pytest.approx(FALSE_ALARM)


def test_elements_are_taken_in_turn() -> None:
    quantity = in_turn("others", ("u", 1, 0), ("v", 2), ("tau",))
    assert [quantity.of(i) for i in range(4)] == [("u", (1, 0)), ("v", (2,)), ("tau", ()), ("u", (1, 0))]
    assert one("mu").of(7) == ("mu", ())
