"""Which variable is an effect, and what its location and scale are: from names, requests, plans and models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from tests.diagnosis.fits import weak
from tests.models import CASES

import unfunnel as uf
from unfunnel.diagnosis.coordinates import Sampled
from unfunnel.diagnosis.from_model import pairs_of_model
from unfunnel.structure import read

DRAWS = 400


def fit_of(**arrays: Any) -> xr.DataTree:
    """A tree of draws with dims (4, 100, *own)."""
    dims = {name: ("chain", "draw", f"{name}_dim")[: array.ndim] for name, array in arrays.items()}
    return xr.DataTree.from_dict({"posterior": xr.Dataset({n: (dims[n], array) for n, array in arrays.items()})})


def numbers(*, groups: int = 5, seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    mu, tau, z = rng.normal(size=(4, 100)), np.exp(0.5 * rng.normal(size=(4, 100))), rng.normal(size=(4, 100, groups))
    return {"mu": mu, "tau": tau, "z": z, "theta": mu[..., None] + tau[..., None] * z}


def names_of(diagnosis: uf.Diagnosis) -> set[tuple[str, str, str, str]]:
    return {(f.variable, f.location, f.scale, f.coordinates) for f in diagnosis.findings if f.coords}


NAMED = {
    "plain": (("theta", "mu", "tau"), ("theta", "mu", "tau", "centered")),
    "called after the effect": (("b", "mu_b", "sigma_b"), ("b", "mu_b", "sigma_b", "centered")),
    "the other way round": (("b", "b_mean", "b_sd"), ("b", "b_mean", "b_sd", "centered")),
    "the only ones": (("effect", "population", "spread"), ("effect", "population", "spread", "centered")),
}


@pytest.mark.parametrize("case", NAMED)
def test_by_name(case: str) -> None:
    (effect, location, scale), expected = NAMED[case]
    draws = numbers()
    diagnosis = uf.diagnose(fit_of(**{effect: draws["theta"], location: draws["mu"], scale: draws["tau"]}))
    assert names_of(diagnosis) == {expected}
    assert f"{effect} with {location} and {scale}" in diagnosis.notes[0]


def test_the_noise_is_not_taken_for_the_scale() -> None:
    draws = numbers()
    noise = np.exp(np.random.default_rng(5).normal(size=(4, 100)))
    found = uf.diagnose(fit_of(theta=draws["theta"], mu=draws["mu"], tau=draws["tau"], sigma=noise))
    assert names_of(found) == {("theta", "mu", "tau", "centered")}
    with pytest.raises(uf.InvalidArgumentError, match=r'pairs=\{"theta": \("mu", "tau"\)\}'):
        uf.diagnose(fit_of(theta=draws["theta"], mu=draws["mu"], one=draws["tau"], two=noise))


def test_a_scale_that_does_not_fit_the_spread_is_refused() -> None:
    draws = numbers()
    with pytest.raises(uf.InvalidArgumentError, match="do not tell which variable is an effect"):
        uf.diagnose(fit_of(theta=draws["theta"], mu=draws["mu"], tau=100 * draws["tau"]))


def test_as_bambi_names_them() -> None:
    draws = numbers()
    centered = draws["theta"] - draws["mu"][..., None]
    tree = fit_of(**{"1|g": centered, "1|g_sigma": draws["tau"], "Intercept": draws["mu"], "sigma": draws["tau"]})
    assert names_of(uf.diagnose(tree)) == {("1|g", "", "1|g_sigma", "centered")}
    raw = fit_of(**{"1|g": centered, "1|g_sigma": draws["tau"], "1|g_offset": draws["z"], "Intercept": draws["mu"]})
    assert names_of(uf.diagnose(raw)) == {("1|g", "", "1|g_sigma", "noncentered")}


@pytest.mark.parametrize("name", ["theta_raw", "theta_tilde", "eta"])
def test_a_standardised_value_in_the_draws_says_noncentered(name: str) -> None:
    draws = numbers()
    tree = fit_of(mu=draws["mu"], tau=draws["tau"], theta=draws["theta"], **{name: draws["z"]})
    found = uf.diagnose(tree, pairs={"theta": ("mu", "tau")})
    assert names_of(found) == {("theta", "mu", "tau", "noncentered")}


def test_a_location_that_is_zero_and_scales_by_group() -> None:
    draws = numbers()
    rng = np.random.default_rng(7)
    scales = np.exp(rng.normal(size=(4, 100, 5)))
    deviations = xr.Dataset(
        {
            "u": (("chain", "draw", "g"), scales * draws["z"]),
            "tau": (("chain", "draw", "g"), scales),
        },
        coords={"g": list("vwxyz")},
    )
    diagnosis = uf.diagnose(xr.DataTree.from_dict({"posterior": deviations}), pairs={"u": (None, "tau")})
    assert [finding.element for finding in diagnosis.of("u")] == [f"u[{label}]" for label in "vwxyz"]
    assert diagnosis.ok


REFUSED = [
    ({"pairs": {}}, "must be a mapping such as"),
    ({"pairs": {"theta": "tau"}}, "names of its location and its scale"),
    ({"pairs": {"theta": ("mu", "nu")}}, "names 'nu', which the posterior does not have; it has 'mu'"),
    ({"pairs": {"theta": ("tau", "mu")}}, "must be positive"),
    ({"pairs": {"theta": ("mu", "tau")}, "coordinates": {"mu": "centered"}}, "not an effect"),
    ({"pairs": {"theta": ("mu", "tau")}, "coordinates": {"theta": "upside down"}}, "'centered', 'noncentered'"),
    ({"pairs": {"theta": ("mu", "tau")}, "coordinates": {"theta": uf.Mixed(centered=[True])}}, "theta"),
    ({"var_names": ["mu"]}, "not an effect that was found; found were 'theta'"),
    ({"scores": True}, "needs the model"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED, ids=str)
def test_what_cannot_be_used_is_refused(options: dict[str, Any], words: str) -> None:
    draws = numbers()
    with pytest.raises(uf.UnfunnelError, match=words) as raised:
        uf.diagnose(fit_of(mu=draws["mu"], tau=draws["tau"], theta=draws["theta"]), **options)
    assert "diagnose" in str(raised.value) or "Mixed" in str(raised.value)


@pytest.mark.parametrize("value", [None, 3, xr.DataTree(), xr.DataTree.from_dict({"posterior": xr.Dataset()})])
def test_what_is_no_fit_is_refused(value: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match="diagnose"):
        uf.diagnose(value)


def test_dims_that_do_not_fit_are_refused() -> None:
    draws = numbers()
    tree = fit_of(mu=np.repeat(draws["mu"][..., None], 2, axis=2), tau=draws["tau"], theta=draws["theta"])
    with pytest.raises(uf.InvalidArgumentError, match="do not fit those of 'theta'"):
        uf.diagnose(tree, pairs={"theta": ("mu", "tau")})


# Prior draws of these are no finite numbers or cannot be made, their model has no effect, or it is another's.
_LEFT_OUT = {"flat_mean", "user_transform", "no_group_level", "gamma_effects", "beta_effects", "unknown_scale_prior"}
_LEFT_OUT |= {"after_do", "after_observe", "data_after_do", "data_after_observe"}
_SQUARES = {"student_t": 1.2, "student_by_hand": 1.2, "zero_sum": 2 / 3}
"""Mean squares of standardised effects: of a StudentT its reference is near the standard deviation."""


@pytest.mark.parametrize("name", sorted(set(CASES) - _LEFT_OUT))
def test_effects_of_every_model_are_standard_under_the_prior(name: str) -> None:
    """Location and scale are those of the model if, under its prior, effects less the one over the other are standard.

    The mean square of n standard normal values is 1 within five of its standard errors, sqrt(2 / n).
    """
    model = CASES[name].build()
    pairs = pairs_of_model(model, prior_of(model), Sampled(read(model)))
    assert [pair.effect for pair in pairs] == CASES[name].effects
    for pair in pairs:
        z = pair.standardised
        assert np.mean(z**2) == pytest.approx(_SQUARES.get(name, 1.0), abs=5 * np.sqrt(2 / z.size))
        assert pair.coordinates.names[0] == ("noncentered" if pair.effect in CASES[name].by_hand else "centered")


def prior_of(model: Any) -> xr.Dataset:
    drawn = pm.draw(model.free_RVs, draws=DRAWS, random_seed=np.random.default_rng(1), mode="FAST_COMPILE")
    arrays = {}
    for rv, values in zip(model.free_RVs, drawn, strict=True):
        own = model.named_vars_to_dims.get(rv.name) or [f"{rv.name}_dim_{axis}" for axis in range(rv.type.ndim)]
        arrays[rv.name] = (("chain", "draw", *own), values.reshape(4, DRAWS // 4, *values.shape[1:]))
    return xr.Dataset(arrays)


def test_the_model_is_not_needed_to_be_in_the_order_of_the_draws() -> None:
    """Bambi's draws have the groups last."""
    model = CASES["two_dims"].build()
    posterior = prior_of(model)
    sampled = Sampled(read(model))
    (pair,) = pairs_of_model(model, posterior, sampled)
    (turned,) = pairs_of_model(model, posterior.transpose("chain", "draw", "column", "row"), sampled)
    np.testing.assert_array_equal(pair.eta, turned.eta)
    assert pair.labels == turned.labels


def test_draws_that_are_missing_are_named() -> None:
    model = CASES["eight_schools"].build()
    tree = xr.DataTree.from_dict({"posterior": prior_of(model).drop_vars("tau")})
    with pytest.raises(uf.InvalidArgumentError, match="no draws of 'tau'"):
        uf.diagnose(tree, model)


def test_a_charted_model_is_refused_with_what_to_give() -> None:
    model = CASES["eight_schools"].build()
    tree = xr.DataTree.from_dict({"posterior": prior_of(model)})
    with pytest.raises(uf.InvalidArgumentError, match="give the model that it was made of"):
        uf.diagnose(tree, uf.reparameterize(model, uf.NonCentered()))


def test_a_model_without_effects_has_problems_only() -> None:
    model = CASES["no_group_level"].build()
    diagnosis = uf.diagnose(xr.DataTree.from_dict({"posterior": prior_of(model)}), model)
    assert diagnosis.findings == ()
    assert diagnosis.ok
    assert "no group-level variable" in diagnosis.notes[0]


def test_a_scale_that_is_a_number_makes_no_funnel() -> None:
    model = CASES["float64_scale"].build()
    posterior = prior_of(model)
    posterior["theta"].values[0] += 5000.0
    diagnosis = uf.diagnose(xr.DataTree.from_dict({"posterior": posterior}), model)
    assert diagnosis.problems
    assert diagnosis.wrong == ()
    assert all(np.isfinite(finding.r_hat) for finding in diagnosis.of("theta"))


def test_scores_of_the_likelihood_give_the_weight_exactly() -> None:
    model = CASES["eight_schools"].build()
    posterior = prior_of(model)
    diagnosis = uf.diagnose(xr.DataTree.from_dict({"posterior": posterior}), model, scores=True)
    errors = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])
    known = posterior["tau"].values.ravel()[:, None] ** 2 / errors**2
    np.testing.assert_allclose([f.weight for f in diagnosis.of("theta")], (known / (1 + known)).mean(axis=0), rtol=1e-6)


def test_scores_of_an_effect_written_by_hand_and_of_one_on_another_line() -> None:
    for name, effect in (("noncentered_by_hand", "z"), ("student_by_hand", "z"), ("log_normal", "rate")):
        model = CASES[name].build()
        tree = xr.DataTree.from_dict({"posterior": prior_of(model)})
        weights = np.array([f.weight for f in uf.diagnose(tree, model, scores=True).of(effect)])
        assert ((weights >= 0) & (weights <= 1)).all()
        if effect == "z":
            # A StudentT of 4 degrees of freedom has √1.75 times its scale as its reference's.
            known = (1.75 if name == "student_by_hand" else 1.0) * tree["posterior"]["tau"].values.ravel() ** 2
            np.testing.assert_allclose(weights, (known / (1 + known)).mean(), rtol=1e-6)


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_sequence_is_left_out_and_it_is_said(by_hand: bool) -> None:
    with pm.Model() as model:
        tau = pm.HalfNormal("tau", 1.0)
        if by_hand:
            x = pm.Deterministic("x", pm.Normal("step", 0.0, tau, shape=4).cumsum())
        else:
            x = pm.GaussianRandomWalk("step", mu=0.0, sigma=tau, init_dist=pm.Normal.dist(0.0, 1.0), steps=3)
        pm.Normal("y", x, 1.0, observed=np.arange(4.0))
    tree = xr.DataTree.from_dict({"posterior": prior_of(model)})
    for scores in (False, True):
        diagnosis = uf.diagnose(tree, model, scores=scores)
        assert not diagnosis.findings
        assert "Left out, because a sequence has no location and scale for its steps: step." in diagnosis.notes


def test_the_cure_is_in_the_language_of_the_fit() -> None:
    tree = weak()
    tree["posterior"].attrs["inference_library"] = "cmdstanpy"
    posterior = tree["posterior"].to_dataset().copy(deep=True)
    posterior["mu"].values[0] += 8.0
    posterior["theta"].values[0] += 8.0
    finding = uf.diagnose(
        xr.DataTree.from_dict({"posterior": posterior.assign_attrs(tree["posterior"].attrs)})
    ).findings[0]
    assert finding.cure == "theta = mu + tau * theta_raw; theta_raw ~ normal(0, 1);"
