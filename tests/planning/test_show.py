"""A plan and its evidence as people see them: plain text, rich, HTML. Most plans here are made without a model."""

from __future__ import annotations

import io
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pymc as pm
import pytest
from rich.console import Console

import unfunnel as uf
from unfunnel.planning.table import COLUMNS, table_of
from unfunnel.structure import Role, Site

ODD = {"effect": "theta[0]", "mean": "<script>mu & nu", "scale": "1|g", "other": "[bold]:smile:w\x1b[31m"}


def sites_of(effect: str, mean: str, scale: str, other: str) -> tuple[Site, ...]:
    """An effect of 8 schools with a mean and a scale, free noise, and a variable that is left alone."""
    affine = {"locations": (mean,), "affine_in": (mean,), "scales": (scale,), "parents": (mean, scale)}
    reason = uf.Reason.NOT_GROUP_LEVEL
    return (
        Site(mean, (), (), "Normal", Role.SHARED, chartable=True, real=True),
        Site(scale, (), (), "HalfNormal", Role.SCALE),
        Site(effect, ("school",), (8,), "Normal", Role.EFFECT, True, True, **affine, terms=("y",), noise="y"),
        Site("sigma", (), (), "HalfNormal", Role.NOISE, terms=("y",)),
        Site(other, ("a", None), (3, 2), None, Role.OTHER, reason=reason),
    )


def plan_of(parameterization: uf.Informed | uf.Centered, **names: str) -> uf.Plan:
    names = {"effect": "theta", "mean": "mu", "scale": "tau", "other": "w"} | names
    return uf.Plan.of(sites_of(**names), {names["effect"]: parameterization}, 64)


def rich_lines(shown: object, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=25, color_system=None, legacy_windows=False)
    console.print(shown)
    return console.file.getvalue().splitlines()


class Page(HTMLParser):
    """Tags with their attributes, and the text of every table row, caption and paragraph."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags[-1][0] in ("th", "td"):
            self.rows[-1][-1] += data


def test_printed() -> None:
    assert str(plan_of(uf.Informed())).splitlines()[:8] == [
        "Coordinates of 5 free variables",
        "",
        "variable  dims    family      role    parameterization       reason",
        "─" * 76,
        "mu                Normal      shared  eliminated with theta",
        "tau               HalfNormal  scale   whitened by its prior",
        "theta     school  Normal      effect  informed",
        "sigma             HalfNormal  noise   whitened by its prior",
    ]
    assert repr(plan_of(uf.Informed())) == str(plan_of(uf.Informed()))  # a session shows what it evaluates


def test_of_a_model() -> None:
    with pm.Model(coords={"school": list("abc")}) as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), dims="school")
        pm.Normal("y", theta, 1.0, observed=[1.0, 2.0, 4.0])
    rows = {row[0]: row for row in Page(uf.plan(model)._repr_html_()).rows}
    assert rows["theta"] == ["theta", "school", "Normal", "effect", "informed", ""]
    assert rows["tau"] == ["tau", "", "HalfNormal", "scale", "whitened by its prior", ""]


def test_dims_by_name_and_by_size_without_one() -> None:
    dims = [row.dims for row in table_of(plan_of(uf.Informed()).choices, ()).rows]
    assert dims == ["", "", "school", "", "a, 2"]


def test_a_block_in_words() -> None:
    plan = plan_of(uf.Informed())
    block, *_ = table_of(plan.choices, plan.blocks).paragraphs
    assert block.text == (
        "theta is eliminated, group by group (8 groups), with the shared parameter mu (1 element), given the scale"
        " tau. The noise scale of y (sigma) is free: the evidence weakens as it grows. Its evidence is to be found by"
        " a pilot run."
    )
    known = plan_of(uf.Informed(uf.Evidence.none(8)))
    assert "Its evidence is known." in " ".join(str(known).split())
    assert "block" not in str(plan_of(uf.Centered()))


def test_effects_eliminated_together_in_words() -> None:
    effect = sites_of("u", "mu", "tau", "w")[2]
    slopes = Site("v", effect.dims, effect.shape, "Normal", Role.EFFECT, True, True, terms=("y",), scales=("tau_v",))
    scale = Site("tau_v", (), (), "HalfNormal", Role.SCALE)
    sites = (*sites_of("u", "mu", "tau", "w"), scale, slopes)
    block, *_ = table_of(*parts(uf.Plan.of(sites, {"u": uf.Informed(), "v": uf.Informed()}, 0))).paragraphs
    assert block.text.startswith(
        "u and v are eliminated together, group by group (8 groups), with no shared parameter, given the scales tau"
        " and tau_v."
    )


def parts(plan: uf.Plan) -> tuple[tuple[object, ...], tuple[object, ...]]:
    return plan.choices, plan.blocks


def test_whatever_stays_as_written_has_a_reason_and_a_paragraph() -> None:
    for plan in (plan_of(uf.Informed()), plan_of(uf.Centered()), uf.Plan.of(sites_of("t", "m", "s", "w"), {}, 64)):
        table = table_of(plan.choices, plan.blocks)
        about = {paragraph.subject: paragraph.text for paragraph in table.paragraphs}
        for row in table.rows:
            assert bool(row.reason) == (row.parameterization == "as written")
            if row.reason:
                assert row.variable in about[row.reason].split(". ")[0].split(", ")
        assert len(about) == len(table.paragraphs)


def test_one_paragraph_a_reason_with_its_variables_and_the_advice() -> None:
    sites = [
        Site(f"{reason.name}_{i}", (), (), None, Role.OTHER, reason=reason) for i in range(2) for reason in uf.Reason
    ]
    paragraphs = table_of(*parts(uf.Plan.of(tuple(sites), {}, 64))).paragraphs
    assert [paragraph.text for paragraph in paragraphs] == [
        f"{reason.name}_0, {reason.name}_1. {reason.advice}" for reason in uf.Reason
    ]
    assert paragraphs[list(uf.Reason).index(uf.Reason.NO_SCALE_CHART)].subject == "no scale chart"


@pytest.mark.parametrize("width", [80, 120])
def test_rich_shows_names_as_they_are(width: int) -> None:
    lines = rich_lines(plan_of(uf.Informed(), **ODD), width)
    for name in ("theta[0]", "<script>mu", "1|g", "[bold]:smile:"):
        assert any(line.startswith(name) for line in lines)
    assert max(map(len, lines)) <= width


def test_plain_text_has_no_escape_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = str(plan_of(uf.Informed(), **ODD))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "dumb")
    assert str(plan_of(uf.Informed(), **ODD)) == before
    assert "\x1b" not in before
    assert r"[bold]:smile:w\x1b[31m" in before


def test_rich_makes_headers_bold_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), width=80, height=25, force_terminal=True, color_system="standard")
    console.print(plan_of(uf.Informed()))
    assert "\x1b[1mvariable" in console.file.getvalue()


@pytest.mark.parametrize("width", [40, 80, 100])
def test_long_names_are_folded_and_not_cut(width: int) -> None:
    names = [f"a_very_long_name_of_a_coefficient_of_an_old_survey_about_{i:02}_schools" for i in range(60)]
    sites = (Site(n, ("d",), (2,), "Normal", Role.OTHER, reason=uf.Reason.NOT_GROUP_LEVEL) for n in names)
    plan = uf.Plan.of(tuple(sites), {}, 64)
    lines = [line.rstrip() for line in (str(plan).splitlines() if width == 100 else rich_lines(plan, width))]
    assert max(map(len, lines)) <= width
    rule = next(number for number, line in enumerate(lines) if line.startswith("─"))
    end = lines.index("", rule)
    first = slice(0, lines[rule - 1].index("dims"))
    assert "".join(line[first].strip() for line in lines[rule + 1 : end]) == "".join(names)
    paragraph = "".join(line[len("not group level") :].strip() for line in lines[end + 1 :])
    assert all(name in paragraph.replace(" ", "") for name in names)


def test_html_holds_what_the_table_holds() -> None:
    plan = plan_of(uf.Informed(), **ODD)
    table, page = table_of(plan.choices, plan.blocks), Page(plan._repr_html_())
    assert page.rows == [list(COLUMNS), *(list(row.cells) for row in table.rows)]
    assert table.title in page.text
    for paragraph in table.paragraphs:
        assert paragraph.subject in page.text
        assert paragraph.text in page.text


def test_html_is_accessible_and_stands_alone() -> None:
    page = Page(plan_of(uf.Informed(), **ODD)._repr_html_())
    scopes = [attributes.get("scope") for tag, attributes in page.tags if tag == "th"]
    assert scopes == ["col"] * len(COLUMNS) + ["row"] * 5
    assert {tag for tag, _ in page.tags} == {
        *("div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p", "strong")
    }
    assert {name for _, attributes in page.tags for name in attributes} == {"style", "scope"}
    styles = " ".join(attributes.get("style") or "" for _, attributes in page.tags)
    assert "background" not in styles  # no colour of its own, on light pages or dark ones
    assert "url(" not in styles


def test_a_model_without_free_variables() -> None:
    empty = uf.Plan(())
    assert str(empty).startswith("Coordinates of no free variables")
    assert Page(empty._repr_html_()).rows == [list(COLUMNS)]


def evidence_of(information: list[float], noise: float = 0.0) -> uf.Evidence:
    """Two effects a group, the second with four times the information; two shared parameters."""
    K = len(information)
    H = np.einsum("k,ij->kij", information, np.diag([1.0, 4.0]))
    return uf.Evidence(np.zeros((K, 2)), H, np.zeros((K, 2, 2)), np.diag([0.0, 25.0]), np.zeros(2), noise)


def test_evidence_in_words() -> None:
    text = str(evidence_of([4.0, 0.0, 100.0, 1.0, 25.0, 16.0, 0.01], noise=1.5))
    assert text.splitlines()[:4] == [
        "Evidence: 7 groups, 2 effects a group, 2 shared parameters",
        "  effect 0: strongest 2 (±0.1), 4 (±0.2), 5 (±0.25); weakest 1 (nothing), 6 (±10), 3 (±1)",
        "  effect 1: strongest 2 (±0.05), 4 (±0.1), 5 (±0.12); weakest 1 (nothing), 6 (±5), 3 (±0.5)",
        "  shared, beside effects: strongest 1 (±0.2); weakest 0 (nothing)",
    ]
    assert "noise scale 1.5" in text
    assert "noise" not in str(evidence_of([1.0]))
    assert "times as wide" not in text
    wide = replace(evidence_of([1.0, 2.0]), widths=[[0.5, 1.0], [1.0, 2.25]])
    assert "prior looks 0.5 to 2.2 times as wide" in str(wide)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (1, "strongest 0 (±1); weakest none"),
        (2, "strongest 0 (±1); weakest 1 (±1)"),
        (5, "strongest 0 (±1), 1 (±1), 2 (±1); weakest 4 (±1), 3 (±1)"),
    ],
)
def test_no_group_is_both_strong_and_weak(groups: int, expected: str) -> None:
    evidence = uf.Evidence.of_information(np.ones(groups), np.zeros(groups))
    lines = str(evidence).splitlines()
    assert lines[0].endswith("1 effect a group, no shared parameters")
    assert lines[1] == f"  effect: {expected}"


def test_evidence_in_html() -> None:
    page = Page(evidence_of([1.0, 4.0], noise=1.5)._repr_html_())
    assert page.rows == [
        ["what", "strongest", "weakest"],
        ["effect 0", "1 (±0.5)", "0 (±1)"],
        ["effect 1", "1 (±0.25)", "0 (±0.5)"],
        ["shared, beside effects", "1 (±0.2)", "0 (nothing)"],
    ]
    assert "Evidence: 2 groups, 2 effects a group, 2 shared parameters" in page.text
    assert "noise scale 1.5" in page.text
