"""The operations of all effects of a group at once: what they stand for, in every way, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from pytensor import function, grad
from pytensor.compile.mode import Mode
from pytensor.graph.rewriting.utils import rewrite_graph
from tests.charts.evidence_numbers import Problem, values_and_gradient
from tests.charts.test_fused import agree
from tests.correlated_models import GROUPS, by_hand, centered, columns, fixed, model_of
from tests.graphs import MODE

import unfunnel as uf
from unfunnel.charts import factors
from unfunnel.charts.block import Block, BlockPullback
from unfunnel.charts.correlated import Correlated, correlated_factor, correlated_solve
from unfunnel.charts.fused import Fused

# Without any rewrite: the operations themselves are performed. With all: their graphs are in their place.
PERFORMED = Mode(linker="py", optimizer=None)
PROBLEMS = [
    Problem(5, 2, 3, own_scales=False, has_offset=True, correlated=True),
    Problem(6, 2, 1, own_scales=True, has_offset=False, correlated=True),
    Problem(4, 3, 2, own_scales=True, has_offset=True, correlated=True),
    Problem(3, 4, 2, own_scales=False, has_offset=False, correlated=True),
    Problem(5, 2, 2, own_scales=True, has_offset=True),
    Problem(5, 1, 2, own_scales=True, has_offset=True),
]


def solve(x: Any, *others: Any, **sizes: int) -> list[Any]:
    v, log_stretch = correlated_solve([x[:, j] for j in range(sizes["effects"])], *others, **sizes)
    return [*v, *log_stretch]


def solve_by_graph(x: Any, *others: Any, **sizes: int) -> list[Any]:
    v, log_stretch = factors.vectors_solve([x[:, j] for j in range(sizes["effects"])], *others, **sizes)
    return [*v, *log_stretch]


def effects_inputs(problem: Problem) -> list[np.ndarray]:
    rng = problem.rng
    x, y = rng.normal(size=(problem.groups, problem.effects)), rng.normal(size=problem.shared)
    return [x, y, *problem.parents()[:4]]


@pytest.mark.parametrize("mode", [PERFORMED, MODE], ids=["performed", "written out"])
@pytest.mark.parametrize("problem", [*PROBLEMS, Problem(4, 2, 0, True, True, correlated=True)], ids=str)
def test_the_solution_for_effects(problem: Problem, mode: Mode) -> None:
    arrays = effects_inputs(problem)
    of = [values_and_gradient(f, arrays, {2}, mode, **problem.sizes) for f in (solve, solve_by_graph)]
    agree(*of, problem)


@pytest.mark.parametrize("mode", [PERFORMED, MODE], ids=["performed", "written out"])
@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_the_factor_of_shared_parameters(problem: Problem, mode: Mode) -> None:
    arrays = problem.parents()
    both = (correlated_factor, factors.shared_factor)
    of = [values_and_gradient(f, arrays, {0}, mode, **problem.sizes) for f in both]
    agree(*of, problem)


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_the_coordinate_is_the_inverse(problem: Problem) -> None:
    x, *others = effects_inputs(problem)
    v, _ = factors.vectors_solve(list(x.T), *map(pt.as_tensor, others), **problem.sizes)
    back = factors.vectors_coordinate(v, *map(pt.as_tensor, others), **problem.sizes)
    np.testing.assert_allclose(pt.stack(back, axis=1).eval(mode=PERFORMED), x, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("effects", [centered, by_hand, columns, fixed])
def test_a_density_that_is_to_be_differentiated_has_whole_blocks_only(effects: Any) -> None:
    model = model_of(effects)
    (block,) = uf.plan(model).blocks
    nothing = uf.Evidence.none(GROUPS, 2, 2 * len(block.shared))
    charted = uf.reparameterize(model, {block.lead: uf.Informed(nothing)})
    logp = rewrite_graph(charted.logp(), include=["canonicalize", "stabilize"])
    gradient = grad(logp, charted.value_vars)
    graph = function([*charted.value_vars], [logp, *gradient], mode=Mode(linker="py"), on_unused_input="ignore")
    kinds = [type(node.op) for node in graph.maker.fgraph.apply_nodes if isinstance(node.op, Fused | Correlated)]
    assert sorted(kinds, key=str) == sorted([Block, BlockPullback], key=str)
