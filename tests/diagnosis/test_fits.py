"""Fits of the study's regimes in the wrong coordinates, and in the informed ones: what has to be said of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest

import unfunnel as uf
from unfunnel.study.regime import Regime
from unfunnel.study.regimes import REGIMES

pytestmark = pytest.mark.sampling

SEED = 1
Fit = Callable[[str, str], Any]


def model_of(groups: int) -> Any:
    """The study's model of estimates with standard errors, which are all that its normal data say."""
    with pm.Model(coords={"group": [str(k) for k in range(groups)]}) as model:
        errors = pm.Data("errors", np.ones(groups), dims="group")
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="group")
        pm.Normal("y", theta, errors, observed=pm.Data("estimates", np.zeros(groups), dims="group"), dims="group")
    return model


@pytest.fixture(scope="module")
def fit() -> Fit:
    """Fits of regimes by name, from one compilation for those of nine groups."""
    compiled: dict[tuple[int, bool], Any] = {}

    def of(regime: str, name: str) -> Any:
        case = REGIMES[regime]()
        assert isinstance(case, Regime)
        key = (len(case.labels), name == "informed")
        schools = regime == "eight_schools"
        if key not in compiled:
            compiled[key] = uf.compile(case.model() if schools else model_of(key[0]), name)
        data = {"estimates": case.means, "errors": case.standard_errors}
        model = compiled[key] if schools else compiled[key].with_data(**data)
        return model.sample(random_seed=SEED, parameterization=name)

    return of


def test_the_regimes_have_the_priors_of_the_model_here() -> None:
    for name in ("weak", "strong", "unbalanced", "small"):
        assert REGIMES[name]().priors.lines() == ("μ ~ Normal(0, 5)", "τ ~ HalfNormal(5)")


SICK = [
    ("weak", "centered", "theta", "funnel", list("012345678")),
    ("eight_schools", "centered", "theta", "funnel", list("ABCDEFGH")),
    ("strong", "noncentered", "theta", "inverted funnel", list("012345678")),
    ("unbalanced", "noncentered", "theta", "inverted funnel", ["2", "6"]),
    ("small", "centered", "mu", "mu-tau funnel", [""]),
    ("small", "noncentered", "mu", "mu-tau funnel", [""]),
]


@pytest.mark.parametrize(("regime", "name", "variable", "verdict", "groups"), SICK)
def test_sick_fits(fit: Fit, regime: str, name: str, variable: str, verdict: str, groups: list[str]) -> None:
    diagnosis = uf.diagnose(fit(regime, name))
    assert not diagnosis.ok
    assert [f.group for f in diagnosis.called(verdict) if f.variable == variable] == groups


def test_informed_fits_are_fine_with_and_without_the_model(fit: Fit) -> None:
    tree = fit("eight_schools", "informed")
    without, with_model = uf.diagnose(tree), uf.diagnose(tree, REGIMES["eight_schools"]().model())
    assert without.ok
    assert with_model.ok
    assert {finding.coordinates for finding in without.findings} == {"informed", "eliminated", "whitened"}
    assert [f.weight for f in without.of("theta")] == tree["parameterization"]["theta_weight"].values.tolist()
    assert [(f.element, f.correlation) for f in without.findings] == [
        (f.element, pytest.approx(f.correlation, nan_ok=True)) for f in with_model.findings
    ]
    with pytest.raises(uf.InvalidArgumentError, match="another model"):
        uf.diagnose(tree, REGIMES["weak"]().model())
