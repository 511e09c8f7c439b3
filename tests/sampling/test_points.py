"""PyMC is spared the starts that nobody uses, and nobody else notices."""

from __future__ import annotations

import numpy as np
import pymc.initial_point
import pytest
from tests.models import CASES

import unfunnel as uf
from unfunnel.rewrite import chart
from unfunnel.rewrite.coordinates import constants
from unfunnel.sampling.points import known_points, shaped_points


@pytest.mark.parametrize("name", ["eight_schools", "two_dims", "zero_sum", "log_normal", "scalar_effect"])
def test_shapes_are_those_of_the_coordinates(name: str) -> None:
    model = CASES[name].build()
    plan = uf.plan(model)
    charted = chart(model, plan, constants).model
    points = shaped_points(charted, plan)
    assert points is not None
    assert {key: np.shape(value) for key, value in points.items()} == {
        key: np.shape(value) for key, value in charted.initial_point().items()
    }


def test_a_joint_transform_of_the_author_is_not_guessed() -> None:
    model = CASES["user_transform"].build()
    assert shaped_points(model, uf.plan(model)) is None


def test_other_models_get_their_own_starts_and_all_is_put_back() -> None:
    make = pymc.initial_point.make_initial_point_fn
    model, other = CASES["eight_schools"].build(), CASES["log_normal"].build()
    points = {value.name: np.zeros(1) for value in model.value_vars}
    with known_points(points):
        assert pymc.initial_point.make_initial_point_fn(model=model)(0) == points
        found = pymc.initial_point.make_initial_point_fn(model=other, return_transformed=True)(0)
    assert set(found) == {value.name for value in other.value_vars}
    assert pymc.initial_point.make_initial_point_fn is make


def test_all_is_put_back_after_a_failure() -> None:
    make = pymc.initial_point.make_initial_point_fn
    with pytest.raises(ZeroDivisionError), known_points({"x": np.zeros(1)}):
        raise ZeroDivisionError
    assert pymc.initial_point.make_initial_point_fn is make
