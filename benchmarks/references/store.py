"""Reading and writing references."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.moments import Moments

FOLDER = Path(__file__).parent


def write(name: str, origin: Mapping[str, Any], moments: Mapping[str, Moments]) -> Path:
    """Write one reference; `origin` says how it was made."""
    path = FOLDER / f"{name}.json"
    stored = {"origin": dict(origin), "moments": {key: value.as_json() for key, value in moments.items()}}
    lines = json.dumps(stored, indent=1)
    path.write_text(lines.replace("\n    ", " ").replace("\n   ]", "]") + "\n", encoding="utf-8")
    return path


def read(name: str) -> dict[str, Moments] | None:
    """The reference of one model; None if none was made yet."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        return None
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {key: Moments(**value) for key, value in stored["moments"].items()}
