"""The fused operations against the reference, in value and gradient, in Python, numba and JAX."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytensor import function, grad
from tests.charts.evidence_numbers import PY, Problem, gradient_function, values_and_gradient, variables

from unfunnel.charts import factors, fused
from unfunnel.errors import InvalidArgumentError

EPS = float(np.finfo(float).eps)
SIZES = [
    (5, 1, 1, False, False),
    (5, 1, 1, True, True),
    (1, 1, 2, False, True),
    (4, 2, 2, False, True),
    (3, 3, 5, True, False),
    (6, 1, 21, False, False),
]
PROBLEMS = [Problem(K, s, d, own, offset) for K, s, d, own, offset in SIZES]
MODES = ["NUMBA", "JAX"]


def agree(one: list[np.ndarray], other: list[np.ndarray], problem: Problem) -> None:
    """Equal but for roundings: each is a sum of at most K s² (s + d) + d³ terms of either sign."""
    terms = problem.groups * problem.effects**2 * (problem.effects + problem.shared) + problem.shared**3 + 10
    for mine, reference in zip(one, other, strict=True):
        assert np.shape(mine) == np.shape(reference)
        size = np.max(np.abs(reference), initial=0.0)
        # Roundings are independent: they grow by the root of their number, and by the condition of P_z (below 1e3).
        np.testing.assert_allclose(mine, reference, rtol=0.0, atol=1e3 * np.sqrt(terms) * EPS * size)


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_the_factor_of_shared_parameters(problem: Problem) -> None:
    of = [values_and_gradient(m.shared_factor, problem.parents(), {0}, **problem.sizes) for m in (fused, factors)]
    agree(*of, problem)


@pytest.mark.parametrize(("start", "stop"), [(0, 5), (0, 2), (2, 4), (4, 5)])
def test_the_solution_for_shared_parameters(start: int, stop: int) -> None:
    problem = Problem(1, 1, 5, own_scales=False, has_offset=False)
    arrays = problem.solve_inputs(start, stop)
    of = [values_and_gradient(m.shared_solve, arrays, set(), start=start, stop=stop) for m in (fused, factors)]
    agree(*of, problem)


@pytest.mark.parametrize("problem", [*PROBLEMS, Problem(4, 1, 0, True, True), Problem(3, 2, 0, False, True)], ids=str)
def test_the_solution_for_effects(problem: Problem) -> None:
    for j in range(problem.effects):
        arrays = problem.effects_inputs(j)
        of = [values_and_gradient(m.effects_solve, arrays, {3}, **problem.sizes, j=j) for m in (fused, factors)]
        agree(*of, problem)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("problem", [PROBLEMS[1], PROBLEMS[3]], ids=str)
def test_numba_and_jax(problem: Problem, mode: str) -> None:
    if mode == "JAX":
        pytest.importorskip("jax")
    arrays = problem.parents()
    of = [values_and_gradient(fused.shared_factor, arrays, {0}, m, **problem.sizes) for m in (mode, PY)]
    agree(*of, problem)
    arrays, j = problem.effects_inputs(0), 0
    of = [values_and_gradient(fused.effects_solve, arrays, {3}, m, **problem.sizes, j=j) for m in (mode, PY)]
    agree(*of, problem)


@pytest.mark.parametrize("mode", MODES)
def test_numba_and_jax_solve_for_shared_parameters(mode: str) -> None:
    if mode == "JAX":
        pytest.importorskip("jax")
    problem = Problem(1, 1, 5, own_scales=False, has_offset=False)
    arrays = problem.solve_inputs(1, 3)
    agree(*[values_and_gradient(fused.shared_solve, arrays, set(), m, start=1, stop=3) for m in (mode, PY)], problem)


@cache
def in_the_scales(effects: int) -> tuple[Any, ...]:
    """Both implementations of both operations with their derivative in the scale, for numbers of all sizes."""
    problem = Problem(4, effects, 2, False, True)
    factor, effect = problem.parents(), problem.effects_inputs(0)

    def made(operation: Any, arrays: list[np.ndarray], scale: int, **more: int) -> Any:
        evaluate = gradient_function(operation, arrays, set(range(len(arrays))) - {scale}, **problem.sizes, **more)

        def logarithmic(arrays: list[np.ndarray]) -> list[np.ndarray]:
            """Outputs, and derivatives in the logarithm of the scale: what the sampler sees."""
            found = evaluate(*arrays)
            return [*found[:-1], found[-1] * arrays[scale]]

        return logarithmic

    return (
        [made(m.shared_factor, factor, 1) for m in (fused, factors)],
        [made(m.effects_solve, effect, 4, j=0) for m in (fused, factors)],
    )


@pytest.mark.parametrize("size_of_scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("size_of_evidence", [0.0, 1.0, 1e10])
@pytest.mark.parametrize("effects", [1, 2])
def test_extremes(size_of_scale: float, size_of_evidence: float, effects: int) -> None:
    problem = Problem(4, effects, 2, False, True, 1, size_of_scale, size_of_evidence)
    factor, solve = in_the_scales(effects)
    of = [evaluate(problem.parents()) for evaluate in factor]
    # The reference's derivative in a scale is a difference of terms of the size of R itself; the kernel's is not.
    size = np.abs(of[1][0]).max()
    for mine, reference in zip(*of, strict=True):
        assert np.isfinite(mine).all()
        np.testing.assert_allclose(mine, reference, rtol=1e5 * EPS, atol=1e4 * EPS * size)
    of = [evaluate(problem.effects_inputs(0)) for evaluate in solve]
    for mine, reference in zip(*of, strict=True):
        assert np.isfinite(mine).all()
        np.testing.assert_allclose(mine, reference, rtol=1e5 * EPS, atol=1e4 * EPS)


@given(
    K=st.integers(1, 6),
    s=st.integers(1, 3),
    d=st.integers(1, 5),
    own=st.booleans(),
    offset=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=40)
def test_pullbacks_are_the_derivatives(K: int, s: int, d: int, own: bool, offset: bool, seed: int) -> None:
    """Along a random direction, against central differences of the kernel, whose error is known to be of order two."""
    problem = Problem(K, s, d, own, offset, seed)
    numbers, *arrays = problem.parents()
    operation = fused.SharedFactor(K, s, d)
    kernel, back = fused.kernel_of(operation), fused.kernel_of(fused.SharedFactorPullback(operation))
    rng = np.random.default_rng(seed)

    def total(step: float) -> float:
        moved = [np.array(a) * np.exp(step * t) for a, t in zip(arrays, direction, strict=True)]
        moved[2] = float(moved[2])
        return sum(float((c * o).sum()) for c, o in zip(cotangents, kernel(numbers, *moved), strict=True))

    direction = [rng.normal(size=array.shape) for array in arrays]
    given_ = [float(array) if array.ndim == 0 else array for array in arrays]
    outputs = kernel(numbers, *given_)
    cotangents = [rng.normal(size=output.shape) for output in outputs]
    bars = back(numbers, *given_, *outputs, *cotangents)
    expected = sum(float(np.sum(b * a * t)) for b, a, t in zip(bars, arrays, direction, strict=True))
    step = 1e-3
    coarse, fine = ((total(h) - total(-h)) / (2.0 * h) for h in (step, step / 2.0))
    # Richardson: the two differences say how far the better one is off.
    room = np.abs(coarse - fine) + 1e4 * EPS / step * sum(
        np.abs(c * o).sum() for c, o in zip(cotangents, outputs, strict=True)
    )
    assert abs(expected - fine) <= room


def test_a_pivot_below_one_half_is_raised_and_passes_no_gradient() -> None:
    """Evidence that contradicts itself: D below what the effects account for."""
    problem = Problem(3, 1, 2, own_scales=False, has_offset=False)
    arrays = problem.parents()
    arrays[0][-6:-2] = np.diag([-100.0, 5.0]).ravel()
    for mode in ["py", *MODES]:
        if mode == "JAX":
            pytest.importorskip("jax")
        found = values_and_gradient(
            lambda *inputs: [fused.shared_factor(*inputs, **problem.sizes)[0][0, 0]],
            arrays,
            {0, 2},
            PY if mode == "py" else mode,
        )
        np.testing.assert_allclose(found[0], np.sqrt(0.5), rtol=2 * EPS)
        assert not any(np.any(gradient) for gradient in found[1:])


def test_an_exact_zero_scale_stays_finite() -> None:
    problem = Problem(3, 2, 2, False, True, size_of_scale=0.0)
    for found in (
        values_and_gradient(fused.shared_factor, problem.parents(), {0}, **problem.sizes),
        values_and_gradient(fused.effects_solve, problem.effects_inputs(0), {3}, **problem.sizes, j=0),
    ):
        assert all(np.isfinite(array).all() for array in found)


def test_nan_is_not_hidden_by_the_floors() -> None:
    problem = Problem(3, 1, 2, False, False)
    arrays = problem.parents()
    arrays[1][:] = np.nan
    assert np.isnan(values_and_gradient(fused.shared_factor, arrays, {0}, **problem.sizes)[0]).any()


def test_one_output_without_the_other_and_no_gradient_of_the_evidence() -> None:
    problem = Problem(3, 1, 1, False, False)
    arrays = problem.effects_inputs(0)
    inputs = variables(arrays)
    _, log_stretch = fused.effects_solve(*inputs, **problem.sizes, j=0)
    gradient = grad(log_stretch.sum(), [inputs[4], inputs[3], inputs[0]], disconnected_inputs="ignore")
    of_scale, of_numbers, of_x = function(inputs, gradient, mode=PY, on_unused_input="ignore")(*arrays)
    assert of_scale.all()
    assert not of_numbers.any()
    assert not of_x.any()


def test_integers_are_taken_as_numbers() -> None:
    z, _ = fused.shared_solve([1, 2], pt.zeros(0), np.eye(2, dtype=int), [0, 0], start=0, stop=2)
    np.testing.assert_array_equal(z.eval(mode=PY), [1.0, 2.0])


def test_the_wrong_number_of_dimensions_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"SharedSolve.*dimensions"):
        fused.shared_solve(pt.scalar(), pt.vector(), pt.matrix(), pt.vector(), start=0, stop=1)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_sizes_that_do_not_fit_are_refused_before_memory_is_read(which: int) -> None:
    problem = Problem(4, 1, 2, own_scales=True, has_offset=True)
    arrays = problem.parents()
    arrays[which] = arrays[which][:-1]
    with pytest.raises(ValueError, match="unfunnel"):
        fused.kernel_of(fused.SharedFactor(4, 1, 2))(*arrays[:3], 1.0, *arrays[4:])


def test_neither_numba_nor_jax_is_loaded_by_importing_the_charts() -> None:
    code = "import sys, unfunnel.charts.fused; sys.exit('numba' in sys.modules or 'jax' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
