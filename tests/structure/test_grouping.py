"""Groupings tell indices apart, and are the same in another build of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytest

import unfunnel as uf
from unfunnel.structure import read

FIRST, SECOND = np.array([0, 1, 1, 2]), np.array([2, 1, 0, 0])
Index = Callable[[], Any]


def groupings(first: Any, second: Any) -> tuple[str, str]:
    model = build(first, second)
    found = {site.name: site.grouping for site in read(model)}
    return found["a"], found["b"]


def build(first: Any, second: Any) -> Any:
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 1, shape=2)
        a, b = pm.Normal("a", 0, tau[0], shape=3), pm.Normal("b", 0, tau[1], shape=3)
        pm.Normal("y", a[first()] + b[second()], 1.0, observed=np.arange(4.0))
    return model


def columns(column: int) -> Index:
    """An index that is worked out of data."""

    def index() -> Any:
        model = pm.modelcontext(None)
        table = np.stack([FIRST, SECOND], axis=1).astype(float)
        data = model["table"] if "table" in model.named_vars else pm.Data("table", table)
        return data[:, column].astype("int64")

    return index


KINDS: dict[str, tuple[Index, Index]] = {
    "constants": (lambda: FIRST, lambda: SECOND),
    "lists": (lambda: FIRST.tolist(), lambda: SECOND.tolist()),
    "data": (lambda: pm.Data("first", FIRST), lambda: pm.Data("second", SECOND)),
    "shared without a name": (lambda: pytensor.shared(FIRST), lambda: pytensor.shared(SECOND)),
    "columns of data": (columns(0), columns(1)),
}


@pytest.mark.parametrize(("first", "second"), KINDS.values(), ids=KINDS)
def test_other_indices_make_other_groupings(first: Index, second: Index) -> None:
    ours, theirs = groupings(first, second)
    assert ours != theirs
    assert "" not in (ours, theirs)


@pytest.mark.parametrize(("first", "second"), KINDS.values(), ids=KINDS)
def test_a_plan_fits_another_build_of_the_model(first: Index, second: Index) -> None:
    plan = uf.Plan.from_json(uf.plan(build(first, second)).to_json())
    assert uf.plan(build(first, second), plan) == plan


@pytest.mark.parametrize("index", [lambda: FIRST, lambda: FIRST.astype(np.int32), columns(0)], ids=["64", "32", "data"])
def test_one_index_makes_one_grouping(index: Index) -> None:
    ours, theirs = groupings(index, index)
    assert ours == theirs != ""
    assert groupings(lambda: FIRST, lambda: FIRST.astype(np.int32))[0] == groupings(lambda: FIRST, lambda: FIRST)[1]
