"""Effects of every family in a chart: density, gradient under numba, and draws."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import stats
from tests.families.examples import EXAMPLES, LOCATION_SCALE
from tests.graphs import EPS, MODE, compiled

import unfunnel as uf
from unfunnel.families import family_of

SINGLE = float(np.finfo(np.float32).eps)


def build() -> Any:
    """Every family at once, so that it is compiled once, with location and scale of its own free variables."""
    with pm.Model() as model:
        a, b = pm.Normal("a"), pm.HalfNormal("b")
        for name, example in EXAMPLES.items():
            example.build(name, a, b, shape=3)
        pm.ZeroSumNormal("ZeroSumNormal", b, shape=4)
    return model


@pytest.fixture(scope="module")
def charted() -> Any:
    return uf.reparameterize(build(), {name: uf.NonCentered() for name in EXAMPLES})


@pytest.fixture(scope="module")
def terms(charted: Any) -> dict[str, Any]:
    """The log density of every family's effect, element by element: read from the model once for all."""
    return dict(zip(EXAMPLES, charted.logp([charted[name] for name in EXAMPLES], sum=False), strict=True))


@pytest.fixture(scope="module")
def densities(charted: Any, terms: dict[str, Any]) -> Any:
    """The density of each family in its chart as a function of a, b and x, with location and scale on the line."""

    def make(name: str) -> Any:
        rv = charted[name]
        family = family_of(rv)
        location, scale = family.reference(*rv.owner.op.dist_params(rv.owner))
        replaced = [charted["a"], charted["b"]]
        reference = [pt.as_tensor(each).astype("float64") for each in (location, scale)]
        where = [charted.rvs_to_values[charted[each]] for each in ("a", "b", name)]
        return compiled(where, terms[name]), compiled(replaced, reference)

    return cache(make)


X = np.array([-3.0, 0.2, 2.5])


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize(("a", "b"), [(0.5, 2.0), (-0.7, 0.3), (1.5, 5.0)])
def test_the_log_density_is_scipys_with_the_jacobian(densities: Any, name: str, a: float, b: float) -> None:
    example, (density, reference) = EXAMPLES[name], densities(name)
    location, scale = reference(a, b)
    line = location + scale * X
    value = example.from_line(line)
    expected = example.scipy(a, b).logpdf(value) + example.log_slope(line) + np.log(scale)
    # Where the value nears a bound SciPy sees it rounded, by the inverse of its distance; PyMC sees the coordinate.
    # PyMC holds some constants in single precision.
    rounded = EPS * np.abs(np.exp(-example.log_slope(line)))
    np.testing.assert_allclose(density(a, np.log(b), X), expected, rtol=1e-11, atol=8.0 * SINGLE + 64.0 * rounded.max())


@pytest.mark.parametrize("name", LOCATION_SCALE)
@pytest.mark.parametrize("a", [0.0, -30.0, 1e6])
@pytest.mark.parametrize("log_b", [-40.0, -18.0, 0.0, 18.0])
def test_a_standardised_density_knows_no_location_and_scale(densities: Any, name: str, a: float, log_b: float) -> None:
    """Not even where the scale is lost beside the location: (u - location) / scale is simplified to what it was."""
    if name == "LogitNormal" and (abs(a) > 100.0 or log_b > 2.0):
        pytest.skip("The value itself is a double between 0 and 1.")
    density, _ = densities(name)
    np.testing.assert_allclose(density(a, log_b, X), density(0.0, 0.0, X), rtol=1e-12, atol=1e-12)


def test_the_gradient_compiles_under_numba_with_nothing_left_to_python(charted: Any, terms: dict[str, Any]) -> None:
    """Numba's fallback to Python is a warning, and a warning fails a test."""
    values, graphs = [charted.rvs_to_values[charted[name]] for name in ("a", "b", *EXAMPLES)], []
    for name, value in zip(EXAMPLES, values[2:], strict=True):
        total = terms[name].sum()  # one by one, because NumPy adds at most 32 terms at a time
        graphs += [total, *pt.grad(total, [*values[:2], value], disconnected_inputs="ignore")]
    point = [np.full((3,) * value.type.ndim, 0.3) for value in values]
    by_numba = pytensor.function(values, graphs, mode="NUMBA")(*point)
    for found, expected in zip(by_numba, compiled(values, graphs)(*point), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_draws_are_what_they_were(charted: Any) -> None:
    """Bit for bit under one seed, and of values on the family's support."""
    model = build()
    names = ["a", "b", *EXAMPLES]
    before = pm.draw([model[name] for name in names], draws=5, random_seed=3, mode=MODE)
    after = pm.draw([charted[name] for name in names], draws=5, random_seed=3, mode=MODE)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_zero_sum_effects_are_independent_with_the_familys_scale() -> None:
    """On PyMC's orthonormal line each coordinate is Normal(0, sigma)."""
    rv = pm.ZeroSumNormal.dist(2.0, shape=(2, 5))
    family, inputs = family_of(rv), rv.owner.inputs
    location, scale = family.reference(*rv.owner.op.dist_params(rv.owner))
    line = family.anchor(rv.owner.op).line
    x = pt.dmatrix()
    value = line.backward(x, *inputs)
    total = pm.logp(rv, value) + line.log_jac_det(x, *inputs)
    at = np.random.default_rng(1).normal(size=(2, 4))
    found = compiled([x], [total, value, location.astype("float64"), scale.astype("float64")])(at)
    assert found[2:] == [0.0, 2.0]
    np.testing.assert_allclose(found[0], stats.norm(0.0, 2.0).logpdf(at).sum(-1), rtol=0, atol=8.0 * SINGLE)
    np.testing.assert_allclose(found[1].sum(-1), 0.0, atol=1e-14)


def test_a_charted_logit_normal_is_still_one(charted: Any) -> None:
    family, rv = family_of(charted["LogitNormal"]), charted["LogitNormal"]
    assert family.name == "LogitNormal"
    assert family.charted_op(rv.owner.op) is rv.owner.op
