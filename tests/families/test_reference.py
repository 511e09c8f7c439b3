"""Location and scale on the line against the moments of the distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pytensor import grad
from scipy import special
from tests.families.examples import EXAMPLES
from tests.graphs import compiled

from unfunnel.families import FAMILIES, family_of
from unfunnel.families.polygamma import digamma, trigamma

DRAWS = 400_000
A, B = pt.dscalar("a"), pt.dscalar("b")


def reference(name: str, a: float, b: float) -> tuple[float, float]:
    rv = EXAMPLES[name].build(None, A, B)
    location, scale = family_of(rv).reference(*rv.owner.op.dist_params(rv.owner))
    found = compiled([A, B], [pt.as_tensor(location).astype("float64"), pt.as_tensor(scale).astype("float64")])(a, b)
    return float(found[0]), float(found[1])


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.moments])
@pytest.mark.parametrize(("a", "b"), [(0.5, 2.0), (-0.7, 0.8)])
def test_mean_and_standard_deviation(name: str, a: float, b: float) -> None:
    example = EXAMPLES[name]
    x = example.to_line(example.scipy(a, b).rvs(DRAWS, random_state=np.random.default_rng(1)))
    location, scale = reference(name, a, b)
    spread = x.std()
    kurtosis = np.mean(((x - x.mean()) / spread) ** 4)
    # Five standard errors each, and 2e-4 of a standard deviation for the elementary digamma and trigamma.
    assert abs(location - x.mean()) <= (5.0 / np.sqrt(DRAWS) + 2e-4) * spread
    assert abs(scale / spread - 1.0) <= 5.0 * np.sqrt((kurtosis - 1.0) / (4.0 * DRAWS)) + 2e-4


def test_a_cauchy_is_taken_by_its_parameters() -> None:
    assert reference("Cauchy", 3.0, 2.0) == (3.0, 2.0)


def test_a_student_t_is_taken_nearly_by_its_standard_deviation() -> None:
    location, scale = reference("StudentT", 3.0, 2.0)
    assert location == 3.0
    assert scale == pytest.approx(2.0 * np.sqrt(1.75))  # 4 degrees of freedom: the variance would be 2


@pytest.mark.parametrize("name", [family.name for family in FAMILIES if family.pull is not None])
def test_a_pull_is_the_slope_of_the_density(name: str) -> None:
    """Of its negative logarithm, in the standardised value."""
    rv, v = EXAMPLES[name].build(None, A, B), pt.dvector("v")
    family = family_of(rv)
    parameters = rv.owner.op.dist_params(rv.owner)
    location, scale = family.reference(*parameters)
    slope = -grad(pm.logp(rv, location + scale * v).sum(), v)
    at = np.array([-30.0, -1.3, -0.2, 1e-3, 0.4, 2.0, 50.0])
    expected, found = compiled([A, B, v], [slope, family.pull(v, *parameters)])(-0.7, 0.8, at)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_polygamma() -> None:
    x = np.logspace(-4, 8, 200)
    point = pt.dvector()
    psi, psi1 = compiled([point], [digamma(point), trigamma(point)])(x)
    exact = special.polygamma(1, x)
    assert np.all(np.abs(psi - special.digamma(x)) <= 2e-4 * np.sqrt(exact))
    np.testing.assert_allclose(psi1, exact, rtol=2e-4)
    slope = compiled([point], pt.grad(digamma(point).sum(), point))(x)
    np.testing.assert_allclose(slope, psi1, rtol=1e-12)


def truncated(z: float, width: float | None) -> tuple[float, float, Any]:
    """Reference of a normal z standard deviations inside its lower bound, and draws on its line."""
    bounds = {"lower": 0.0} if width is None else {"lower": 0.0, "upper": width}
    rv = pm.TruncatedNormal.dist(mu=np.float64(z), sigma=np.float64(1.0), **bounds)
    location, scale = compiled([], list(family_of(rv).reference(*rv.owner.op.dist_params(rv.owner))))()
    share = (np.arange(20_000) + 0.5) / 20_000
    above = 1.0 if width is None else special.ndtr(width - z)
    value = z + special.ndtri(special.ndtr(-z) + share * (above - special.ndtr(-z)))
    return float(location), float(scale), np.log(value) - (0.0 if width is None else np.log(width - value))


@pytest.mark.parametrize("z", [-5.0, -1.0, 0.0, 1.0, 2.0, 5.0])
def test_one_bound(z: float) -> None:
    location, scale, x = truncated(z, None)
    assert abs(location - x.mean()) <= 0.4 * x.std()
    assert 0.6 <= scale / x.std() <= 1.02


@pytest.mark.parametrize(("z", "width"), [(0.01, 0.02), (1.0, 2.0), (3.0, 6.0), (10.0, 20.0), (0.5, 20.0), (-2.0, 3.0)])
def test_two_bounds(z: float, width: float) -> None:
    location, scale, x = truncated(z, width)
    assert abs(location - x.mean()) <= 0.5 * x.std()
    assert 0.6 <= scale / x.std() <= 1.3


def test_bounds_that_are_infinite_for_some_elements_only() -> None:
    lower, upper = np.array([0.0, -np.inf, 0.0, -np.inf]), np.array([5.0, 5.0, np.inf, np.inf])
    rv = pm.TruncatedNormal.dist(mu=np.float64(2.0), sigma=np.float64(3.0), lower=lower, upper=upper)
    location, scale = compiled([], list(family_of(rv).reference(*rv.owner.op.dist_params(rv.owner))))()
    for element in range(4):
        bounds = {"lower": lower[element], "upper": upper[element]}
        one = pm.TruncatedNormal.dist(mu=np.float64(2.0), sigma=np.float64(3.0), **bounds)
        expected = compiled([], list(family_of(one).reference(*one.owner.op.dist_params(one.owner))))()
        np.testing.assert_allclose([location[element], scale[element]], expected, rtol=1e-15)
