"""What cannot be rewritten is refused in one sentence, and the caller's model is as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.models import CASES
from tests.rewrite.test_preserved import state_of

import unfunnel as uf

Make = Callable[[], Any]


def information(size: int) -> uf.Evidence:
    return uf.Evidence.of_information(np.ones(size), np.zeros(size))


def coupled(**arrays: Any) -> uf.Informed:
    plain = {"h": np.zeros((8, 1)), "H": np.ones((8, 1, 1)), "C": np.zeros((8, 1, 2)), "D": np.zeros((2, 2))}
    return uf.Informed(uf.Evidence(**{**plain, "h_B": np.zeros(2), **arrays}))


# What is asked for, the exception, and words of its message: the culprit, what came, what is allowed or how to mend it.
REQUESTS: dict[str, tuple[Make, type[Exception], list[str]]] = {
    "widths of a normal prior": (
        lambda: coupled(widths=np.full((8, 1), 2.0)),
        uf.InvalidArgumentError,
        ["widths", "'theta'", "StudentT", "Leave them out"],
    ),
    "short mask": (lambda: uf.Mixed([True]), uf.InvalidArgumentError, ["centered", "(1,)", "'theta'", "(8,)"]),
    "mask of another shape": (lambda: uf.Mixed(np.ones((2, 4), bool)), uf.InvalidArgumentError, ["(2, 4)", "(8,)"]),
    "numbers for a mask": (lambda: uf.Mixed([1, 0]), uf.InvalidArgumentError, ["centered", "booleans", "int64"]),
    "text for a mask": (lambda: uf.Mixed(["yes"]), uf.InvalidArgumentError, ["centered", "booleans", "<U3"]),
    "ragged mask": (lambda: uf.Mixed([[True], [True, False]]), uf.InvalidArgumentError, ["centered"]),
    "short weights": (lambda: uf.Partial([0.5]), uf.InvalidArgumentError, ["centeredness", "(1,)", "(8,)"]),
    "weight above 1": (lambda: uf.Partial(1.5), uf.InvalidArgumentError, ["centeredness", "[0, 1]", "1.5"]),
    "weight below 0": (lambda: uf.Partial([0.5, -0.1]), uf.InvalidArgumentError, ["[0, 1]", "-0.1"]),
    "weight NaN": (lambda: uf.Partial(np.nan), uf.InvalidArgumentError, ["centeredness", "finite", "nan"]),
    "weight in words": (lambda: uf.Partial("half"), uf.InvalidArgumentError, ["centeredness", "numbers", "'half'"]),
    "negative counts": (lambda: uf.Mixed.by_count([3, -2]), uf.InvalidArgumentError, ["counts", "negative", "-2"]),
    "counts NaN": (lambda: uf.Mixed.by_count([3, np.nan]), uf.InvalidArgumentError, ["counts", "finite", "nan"]),
    "threshold NaN": (lambda: uf.Mixed.by_count([3], np.nan), uf.InvalidArgumentError, ["threshold", "nan"]),
    "threshold in words": (lambda: uf.Mixed.by_count([3], "few"), uf.InvalidArgumentError, ["threshold", "'few'"]),
    "no evidence": (uf.Informed, uf.InvalidArgumentError, ["'theta'", "holds no evidence", "evidence=..."]),
    "evidence NaN": (
        lambda: uf.Informed(uf.Evidence.of_information([1.0, np.nan], [0.0, 0.0])),
        uf.InvalidArgumentError,
        ["precision", "finite", "nan"],
    ),
    "negative precision": (
        lambda: uf.Informed(uf.Evidence.of_information([1.0, -2.0], [0.0, 0.0])),
        uf.InvalidArgumentError,
        ["negative", "-2"],
    ),
    "evidence of other groups": (
        lambda: uf.Informed(information(3)),
        uf.InvalidArgumentError,
        ["(3, 1)", "'theta'", "8 groups"],
    ),
    "evidence that is none": (lambda: uf.Informed(0.5), uf.InvalidArgumentError, ["evidence", "0.5", "Evidence"]),
    "coupled evidence": (
        lambda: coupled(h_B=np.ones(2)),
        uf.InvalidArgumentError,
        ["'theta'", "2 shared", "1 shared parameters (mu)"],
    ),
    "unknown name": (lambda: "sideways", uf.InvalidArgumentError, ["'centered'", "'noncentered'", "'sideways'"]),
    "a class": (lambda: uf.Centered, uf.InvalidArgumentError, ["unfunnel.Mixed", "Centered"]),
    "a number": (lambda: 3, uf.InvalidArgumentError, ["'centered'", "3"]),
    "unknown variable": (lambda: {"nu": "centered"}, uf.UnknownVariableError, ["'nu'", "'mu', 'tau', 'theta'"]),
    "observed variable": (lambda: {"y": "centered"}, uf.InvalidArgumentError, ["'y'", "observed"]),
    "a scale": (lambda: {"tau": "centered"}, uf.InvalidArgumentError, ["'tau'", "cannot be reparameterized"]),
    "unknown name for one": (lambda: {"theta": "up"}, uf.InvalidArgumentError, ["'centered'", "'up'"]),
    "nothing at all": (lambda: None, uf.InvalidArgumentError, ["'theta'", "evidence"]),
}


@pytest.mark.parametrize(("make", "error", "words"), REQUESTS.values(), ids=REQUESTS)
def test_requests(make: Make, error: type[Exception], words: list[str]) -> None:
    model = CASES["eight_schools"].build()
    before = state_of(model)
    with pytest.raises(error) as caught:
        uf.reparameterize(model, make())
    message = str(caught.value)
    assert re.match(r"[\w.]+: ", message), f"which call? {message}"
    assert "\n" not in message
    assert message.endswith((".", "`."))
    for word in words:
        assert word in message
    assert state_of(model) == before


@pytest.mark.parametrize(
    ("name", "variable", "words"),
    [
        ("discrete", "k", "discrete.*Marginalize"),
        ("flat_mean", "mu", "family.*location and scale"),
        ("user_transform", "theta", "transform of their own.*Remove `transform=`"),
    ],
)
def test_variables_that_have_no_chart(name: str, variable: str, words: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=f"'{variable}' cannot be reparameterized.*{words}"):
        uf.reparameterize(CASES[name].build(), {variable: "noncentered"})


def test_a_nested_model_is_refused() -> None:
    with pm.Model():
        mu = pm.Normal("mu")
        with pm.Model(name="inner") as inner:
            pm.Normal("theta", mu, pm.HalfNormal("tau"), shape=2)
    with pytest.raises(uf.InvalidArgumentError, match=r"'inner' is nested.*outermost"):
        uf.reparameterize(inner, "noncentered")


@pytest.mark.parametrize("other", ["two_dims", "log_normal", "scalar_effect", "student_t"])
def test_a_plan_of_another_model_is_refused(other: str) -> None:
    plan = uf.plan(CASES["eight_schools"].build(), "noncentered")
    with pytest.raises(uf.InvalidArgumentError, match="another model; they differ in"):
        uf.reparameterize(CASES[other].build(), plan)
