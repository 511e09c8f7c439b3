"""In which variables an effect is nested: each of its elements takes one of theirs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.models import CASES

from unfunnel.structure import read

OF = np.array([0, 0, 1, 2])


@pytest.mark.parametrize(
    ("location", "nested"),
    [
        (lambda parent, _: parent[OF], True),
        (lambda parent, shift: 2.0 * parent[OF] + shift * np.arange(4.0), True),
        (lambda parent, shift: shift - parent[pm.math.stack(list(OF))] / 3.0, True),
        (lambda parent, _: parent[OF][:, None].reshape((4,)), True),
        (lambda parent, _: parent[OF] + parent[0], False),
        (lambda parent, _: parent[OF] - parent.mean(), False),
        (lambda parent, _: np.ones((4, 3)) @ parent, False),
        (lambda parent, _: pm.math.exp(parent[OF]), False),
        (lambda parent, shift: shift * parent[OF], False),
    ],
)
def test_a_location(location: Callable[[Any, Any], Any], nested: bool) -> None:
    with pm.Model() as model:
        shift = pm.Normal("shift", 0.0, 1.0)
        parent = pm.Normal("parent", 0.0, pm.HalfNormal("above", 1.0), shape=3)
        child = pm.Normal("child", location(parent, shift), pm.HalfNormal("tau", 1.0), shape=4)
        pm.Normal("y", child, 1.0, observed=np.zeros(4))
    (site,) = (site for site in read(model) if site.name == "child")
    assert ("parent" in site.nested_in) == nested


@pytest.mark.parametrize("name", ["levels", "levels_by_hand", "levels_by_row", "three_levels"])
def test_every_level_is_nested_in_the_one_above(name: str) -> None:
    sites = {site.name: site for site in read(CASES[name].build())}
    (block,) = CASES[name].blocks
    levels = (block.lead, *(block.parents or block.shared[:2]))
    for below, above in pairwise(levels):
        assert above in sites[below].nested_in
