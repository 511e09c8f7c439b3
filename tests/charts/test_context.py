from __future__ import annotations

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pytensor.gradient import grad
from tests.graphs import compiled

from unfunnel.charts import with_context
from unfunnel.charts.context import WithContext, context_of


def nodes(function: object) -> list[str]:
    return [type(node.op).__name__ for node in function.maker.fgraph.apply_nodes]  # type: ignore[attr-defined]


def test_it_is_the_identity_and_gives_back_what_rides_along() -> None:
    parameter, one, two = pt.vector("parameter"), pt.scalar("one"), pt.vector("two")
    carrying = with_context(parameter, one, two)
    assert carrying.type == parameter.type
    assert context_of(carrying) == [one, two]
    np.testing.assert_array_equal(compiled([parameter, one, two], carrying)(np.arange(3.0), 1.0, [2.0]), np.arange(3.0))


def test_the_gradient_passes_to_the_parameter_alone() -> None:
    parameter, ride = pt.scalar("parameter"), pt.scalar("ride")
    total = with_context(parameter, ride) ** 2
    assert compiled([parameter, ride], grad(total, parameter))(3.0, 100.0) == 6.0
    assert grad(total, ride, disconnected_inputs="ignore").eval({ride: 1.0}, on_unused_input="ignore") == 0.0


@pytest.mark.parametrize("constant", [2, 2.5, np.float32(2.5)])
def test_constants_may_carry(constant: float) -> None:
    x = pt.scalar("x")
    carrying = with_context(pt.as_tensor(constant), x)
    assert compiled([x], grad(x * carrying, x))(1.0) == constant


def test_nothing_of_it_is_left_in_compiled_functions() -> None:
    x = pt.scalar("x")
    assert WithContext.__name__ not in nodes(compiled([x], 2.0 * with_context(x, 3.0)))


def test_shapes_are_those_of_the_parameter() -> None:
    parameter = pt.matrix("parameter")
    function = compiled([parameter], with_context(parameter, np.ones(7)).shape)
    np.testing.assert_array_equal(function(np.ones((2, 3))), [2, 3])


def test_draws_are_those_of_the_parameter() -> None:
    plain, carrying = pm.Normal.dist(pt.constant(3.0)), pm.Normal.dist(with_context(pt.constant(3.0), np.ones(4)))
    np.testing.assert_array_equal(
        pm.draw(plain, 5, random_seed=1, mode="FAST_COMPILE"), pm.draw(carrying, 5, random_seed=1, mode="FAST_COMPILE")
    )
