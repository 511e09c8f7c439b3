"""What is printed of a pooled table: the population, some groups, the priors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unfunnel.showing.table import Paragraph, Table, printable

if TYPE_CHECKING:
    from unfunnel.pooling.pooled import Pooled

_SHOWN = 20


@dataclass(frozen=True)
class Row:
    """Cells of one group."""

    cells: tuple[str, ...]


def table_of(pooled: Pooled) -> Table:
    """Groups by rank: all if they are few, else the first and last; what is known of the population below."""
    frame = pooled.to_polars().sort("rank", maintain_order=True)
    size = frame.height
    if size > _SHOWN:
        half = _SHOWN // 2
        rows = [*_rows(pooled, frame.head(half)), Row(("...", *[""] * 6)), *_rows(pooled, frame.tail(half))]
    else:
        rows = _rows(pooled, frame)
    percent = f"{100 * pooled.prob:g} % interval"
    columns = (printable(pooled.group), "n", "raw", "estimate", percent, "pooling", "rank")
    title = f"Partial pooling of {pooled.value!r} in {size} groups of {pooled.group!r} ({pooled.family})"
    paragraphs = [
        Paragraph(name, f"{_number(values.mean())} ({_number(low)} to {_number(high)})")
        for name, values in pooled.population.items()
        for low, high in [_interval(values, pooled.prob)]
    ]
    average = float(pooled.to_polars()["pooling"].to_numpy().mean())
    paragraphs += [
        Paragraph("pooling", f"{average:.2f} on average: 0 is each group alone, 1 is all groups alike"),
        Paragraph("priors", f"{'; '.join(pooled.priors.lines())} (in {printable(pooled.priors.unit)})"),
    ]
    return Table(printable(title), tuple(rows), tuple(paragraphs), columns)


def summary_of(pooled: Pooled) -> dict[str, Any]:
    """The population in numbers, and what was asked."""
    return {
        "family": pooled.family,
        "group": pooled.group,
        "value": pooled.value,
        "rows": pooled.rows,
        "groups": pooled.to_polars().height,
        "prob": pooled.prob,
        "priors": list(pooled.priors.lines()),
        "scale": pooled.priors.unit,
        "population": {
            name: {"mean": float(values.mean()), "sd": float(values.std()), "lower": low, "upper": high}
            for name, values in pooled.population.items()
            for low, high in [_interval(values, pooled.prob)]
        },
    }


def as_json(pooled: Pooled) -> str:
    """Summary and groups."""
    groups = pooled.to_polars().to_dicts()
    text = json.dumps({**summary_of(pooled), "estimates": groups}, indent=1, ensure_ascii=False, default=str)
    return text + "\n"


def _rows(pooled: Pooled, frame: Any) -> list[Row]:
    return [
        Row(
            (
                printable(str(row[pooled.group])),
                f"{row['n']:g}",
                _number(row["raw"]),
                _number(row["estimate"]),
                f"{_number(row['lower'])} to {_number(row['upper'])}",
                f"{row['pooling']:.2f}",
                f"{row['rank']:.1f} ({row['rank_lower']:.0f} to {row['rank_upper']:.0f})",
            )
        )
        for row in frame.to_dicts()
    ]


def _interval(values: Any, prob: float) -> tuple[float, float]:
    low, high = np.quantile(values, [0.5 - 0.5 * prob, 0.5 + 0.5 * prob])
    return float(low), float(high)


def _number(value: float) -> str:
    return f"{value:.4g}"
