"""The PyMC model behind a Bambi model."""

from __future__ import annotations

import sys
from typing import Any

import bambi as bmb
import numpy as np
import pymc as pm
import pytest
from pytensor.graph.traversal import ancestors
from tests.formula.cases import model, with_mean
from tests.graphs import MODE, log_density

import unfunnel as uf
from unfunnel.formula import read_model


def free(found: Any) -> list[str]:
    return [variable.name for variable in found.model.free_RVs]


def test_other_models_are_passed_on_without_bambi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bambi", None)
    with pm.Model() as plain:
        pm.Normal("a")
    for given in (plain, None, "model"):
        found = read_model(given)
        assert found.model is given
        assert found.conventions is None


@pytest.mark.parametrize("noncentered", [True, False, {"mu": True}])
def test_it_makes_no_difference_how_bambi_would_write_it(noncentered: Any) -> None:
    found = read_model(model("y ~ x + (x|group)", noncentered=noncentered))
    assert free(found) == ["sigma", "Intercept", "x", "1|group_sigma", "1|group", "x|group_sigma", "x|group"]
    assert found.model.deterministics == []
    assert found.dropped == ()


def test_the_model_is_built_and_otherwise_as_it_was() -> None:
    given = model("y ~ x + (1|group)", priors={"1|group": with_mean(noncentered=True)})
    assert not given.built
    read_model(given)
    assert given.built
    backend = given.backend
    names = [variable.name for variable in given.backend.model.free_RVs]
    read_model(given)
    assert given.backend is backend
    assert [variable.name for variable in given.backend.model.free_RVs] == names
    assert "1|group_offset" in names
    assert "mu" in given.backend.model.named_vars
    assert given.noncentered is True
    assert given.parameters["mu"].terms["1|group"].prior.noncentered is True


@pytest.mark.parametrize(
    "options",
    [
        {"priors": {"1|group": with_mean()}},
        {"priors": {"1|group": with_mean(noncentered=True)}, "noncentered": False},
        {"priors": {"1|group": with_mean()}, "noncentered": {"mu": True}},
    ],
)
def test_a_mean_that_bambi_drops_is_kept(options: dict[str, Any]) -> None:
    given = model("y ~ 0 + x + (1|group)", **options)
    found = read_model(given)
    assert found.dropped == ("1|group",)
    effect, mean = found.model["1|group"], found.model["1|group_mu"]
    assert mean in ancestors([effect])
    # What Bambi itself builds, so that this is not a test of something long mended.
    theirs = given.backend.model
    assert theirs["1|group_mu"] not in ancestors([theirs["1|group"]])


def test_a_mean_that_is_a_number_is_kept() -> None:
    prior = bmb.Prior("Normal", mu=7.0, sigma=bmb.Prior("HalfNormal", sigma=2))
    found = read_model(model("y ~ 0 + x + (1|group)", priors={"1|group": prior}))
    assert found.dropped == ("1|group",)
    point = found.model.initial_point()
    at = {
        name: found.model.compile_logp(vars=[found.model["1|group"]], mode=MODE)(point | {"1|group": np.full(9, value)})
        for name, value in {"mean": 7.0, "zero": 0.0}.items()
    }
    assert at["mean"] > at["zero"]


@pytest.mark.parametrize("noncentered", [True, False])
def test_no_mean_is_dropped_where_there_is_none(noncentered: bool) -> None:
    assert read_model(model("y ~ x + (1|group)", noncentered=noncentered)).dropped == ()
    kept = read_model(model("y ~ 0 + (1|group)", priors={"1|group": with_mean(noncentered=False)}))
    assert kept.dropped == ()


def test_priors_that_bambi_cannot_non_center() -> None:
    heavy = bmb.Prior("StudentT", nu=4, mu=0, sigma=bmb.Prior("HalfNormal", sigma=2))
    given = model("y ~ x + (1|group)", priors={"1|group": heavy})
    plan = uf.plan(given)
    assert plan["1|group"].site.family == "StudentT"
    assert not given.built


def test_the_density_is_that_of_bambis_own_centered_model() -> None:
    given = model("y ~ x + other + (x|group)", noncentered=False)
    ours = read_model(given).model
    theirs = given.backend.model
    rng = np.random.default_rng(1)
    point = {name: rng.normal(size=np.shape(value)) for name, value in theirs.initial_point().items()}
    np.testing.assert_allclose(log_density(ours)(point), log_density(theirs)(point), rtol=1e-12)


def test_a_potential_on_an_offset_is_refused() -> None:
    given = model("y ~ x + (1|group)")
    given.potentials = [("1|group_offset", lambda offset: -(offset**2).sum())]
    with pytest.raises(uf.InvalidArgumentError, match=r"potential on '1\|group_offset'.* put it on '1\|group' instead"):
        read_model(given)


def test_a_potential_on_the_effect_is_kept() -> None:
    given = model("y ~ x + (1|group)")
    given.potentials = [("1|group", lambda effect: -(effect**2).sum())]
    assert [variable.name for variable in read_model(given).model.potentials] == ["pot_0"]


def test_aliases_are_the_names() -> None:
    given = model("y ~ x + (1|group)")
    given.set_alias({"1|group": "shift", "sigma": "noise", "Intercept": "level"})
    assert {"shift", "level"} <= set(free(read_model(given)))
    assert uf.plan(given)["shift"].coordinates == "informed"


def test_plans_with_such_names_are_stored_and_shown() -> None:
    given = model("y ~ x:other + (x|group/lesson)")
    plan = uf.plan(given)
    assert {"1|group:lesson", "x|group:lesson", "x:other"} <= {choice.site.name for choice in plan.choices}
    assert "x|group:lesson" in str(plan)
    assert "x|group:lesson" in plan._repr_html_()
    assert uf.Plan.from_json(plan.to_json()) == plan
    assert uf.plan(given, plan) == plan


def test_reparameterize_takes_the_same_model() -> None:
    charted = uf.reparameterize(model("y ~ x + (1|group)"), {"1|group": uf.NonCentered()})
    assert "1|group" in [variable.name for variable in charted.free_RVs]
