"""Legendre series: fitting, evaluating, inverting."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from unfunnel.exact.legendre import basis, evaluate, evaluate_many, invert


def test_transform_recovers_a_polynomial_of_the_highest_degree():
    coefficients = np.random.default_rng(0).normal(size=16)
    values = np.polynomial.legendre.legval(basis(16).nodes, coefficients)
    np.testing.assert_allclose(basis(16).transform @ values, coefficients, atol=1e-13)


def test_series_are_evaluated_point_by_point():
    series = np.array([[1.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_allclose(evaluate(series, np.array([0.5, 0.5])), [2.0, 1.5 * 0.25 - 0.5])


def test_pieces_are_evaluated_in_blocks_larger_than_one():
    rng = np.random.default_rng(1)
    series, chosen, x = rng.normal(size=(3, 2, 5)), rng.integers(0, 3, 40_000), rng.uniform(-1, 1, 40_000)
    expected = [np.polynomial.legendre.legval(a, series[k, 1]) for k, a in zip(chosen[-9:], x[-9:], strict=True)]
    np.testing.assert_allclose(evaluate_many(series, chosen, x)[1, -9:], expected, rtol=1e-12)


@pytest.mark.parametrize("rate", [0.0, 1.0, -3.0])
def test_inverse_distribution_function_of_a_truncated_exponential(rate):
    series = basis(20).transform @ np.exp(rate * basis(20).nodes)
    p = np.array([0.0, 1e-12, 1e-3, 0.5, 0.999, 1 - 1e-12, 1.0])
    expected = 2 * p - 1 if rate == 0 else -1 + np.log1p(p * np.expm1(2 * rate)) / rate
    np.testing.assert_allclose(invert(np.tile(series, (p.size, 1)), p), expected, atol=1e-11)


@settings(derandomize=True, deadline=None, max_examples=20)
@given(st.floats(-1, 1), st.floats(0.25, 1.0), st.floats(0, 1))
def test_inverting_and_integrating_are_inverse(centre, width, p):
    nodes = basis(48).nodes
    series = basis(48).transform @ np.exp(-0.5 * ((nodes - centre) / width) ** 2)
    x = invert(series[None], np.array([p]))[0]
    below, here, above = ndtr((np.array([-1, x, 1]) - centre) / width)
    assert (here - below) / (above - below) == pytest.approx(p, abs=1e-9)
