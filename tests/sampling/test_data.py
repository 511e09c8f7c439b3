"""Other data on one compilation."""

from __future__ import annotations

from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pytest
from tests.same_run import FEW, assert_same_run

import unfunnel as uf

VALUES = np.array([1.0, 2.0, 4.0, 3.0, 8.0, 9.0])
GROUP = np.array([0, 0, 1, 1, 2, 2])


def build(values: Any = VALUES, group: Any = GROUP) -> Any:
    with pm.Model(coords={"group": ["a", "b", "c"], "row": range(len(values))}) as model:
        group_of = pm.Data("group_of", group, dims="row")
        data = pm.Data("values", values, dims="row")
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="group")
        pm.Normal("y", theta[group_of], 1.0, observed=data, dims="row")
    return model


@pytest.fixture(scope="module")
def compiled() -> Any:
    return uf.compile(build())


def draws_of(compiled: Any) -> Any:
    return compiled.sample(200, chains=2, random_seed=1)


@pytest.mark.sampling
def test_it_is_the_model_with_these_data(compiled: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradients are the new likelihood's: evidence on normal data is exact, up to the rounding of the scores."""
    values, group = np.array([5.0, 3.0, 7.0, -2.0]), np.array([0, 1, 2, 2])
    monkeypatch.setattr(nutpie, "compile_pymc_model", None)
    other = compiled.with_data(values=values, group_of=group, coords={"row": range(4)})
    found = draws_of(other)
    np.testing.assert_allclose(found["parameterization"]["theta_H"].values.ravel(), [1.0, 1.0, 2.0], rtol=1e-6)
    np.testing.assert_allclose(found["parameterization"]["theta_h"].values.ravel(), [5.0, 3.0, 5.0], rtol=1e-6)
    np.testing.assert_array_equal(found["observed_data"]["y"], values)
    np.testing.assert_array_equal(found["constant_data"]["group_of"], group)
    assert found["observed_data"]["row"].values.tolist() == [0, 1, 2, 3]
    assert found["parameterization"].attrs["gradients_pilot"] > 0


def test_the_first_is_not_changed(compiled: Any) -> None:
    before = draws_of(compiled)
    draws_of(compiled.with_data(values=VALUES + 10))
    np.testing.assert_array_equal(draws_of(compiled)["posterior"]["mu"], before["posterior"]["mu"])
    np.testing.assert_array_equal(draws_of(compiled)["observed_data"]["y"], VALUES)


@pytest.mark.sampling
def test_data_of_the_same_shapes_take_turns(compiled: Any) -> None:
    """They share one copy of the model, and all that was made for it; each has its own data, groups and labels."""
    groups = np.array([0, 0, 0, 1, 1, 2])
    one = compiled.with_data(values=VALUES + 1)
    other = compiled.with_data(values=VALUES * 2, group_of=groups, coords={"row": list("uvwxyz")})
    third = other.with_data(values=VALUES)
    assert one._engine.reader is other._engine.reader is third._engine.reader
    for _ in range(2):
        for model, values, group, labels in (
            (other, VALUES * 2, groups, list("uvwxyz")),
            (one, VALUES + 1, GROUP, list(range(6))),
            (third, VALUES, groups, list("uvwxyz")),
        ):
            found = draws_of(model)
            sums, counts = np.bincount(group, values), np.bincount(group)
            # The evidence of a normal likelihood is known: counts and sums of its data.
            np.testing.assert_allclose(found["parameterization"]["theta_H"].values.ravel(), counts, rtol=1e-6)
            np.testing.assert_allclose(found["parameterization"]["theta_h"].values.ravel(), sums, rtol=1e-6)
            np.testing.assert_array_equal(found["observed_data"]["y"], values)
            np.testing.assert_array_equal(found["constant_data"]["group_of"], group)
            assert found["observed_data"]["row"].values.tolist() == labels


@pytest.mark.sampling
def test_it_is_the_run_of_a_model_compiled_with_these_data(compiled: Any) -> None:
    plan = uf.Plan.from_datatree(draws_of(compiled))
    both = (uf.compile(build(VALUES + 1)), compiled.with_data(values=VALUES + 1))
    assert_same_run(*(code.sample(**FEW, parameterization=plan) for code in both))


def test_data_that_move_a_location_are_not_exchanged() -> None:
    """How locations depend on shared parameters is compiled in part, so that such data take the longer way."""
    with pm.Model() as model:
        x = pm.Data("x", [0.0, 1.0, 2.0])
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5) + pm.Normal("b", 0, 1) * x, pm.HalfNormal("tau", 5), shape=3)
        pm.Normal("y", theta, 1.0, observed=pm.Data("values", [1.0, 2.0, 4.0]))
    compiled = uf.compile(model)
    first, second = compiled.with_data(values=[0.0, 1.0, 2.0]), compiled.with_data(x=[3.0, 1.0, 2.0])
    assert first._model is compiled.with_data(values=[5.0, 1.0, 2.0])._model
    assert second._model is not first._model
    np.testing.assert_array_equal(second._engine.charted.loadings["theta"].effects[:, 0, 1], [3.0, 1.0, 2.0])


@pytest.mark.sampling
def test_it_is_laid_out_as_it_was_compiled() -> None:
    """In an order of variables that the graph of a copy does not have by itself."""
    x = np.array([0.0, 1.0, 2.0, 1.0, -1.0, 0.5])
    with pm.Model() as model:
        mu, tau, slope = pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 2), pm.Normal("slope", 0, 2)
        theta = pm.Normal("theta", mu, tau, shape=3)
        noise = pm.HalfNormal("noise", 1)
        pm.Normal("y", theta[GROUP] + slope * x, noise, observed=pm.Data("values", VALUES))
    compiled = uf.compile(model)
    same = compiled.with_data(values=VALUES)
    assert same.plan == compiled.plan
    # Numbers and starts fit what is compiled: with the same data and seed it is the same run.
    for name, draws in draws_of(compiled)["posterior"].items():
        np.testing.assert_array_equal(draws_of(same)["posterior"][name], draws)


def test_evidence_of_the_old_data_is_dropped() -> None:
    evidence = uf.Evidence.of_information([1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    model = build()
    compiled = uf.compile(model, {"theta": uf.Informed(evidence)})
    assert not compiled.plan.lacking_evidence
    assert compiled.with_data(values=VALUES + 1).plan.lacking_evidence
    np.testing.assert_array_equal(model["values"].get_value(), VALUES)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ({"value": VALUES}, "no pymc.Data 'value'; it has 'group_of', 'values'"),
        ({"group_of": GROUP + 0.5}, "'group_of' holds int.*float64 came"),
        ({"values": [["a", "b"]]}, "'values' holds float64"),
        ({"values": VALUES[:, None]}, "'values' has 1 dims, and 2 came"),
        ({"values": np.array([1.0, np.nan, 4.0, 3.0, 8.0, np.nan])}, r"'values' has 2 missing values \(NaN\)"),
        ({"values": np.ma.masked_greater(VALUES, 3)}, "'values' has masked values"),
        ({"values": [[1.0], [2.0, 3.0]]}, "'values' is not an array of numbers"),
        ({"values": VALUES, "coords": {"row": range(4)}}, "'row'.*4 != expected 6"),
        ({"values": VALUES, "coords": {"group": "xyz"}}, "no data of the model have the dim 'group'.*'row'"),
        ({"values": VALUES, "coords": ["a"]}, "coords must be a dict"),
        ({"values": VALUES[:4]}, r"coords=\{dim: labels\}"),
        ({"values": VALUES[:4], "coords": {"row": range(4)}}, "'group_of' has 6 values along 'row', which has 4 now"),
        ({"values": VALUES[:4], "coords": {"line": range(4)}}, r"coords=\{dim: labels\}"),
        ({"group_of": GROUP + 1}, "cannot be computed with the new data.*out of bounds"),
    ],
)
def test_what_does_not_fit_is_refused(compiled: Any, new: dict[str, Any], words: str) -> None:
    with pytest.raises(
        (uf.InvalidArgumentError, uf.UnknownVariableError), match=rf"^CompiledModel\.with_data: .*{words}"
    ):
        compiled.with_data(**new)


def test_groups_are_compiled_in() -> None:
    with pm.Model(coords={"group": ["a", "b"]}) as model:
        data = pm.Data("values", [1.0, 2.0], dims="group")
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="group")
        pm.Normal("y", theta, 1.0, observed=data, dims="group")
    compiled = uf.compile(model, "centered")
    with pytest.raises(uf.InvalidArgumentError, match=r"'theta' has shape \(2,\).*\(3,\).*groups are compiled in"):
        compiled.with_data(values=[1.0, 2.0, 3.0], coords={"group": ["a", "b", "c"]})


def test_the_shape_of_a_deterministic_is_compiled_in() -> None:
    with build() as model:
        pm.Deterministic("fitted", model["theta"][model["group_of"]], dims="row")
    compiled = uf.compile(model, "centered")
    with pytest.raises(uf.InvalidArgumentError, match=r"Deterministic 'fitted' had 6 elements.*make it 4"):
        compiled.with_data(values=VALUES[:4], group_of=GROUP[:4], coords={"row": range(4)})
