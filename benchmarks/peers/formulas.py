"""The cases that are formula models: what a person would type, with the priors of the case, and the names it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.models.case import Data

Prior = tuple[Any, ...]
Names = dict[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Formula:
    """A formula model of a case.

    Parameters
    ----------
    formula, family
        As Bambi takes them.
    columns
        From the case's data to the table's columns.
    priors
        By Bambi's names: the family of a prior and its arguments in order; of a group's term, those of its scale.
    names
        By the case's names: from Bambi's posterior to that variable.
    """

    formula: str
    family: str
    columns: Callable[[Data], dict[str, Any]]
    priors: dict[str, Prior]
    names: Names


def normal(*values: float) -> Prior:
    """Location and scale."""
    return ("Normal", dict(zip(("mu", "sigma"), values, strict=True)))


def half(scale: float) -> Prior:
    """Half normal."""
    return ("HalfNormal", {"sigma": scale})


def grouped(data: Data) -> dict[str, Any]:
    """Observations in groups."""
    return {"y": data["y"], "x": data["x"], "g": data["group"]}


def hospitals(data: Data) -> dict[str, Any]:
    """A row is a group."""
    return {"y": data["y"], "n": data["n"], "g": np.arange(len(data["y"]))}


def plates(data: Data) -> dict[str, Any]:
    """The design's columns but the constant."""
    return hospitals(data) | {"x1": data["X"][:, 1], "x2": data["X"][:, 2]}


def crossed(data: Data) -> dict[str, Any]:
    """Persons and items."""
    return {name: data[name] for name in ("y", "person", "item")}


def _is(name: str, sign: float = 1.0) -> Callable[[Any], Any]:
    return lambda posterior: sign * posterior[name]


def _sum(common: str, varying: str) -> Callable[[Any], Any]:
    return lambda posterior: posterior[common] + posterior[varying]


def _coefficients(posterior: Any) -> Any:
    import xarray as xr

    parts = [posterior[name] for name in ("Intercept", "x1", "x2", "x1:x2")]
    return xr.concat(parts, dim="coefficient").transpose("chain", "draw", "coefficient")


_MIXED_NAMES: Names = {"b0": _is("Intercept"), "b1": _is("x"), "tau": _is("1|g_sigma"), "u": _is("1|g")}
_MIXED_PRIORS = {"Intercept": normal(0.0, 2.0), "x": normal(0.0, 2.0), "1|g": half(1.0)}
_MEAN_NAMES: Names = {"mu": _is("Intercept"), "tau": _is("1|g_sigma"), "theta": _sum("Intercept", "1|g")}
FORMULAS: dict[str, Formula] = {
    "surgical": Formula(
        "p(y, n) ~ 1 + (1|g)",
        "binomial",
        hospitals,
        {"Intercept": normal(0.0, 5.0), "1|g": half(1.0)},
        _MEAN_NAMES,
    ),
    "seeds": Formula(
        "p(y, n) ~ x1 * x2 + (1|g)",
        "binomial",
        plates,
        {**{name: normal(0.0, 2.0) for name in ("Intercept", "x1", "x2", "x1:x2")}, "1|g": half(1.0)},
        {"beta": _coefficients, "tau": _is("1|g_sigma"), "u": _is("1|g")},
    ),
    "rats": Formula(
        "y ~ x + (x|g)",
        "gaussian",
        grouped,
        {
            "Intercept": normal(200.0, 100.0),
            "x": normal(5.0, 10.0),
            "1|g": half(50.0),
            "x|g": half(5.0),
            "sigma": half(20.0),
        },
        {
            "mu_intercept": _is("Intercept"),
            "mu_slope": _is("x"),
            "tau_intercept": _is("1|g_sigma"),
            "tau_slope": _is("x|g_sigma"),
            "sigma": _is("sigma"),
            "intercept": _sum("Intercept", "1|g"),
            "slope": _sum("x", "x|g"),
        },
    ),
    "poisson60": Formula("y ~ x + (1|g)", "poisson", grouped, _MIXED_PRIORS, {**_MEAN_NAMES, "slope": _is("x")}),
    "mixed_poisson": Formula("y ~ x + (1|g)", "poisson", grouped, _MIXED_PRIORS, _MIXED_NAMES),
    "mixed_bernoulli": Formula("y ~ x + (1|g)", "bernoulli", grouped, _MIXED_PRIORS, _MIXED_NAMES),
    "crossed100x20": Formula(
        "y ~ 1 + (1|person) + (1|item)",
        "bernoulli",
        crossed,
        {"Intercept": normal(0.0, 2.0), "1|person": half(2.0), "1|item": half(2.0)},
        {
            "b0": _is("Intercept"),
            "tau_person": _is("1|person_sigma"),
            "tau_item": _is("1|item_sigma"),
            "ability": _is("1|person"),
            "difficulty": _is("1|item", -1.0),
        },
    ),
}
"""By case."""
