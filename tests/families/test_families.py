from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc.distributions.transforms import Interval, log
from scipy import stats
from tests.graphs import EPS, compiled

from unfunnel.families import FAMILIES, family_of

EXAMPLES: dict[str, Any] = {
    "Normal": lambda: pm.Normal.dist(3.0, 2.0),
    "StudentT": lambda: pm.StudentT.dist(nu=4.0, mu=3.0, sigma=2.0),
    "LogNormal": lambda: pm.LogNormal.dist(3.0, 2.0),
    "HalfNormal": lambda: pm.HalfNormal.dist(2.0),
    "HalfCauchy": lambda: pm.HalfCauchy.dist(2.0),
    "Exponential": lambda: pm.Exponential.dist(0.5),
}
BY_NAME = {family.name: family for family in FAMILIES}


def test_every_family_has_an_example_here() -> None:
    assert set(BY_NAME) == set(EXAMPLES)
    assert len(BY_NAME) == len(FAMILIES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_family_knows_its_random_variables(name: str) -> None:
    assert family_of(EXAMPLES[name]()) is BY_NAME[name]


def test_other_families_are_not_known() -> None:
    for other in (pm.Flat.dist(), pm.Gamma.dist(2, 1), pm.Bernoulli.dist(0.5), pm.Laplace.dist(0, 1)):
        assert family_of(other) is None


def test_truncation_and_censoring_are_other_families() -> None:
    normal = pm.Normal.dist(0, 1)
    assert family_of(pm.Truncated.dist(normal, lower=0, upper=3)) is None
    assert family_of(pm.Censored.dist(normal, lower=0, upper=3)) is None


@pytest.mark.parametrize("name", ["Normal", "StudentT", "LogNormal"])
def test_references_are_location_and_scale(name: str) -> None:
    rv = EXAMPLES[name]()
    location, scale = BY_NAME[name].reference(*rv.owner.op.dist_params(rv.owner))
    assert [float(value) for value in compiled([], [location, scale])()] == [3.0, 2.0]


def test_the_reference_of_a_precision_is_a_scale() -> None:
    rv = pm.Normal.dist(3.0, tau=0.25)
    _, scale = BY_NAME["Normal"].reference(*rv.owner.op.dist_params(rv.owner))
    assert compiled([], scale)() == 2.0


@pytest.mark.parametrize(("name", "positive"), [("Normal", False), ("StudentT", False), ("LogNormal", True)])
def test_only_the_familys_own_line_is_replaced(name: str, positive: bool) -> None:
    family = BY_NAME[name]
    assert family.has_line(log if positive else None)
    assert not family.has_line(None if positive else log)
    assert not family.has_line(Interval(0, 1))
    assert (family.line is not None) == positive


@pytest.mark.parametrize("name", EXAMPLES)
def test_effects_have_a_reference_and_scales_a_whitening(name: str) -> None:
    family = BY_NAME[name]
    assert (family.reference is None) != (family.whitening is None)


@pytest.mark.parametrize("name", ["HalfNormal", "HalfCauchy", "Exponential"])
def test_a_prior_without_a_reference_refuses_to_give_one(name: str) -> None:
    rv = EXAMPLES[name]()
    with pytest.raises(AssertionError, match=f"{name} has no reference"):
        BY_NAME[name].anchor(rv.owner.op).reference(1.0)


SCIPY = {"HalfNormal": stats.halfnorm, "HalfCauchy": stats.halfcauchy, "Exponential": stats.expon}


@pytest.mark.parametrize("name", SCIPY)
@pytest.mark.parametrize("at", [1e-3, 0.5, 2.0, 7.0])
def test_whitening_agrees_with_scipy(name: str, at: float) -> None:
    """Tails and log density are those of the distribution; quantiles invert the nearer tail."""
    rv, whitening, distribution = EXAMPLES[name](), BY_NAME[name].whitening, SCIPY[name](scale=2.0)
    parameters = [parameter.astype("float64") for parameter in rv.owner.op.dist_params(rv.owner)]
    below, above = whitening.tails(pt.constant(at), *parameters)
    low = whitening.lower_quantile(pt.minimum(below, 0.5), *parameters)
    high = whitening.upper_quantile(pt.minimum(above, 0.5), *parameters)
    found = compiled([], [below, above, whitening.log_density(pt.constant(at), *parameters), low, high])()
    quantile = [at, distribution.median()] if at < distribution.median() else [distribution.median(), at]
    expected = [distribution.cdf(at), distribution.sf(at), distribution.logpdf(at), *quantile]
    # Ten operations, whose conditions are at most 12: that of the upper tail of the half-normal at 3.5.
    np.testing.assert_allclose(found, expected, rtol=120 * EPS)
