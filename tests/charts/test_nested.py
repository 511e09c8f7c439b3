"""The elimination of nested levels against one dense factorisation, its gradient, and its other linkers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.charts.evidence_numbers import PY, gradient_function, values_and_gradient

from unfunnel.charts import kernels_nested
from unfunnel.charts.levels import nested_factor
from unfunnel.charts.nested import NestedFactor, NestedSolve

EPS = float(np.finfo(float).eps)
SIZES = [((6, 3), 2), ((7, 4, 2), 1), ((5, 3, 2, 1), 0), ((4, 4), 3)]
LINKERS = ["NUMBA", "JAX"]


def inputs_of(
    sizes: tuple[int, ...],
    shared: int,
    own: bool,
    has_offset: bool,
    seed: int = 1,
    size: float = 1.0,
    much: float = 1.0,
) -> list[Any]:
    """numbers, scale, offset, f, S, b0; evidence on the elements of every level, and a joint one with the shared."""
    rng, total = np.random.default_rng([seed, *sizes, shared]), sum(sizes)
    H = much * np.square(rng.normal(size=total))
    to_shared = rng.normal(size=(total, shared))
    C = H[:, None] * to_shared
    D = to_shared.T @ C + much * np.eye(shared)
    parents = [rng.integers(above, size=below) for below, above in zip(sizes, (*sizes[1:], 1), strict=True)]
    slopes, A = rng.normal(size=total), rng.normal(size=(total, shared))
    slopes[total - sizes[-1] :] = 0.0
    parts = [sizes, much * rng.normal(size=total), H, C, *parents, slopes, A, D, much * rng.normal(size=shared)]
    numbers = np.concatenate([np.ravel(part).astype(float) for part in parts])
    scale = size * np.exp(rng.normal(size=total if own else len(sizes)))
    offset = rng.normal(size=total if has_offset else 0)
    return [numbers, scale, offset, np.array(1.3), np.exp(rng.normal(size=shared)), rng.normal(size=shared)]


def solved(sizes: tuple[int, ...], given: list[Any], x: Any, y: Any) -> tuple[Any, float]:
    """Standardised elements of all levels, the last one first solved, and the logarithm of the stretch."""
    numbers, scale, offset, f, S, b0 = given
    total = sum(sizes)
    _, _, W, q, F, *_ = kernels_nested.nested_factor(numbers, scale, offset, float(f), S, b0, len(sizes), total)  # type: ignore[call-arg]
    _, _, _, _, parents, slopes, A, _, _ = kernels_nested.sections(numbers, len(sizes), total, len(S))  # type: ignore[call-arg]
    each = scale if scale.size == total else np.repeat(scale, sizes)
    c = offset if offset.size else np.zeros(total)
    v, u, log_stretch, stop, above = np.empty(total), np.empty(total), 0.0, total, np.zeros(0)
    for level in range(len(sizes) - 1, -1, -1):
        own = slice(stop - sizes[level], stop)
        settings_ = (len(sizes), level)
        v[own], stretch = kernels_nested.nested_solve(x[own], above, y, numbers, scale, offset, W, q, F, *settings_)  # type: ignore[call-arg]
        of_parent = slopes[own] * above[parents[own].astype(int)] if above.size else 0.0
        u[own] = c[own] + of_parent + A[own] @ y + each[own] * v[own]
        above, stop, log_stretch = u[own], own.start, log_stretch + stretch.sum()
    return v, log_stretch


def dense(sizes: tuple[int, ...], given: list[Any]) -> tuple[Any, Any]:
    """Precision and pull of (v, z), all levels and shared parameters at once."""
    numbers, scale, offset, f, S, b0 = given
    total, d = sum(sizes), len(S)
    _, h, H, C, parents, slopes, A, D, g = kernels_nested.sections(numbers, len(sizes), total, d)  # type: ignore[call-arg]
    each = scale if scale.size == total else np.repeat(scale, sizes)
    N, stops = np.zeros((total, total)), np.cumsum(sizes)
    for level, stop in enumerate(stops[:-1]):
        for i in range(stop - sizes[level], stop):
            N[i, stop + int(parents[i])] = slopes[i]
    out = np.linalg.inv(np.eye(total) - N)
    c = offset if offset.size else np.zeros(total)
    to_members = np.block([[out * each, out @ A * S], [np.zeros((d, total)), np.diag(S)]])
    origin = np.concatenate([out @ (c + A @ b0), b0])
    information = np.block([[np.diag(H), C], [C.T, D]])
    pull = np.concatenate([h, g]) - information @ origin
    return np.eye(total + d) + f * to_members.T @ information @ to_members, f * to_members.T @ pull


@pytest.mark.parametrize(("sizes", "shared"), SIZES)
@pytest.mark.parametrize(("own", "has_offset"), [(False, True), (True, False)])
def test_it_is_one_factorisation_of_everything(
    sizes: tuple[int, ...], shared: int, own: bool, has_offset: bool
) -> None:
    given = inputs_of(sizes, shared, own, has_offset)
    total, rng = sum(sizes), np.random.default_rng(3)
    precision, target = dense(sizes, given)
    x = rng.normal(size=total + shared)
    root = np.linalg.cholesky(precision)
    expected = np.linalg.solve(root.T, x + np.linalg.solve(root, target))
    numbers, scale, offset, f, S, b0 = given
    R, w, *_ = kernels_nested.nested_factor(numbers, scale, offset, float(f), S, b0, len(sizes), total)  # type: ignore[call-arg]
    z = np.linalg.solve(R.T, x[total:] + w)
    v, log_stretch = solved(sizes, given, x, b0 + S * z)
    room = 1e3 * EPS * np.linalg.cond(precision)
    np.testing.assert_allclose(np.concatenate([v, z]), expected, rtol=room, atol=room)
    found = log_stretch - np.log(np.diag(R)).sum()
    np.testing.assert_allclose(found, -np.log(np.diag(root)).sum(), rtol=room, atol=room)


@pytest.mark.parametrize("much", [0.0, 1.0, 1e10])
def test_extremes(much: float) -> None:
    """No scale and no evidence is too large or too small where effects alone are observed, nor an exact zero."""
    sizes = (6, 3, 2)
    function = gradient_function(nested_factor, inputs_of(sizes, 0, False, True), {0}, sizes=sizes, shared=0)
    for scale in (0.0, 1e-100, 1e-8, 1e8, 1e70):
        given = inputs_of(sizes, 0, False, True, size=scale, much=much)
        assert all(np.isfinite(array).all() for array in function(*given))
        v, log_stretch = solved(sizes, given, np.ones(11), np.zeros(0))
        assert np.isfinite(v).all()
        assert np.isfinite(log_stretch)
        if scale <= 1e-100 or much == 0.0:
            # Nothing is known beside the prior.
            np.testing.assert_allclose(v, 1.0, rtol=1e-12)


def test_many_known_children_know_their_parent() -> None:
    """Of n children known exactly, each one's own spread hides the parent: the information is n / τ²."""
    n, tau = 5, 0.3
    numbers = np.concatenate([[n, 1], np.zeros(n + 1), np.full(n, 1e12), [0.0], np.zeros(n), [-1], np.ones(n), [0.0]])
    _, _, W, *_ = kernels_nested.nested_factor(
        numbers, np.array([tau, 1.0]), np.zeros(0), 1.0, np.zeros(0), np.zeros(0), 2, n + 1
    )  # type: ignore[call-arg]
    np.testing.assert_allclose(W[-1], n / tau**2, rtol=1e-10)


def operations(sizes: tuple[int, ...], shared: int, level: int, seed: int) -> Any:
    """Both operations one after the other, as a function of all that has a gradient."""
    rng = np.random.default_rng([seed, level])
    solve = NestedSolve(level, len(sizes), sizes[level])
    above = rng.normal(size=sizes[level + 1] if level + 1 < len(sizes) else 0)

    def both(x: Any, above: Any, y: Any, numbers: Any, scale: Any, offset: Any, f: Any, S: Any, b0: Any) -> list[Any]:
        R, w, W, q, F, _, _ = NestedFactor(sizes, shared).applied(numbers, scale, offset, f, S, b0)
        return [R, w, *solve.applied(x, above, y, numbers, scale, offset, W, q, F)]

    return both, [rng.normal(size=sizes[level]), above, rng.normal(size=shared)]


@pytest.mark.parametrize("linker", LINKERS)
@pytest.mark.parametrize(("case", "level"), [(1, 1)])
def test_numba_and_jax(linker: str, case: int, level: int) -> None:
    if linker == "JAX":
        pytest.importorskip("jax")
    sizes, shared = SIZES[case]
    both, own = operations(sizes, shared, level, 5)
    arrays = [*own, *inputs_of(sizes, shared, own=True, has_offset=True)]
    one, other = (values_and_gradient(both, arrays, {3}, mode) for mode in (linker, PY))
    for mine, reference in zip(one, other, strict=True):
        room = 1e4 * EPS * np.abs(reference).max(initial=1.0)
        np.testing.assert_allclose(mine, reference, rtol=0.0, atol=room)


@pytest.mark.parametrize(("sizes", "shared"), SIZES)
@pytest.mark.parametrize("level", [0, 1])
def test_pullbacks_are_the_derivatives(sizes: tuple[int, ...], shared: int, level: int) -> None:
    """Along random directions, against central differences, whose error is known to be of order two."""
    both, some = operations(sizes, shared, level, 1)
    own, has_offset = bool((shared + level) % 2), shared != 1
    function = gradient_function(both, [*some, *inputs_of(sizes, shared, own, has_offset)], {3})

    def total(arrays: list[Any]) -> tuple[float, float]:
        weighted = [np.cos(1.0 + np.arange(output.size)) * output.ravel() for output in function(*arrays)[:4]]
        return sum(float(part.sum()) for part in weighted), sum(float(np.abs(part).sum()) for part in weighted)

    for seed in range(5):
        _, some = operations(sizes, shared, level, seed)
        arrays, rng = [*some, *inputs_of(sizes, shared, own, has_offset, seed)], np.random.default_rng(seed)
        direction = [0.0 if i == 3 else rng.normal(size=array.shape) for i, array in enumerate(arrays)]

        def moved(step: float) -> list[Any]:
            return [array * np.exp(step * t) for array, t in zip(arrays, direction, strict=True)]  # noqa: B023

        bars = function(*arrays)[4:]
        differentiable = [(a, t) for i, (a, t) in enumerate(zip(arrays, direction, strict=True)) if i != 3]
        expected = sum(float(np.sum(b * a * t)) for b, (a, t) in zip(bars, differentiable, strict=True))
        step = 1e-3
        coarse, fine = ((total(moved(h))[0] - total(moved(-h))[0]) / (2.0 * h) for h in (step, step / 2.0))
        # Richardson: the two differences say how far the better one is off.
        assert abs(expected - fine) <= np.abs(coarse - fine) + 1e4 * EPS / step * total(arrays)[1]


def test_sizes_that_do_not_fit_are_refused_before_memory_is_read() -> None:
    numbers, scale, offset, f, S, b0 = inputs_of((6, 3), 2, False, True)
    with pytest.raises(ValueError, match="unfunnel"):
        kernels_nested.nested_factor(numbers[:-1], scale, offset, float(f), S, b0, 2, 9)  # type: ignore[call-arg]
