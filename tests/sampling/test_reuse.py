"""Compiled code serves every model that differs in nothing but its data, and no other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytest
from tests.same_run import FEW, assert_same_run

import unfunnel as uf
from unfunnel.formula import read_model
from unfunnel.sampling.reuse import LARGEST, MOST, Compilations
from unfunnel.structure.same import bytes_of, same_structure

VALUES = np.array([28.0, 8.0, -3.0, 7.0, -1.0])
SHORT: dict[str, Any] = {"draws": 50, "chains": 2, "random_seed": 3}


def schools(values: Any = VALUES, noise: float = 10.0, labels: str = "ABCDE") -> pm.Model:
    with pm.Model(coords={"school": list(labels)}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="school")
        pm.Normal("y", theta, noise, observed=pm.Data("values", values, dims="school"), dims="school")
    return model


@pytest.fixture(scope="module")
def compilations() -> Compilations:
    found = Compilations()
    found.of(read_model(schools()), None, None)
    return found


@pytest.fixture(scope="module")
def plan(compilations: Compilations) -> uf.Plan:
    """What a pilot learnt of the groups: runs to be compared have none of their own."""
    return uf.Plan.from_datatree(compiled(compilations, schools())[0].sample(**SHORT))


def compiled(compilations: Compilations, model: pm.Model) -> tuple[Any, bool]:
    return compilations.of(read_model(model), None, None)


@pytest.mark.sampling
def test_a_second_fit_draws_what_the_first_drew(compilations: Compilations, plan: uf.Plan) -> None:
    model = schools()
    first = uf.compile(model).sample(**FEW, parameterization=plan)
    (again, anew) = compiled(compilations, model)
    assert not anew
    second = again.sample(**FEW, parameterization=plan)
    assert_same_run(first, second)
    assert second["parameterization"].attrs["seconds_compile"] == 0.0


@pytest.mark.sampling
def test_data_and_labels_are_those_of_the_model_that_came(compilations: Compilations, plan: uf.Plan) -> None:
    model = schools(VALUES + 10.0, labels="VWXYZ")
    (other, anew) = compiled(compilations, model)
    assert not anew
    tree, alone = (code.sample(**FEW, parameterization=plan) for code in (other, uf.compile(model)))
    assert_same_run(tree, alone)
    assert tree["observed_data"]["y"].to_numpy().tolist() == (VALUES + 10.0).tolist()
    assert list(tree["posterior"]["school"].to_numpy()) == list("VWXYZ")


def by_hand(values: Any) -> pm.Model:
    """Deterministics, one of which another is made of, as Bambi and people write them."""
    with pm.Model(coords={"school": list("ABCDE")}) as model:
        z = pm.Normal("z", dims="school")
        theta = pm.Deterministic("theta", pm.Normal("mu", 0, 5) + pm.HalfNormal("tau", 5) * z, dims="school")
        pm.Deterministic("double", 2 * theta, dims="school")
        pm.Normal("y", theta, 10.0, observed=pm.Data("values", values, dims="school"), dims="school")
    return model


def correlated(values: Any) -> pm.Model:
    with pm.Model() as model:
        chol, correlation, deviations = pm.LKJCholeskyCov(
            "chol", n=2, eta=2.0, sd_dist=pm.HalfNormal.dist(1.0, shape=2)
        )
        pm.Deterministic("rho", correlation[0, 1])
        pm.Deterministic("sd", deviations)
        u = pm.MvNormal("u", np.zeros(2), chol=chol, shape=(5, 2))
        pm.Normal("y", u[:, 0] + u[:, 1], 1.0, observed=pm.Data("values", values))
    return model


@pytest.mark.sampling
@pytest.mark.parametrize("build", [by_hand, correlated])
def test_deterministics_take_no_compilation_of_their_own(build: Callable[[Any], pm.Model]) -> None:
    compilations = Compilations()
    news = [compiled(compilations, build(values))[1] for values in (VALUES, VALUES + 1.0)]
    assert news == [True, False]


@pytest.mark.sampling
def test_data_that_were_set_are_seen(compilations: Compilations) -> None:
    model = schools()
    compiled(compilations, model)
    pm.set_data({"values": VALUES - 50.0}, model=model)
    (other, anew) = compiled(compilations, model)
    assert not anew
    assert other.sample(**SHORT)["observed_data"]["y"].to_numpy().tolist() == (VALUES - 50.0).tolist()


@pytest.mark.sampling
def test_what_is_done_to_a_model_later_does_not_show() -> None:
    compilations, model = Compilations(), schools()
    assert compiled(compilations, model)[1]
    with model:
        pm.Potential("more", -(model["mu"] ** 2))
    assert not compiled(compilations, schools())[1]
    assert not same_structure(schools(), model)


@pytest.mark.sampling
def test_another_plan_of_the_same_kind_takes_no_compilation(compilations: Compilations) -> None:
    tree = compilations.of(read_model(schools()), None, None)[0].sample(**SHORT)
    known = uf.Plan.from_datatree(tree)
    (again, anew) = compilations.of(read_model(schools()), known, None)
    assert (anew, again.plan) == (False, known)
    assert again.sample(**SHORT)["parameterization"].attrs["gradients_pilot"] == 0


def with_raw_numbers() -> pm.Model:
    numbers: Any = pytensor.shared(VALUES, name="numbers")
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("mu", numbers, 1.0, shape=5), 1.0, observed=VALUES)
    return model


def with_bounds(check: bool) -> pm.Model:
    with pm.Model(check_bounds=check) as model:
        pm.HalfNormal("tau", 1.0)
    return model


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (schools, lambda: schools(VALUES + 1.0), True),
        (schools, lambda: schools(noise=9.0), False),
        (with_raw_numbers, with_raw_numbers, False),
        (lambda: with_bounds(True), lambda: with_bounds(True), True),
        (lambda: with_bounds(True), lambda: with_bounds(False), False),
    ],
)
def test_same_structure(one: Callable[[], pm.Model], other: Callable[[], pm.Model], same: bool) -> None:
    assert same_structure(one(), other()) is same


@pytest.mark.sampling
def test_a_run_with_the_same_code_keeps_no_other_model_waiting(compilations: Compilations) -> None:
    (running, _) = compiled(compilations, schools())
    with ThreadPoolExecutor(1) as pool:
        with running._lock:
            waiting = pool.submit(compiled, compilations, schools(VALUES + 1.0))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1.0)
            assert compilations.lock.acquire(timeout=60.0)
            compilations.lock.release()
        assert not waiting.result()[1]


def test_large_models_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert VALUES.nbytes <= bytes_of(schools()) < 2 * VALUES.nbytes
    assert MOST * LARGEST < 2**30
    monkeypatch.setattr("unfunnel.sampling.reuse.LARGEST", 0)
    monkeypatch.setattr("unfunnel.sampling.reuse.CompiledModel", lambda *given, **options: given[0])
    compilations, model = Compilations(), schools()
    assert compiled(compilations, model) == (model, True)
    assert not compilations.kept
