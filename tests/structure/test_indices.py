"""Indices that pick what is not there are found in whatever way an effect is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.models import CASES

from unfunnel.structure import read
from unfunnel.structure.indices import Outside, outside


def found(model: Any) -> list[Outside]:
    return list(outside(model, {site.name: site.shape for site in read(model)}))


def built(pick: Callable[[Any, Any], Any], index: Any) -> Any:
    with pm.Model(coords={"group": list("abc")}) as model:
        mu, tau = pm.Normal("mu", 0, 1), pm.HalfNormal("tau", 1)
        theta, z = pm.Normal("theta", mu, tau, dims="group"), pm.Normal("z", 0, 1, dims="group")
        picked = pick({"theta": theta, "mu": mu, "tau": tau, "z": z}, index)
        pm.Normal("y", picked, 1, observed=np.zeros(3))
    return model


WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "centered": lambda v, i: v["theta"][i],
    "noncentered": lambda v, i: (v["mu"] + v["tau"] * v["z"])[i],
    "a Deterministic": lambda v, i: pm.Deterministic("u", v["mu"] + v["tau"] * v["z"], dims="group")[i],
    "data": lambda v, i: v["theta"][pm.Data("index", i)],
    "data counted from 1": lambda v, i: v["theta"][pm.Data("index", i + 1) - 1],
    "two axes": lambda v, i: (v["theta"][:, None] + np.zeros((3, 2)))[i, np.array([0, 1, 1])],
}


@pytest.mark.parametrize("pick", WAYS.values(), ids=WAYS)
def test_every_way_of_writing(pick: Callable[[Any, Any], Any]) -> None:
    (wrong,) = found(built(pick, np.array([0, 1, 3])))
    assert (wrong.index, wrong.length) == (3, 3)
    (wrong,) = found(built(pick, np.array([0, -4, 1])))
    assert (wrong.index, wrong.length) == (-4, 3)
    assert found(built(pick, np.array([0, -3, 2]))) == []


def test_who_picks_what() -> None:
    (wrong,) = found(built(WAYS["centered"], np.array([0, 1, 3])))
    assert wrong == Outside("y", "theta", 3, 3)


def test_masks_and_slices_are_no_numbers() -> None:
    assert found(built(lambda v, i: v["theta"][i], np.array([True, True, True]))) == []
    assert found(built(lambda v, i: v["theta"][:7], None)) == []


@pytest.mark.parametrize("name", CASES)
def test_no_model_of_the_table_has_one(name: str) -> None:
    assert found(CASES[name].build()) == []
