"""The scales of a block's effects as its charts take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.correlated_models import BY_HAND, CENTERED, GROUPS, INDEPENDENT, OTHERS, centered, from_packed, model_of
from tests.graphs import compiled

import unfunnel as uf
from unfunnel.rewrite.scales import entry, scales_of
from unfunnel.structure import Anatomy

ROW, COLUMN = np.tril_indices(2)


# numba says so of PyMC's own draws of an MvNormal, where they are not in its cache yet.
@pytest.mark.filterwarnings(r"ignore:np.dot\(\) is faster on contiguous arrays")
@pytest.mark.parametrize("effects", [*CENTERED, *BY_HAND, *INDEPENDENT, *OTHERS])
def test_they_are_the_reference_scale(effects: Callable[[], Any]) -> None:
    model = model_of(effects)
    anatomy, (block,) = Anatomy(model), uf.plan(model).blocks
    site = uf.plan(model)[block.lead].site
    _, reference = anatomy.reference(block.lead)
    values = [np.asarray(rv.eval()) for rv in model.free_RVs]
    scales, whole = compiled(model.free_RVs, [scales_of(anatomy, [site]), reference])(*values)
    expected = whole[..., ROW, COLUMN] if site.correlated else whole
    np.testing.assert_array_equal(scales, np.atleast_2d(expected))
    assert scales.shape[0] in (1, GROUPS)


@pytest.mark.parametrize("effects", [centered, from_packed])
def test_they_are_taken_from_the_packed_rows_where_the_factor_is_made_of_them(effects: Callable[[], Any]) -> None:
    anatomy = Anatomy(model_of(effects))
    _, factor = anatomy.reference("u")
    assert entry(factor, 1, 0).owner.inputs[0] is anatomy.model["factor"]
