"""Every verdict on draws that are made to deserve it, and fine on the same draws sampled otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.diagnosis.fits import exact_fit, highest, lowest, strong, two, weak, with_statistics

import unfunnel as uf
from unfunnel.diagnosis.location_funnel import narrowing_of
from unfunnel.diagnosis.pairs import pairs_of
from unfunnel.diagnosis.statistics import normalised, statistics_of
from unfunnel.diagnosis.view import View

CENTERED, NONCENTERED = {"theta": "centered"}, {"theta": "noncentered"}


def said(tree: Any, coordinates: Any) -> dict[str, list[str]]:
    """Verdicts that are not fine, with the elements that they are on."""
    found: dict[str, list[str]] = {}
    for finding in uf.diagnose(tree, coordinates=coordinates).findings:
        if not finding.ok:
            found.setdefault(str(finding.verdict), []).append(finding.element)
    return found


def view_of(tree: Any) -> View:
    tree = normalised(tree)
    (pair,) = pairs_of(tree, tree["posterior"].to_dataset(), None, None, {}).pairs
    return View(pair, statistics_of(tree))


@pytest.mark.parametrize("make", [weak, strong, two])
@pytest.mark.parametrize("coordinates", [CENTERED, NONCENTERED, {"theta": "informed"}])
def test_nothing_is_said_of_independent_draws(make: Any, coordinates: Any) -> None:
    assert uf.diagnose(make(), coordinates=coordinates).ok
    assert uf.diagnose(with_statistics(make()), coordinates=coordinates).ok


def test_divergences_in_the_neck_are_a_funnel_if_it_was_sampled_centered() -> None:
    tree = weak()
    fit = with_statistics(tree, diverging=lowest(tree, 40))
    assert said(fit, CENTERED) == {"funnel": [f"theta[{k}]" for k in range(6)]}
    assert said(fit, NONCENTERED) == {}
    assert said(fit, {"theta": "informed"}) == {}
    finding = uf.diagnose(fit, coordinates=CENTERED).findings[0]
    assert finding.divergence_quantile < 0.05
    assert finding.correlation > 0.5
    assert "say little" in finding.sentence
    assert "40 divergences sit about the 1 % quantile of tau" in finding.sentence
    assert 'uf.reparameterize(model, {"theta": uf.NonCentered()})' in finding.cure


def test_only_groups_whose_coordinates_do_not_fit_are_named() -> None:
    tree = exact_fit(np.linspace(-6, 6, 6), [0.1, 20.0, 0.1, 20.0, 0.1, 20.0])
    fit = with_statistics(tree, diverging=lowest(tree, 20))
    assert said(fit, CENTERED) == {"funnel": ["theta[1]", "theta[3]", "theta[5]"]}
    assert said(fit, NONCENTERED) == {"inverted funnel": ["theta[0]", "theta[2]", "theta[4]"]}
    mixed = np.array([True, False] * 3)
    assert said(fit, {"theta": uf.Mixed(centered=mixed)}) == {}
    assert said(fit, {"theta": uf.Mixed(centered=~mixed)}).keys() == {"funnel", "inverted funnel"}
    cure = uf.diagnose(fit, coordinates=CENTERED).of("theta")[1].cure
    assert "uf.Mixed(centered=[True, False, True, False, True, False])" in cure


def test_a_costly_fit_is_an_inverted_funnel_without_any_divergence() -> None:
    """As noncentered fits of rich data are: the location and all effects move slowly, together."""
    fit = crept(strong())
    assert said(fit, NONCENTERED) == {"inverted funnel": [f"theta[{k}]" for k in range(9)]}
    assert said(fit, CENTERED) == {}
    finding = uf.diagnose(fit, coordinates=NONCENTERED).findings[0]
    assert "gradients" in finding.sentence
    assert finding.standardised_correlation < 0


def test_no_neck_is_claimed_where_the_scale_hardly_varies() -> None:
    """As centered fits of very many groups are, which creep without any divergence."""
    estimates = np.random.default_rng(4).normal(0, np.hypot(4.0, 8.0), 800)
    fit = crept(exact_fit(estimates, np.full(800, 8.0)))
    finding = uf.diagnose(fit, coordinates=CENTERED).findings[0]
    assert finding.verdict == "funnel"
    assert "which can only move together with it" in finding.sentence
    assert "gradients" in finding.sentence
    assert "squeezed" not in finding.sentence
    neck = uf.diagnose(crept(weak()), coordinates=CENTERED).findings[0]
    assert "squeezed together" in neck.sentence


def crept(tree: Any) -> Any:
    """A fit of the same draws in another order, in which log tau moves slowly, with 31 gradients a draw."""
    posterior = tree["posterior"].to_dataset().copy(deep=True)
    slow = np.random.default_rng(3).normal(size=(4, 500))
    for draw in range(1, 500):
        slow[:, draw] = 0.99 * slow[:, draw - 1] + np.sqrt(1 - 0.99**2) * slow[:, draw]
    ranks = slow.ravel().argsort().argsort()
    place = np.argsort(posterior["tau"].values.ravel())[ranks]
    shuffled = {
        name: (array.dims, array.values.reshape(-1, *array.shape[2:])[place].reshape(array.shape))
        for name, array in posterior.data_vars.items()
    }
    return with_statistics(xr.DataTree.from_dict({"posterior": xr.Dataset(shuffled, posterior.coords)}), steps=31)


def test_two_groups_are_a_mu_tau_funnel_in_any_coordinates() -> None:
    tree = two()
    fit = with_statistics(tree, diverging=lowest(tree, 30))
    for coordinates in (CENTERED, NONCENTERED):
        found = said(fit, coordinates)
        assert found["mu-tau funnel"] == ["mu"]
    finding = next(f for f in uf.diagnose(fit).findings if f.variable == "mu")
    assert "No centering of theta reaches this funnel" in finding.sentence
    assert finding.cure == "dt = uf.sample(model)"


def test_the_width_of_the_location_changes_as_it_has_to() -> None:
    """Given tau it is known: with the prior's precision 1/25, and 1/(tau² + error²) from each group."""
    for tree, errors in ((two(), np.full(2, 0.1)), (strong(), np.full(9, 0.1)), (weak(), np.full(6, 10.0))):
        tau = tree["posterior"]["tau"].values.ravel()[:, None]
        widths = -0.5 * np.log(1 / 25 + (1 / (tau**2 + errors**2)).sum(axis=1))
        assert narrowing_of(view_of(tree)) == pytest.approx(widths.std(), abs=0.1)


def test_a_scale_without_variance_and_divergences_in_its_tail() -> None:
    rng = np.random.default_rng(4)
    tau = np.abs(rng.standard_cauchy((4, 500))) + 0.5
    theta = rng.normal(size=(4, 500, 8)) * tau[..., None]
    data = {"mu": (("chain", "draw"), rng.normal(size=(4, 500))), "tau": (("chain", "draw"), tau)}
    posterior = xr.Dataset({**data, "theta": (("chain", "draw", "g"), theta + data["mu"][1][..., None])})
    tree = xr.DataTree.from_dict({"posterior": posterior})
    fit = with_statistics(tree, diverging=highest(tree, 25))
    found = said(fit, NONCENTERED)
    assert found == {"heavy tail of a scale": ["tau"]}
    finding = next(f for f in uf.diagnose(fit, coordinates=NONCENTERED).findings if f.variable == "tau")
    assert 'pm.HalfNormal("tau", ...)' in finding.cure
    assert said(with_statistics(tree, diverging=lowest(tree, 25)), NONCENTERED) == {}


@pytest.mark.parametrize("how", ["constant", "repeating", "narrow"])
def test_a_chain_that_hardly_moves_is_named(how: str) -> None:
    tree = weak()
    posterior = tree["posterior"].to_dataset().copy(deep=True)
    for name in ("mu", "tau", "theta"):
        values = posterior[name].values
        if how == "constant":
            values[2] = values[2, :1]
        elif how == "repeating":
            values[2] = np.repeat(values[2, ::4], 4, axis=0)
        else:
            values[2] = values[2, :1] + 1e-4 * (values[2] - values[2, :1])
    fit = with_statistics(xr.DataTree.from_dict({"posterior": posterior}))
    stuck = uf.diagnose(fit, coordinates=NONCENTERED).called("stuck chain")
    assert [finding.coords for finding in stuck] == [(("chain", 2),)]
    assert "Chain 2 hardly moved" in stuck[0].sentence


def test_chains_that_never_move_at_all_are_a_problem() -> None:
    posterior = weak()["posterior"].to_dataset().copy(deep=True)
    for name in posterior.data_vars:
        posterior[name].values[:] = posterior[name].values[:1, :1]
    diagnosis = uf.diagnose(xr.DataTree.from_dict({"posterior": posterior}), pairs={"theta": ("mu", "tau")})
    assert not diagnosis.ok
    assert "never moved" in diagnosis.problems[0]


def test_disagreeing_chains_make_a_funnel_of_centered_weak_groups_without_statistics() -> None:
    posterior = weak()["posterior"].to_dataset().copy(deep=True)
    posterior["mu"].values[0] += 8.0
    posterior["theta"].values[0] += 8.0
    diagnosis = uf.diagnose(xr.DataTree.from_dict({"posterior": posterior}))
    assert {str(finding.verdict) for finding in diagnosis.of("theta")} == {"funnel"}
    assert any("R-hat" in problem for problem in diagnosis.problems)
    assert any("no divergences to look at" in note for note in diagnosis.notes)


def test_where_the_cause_is_found_the_problem_gives_no_other_advice() -> None:
    tree = weak()
    fit = with_statistics(tree, diverging=lowest(tree, 40))
    (explained,) = uf.diagnose(fit, coordinates=CENTERED).problems
    (unexplained,) = uf.diagnose(fit, coordinates=NONCENTERED).problems
    assert "target_accept" not in explained
    assert "target_accept" in unexplained


def test_starts_of_divergent_trajectories() -> None:
    """By default the draws before; those that the sampler stored, where it did."""
    tree = weak()
    tau = tree["posterior"]["tau"].values
    after = np.roll(lowest(tree, 40), 1, axis=1)
    after[:, 0] = False
    fit = with_statistics(tree, diverging=after)
    assert uf.diagnose(fit).findings[0].start_quantile < 0.05 < 0.2 < uf.diagnose(fit).findings[0].divergence_quantile
    stored = np.full((*tau.shape, 2), np.nan)
    stored[..., 1][after] = np.log(np.quantile(tau, 0.9))
    labels = xr.DataArray(stored, dims=("chain", "draw", "parameter"), coords={"parameter": ["mu", "tau_log__"]})
    fit["sample_stats"] = xr.DataTree(fit["sample_stats"].to_dataset().assign(divergence_start=labels))
    assert uf.diagnose(fit).findings[0].start_quantile == pytest.approx(0.9, abs=0.01)
