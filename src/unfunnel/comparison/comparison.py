"""Several parameterizations of one model beside each other: an immutable value that is shown as a diagnosis is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from unfunnel.comparison.measure import Measured
from unfunnel.comparison.noise import Difference, Disagreement, difference, disagreement
from unfunnel.comparison.table import table_of
from unfunnel.errors import InvalidArgumentError
from unfunnel.planning.page import html_of
from unfunnel.showing.terminal import plain, renderables

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, ConsoleOptions, RenderableType

FORMAT = 1


@dataclass(frozen=True)
class Comparison:
    """What :func:`unfunnel.compare` measured; printing it gives a table.

    Parameters
    ----------
    fits
        One for every parameterization and seed, in the order in which they were sampled.
    compilations
        Seconds of each compilation, by what it served.
    trees
        The fits themselves, by label and seed, where they were kept.
    """

    fits: tuple[Measured, ...]
    compilations: Mapping[str, float] = field(default_factory=dict)
    trees: Mapping[tuple[str, int], Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def parameterizations(self) -> tuple[str, ...]:
        """The labels, in the order asked for."""
        return tuple(dict.fromkeys(fit.parameterization for fit in self.fits))

    def of(self, parameterization: str) -> tuple[Measured, ...]:
        """The fits of one parameterization, by seed."""
        return tuple(fit for fit in self.fits if fit.parameterization == parameterization)

    def sound(self, parameterization: str) -> bool:
        """Whether the diagnosis objects to none of its fits, or to one of several without naming a funnel."""
        fits = self.of(parameterization)
        objected = [fit for fit in fits if not fit.sound]
        return not objected or (len(objected) < len(fits) / 2 and all(fit.said == "problems" for fit in objected))

    @property
    def order(self) -> tuple[str, ...]:
        """The labels, the best first: sound ones before others, then by effective draws per 1000 gradients."""
        return tuple(sorted(self.parameterizations, key=lambda name: (not self.sound(name), -self._efficiency(name))))

    @property
    def winner(self) -> str:
        """The best parameterization; whether it is more than chance is what `ties` says."""
        return self.order[0]

    @property
    def ties(self) -> tuple[str, ...]:
        """Other sound parameterizations, whose difference from the winner is noise."""
        others = [name for name in self.order[1:] if self.sound(name)]
        return tuple(name for name in others if self.ahead(name).noise)

    def ahead(self, other: str) -> Difference:
        """How many times as efficient the winner is as another."""
        return difference(self.of(self.winner), self.of(other))

    def apart(self, other: str) -> Disagreement:
        """How far the means of another lie from the winner's."""
        return disagreement(self.of(self.winner), self.of(other))

    def to_frame(self) -> pd.DataFrame:
        """One row a fit, one column a number.

        Returns
        -------
        pandas.DataFrame
        """
        import pandas as pd

        return pd.DataFrame([_numbers(fit) for fit in self.fits])

    def to_json(self) -> str:
        """The comparison as JSON, without the fits' draws; null is a number that there is not.

        Returns
        -------
        str
        """
        stored = {
            "format": FORMAT,
            "winner": self.winner,
            "ties": list(self.ties),
            "compilations": dict(self.compilations),
            "fits": [_without_nan(asdict(fit)) for fit in self.fits],
        }
        return json.dumps(stored, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Comparison:
        """The comparison that :meth:`to_json` wrote.

        Parameters
        ----------
        text
            JSON.

        Returns
        -------
        Comparison

        Raises
        ------
        InvalidArgumentError
            If it is not the JSON of a comparison.
        """
        try:
            stored = json.loads(text)
            fits = tuple(Measured(**_with_nan(fit)) for fit in stored["fits"])
            return cls(fits, {str(name): float(seconds) for name, seconds in stored["compilations"].items()})
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InvalidArgumentError(
                f"Comparison.from_json: this is not the JSON of a comparison ({type(error).__name__}: {error});"
                " Comparison.to_json makes it."
            ) from error

    def __str__(self) -> str:
        return plain(table_of(self))

    # A session shows what it is told to evaluate; the numbers of every fit would tell a reader nothing.
    __repr__ = __str__

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield from renderables(table_of(self), options.max_width)

    def _repr_html_(self) -> str:
        return html_of(table_of(self))

    def _efficiency(self, name: str) -> float:
        return median(float(np.nan_to_num(fit.per_1000_gradients)) for fit in self.of(name))


def _numbers(fit: Measured) -> dict[str, Any]:
    return {name: value for name, value in asdict(fit).items() if name not in ("means", "errors")}


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _with_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_nan(item) for key, item in value.items()}
    return float("nan") if value is None else value
