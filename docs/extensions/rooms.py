"""The picture of the architecture page: the rooms of the library on their floors, and which imports which."""

from __future__ import annotations

from collections.abc import Mapping

from tests.test_architecture import FILES, FLOOR, imported_rooms, room_of

Imports = Mapping[str, frozenset[str]]

COMMON = frozenset({"errors", "output", "showing"})
"""What any room may use; arrows to them would hide the others."""

COLUMNS = {"output": -1, "showing": 1, "formula": -1, "many": -1, "fit": -1, "check": 1, "evidence": 1}
COLUMNS |= {"parameterization": 2, "exact": 3, "pooling": 4, "tables": 5}
"""Where a room that is not on the way of the data stands; any other takes the first free place from the middle."""

_WIDTH, _HEIGHT, _ACROSS, _UP, _TURN = 124, 32, 150, 60, 10


def imports() -> Imports:
    """Which rooms each room imports."""
    found: dict[str, set[str]] = {}
    for file in FILES:
        room = room_of(file)
        found.setdefault(room, set()).update(imported_rooms(file) - {room})
    return {room: frozenset(others) for room, others in found.items()}


def direct(graph: Imports) -> Imports:
    """The same without what is imported through another room anyway, which would make the picture a tangle."""
    return {
        room: frozenset(one for one in others if not any(one in _below(graph, other) for other in others - {one}))
        for room, others in graph.items()
    }


def drawn() -> str:
    """The picture as SVG."""
    graph = direct(imports())
    places = _places()
    left = min(x for x, _ in places.values()) - _WIDTH / 2 - 10
    right = max(x for x, _ in places.values()) + _WIDTH / 2 + 10
    low = max(y for _, y in places.values()) + _HEIGHT + 10
    arrows = "\n".join(
        _arrow(places[room], places[other]) for room in sorted(graph) for other in sorted(graph[room] - COMMON)
    )
    boxes = "\n".join(_box(room, *places[room]) for room in sorted(places))
    view = f"{left:g} 0 {right - left:g} {low:g}"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" font-family="sans-serif">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0 L8 4 L0 8 z" fill="#5f6b7a"/></marker></defs>
{arrows}
{boxes}
</svg>
"""


def _below(graph: Imports, room: str) -> frozenset[str]:
    return graph[room].union(*(_below(graph, other) for other in graph[room]))


def _places() -> dict[str, tuple[float, float]]:
    """The middle of every room's upper edge."""
    top = max(FLOOR.values())
    taken: dict[tuple[int, int], str] = {}
    for room in sorted(FLOOR, key=lambda room: (room not in COLUMNS, room)):
        free = (
            column for column in (COLUMNS.get(room, 0), 0, 1, -1, 2, -2, 3, -3) if (FLOOR[room], column) not in taken
        )
        taken[FLOOR[room], next(free)] = room
    return {room: (column * _ACROSS, 10 + (top - floor) * _UP) for (floor, column), room in taken.items()}


def _box(room: str, x: float, y: float) -> str:
    return (
        f'<rect x="{x - _WIDTH / 2:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="#eef3f8"'
        f' stroke="#33628a" stroke-width="1.3"/><text x="{x:g}" y="{y + _HEIGHT / 2 + 5:g}" text-anchor="middle"'
        f' font-size="14" fill="#1c2733">{room}</text>'
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Straight down; outward along the row and then down; inward down first, so that no line crosses a room."""
    (x, y), (to_x, to_y) = start, end
    side = 1 if to_x > x else -1
    middle, to_middle = y + _HEIGHT / 2, to_y + _HEIGHT / 2
    if x == to_x:
        path = f"M{x:g} {y + _HEIGHT:g} V{to_y - 1:g}"
    elif abs(to_x) > abs(x):
        turn = f"H{to_x - side * _TURN:g} Q{to_x:g} {middle:g} {to_x:g} {middle + _TURN:g}"
        path = f"M{x + side * _WIDTH / 2:g} {middle:g} {turn} V{to_y - 1:g}"
    else:
        turn = f"V{to_middle - _TURN:g} Q{x:g} {to_middle:g} {x + side * _TURN:g} {to_middle:g}"
        path = f"M{x:g} {y + _HEIGHT:g} {turn} H{to_x - side * (_WIDTH / 2 + 1):g}"
    return f'<path d="{path}" fill="none" stroke="#5f6b7a" stroke-width="1.3" marker-end="url(#tip)"/>'
