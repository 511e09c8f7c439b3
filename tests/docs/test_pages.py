"""What the documentation must have, that is known without building it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import unfunnel
import unfunnel.exact
import unfunnel.study

PAGES = Path(__file__).parents[2] / "docs"
sys.path.append(str(PAGES))

from extensions.mathtext import drawn as drawn_formula  # noqa: E402
from extensions.rooms import direct, drawn, imports  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


def test_the_reference_lists_every_public_name_and_no_other() -> None:
    text = (PAGES / "reference" / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^   (\w+)$", text, re.MULTILINE)
    assert len(listed) == len(set(listed))
    rooms = {"exact", "study"}
    public = {*unfunnel.__all__, *unfunnel.exact.__all__, *unfunnel.study.__all__} - rooms
    assert set(listed) - public == {"Case", "CompiledModel"}  # what public names are, or return
    assert public - set(listed) == set()


def test_the_picture_of_the_rooms_has_them_all() -> None:
    picture = ElementTree.fromstring(drawn())
    assert {text.text for text in picture.iter(f"{SVG}text")} == set(imports())
    corners = {(box.get("x"), box.get("y")) for box in picture.iter(f"{SVG}rect")}
    assert len(corners) == len(imports())  # none stands on another


def test_an_import_through_another_room_is_not_drawn() -> None:
    none: frozenset[str] = frozenset()
    graph = {"top": frozenset({"middle", "low"}), "middle": frozenset({"low"}), "low": none}
    assert direct(graph) == {"top": frozenset({"middle"}), "middle": frozenset({"low"}), "low": none}


def test_a_formula_is_a_picture_with_its_source_as_label() -> None:
    picture = ElementTree.fromstring(drawn_formula(r"\tau^2 < \frac{a}{b}"))
    assert picture.get("aria-label") == r"\tau^2 < \frac{a}{b}"
    assert len(list(picture.iter(f"{SVG}use"))) >= 4
    assert drawn_formula("x") != drawn_formula("y")


def test_a_formula_that_cannot_be_drawn_is_an_error() -> None:
    with pytest.raises(Exception, match=r"\\frac\{a"):
        drawn_formula(r"\frac{a")
