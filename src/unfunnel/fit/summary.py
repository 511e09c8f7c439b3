"""A fit in numbers: every variable, and what the diagnosis says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

COLUMNS = ("mean", "sd", "eti89_lb", "eti89_ub", "ess_bulk", "ess_tail", "r_hat", "mcse_mean")


def summary_table(tree: Any) -> pd.DataFrame:
    """One row for every element of every variable, not rounded; intervals are of 89 %."""
    posterior = tree["posterior"].to_dataset()
    table: pd.DataFrame = az.summary(posterior, round_to="none", ci_prob=0.89, ci_kind="eti")
    return table[list(COLUMNS)]


def population(tree: Any) -> list[str]:
    """Variables that are not of single groups: what is printed."""
    posterior = tree["posterior"].to_dataset()
    return [
        str(name)
        for name, array in posterior.data_vars.items()
        if not any(str(dim).endswith("__factor_dim") for dim in array.dims)
    ]


def summarized(
    tree: Any, table: pd.DataFrame, problems: Sequence[str], asked: dict[str, Any], versions: dict[str, str]
) -> dict[str, Any]:
    """What `summary.json` holds; null is a number that could not be computed."""
    about = tree["parameterization"].attrs
    return {
        "asked": asked,
        "versions": versions,
        "good": not problems,
        "problems": list(problems),
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "gradients": {part: int(about[f"gradients_{part}"]) for part in ("pilot", "tune", "draw")},
        "seconds": {
            name.removeprefix("seconds_"): round(float(value), 2)
            for name, value in about.items()
            if name.startswith("seconds_")
        },
        "variables": {
            str(name): {column: _number(row[column]) for column in COLUMNS} for name, row in table.iterrows()
        },
    }


def as_json(summary: dict[str, Any]) -> str:
    """As text."""
    return json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_text(tree: Any, table: pd.DataFrame) -> str:
    """The population's part of the table, for a terminal."""
    names = population(tree)
    rows = [str(index) for index in table.index if str(index).partition("[")[0] in names]
    shown = table.loc[rows].rename(columns={"eti89_lb": "5.5 %", "eti89_ub": "94.5 %"})
    formats: dict[str, Any] = dict.fromkeys(("mean", "sd", "5.5 %", "94.5 %", "mcse_mean"), "{:.3g}".format)
    formats |= {"ess_bulk": "{:.0f}".format, "ess_tail": "{:.0f}".format, "r_hat": "{:.3f}".format}
    left_out = len(table) - len(rows)
    more = f"\n{left_out} values of single groups are in summary.csv." if left_out else ""
    return str(shown.to_string(formatters=formats)) + more


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
