from __future__ import annotations

import json

import arviz as az
import numpy as np
import pytest

from unfunnel.study.summary import Row, flags, summarize

KEYS = [
    "divergences",
    "ess_bulk_min",
    "ess_tail_min",
    "rhat_max",
    "bfmi_min",
    "step_size",
    "gradients_tune",
    "gradients_draw",
    "ess_per_1000_gradients",
    "error_mu_mcse",
    "error_tau_mcse",
    "flagged",
]
FINE = {"divergences": 0, "rhat_max": 1.0, "bfmi_min": 1.0, "ess_bulk_min": 1000.0, "ess_tail_min": 1000.0}


def test_the_keys_of_the_issue(results):
    row = results("weak").rows["informed"]
    assert list(row.as_json()) == KEYS
    json.dumps(row.as_json(), allow_nan=False)


def test_numbers_against_their_definitions(results):
    result = results("weak")
    dt, row = result.fits["centered"], result.rows["centered"]
    checked = result.regime.checked(dt["posterior"].to_dataset())
    assert set(checked.data_vars) == {"mu", "theta", "log_tau"}
    assert row.divergences == 3
    assert row.flagged
    assert row.ess_bulk_min == min(float(az.ess(checked)[name].min()) for name in checked)
    assert row.rhat_max == max(float(az.rhat(checked)[name].max()) for name in checked)
    assert row.step_size == 0.5
    assert row.gradients_tune == 300
    assert row.gradients_draw == int(dt["sample_stats"]["n_steps"].sum())
    assert row.ess_per_1000_gradients == pytest.approx(1000 * row.ess_bulk_min / row.gradients_draw)
    energy = dt["sample_stats"]["energy"].values
    bfmi = np.mean(np.diff(energy, axis=1) ** 2, axis=1) / np.var(energy, axis=1)
    assert row.bfmi_min == pytest.approx(bfmi.min(), rel=0.01)


def test_error_is_in_mcse_and_tau_s_on_the_log_scale(results):
    result = results("weak")
    dt = result.fits["informed"]
    log_tau = np.log(dt["posterior"]["tau"])
    mcse = float(az.mcse(log_tau.to_dataset(name="x"), method="mean")["x"])
    moved = {"mu": result.exact.moments()["mu"], "log_tau": (float(log_tau.mean()) + 3 * mcse, 1.0)}
    assert summarize(dt, moved, result.regime.checked).error_tau_mcse == pytest.approx(3.0)


def test_exact_draws_agree_with_the_exact_moments(results):
    for name in ("weak", "table of 5"):
        for row in results(name).rows.values():
            assert row.error_mu_mcse < 4.5
            assert row.error_tau_mcse < 4.5


def test_unknown_noise_is_checked_too(results):
    result = results("table of 5")
    assert "log_sigma" in result.regime.checked(result.fits["informed"]["posterior"].to_dataset())


def test_where_nothing_exact_is_known_there_is_no_error(results):
    result = results("weak")
    row = summarize(result.fits["informed"], None, result.regime.checked)
    assert row.as_json()["error_mu_mcse"] is None
    assert row.as_json()["error_tau_mcse"] is None
    assert not row.flagged


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ()),
        ({"divergences": 1}, ("1 divergence",)),
        ({"divergences": 7}, ("7 divergences",)),
        ({"rhat_max": 1.011}, ("R-hat up to 1.011",)),
        ({"bfmi_min": 0.29}, ("BFMI down to 0.29",)),
        ({"ess_bulk_min": 399.4}, ("bulk ESS down to 399",)),
        ({"ess_tail_min": 12.0}, ("tail ESS down to 12",)),
        ({"rhat_max": float("nan")}, ("R-hat up to nan",)),
        ({"divergences": 2, "bfmi_min": 0.1}, ("2 divergences", "BFMI down to 0.10")),
    ],
)
def test_what_a_fit_s_own_diagnostics_object_to(changes, words):
    assert flags({**FINE, **changes}) == words


def test_what_cannot_be_computed_is_null():
    row = Row(0, float("nan"), 1.0, 1.0, 1.0, 1.0, 1, 1, float("nan"), float("inf"), 0.0, True)
    assert [key for key, value in row.as_json().items() if value is None] == [
        "ess_bulk_min",
        "ess_per_1000_gradients",
        "error_mu_mcse",
    ]
