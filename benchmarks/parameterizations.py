"""Ours, and the two that a person writes by hand, as `parameterization=` takes them; and a rate."""

from __future__ import annotations

from typing import Any

import unfunnel as uf

OURS = "unfunnel"
PARAMETERIZATIONS: dict[str, Any] = {OURS: None, "centered": uf.Centered(), "noncentered": uf.NonCentered()}
"""By name; None is the default of `unfunnel.sample`."""


def rate(given: str) -> float | str:
    """A target acceptance rate, or the word for a chosen one."""
    return given if given == "auto" else float(given)
