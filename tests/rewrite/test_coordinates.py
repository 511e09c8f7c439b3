"""The numbers of charts: what they are called, how evidence is packed into them, and how they are set."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.graphs import EPS, compiled
from tests.models import CASES
from tests.rewrite.evidence import block_evidence

import unfunnel as uf
from unfunnel.charts.factors import taken_apart
from unfunnel.rewrite.coordinates import SharedNumbers, in_deviations, numbers_of
from unfunnel.rewrite.loadings import Loadings, loadings_of
from unfunnel.structure import Anatomy


def numbers(name: str, plan: uf.Plan) -> tuple[dict[str, Any], dict[str, Loadings]]:
    anatomy = Anatomy(CASES[name].build())
    loadings = {block.lead: loadings_of(anatomy, plan, block) for block in plan.blocks}
    return numbers_of(plan, loadings), loadings


def test_numbers_of_fixed_parameterizations() -> None:
    mask = np.array([[True, False, True], [False, False, True]])
    found, _ = numbers("two_dims", uf.plan(CASES["two_dims"].build(), {"theta": uf.Mixed(mask)}))
    assert list(found) == ["theta::centeredness"]
    np.testing.assert_array_equal(found["theta::centeredness"], mask.astype(float))


def test_numbers_of_informed_effects() -> None:
    """Evidence on the effects alone is, in deviations, evidence on their mean as well."""
    evidence = uf.Evidence.of_information(precision=np.arange(6.0), location=np.full(6, 2.0))
    found, _ = numbers("two_dims", uf.plan(CASES["two_dims"].build(), uf.Informed(evidence)))
    assert set(found) == {"theta::evidence", "theta::noise", "tau::logarithmic"}
    parts = taken_apart(found["theta::evidence"], groups=6, effects=1, shared=1)
    np.testing.assert_array_equal(parts.h[:, 0], 2.0 * np.arange(6.0))
    np.testing.assert_array_equal(parts.H[:, 0, 0], np.arange(6.0))
    np.testing.assert_array_equal(parts.E[:, 0, 0], np.arange(6.0))
    np.testing.assert_array_equal(parts.D, [[15.0]])
    np.testing.assert_array_equal(parts.g, [30.0])
    assert found["theta::noise"] == found["tau::logarithmic"] == 0.0


@pytest.mark.parametrize("name", ["nested", "three_levels", "crossed_with_a_mean", "siblings", "location_by_hand"])
def test_packed_evidence_is_the_same_quadratic_form(name: str) -> None:
    """In deviations and innovations, whatever the shared parameters' own locations are."""
    plan = uf.plan(CASES[name].build())
    (block,) = plan.blocks
    evidence = block_evidence(plan, block)
    found, loadings = numbers(name, plan.learned({block.lead: evidence}, {}))
    (K, s), d = evidence.h.shape, evidence.h_B.size
    parts = taken_apart(found[f"{block.lead}::evidence"], groups=K, effects=s, shared=d)
    np.testing.assert_array_equal(parts.E, in_deviations(evidence, loadings[block.lead]))
    rng = np.random.default_rng(4)
    for _ in range(5):
        deviations, y = rng.normal(size=(K, s)), rng.normal(size=d)
        B = loadings[block.lead].innovations @ y
        u = deviations + loadings[block.lead].effects @ B
        ours = _log_evidence(deviations, y, parts.h, parts.H, parts.E, parts.D, parts.g)
        theirs = _log_evidence(u, B, evidence.h, evidence.H, evidence.C, evidence.D, evidence.h_B)
        # Sums of some hundred terms of size 100 and below.
        assert abs(ours - theirs) <= 1e4 * 100 * EPS


def _log_evidence(u: Any, B: Any, h: Any, H: Any, C: Any, D: Any, h_B: Any) -> float:
    quadratic = np.einsum("ks,kst,kt", u, H, u) / 2.0 + np.einsum("ks,ksd,d", u, C, B) + B @ D @ B / 2.0
    return float((h * u).sum() + h_B @ B - quadratic)


def test_evidence_that_has_yet_to_be_found_is_zero() -> None:
    found, _ = numbers("siblings", uf.plan(CASES["siblings"].build()))
    np.testing.assert_array_equal(found["a::evidence"], np.zeros(3 * (2 + 4 + 4) + 4 + 2))
    assert found["a::noise"] == 0.0


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "a", "b")])
def test_shared_numbers_can_be_set_after_compilation(order: tuple[str, ...]) -> None:
    first = {"a": np.array(1.0), "b": np.array([2.0, 3.0]), "c": np.array([[4.0, 5.0], [6.0, 7.0]])}
    shared = SharedNumbers()
    graphs = shared.graphs(first)
    read = compiled([], [graphs[name] for name in first])
    for found, value in zip(read(), first.values(), strict=True):
        np.testing.assert_array_equal(found, value)
    other = {name: 10.0 * first[name] for name in order}
    shared.set(other)
    for found, name in zip(read(), first, strict=True):
        np.testing.assert_array_equal(found, other[name])


def test_no_numbers_at_all() -> None:
    shared = SharedNumbers()
    assert shared.graphs({}) == {}
    shared.set({})


def test_models_that_share_compiled_code_share_the_numbers_and_others_do_not() -> None:
    first, other = SharedNumbers(), SharedNumbers()
    read = compiled([], [first.graphs({"a": np.array([1.0, 2.0])})["a"]])
    like = SharedNumbers(first)
    like.graphs({"a": np.array([3.0, 4.0])})
    np.testing.assert_array_equal(read()[0], [1.0, 2.0])
    like.set({"a": np.array([3.0, 4.0])})
    other.graphs({"a": np.array([5.0, 6.0])})
    np.testing.assert_array_equal(read()[0], [3.0, 4.0])
