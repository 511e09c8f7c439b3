"""What the data say of an effect, found from draws alone, against what they were made to say."""

from __future__ import annotations

import numpy as np
import pytest

from unfunnel.diagnosis.information import known_of, weight

DRAWS = 4000


def drawn(h: np.ndarray, H: np.ndarray, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects whose data say ``exp(h eta - H eta² / 2)``, given locations and scales that vary widely."""
    rng = np.random.default_rng(seed)
    location, scale = rng.normal(2, 1, (DRAWS, 1)), np.exp(rng.normal(0, 1, (DRAWS, 1)))
    precision = 1 / scale**2 + H
    mean = (location / scale**2 + h) / precision
    return mean + rng.normal(size=(DRAWS, len(H))) / np.sqrt(precision), location, scale


@pytest.mark.parametrize("H", [0.01, 0.1, 1.0, 10.0, 1000.0])
def test_weight_is_that_of_the_data(H: float) -> None:
    """The weight is a bounded function of H; over 24 elements its mean is within four of its own standard errors."""
    information = np.full(24, H)
    eta, location, scale = drawn(1.5 * information, information)
    found = weight(known_of(eta, location, scale).H, scale)
    truth = np.mean(scale**2 * H / (1 + scale**2 * H))
    assert abs(found.mean() - truth) < 4 * found.std() / np.sqrt(24) + 0.005
    assert found.std() < 0.05


def test_the_estimates_of_the_data_are_found() -> None:
    H = np.array([1.0, 10.0, 100.0])
    eta, location, scale = drawn(H * np.array([-3.0, 0.0, 7.0]), H)
    known = known_of(eta, location, scale)
    np.testing.assert_allclose(known.H, H, rtol=0.25)
    np.testing.assert_allclose(known.h / known.H, [-3.0, 0.0, 7.0], atol=0.3)


def test_units_do_not_matter() -> None:
    H = np.array([0.5, 5.0])
    eta, location, scale = drawn(H, H)
    small = known_of(eta, location, scale).H
    large = known_of(1e6 * eta + 1e8, 1e6 * location + 1e8, 1e6 * scale).H
    np.testing.assert_allclose(large * 1e12, small, rtol=1e-4)


def test_constant_and_missing_draws() -> None:
    eta, location, scale = drawn(np.ones(2), np.ones(2))
    eta[:, 1] = 3.0
    assert np.isnan(known_of(eta, location, scale).H[1])
    scale[5], location[6] = 0.0, np.nan
    assert np.isfinite(known_of(eta, location, scale).H[0])
    assert np.isnan(known_of(eta[:3], location[:3], scale[:3]).H).all()


def test_many_elements_take_a_part_of_the_draws() -> None:
    H = np.full(30_000, 4.0)
    rng = np.random.default_rng(1)
    location, scale = np.zeros((400, 1)), np.exp(rng.normal(size=(400, 1)))
    eta = rng.normal(size=(400, 30_000)) / np.sqrt(1 / scale**2 + 4.0)
    assert np.median(known_of(eta, location, scale).H / H) == pytest.approx(1.0, abs=0.1)
