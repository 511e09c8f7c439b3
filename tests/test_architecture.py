"""The rooms import downwards only, as docs/architecture.md says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import unfunnel

HOUSE = Path(unfunnel.__file__).parent
FLOORS = (
    {"errors"},
    {"output", "showing"},
    {"parameterization", "charts", "exact", "formula", "tables"},
    {"pooling"},
    {"families", "evidence"},
    {"structure"},
    {"planning"},
    {"rewrite"},
    {"compression"},
    {"sampling"},
    {"diagnosis", "many"},
    {"comparison"},
    {"plots"},
    {"reporting"},
    {"study"},
    {"fit", "check"},
    {"cli"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {node.module} if node.module != "unfunnel" else {f"unfunnel.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("unfunnel.")}


FILES = sorted(path for path in HOUSE.rglob("*.py") if path.parent != HOUSE or path.stem != "__init__")


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in FILES} == set(FLOOR)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_rooms_import_downwards(path: Path) -> None:
    room = room_of(path)
    above = {other for other in imported_rooms(path) - {room} if FLOOR[other] >= FLOOR[room]}
    assert not above, f"{room} imports {above}"
