"""A run that diverged says what its charts could not follow."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pymc as pm
import pytest
from tests.models import CASES

import unfunnel as uf
from unfunnel.sampling.unfollowed import unfollowed
from unfunnel.structure import Anatomy


def test_nothing_is_said_where_coefficients_are_numbers() -> None:
    for name in ("eight_schools", "fixed_by_hand", "siblings", "nested"):
        model = CASES[name].build()
        assert unfollowed(Anatomy(model), uf.plan(model)) is None


def test_a_gaussian_process_beside_groups() -> None:
    group = np.array([0, 0, 1, 1, 2, 2])
    with pm.Model() as model:
        length, amplitude = pm.InverseGamma("length", 5, 5), pm.HalfNormal("amplitude", 1)
        process = pm.gp.Latent(cov_func=amplitude**2 * pm.gp.cov.ExpQuad(1, ls=length))
        theta = pm.Normal("theta", pm.Normal("mu", 0, 2), pm.HalfNormal("tau", 1), shape=3)
        f = process.prior("f", X=np.arange(6.0)[:, None])
        pm.Normal("y", f + theta[group], 1.0, observed=np.arange(6.0))
    said = unfollowed(Anatomy(model), uf.plan(model))
    assert said is not None
    assert "'f_rotated_' is multiplied by in the likelihood depends on 'amplitude', 'length'" in said
    assert "\n" not in said


@pytest.mark.sampling
@pytest.mark.parametrize("cause", ["Because of this.", None])
def test_it_is_said_of_a_run_that_diverged(
    fixed: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, cause: str | None
) -> None:
    monkeypatch.setattr("unfunnel.sampling.outcome.unfollowed", lambda *_: cause)
    with caplog.at_level(logging.WARNING, logger="unfunnel"):
        tree = fixed.sample(500, target_accept=0.3, random_seed=1)
    assert tree["sample_stats"]["diverging"].any()
    assert [record.getMessage() for record in caplog.records].count("Because of this.") == (cause is not None)
    assert ("unfunnel.diagnose(result, model)" in caplog.text) == (cause is None)
