from __future__ import annotations

from dataclasses import replace

import numpy as np

from unfunnel.study.conclusions import choosing, overall, winner
from unfunnel.study.section import Section
from unfunnel.study.summary import Row
from unfunnel.study.verdict import best_fixed, verdict

GOOD = Row(0, 2000.0, 2000.0, 1.001, 1.0, 0.8, 100, 10000, 200.0, 0.5, 1.2, flagged=False)
SLOW = replace(GOOD, ess_per_1000_gradients=50.0)
WRONG = replace(GOOD, divergences=40, ess_bulk_min=20.0, ess_per_1000_gradients=300.0, error_tau_mcse=9.0, flagged=True)


def rows(**changes: Row) -> dict[str, Row]:
    return {"centered": WRONG, "noncentered": SLOW, "mixed": SLOW, "informed": GOOD, **changes}


def section(title: str, found: dict[str, Row]) -> Section:
    good = not found["informed"].flagged
    return Section(title, title, "", (), (), good, verdict(found), found, (), (), {}, None)


def test_a_good_end():
    text = " ".join(verdict(rows()))
    assert "The informed fit is clean: no divergences, R-hat at most 1.001, 200 effective draws" in text
    assert "non-centered with 50: the informed fit is 4 times as efficient" in text
    assert "centered (40 divergences and bulk ESS down to 20)" in text
    assert "Every fit without a flag (non-centered, mixed and informed) agrees" in text
    assert "within 1.2 Monte Carlo standard errors" in text
    assert "Centered is not only slow but wrong: it lies 9 Monte Carlo" in text


def test_a_bad_end():
    text = " ".join(verdict(rows(informed=WRONG, noncentered=WRONG, mixed=WRONG)))
    assert text.startswith("The informed fit is flagged by its own diagnostics: 40 divergences")
    assert "The fastest fixed one, though flagged, is centered with 300: about the same." in text
    assert "agrees with the exact posterior" not in text


def test_a_rival_that_is_better_is_said_to_be():
    text = " ".join(verdict(rows(mixed=replace(GOOD, ess_per_1000_gradients=400.0))))
    assert "mixed with 400: it is 2 times as efficient as the informed fit" in text


def test_a_fit_that_is_wrong_without_a_flag_is_named():
    text = " ".join(verdict(rows(mixed=replace(SLOW, error_mu_mcse=5.0))))
    assert "Beware: mixed has no flag, yet lies 5 Monte Carlo standard errors" in text


def test_without_an_exact_density_fits_are_held_against_one_another():
    unknown = {name: replace(row, error_mu_mcse=np.nan, error_tau_mcse=np.nan) for name, row in rows().items()}
    start = "There is no exact density of this model to hold the fits against."
    assert verdict(unknown, 1.3)[-1] == (
        f"{start} The fits without a flag agree: their means of μ and log τ lie at most 1.3 Monte Carlo standard errors"
        " apart."
    )
    assert "Beware: fits without a flag disagree" in verdict(unknown, 5.0)[-1]
    assert verdict(unknown)[-1] == start
    alone = {name: replace(row, flagged=name != "informed") for name, row in unknown.items()}
    assert verdict(alone)[-1] == f"{start} Only informed has no flag."


def test_nothing_flagged():
    assert "No fixed parameterization is flagged." in verdict(rows(centered=SLOW))


def test_an_unflagged_rival_comes_before_a_faster_flagged_one():
    assert best_fixed(rows()) == "noncentered"


def test_conclusions_over_regimes():
    sections = [section("A", rows()), section("B", rows(noncentered=WRONG, mixed=WRONG))]
    first, second = overall(sections)
    assert first == "The informed fit is clean in all 2 regimes."
    assert "at least 200 effective draws per 1000 gradients (lowest in: A)" in second
    assert "mixed falls to 50 and is flagged in 1 of 2" in second
    text = " ".join(choosing(sections))
    assert "Sparsely observed groups want the non-centered coordinates, richly observed ones the centered" in text
    assert "Non-centered was the best fixed choice in: A." in text
    assert "No fixed choice came through without a flag in: B." in text
    assert "most efficient of the unflagged ones in 2 regimes" in text
    assert winner(sections[0]) == "informed"


def test_conclusions_name_the_regimes_that_failed():
    sections = [section("A", rows()), section("B", rows(informed=WRONG))]
    assert overall(sections)[0] == "The informed fit is flagged by its own diagnostics in: B."


def test_conclusions_of_one_and_of_none():
    assert overall([section("A", rows())])[0] == "The informed fit is clean in this data set."
    assert overall([]) == ("No regime was finished.",)
    everything = dict.fromkeys(rows(), WRONG)
    assert winner(section("A", everything)) == ""
