"""The fused block against the reference, in value and gradient, and that models get it."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytensor import function, grad
from pytensor.compile.mode import Mode
from pytensor.graph.rewriting.utils import rewrite_graph
from tests.charts.evidence_numbers import Problem, gradient_function, values_and_gradient
from tests.charts.test_fused import EPS, MODES, agree

from unfunnel.charts import factors
from unfunnel.charts.block import SCALAR, Block, BlockPullback
from unfunnel.charts.fused import Fused
from unfunnel.parameterization import Evidence, Informed
from unfunnel.rewrite import reparameterize

# Without fusion of elementwise operations, of which Python can only do small ones.
PLAIN = Mode(linker="py", optimizer=None)
PROBLEMS = [
    Problem(5, 1, 1, own_scales=False, has_offset=False),
    Problem(5, 1, 1, own_scales=True, has_offset=True),
    Problem(40, 1, 3, own_scales=True, has_offset=True),
    Problem(40, 2, 2, own_scales=False, has_offset=True),
    Problem(6, 2, 4, own_scales=True, has_offset=True),
    Problem(70, 3, 5, own_scales=True, has_offset=False),
    Problem(17, 4, 2, own_scales=False, has_offset=True),
    Problem(6, 1, 21, own_scales=False, has_offset=False),
    Problem(4, 1, 0, own_scales=True, has_offset=True),
    Problem(18, 3, 0, own_scales=False, has_offset=True),
    Problem(40, 2, 2, own_scales=False, has_offset=True, correlated=True),
    Problem(6, 2, 4, own_scales=True, has_offset=False, correlated=True),
    Problem(9, 2, 0, own_scales=False, has_offset=False, correlated=True),
    Problem(130, 3, 5, own_scales=True, has_offset=True, correlated=True),
    Problem(17, 4, 2, own_scales=False, has_offset=True, correlated=True),
    Problem(19, 2, 2, own_scales=False, has_offset=False),
    Problem(21, 2, 2, own_scales=False, has_offset=False, correlated=True),
]


def inputs_of(problem: Problem) -> list[np.ndarray]:
    """x_shared, x (effect by effect), and the parents."""
    rng = problem.rng
    return [rng.normal(size=problem.shared), rng.normal(size=problem.groups * problem.effects), *problem.parents()]


def reference(x_shared: Any, x: Any, *parents: Any, groups: int, effects: int, shared: int) -> list[Any]:
    """The parts of the reference, one after the other."""
    numbers, scale, offset, f, S, b0 = parents
    sizes = {"groups": groups, "effects": effects, "shared": shared}
    z = z_stretch = y = pt.zeros(0)
    if shared:
        R, w = factors.shared_factor(*parents, **sizes)
        z, z_stretch = factors.shared_solve(x_shared, np.zeros(0), R, w, start=0, stop=shared)
        y = b0 + S * z
    values, stretches = [], []
    for j in range(effects - 1, -1, -1):
        later = pt.stack(values, axis=1) if values else pt.zeros((groups, 0))
        own = x[j * groups : (j + 1) * groups]
        v, stretch = factors.effects_solve(own, later, y, numbers, scale, offset, f, **sizes, j=j)
        values, stretches = [v, *values], [stretch, *stretches]
    return [z, z_stretch, pt.concatenate(values), pt.concatenate(stretches)]


def fused(x_shared: Any, x: Any, *parents: Any, groups: int, effects: int, shared: int, scalars: bool) -> list[Any]:
    """One operation, given vectors or, where there can be such, scalars."""
    numbers, scale, *others = parents
    sizes = shared * (SCALAR,) if scalars else ((shared,) if shared else ())
    columns = list(scale[0]) if scalars and scale.type.shape[0] == 1 else []
    coordinates = list(x_shared) if scalars else [x_shared] if shared else []
    coordinates += [x[j * groups : (j + 1) * groups] for j in range(effects)]
    block = Block(groups, effects, sizes, len(columns))
    found = block.applied(*coordinates, numbers, *(columns or [scale]), *others)
    m = len(sizes)
    shared_parts = [found[i : i + m] for i in (0, m)]
    effect_parts = [found[i : i + effects] for i in (2 * m, 2 * m + effects)]
    joined = [
        pt.stack([pt.tensor_from_scalar(part) for part in parts])
        if scalars and parts
        else parts[0]
        if parts
        else pt.zeros(0)
        for parts in shared_parts
    ]
    return [*joined, *map(pt.concatenate, effect_parts)]


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_the_block_is_its_parts(problem: Problem) -> None:
    arrays = inputs_of(problem)
    parts = values_and_gradient(reference, arrays, {2}, PLAIN, **problem.sizes)
    for scalars in (False, True):
        agree(values_and_gradient(fused, arrays, {2}, PLAIN, **problem.sizes, scalars=scalars), parts, problem)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("problem", "scalars"),
    [
        (PROBLEMS[at], scalars)
        for at, scalars in ((0, True), (4, False), (5, True), (10, True), (12, True), (13, False), (16, True))
    ],
)
def test_numba_and_jax(problem: Problem, scalars: bool, mode: str) -> None:
    if mode == "JAX":
        pytest.importorskip("jax")
    found = values_and_gradient(fused, inputs_of(problem), {2}, mode, **problem.sizes, scalars=scalars)
    agree(found, in_python(problem, scalars), problem)


@cache
def in_python(problem: Problem, scalars: bool) -> list[np.ndarray]:
    """What both backends are held against."""
    return values_and_gradient(fused, inputs_of(problem), {2}, PLAIN, **problem.sizes, scalars=scalars)


@pytest.mark.parametrize(
    ("effects", "shared", "mode"),
    [
        (1, 1, PLAIN),
        (1, 2, PLAIN),
        (2, 2, PLAIN),
        (2, 1, PLAIN),
        (3, 2, PLAIN),
        (1, 1, "NUMBA"),
        (1, 2, "JAX"),
        (2, 2, "JAX"),
    ],
)
@pytest.mark.parametrize("size_of_scale", [1e-6, 1.0, 1e6])
def test_a_cotangent_of_one_number_stands_for_all(effects: int, shared: int, mode: Any, size_of_scale: float) -> None:
    """The sum of all stretches, whose cotangent is one everywhere, against weights that are all but one."""
    if mode == "JAX":
        pytest.importorskip("jax")
    problem = Problem(20, effects, shared, own_scales=False, has_offset=False, size_of_scale=size_of_scale)
    arrays = inputs_of(problem)

    def total(weights: Any) -> list[np.ndarray]:
        inputs = [pt.tensor(shape=array.shape, dtype="float64") for array in arrays]
        z, z_stretch, v, v_stretch = fused(*inputs, **problem.sizes, scalars=True)
        cost = (weights * v_stretch).sum() + z_stretch.sum() + pt.sqr(v).sum() + z.sum()
        gradient = grad(cost, [inputs[i] for i in (0, 1, 3, 5)])
        gradient[2] = gradient[2] * inputs[3]
        return [np.asarray(found) for found in function(inputs, gradient, mode=mode)(*arrays)]

    # Not one number throughout, which would stand for all here too.
    almost = 1.0 + 2.0**-40 * np.arange(20 * effects)
    for one, other in zip(total(1.0), total(almost), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


@given(
    K=st.integers(1, 70),
    s=st.integers(1, 3),
    d=st.integers(0, 4),
    own=st.booleans(),
    offset=st.booleans(),
    scalars=st.booleans(),
    correlated=st.booleans(),
    seed=st.integers(0, 1000),
)
@settings(max_examples=30)
def test_any_size(K: int, s: int, d: int, own: bool, offset: bool, scalars: bool, correlated: bool, seed: int) -> None:
    problem = Problem(K, s, d, own, offset, seed, correlated=correlated)
    arrays = inputs_of(problem)
    mine = values_and_gradient(fused, arrays, {2}, PLAIN, **problem.sizes, scalars=scalars)
    agree(mine, values_and_gradient(reference, arrays, {2}, PLAIN, **problem.sizes), problem)


@cache
def in_the_scales(effects: int, shared: int, offset: bool, correlated: bool) -> tuple[Any, Any]:
    """Both implementations with their derivative in the scales, compiled once for numbers of all sizes."""
    problem = Problem(4, effects, shared, False, offset, 1, correlated=correlated)
    arrays = inputs_of(problem)
    constant = set(range(len(arrays))) - {3}
    return (
        gradient_function(fused, arrays, constant, PLAIN, **problem.sizes, scalars=True),
        gradient_function(reference, arrays, constant, PLAIN, **problem.sizes),
    )


@pytest.mark.parametrize("size_of_scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("size_of_evidence", [0.0, 1.0, 1e10])
@pytest.mark.parametrize(
    ("effects", "shared", "offset", "correlated"),
    [
        (1, 2, True, False),
        (2, 2, True, False),
        (3, 2, True, False),
        (2, 2, True, True),
        (3, 2, True, True),
        # Kernels of their own.
        (1, 1, False, False),
        (2, 2, False, False),
        (2, 2, False, True),
    ],
)
def test_extremes(
    size_of_scale: float, size_of_evidence: float, effects: int, shared: int, offset: bool, correlated: bool
) -> None:
    """What the sampler sees: values, and derivatives in the logarithms of the scales."""
    problem = Problem(4, effects, shared, False, offset, 1, size_of_scale, size_of_evidence, correlated)
    arrays = inputs_of(problem)
    mine, other = (evaluate(*arrays) for evaluate in in_the_scales(effects, shared, offset, correlated))
    size = max(np.abs(values).max() for values in other[:-1])
    for one, two in zip([*mine[:-1], mine[-1] * arrays[3]], [*other[:-1], other[-1] * arrays[3]], strict=True):
        assert np.isfinite(one).all()
        # The reference's derivative in a scale is a difference of terms of the size of R; the kernel's is not.
        roots = np.sqrt(1.0 + size_of_evidence) * max(1.0, size_of_scale)
        np.testing.assert_allclose(one, two, rtol=1e5 * EPS, atol=1e4 * EPS * max(size, roots))


def test_a_density_that_is_to_be_differentiated_has_whole_blocks_only() -> None:
    with pm.Model() as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0.0, 5.0), pm.HalfNormal("tau", 5.0), shape=4)
        pm.Normal("y", theta, 1.0, observed=np.arange(4.0))
    nothing = np.zeros((4, 1, 1)), np.zeros((1, 1)), np.zeros(1)
    evidence = Evidence(np.arange(4.0)[:, None], np.ones((4, 1, 1)), *nothing)
    charted = reparameterize(model, {"theta": Informed(evidence)})
    logp = rewrite_graph(charted.logp(), include=["canonicalize", "stabilize"])
    gradient = grad(logp, charted.value_vars)
    graph = function([*charted.value_vars], [logp, *gradient], mode=Mode(linker="py"), on_unused_input="ignore")
    kinds = [type(node.op) for node in graph.maker.fgraph.apply_nodes if isinstance(node.op, Fused)]
    assert sorted(kinds, key=str) == sorted([Block, BlockPullback], key=str)


def test_blocks_of_the_same_evidence_are_not_taken_for_one() -> None:
    """Constants of the same value are one to PyTensor; the gradient must still be that of each block."""
    with pm.Model() as model:
        for name in ("a", "b"):
            theta = pm.Normal(name, pm.Normal(f"mu_{name}", 0.0, 5.0), pm.HalfNormal(f"tau_{name}", 5.0), shape=4)
            pm.Normal(f"y_{name}", theta, 1.0, observed=np.arange(4.0))
    nothing = np.zeros((4, 1, 1)), np.zeros((1, 1)), np.zeros(1)
    evidence = Informed(Evidence(np.arange(4.0)[:, None], np.ones((4, 1, 1)), *nothing))
    charted = reparameterize(model, {"a": evidence, "b": evidence})
    logp = charted.logp()
    rewritten = rewrite_graph(charted.logp(), include=["canonicalize", "stabilize"])
    values = charted.value_vars
    both = [function(values, [cost, *grad(cost, values)], mode="FAST_COMPILE") for cost in (logp, rewritten)]
    rng = np.random.default_rng(3)
    point = [rng.normal(size=value.type.shape) for value in values]
    for one, other in zip(*(evaluate(*point) for evaluate in both), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)
