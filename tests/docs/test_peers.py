"""The page on peers is what its results make, and every sentence on it follows from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmarks.peers.page import RESULTS, note_of, page, read
from benchmarks.peers.record import Key, Numbers, Record
from benchmarks.peers.summary import Row
from benchmarks.peers.words import lost, verdicts

NUMBERS = Numbers(
    divergences=0,
    ess=2000.0,
    ess_of="tau",
    rhat=1.001,
    gradients={"tuning": 4000, "warm-up": 4000, "draws": 12000},
    sampling=1.0,
    wall=5.0,
    processor=4.0,
    error_sd=0.02,
    error_sd_of="tau[0]",
    error_mcse=2.0,
    error_mcse_of="mean of tau[0]",
)


def row(peer: str, **changed: object) -> Row:
    numbers = replace(NUMBERS, **changed)  # type: ignore[arg-type]
    return Row("schools", peer, (Record(Key("schools", peer, 1), 1000, numbers),))


def test_the_page_is_made_from_its_results() -> None:
    written = Path(__file__).parents[2] / "docs" / "peers.md"
    assert written.read_text(encoding="utf-8") == page(read(RESULTS), note_of(RESULTS))


def test_a_record_survives_json() -> None:
    record = row("unfunnel", rhat=1.25).records[0]
    assert Record.from_json(record.as_json()) == record


def test_every_gradient_counts() -> None:
    assert NUMBERS.per_1000 == 100.0


def test_where_a_peer_is_better_the_page_says_so() -> None:
    rows = [row("unfunnel"), row("stan-centered", ess=4000.0), row("bambi", ess=2010.0, divergences=3)]
    said = lost("schools", rows)
    assert len(said) == 3  # gradients, and seconds of both sorts
    assert all("Stan, centered" in sentence and "Bambi" not in sentence for sentence in said)


def test_who_has_not_converged_wins_nothing() -> None:
    rows = [row("unfunnel"), row("stan-centered", ess=4000.0, rhat=1.2)]
    assert lost("schools", rows) == []
    assert "**unfunnel** (100)" in verdicts(rows)[1]


def test_who_is_off_is_named() -> None:
    rows = [row("unfunnel", error_mcse=9.0), row("bambi")]
    assert verdicts(rows)[-1].endswith("unfunnel (9.0).")
    assert "agreement" in lost("schools", rows)[0]
