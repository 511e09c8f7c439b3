"""A diagnosis as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any

import numpy as np

from unfunnel.diagnosis.finding import NAN, Finding
from unfunnel.diagnosis.verdict import Verdict
from unfunnel.errors import InvalidArgumentError

FORMAT = 1

_COUNTS = ("chains", "draws", "divergences", "capped", "gradients")


def to_json(diagnosis: Any) -> str:
    """A diagnosis as JSON; labels that JSON has no type for become text."""
    stored = {
        "format": FORMAT,
        "ok": diagnosis.ok,
        **{name: getattr(diagnosis, name) for name in _COUNTS},
        "bfmi": [_number(value) for value in diagnosis.bfmi],
        "problems": list(diagnosis.problems),
        "notes": list(diagnosis.notes),
        "findings": [_finding(finding) for finding in diagnosis.findings],
    }
    return json.dumps(stored, ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> dict[str, Any]:
    """The parts of a diagnosis, from its JSON.

    Raises
    ------
    InvalidArgumentError
        If it is not that.
    """
    try:
        stored = json.loads(text)
        if stored["format"] != FORMAT:
            raise InvalidArgumentError(
                f"Diagnosis.from_json: this is of format {stored['format']!r}, and this version reads {FORMAT}; make"
                " it anew with unfunnel.diagnose."
            )
        return {
            **{name: int(stored[name]) for name in _COUNTS},
            "bfmi": tuple(map(_value, stored["bfmi"])),
            "problems": tuple(map(str, stored["problems"])),
            "notes": tuple(map(str, stored["notes"])),
            "findings": tuple(map(_restored, stored["findings"])),
        }
    except InvalidArgumentError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidArgumentError(
            f"Diagnosis.from_json: this is not the JSON of a diagnosis ({type(error).__name__}: {error});"
            " Diagnosis.to_json makes it."
        ) from error


def _finding(finding: Finding) -> dict[str, Any]:
    stored = {name: _number(value) for name, value in finding.as_numbers().items()}
    return {**stored, "coords": [[dim, _label(label)] for dim, label in finding.coords]}


def _restored(stored: dict[str, Any]) -> Finding:
    numeric = {field.name for field in fields(Finding) if field.type == "float"}
    values: dict[str, Any] = {name: _value(value) if name in numeric else value for name, value in stored.items()}
    coords = tuple((str(dim), label) for dim, label in stored["coords"])
    values |= {"coords": coords, "verdict": Verdict(stored["verdict"])}
    return Finding(**values)


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _value(value: Any) -> float:
    return NAN if value is None else float(value)


def _label(label: Any) -> Any:
    plain = label.item() if isinstance(label, np.generic) else label
    return plain if isinstance(plain, bool | int | float | str) else str(label)
