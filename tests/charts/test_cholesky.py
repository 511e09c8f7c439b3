"""The chart of packed Cholesky factors: bijection, Jacobian, and density against one written out by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pytensor import function
from pytensor.compile.sharedvalue import shared
from pytensor.gradient import jacobian
from scipy import special, stats
from tests.charts.harness import ROUNDINGS
from tests.charts.strategies import coordinates, powers
from tests.graphs import EPS, compiled

from unfunnel.charts import CholeskyChart, with_context
from unfunnel.families import family_of
from unfunnel.families.base import parameters_of

Floats = NDArray[np.float64]
SIZES = [1, 2, 3, 5]
etas, widths = st.floats(0.6, 30.0), powers(-6, 6)


class Factor:
    """A packed factor in its chart, with half-normal standard deviations, as functions compiled when first used."""

    def __init__(self, size: int) -> None:
        self.size, self.elements = size, size * (size + 1) // 2
        self.eta, self.width, self.flag = pt.dscalar(), pt.dscalar(), shared(np.array(0.0))
        prior = pm.HalfNormal.dist(self.width, shape=size)
        self.rv = pm.LKJCholeskyCov.dist(eta=self.eta, n=size, sd_dist=prior, compute_corr=False)
        family = family_of(self.rv)
        assert family is not None
        self.chart, inputs = family.scale_chart(self.rv), list(self.rv.owner.inputs)
        position = parameters_of(self.rv.owner.op, range(len(inputs)))[family.carrier]
        inputs[position] = with_context(inputs[position], self.flag)
        op = family.charted_op(self.rv.owner.op)
        self.charted = op.make_node(*inputs).outputs[self.rv.owner.outputs.index(self.rv)]
        self.x = pt.vector(shape=(self.elements,))
        self.value = self.chart.backward(self.x, *inputs)
        self.log_jacobian = self.chart.log_jac_det(self.x, *inputs)
        self.total = pm.logp(self.charted, self.value) + self.log_jacobian
        self.at, self.inputs, self.made = [self.x, self.eta, self.width], inputs, {}

    def function(self, name: str, graphs: Any) -> Any:
        if name not in self.made:
            self.made[name] = compiled(self.at, graphs())
        return self.made[name]

    def set(self, *, logarithmic: bool) -> None:
        self.flag.set_value(np.array(float(logarithmic)))

    def point(self, seed: int, spread: float = 1.0) -> Floats:
        return np.random.default_rng(seed).normal(size=self.elements) * spread

    @property
    def backward(self) -> Any:
        return self.function("backward", lambda: [self.value, self.log_jacobian])

    @property
    def forward(self) -> Any:
        return self.function("forward", lambda: self.chart.forward(self.x, *self.inputs))

    @property
    def dense(self) -> Any:
        return self.function("dense", lambda: jacobian(self.value, self.x, vectorize=True))

    @property
    def density(self) -> Any:
        return self.function("density", lambda: [self.total, *pt.grad(self.total, self.at)])


factor_of = cache(Factor)


@pytest.fixture(params=SIZES, ids=lambda size: f"d={size}", scope="module")
def factor(request: pytest.FixtureRequest) -> Factor:
    return factor_of(request.param)


seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([1.0, 4.0]), etas, widths, st.booleans())
def test_a_bijection(factor: Factor, seed: int, spread: float, eta: float, width: float, logarithmic: bool) -> None:
    factor.set(logarithmic=logarithmic)
    x = np.clip(factor.point(seed, spread), -7.0, 7.0)
    value, _ = factor.backward(x, eta, width)
    # 1 - w² is lost to rounding in steps of eps where w nears 1, which is e^(-2|z|) away from it; it is kept here.
    np.testing.assert_allclose(factor.forward(value, eta, width), x, atol=ROUNDINGS * EPS * (1.0 + abs(x).max()) ** 2)


@given(seeds, etas, widths, st.booleans())
def test_the_jacobian_is_that_of_the_derivative(
    factor: Factor, seed: int, eta: float, width: float, logarithmic: bool
) -> None:
    """Of a dense automatic derivative; the coordinates are taken where its determinant is not lost to rounding."""
    factor.set(logarithmic=logarithmic)
    x = np.clip(factor.point(seed), -3.0, 3.0)
    value, log_jacobian = factor.backward(x, eta, width)
    rows = np.tril_indices(factor.size)[0]
    lengths = np.sqrt(np.bincount(rows, np.square(value)))
    # Each row divided by its length: the determinant of a matrix of ordinary numbers.
    scaled = factor.dense(x, eta, width) / lengths[rows][:, None]
    _, expected = np.linalg.slogdet(scaled)
    np.testing.assert_allclose(log_jacobian, expected + np.log(lengths[rows]).sum(), rtol=1e-11, atol=1e-10)


@given(seeds, etas, widths)
def test_what_comes_out_is_a_factor(factor: Factor, seed: int, eta: float, width: float) -> None:
    factor.set(logarithmic=False)
    x = factor.point(seed, 3.0)
    value, _ = factor.backward(x, eta, width)
    L = np.zeros((factor.size, factor.size))
    L[np.tril_indices(factor.size)] = value
    assert (np.diagonal(L) > 0.0).all()
    lengths = np.linalg.norm(L, axis=1)
    tail = stats.norm.logsf(abs(x[: factor.size]))
    found = np.where(
        x[: factor.size] < 0, stats.halfnorm.logcdf(lengths / width), stats.halfnorm.logsf(lengths / width)
    )
    np.testing.assert_allclose(found, tail, rtol=1e-9, atol=1e-9)


@given(seeds, etas, widths)
def test_the_density_is_that_of_independent_priors(factor: Factor, seed: int, eta: float, width: float) -> None:
    """Half-normal deviations whitened, and partial correlations from Beta priors: no word of a covariance."""
    factor.set(logarithmic=False)
    x, n = np.clip(factor.point(seed, 2.0), -6.0, 6.0), factor.size
    columns = np.concatenate([np.arange(i) for i in range(n)]) if n > 1 else np.zeros(0)
    b = eta + 0.5 * (n - 2.0 - columns)
    # The chart's ψ' is right to 0.0002, and it is its own scale that counts here.
    spread = np.log(np.sqrt(0.5 * special.polygamma(1, b)))
    total, *_ = factor.density(x, eta, width)
    log_density = stats.norm.logpdf(x[:n]).sum()
    for at, shape, log_spread in zip(x[n:], b, spread, strict=True):
        # z is half the log odds of a Beta(b, b).
        odds = 2.0 * np.exp(log_spread) * at
        log_half = special.log_expit(odds) + special.log_expit(-odds)
        log_density += shape * log_half - special.betaln(shape, shape) + np.log(2.0) + log_spread
    assert abs(total - log_density) <= 2e-3 * (1.0 + abs(x).sum()) * (n > 1) + 1e-9 * (1.0 + np.square(x).sum())


@pytest.mark.parametrize("eta", [0.7, 2.0, 10.0])
def test_the_density_is_pymcs_with_the_jacobian(factor: Factor, eta: float) -> None:
    """Where PyMC's differences of sums keep enough digits."""
    factor.set(logarithmic=False)
    plain = factor.function("plain", lambda: pm.logp(factor.rv, factor.value) + factor.log_jacobian)
    for seed in range(20):
        x = factor.point(seed, 0.5)
        np.testing.assert_allclose(factor.density(x, eta, 2.0)[0], plain(x, eta, 2.0), rtol=1e-9, atol=1e-9)


@given(st.lists(coordinates, min_size=15, max_size=15), etas, widths, st.booleans())
@example([8.0] * 15, 2.0, 1.0, False)
@example([-8.0] * 15, 0.6, 1.0, False)
@example([8.0, -8.0] * 7 + [8.0], 30.0, 1e6, True)
def test_density_and_gradient_are_finite(
    factor: Factor, x: list[float], eta: float, width: float, logarithmic: bool
) -> None:
    factor.set(logarithmic=logarithmic)
    point = np.array(x[: factor.elements])
    if logarithmic:
        point[: factor.size] += np.log(width)
    assert all(np.isfinite(part).all() for part in factor.density(point, eta, width))


def test_a_small_standard_deviation_beside_a_large_one() -> None:
    """A millionth of a millionth of the first row, in whose running sum of squares PyMC loses the second."""
    factor = factor_of(2)
    factor.set(logarithmic=True)
    x = np.array([np.log(1e6), np.log(1e-6), 0.3])
    total, *gradients = factor.density(x, 2.0, 1e6)
    assert np.isfinite(total)
    assert all(np.isfinite(part).all() for part in gradients)
    expected = stats.halfnorm(scale=1e6).logpdf([1e6, 1e-6]).sum() + x[:2].sum()
    # What the correlation adds is the same as at equal scales.
    level, *_ = factor.density(np.array([0.0, 0.0, 0.3]), 2.0, 1.0)
    assert abs((total - expected) - (level - stats.halfnorm().logpdf([1.0, 1.0]).sum())) < 1e-6


@pytest.mark.parametrize(
    ("prior", "charted"),
    [
        (lambda: pm.Exponential.dist(1.0, shape=2), True),
        (lambda: pm.HalfNormal.dist(np.array([1.0, 4.0])), True),
        (lambda: pm.Gamma.dist(2.0, 1.0), True),
        (lambda: pm.Wald.dist(3.0, 5.0, shape=2), False),
    ],
)
def test_which_standard_deviations_have_a_chart(prior: Any, charted: bool) -> None:
    rv = pm.LKJCholeskyCov.dist(eta=2, n=2, sd_dist=prior(), compute_corr=False)
    family = family_of(rv)
    assert family is not None
    assert isinstance(family.scale_chart(rv), CholeskyChart) == charted


def test_it_compiles_under_numba_with_nothing_left_to_python() -> None:
    """Numba's fallback to Python is a warning, and a warning fails a test."""
    factor = factor_of(3)
    factor.set(logarithmic=False)
    graphs = [factor.total, *pt.grad(factor.total, factor.at)]
    x = factor.point(1)
    by_numba = function(factor.at, graphs, mode="NUMBA")(x, 2.0, 1.5)
    for found, expected in zip(by_numba, factor.density(x, 2.0, 1.5), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11)
