"""A diagnosis as people and programs see it."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import xarray as xr
from rich.cells import cell_len
from rich.console import Console
from tests.diagnosis.fits import lowest, weak, with_statistics

import unfunnel as uf

NASTY = ["<script>alert(1)</script>", "[bold]b", "1|g", "\x1b[31mred", "東京", "x" * 200]


@pytest.fixture(scope="module")
def sick() -> uf.Diagnosis:
    tree = weak()
    fit = with_statistics(tree, diverging=lowest(tree, 40))
    posterior = fit["posterior"].to_dataset().assign_coords(group=NASTY)
    fit["posterior"] = xr.DataTree(posterior)
    return uf.diagnose(fit)


def test_its_parts(sick: uf.Diagnosis) -> None:
    assert not sick.ok
    assert len(sick.findings) == 8
    assert [finding.group for finding in sick.of("theta")] == NASTY
    assert sick.called("funnel") == sick.of("theta")
    assert sick.called(uf.Verdict.FINE) == (*sick.of("mu"), *sick.of("tau"))
    severities = [finding.severity for finding in sick.worst(8)]
    assert severities == sorted(severities, reverse=True)
    assert all((finding.severity >= 1) != finding.ok for finding in sick.findings)
    assert (sick.chains, sick.draws, sick.divergences) == (4, 500, 40)
    with pytest.raises(FrozenInstanceError):
        sick.findings = ()  # type: ignore[misc]


def test_there_and_back_as_json(sick: uf.Diagnosis) -> None:
    again = uf.Diagnosis.from_json(sick.to_json())
    assert again == sick
    assert hash(again) == hash(sick)
    assert str(again) == str(sick)
    stored = json.loads(sick.to_json())
    assert stored["ok"] is False
    assert stored["findings"][0]["verdict"] == "funnel"
    assert stored["findings"][-1]["weight"] is None


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"format": 1}', '{"format": 99}', "null", '{"format": 1, "findings": 3}']
)
def test_what_is_not_its_json_is_refused(text: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"Diagnosis\.from_json"):
        uf.Diagnosis.from_json(text)


def test_as_a_frame(sick: uf.Diagnosis) -> None:
    frame = sick.to_frame()
    assert len(frame) == len(sick.findings)
    assert frame["group"].tolist()[:6] == NASTY
    assert frame["verdict"].tolist()[:6] == ["funnel"] * 6
    assert frame["weight"].dtype == np.float64
    assert uf.Diagnosis(()).to_frame().empty


def test_printed(sick: uf.Diagnosis) -> None:
    lines = str(sick).splitlines()
    assert lines[0] == "Diagnosis of 4 chains of 500 draws, 40 divergences: funnel"
    assert lines[2].split() == ["variable", "groups", "verdict", "sampled", "weight", "ESS", "R-hat"]
    assert lines[4].startswith("theta     all 6   funnel")
    assert any(line.startswith("mend it") for line in lines)
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in str(sick)
    assert repr(sick) == str(sick)


def test_in_a_rich_console(sick: uf.Diagnosis) -> None:
    console = Console(width=60, record=True, color_system=None)
    with console.capture() as captured:
        console.print(sick)
        console.print(uf.Diagnosis((uf.Finding(variable="[bold]b"),)))
    assert max(map(cell_len, captured.get().splitlines())) <= 60
    assert "[bold]b" in captured.get()


def test_in_a_notebook(sick: uf.Diagnosis) -> None:
    page = sick._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<table" in page


def test_two_thousand_groups_are_a_few_lines() -> None:
    findings = tuple(
        uf.Finding(
            variable="theta",
            coords=(("g", k),),
            scale="tau",
            verdict=uf.Verdict("funnel" if k % 2 else "fine"),
            severity=k / 1000,
        )
        for k in range(2000)
    )
    text = str(uf.Diagnosis(findings, chains=4, draws=100))
    assert len(text.splitlines()) < 15
    assert "1999, 1997, 1995 and 997 more" in text
    assert "the other 1000" in text


def test_a_fine_one() -> None:
    diagnosis = uf.diagnose(weak())
    assert str(diagnosis).splitlines()[0] == "Diagnosis of 4 chains of 500 draws: fine"
    assert diagnosis.wrong == ()
