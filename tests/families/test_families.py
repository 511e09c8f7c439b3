"""What a family says of itself: its random variables, its line, its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc.distributions.transforms import Interval, ZeroSumTransform, log, logodds
from tests.families.examples import EXAMPLES
from tests.graphs import MODE, compiled

from unfunnel.families import FAMILIES, family_of

BY_NAME = {family.name: family for family in FAMILIES}
BUILDERS: dict[str, Any] = {
    **{name: lambda name=name: EXAMPLES[name].build(name, 1.0, 2.0) for name in EXAMPLES},
    "Uniform": lambda: pm.Uniform("Uniform", 0, 5),
    "ZeroSumNormal": lambda: pm.ZeroSumNormal("ZeroSumNormal", 2.0, shape=(2, 4)),
    "MvNormal": lambda: pm.MvNormal("MvNormal", np.zeros(2), cov=np.eye(2), shape=(3, 2)),
    "GaussianRandomWalk": lambda: pm.GaussianRandomWalk(
        "GaussianRandomWalk", sigma=2.0, init_dist=pm.Normal.dist(0.0, 1.0), shape=(2, 4)
    ),
    "AR": lambda: pm.AR("AR", rho=0.5, sigma=2.0, init_dist=pm.Normal.dist(0.0, 1.0), shape=(2, 4)),
    "LKJCholeskyCov": lambda: pm.LKJCholeskyCov(
        "LKJCholeskyCov", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1.0, shape=2), compute_corr=False
    ),
}


def transform_of(build: Any) -> tuple[Any, Any]:
    with pm.Model() as model:
        rv = build()
    return rv, model.rvs_to_transforms[rv]


def test_every_family_has_an_example() -> None:
    assert set(BY_NAME) == set(BUILDERS)
    assert len(BY_NAME) == len(FAMILIES)


@pytest.mark.parametrize("name", BUILDERS)
def test_a_family_knows_its_random_variables_and_their_default_transform(name: str) -> None:
    rv, transform = transform_of(BUILDERS[name])
    assert family_of(rv) is BY_NAME[name]
    assert BY_NAME[name].has_line(transform)


@pytest.mark.parametrize("name", BUILDERS)
def test_an_authors_own_transform_is_not_the_familys(name: str) -> None:
    family = BY_NAME[name]
    for own in (log, logodds, Interval(0, 1), Interval(lower=0), ZeroSumTransform([-1])):
        same_class = family.line is not None and isinstance(own, type(family.line)) and not isinstance(own, Interval)
        assert family.has_line(own) == same_class
    assert family.has_line(None) == ((family.line is None and name != "LKJCholeskyCov") or name == "LogitNormal")


@pytest.mark.parametrize("name", BUILDERS)
def test_a_line_is_pymcs_transform(name: str) -> None:
    """Value, coordinate and log|J| at draws, with the random variable's own inputs."""
    if name == "LogitNormal":
        pytest.skip("PyMC gives it no transform.")
    if name == "LKJCholeskyCov":
        pytest.skip("It has a chart of its own and no line.")
    rv, transform = transform_of(BUILDERS[name])
    line = BY_NAME[name].anchor(rv.owner.op).line
    assert (line is None) == (transform is None)
    if line is None:
        return
    value, inputs = rv.type("value"), rv.owner.inputs
    graphs = []
    for each in (line, transform):
        x = each.forward(value, *inputs)
        graphs += [x, each.backward(x, *inputs), each.log_jac_det(x, *inputs)]
    at = pm.draw(rv, random_seed=1, mode=MODE)
    found = compiled([value], graphs)(at)
    for ours, theirs in zip(found[:3], found[3:], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_allclose(found[1], at, rtol=1e-14, atol=1e-14)


def test_only_the_real_and_the_positive_are_called_so() -> None:
    real = {family.name for family in FAMILIES if family.real}
    positive = {family.name for family in FAMILIES if family.positive}
    elementwise = {"Normal", "StudentT", "Cauchy", "Laplace", "Logistic", "Gumbel", "SkewNormal"}
    assert real == elementwise | {"MvNormal", "GaussianRandomWalk", "AR"}
    assert {name for name, build in BUILDERS.items() if transform_of(build)[1] is log} == positive


def test_other_families_are_not_known() -> None:
    for other in (
        pm.Flat.dist(),
        pm.Bernoulli.dist(0.5),
        pm.Kumaraswamy.dist(1, 2),
        pm.AsymmetricLaplace.dist(1, 0, 1),
    ):
        assert family_of(other) is None
    assert family_of(pm.CustomDist.dist(0.0, dist=lambda mu, size: pm.Normal.dist(mu, size=size))) is None


def test_truncation_of_a_normal_is_known_and_of_others_not() -> None:
    assert family_of(pm.Truncated.dist(pm.Normal.dist(0, 1), lower=0)) is BY_NAME["TruncatedNormal"]
    assert family_of(pm.Truncated.dist(pm.Gamma.dist(2, 1), lower=1)) is None
    assert family_of(pm.Censored.dist(pm.Normal.dist(0, 1), lower=0, upper=3)) is None


def test_a_prior_without_a_reference_refuses_to_give_one() -> None:
    rv = pm.Uniform.dist(0, 1)
    with pytest.raises(AssertionError, match="Uniform has no reference"):
        BY_NAME["Uniform"].anchor(rv.owner.op).reference(1.0)


def test_the_reference_of_a_precision_is_a_scale() -> None:
    rv = pm.Normal.dist(3.0, tau=0.25)
    _, scale = BY_NAME["Normal"].reference(*rv.owner.op.dist_params(rv.owner))
    assert compiled([], scale)() == 2.0


def test_small_integers_are_taken_as_doubles() -> None:
    """An int8 constant has its logarithm in half precision, and a square that overflows."""
    for rv in (
        pm.HalfNormal.dist(100),
        pm.InverseGamma.dist(100, 100),
        pm.Beta.dist(100, 100),
        pm.Weibull.dist(100, 100),
    ):
        family, parameters = family_of(rv), rv.owner.op.dist_params(rv.owner)
        small = compiled([], list(family.reference(*parameters)))()
        large = compiled([], list(family.reference(*[pt.constant(float(each.data)) for each in parameters])))()
        np.testing.assert_allclose(small, large, rtol=1e-15)
