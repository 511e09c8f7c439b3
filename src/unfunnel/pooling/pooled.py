"""What partial pooling found: every group, and the population they are from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError, UnknownVariableError
from unfunnel.pooling.groups import Posterior
from unfunnel.pooling.priors import Priors

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import xarray as xr
    from rich.console import Console, ConsoleOptions, RenderableType

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pooled:
    """Partial pooling of a table, as :func:`unfunnel.pool` returns it; printed it is a summary.

    Attributes
    ----------
    family : str
        "normal", "binomial" or "poisson".
    group, value : str
        The columns.
    rows : int
        Rows of the table that were used.
    priors : Priors
        On the scale of the effects: the data's unit, logit or log; ``priors.lines()`` is readable.
    prob : float
        Share of the posterior between `lower` and `upper`, equal tails.
    population : dict of str to array, dims (draw,)
        Independent draws of mu and tau, on the scale of the effects, and of sigma where it is unknown.
    """

    family: str
    group: str
    value: str
    rows: int
    priors: Priors
    prob: float
    population: dict[str, Floats]
    _table: pl.DataFrame = field(repr=False)
    _posterior: Posterior = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """One row a group.

        Returns
        -------
        pandas.DataFrame
            The group's label, in a column of its name; ``n`` (rows, trials or exposure); ``raw``, the group's own mean,
            proportion or rate; ``estimate`` and ``sd``, mean and standard deviation of the posterior;
            ``lower`` and ``upper``; ``pooling``, the weight of the population in the estimate (0: the group's own data
            decide, 1: the population does); ``shrinkage``, how far the estimate is from ``raw``; ``rank`` (1 is the
            largest), ``rank_lower``, ``rank_upper``. For counts ``effect`` and ``effect_sd`` as well, on the logit or
            log scale.
        """
        import pandas as pd

        return pd.DataFrame({name: self._table[name].to_numpy() for name in self._table.columns})

    def to_polars(self) -> pl.DataFrame:
        """The same as a polars frame."""
        return self._table

    def ranking(self, top: int | None = None) -> pd.DataFrame:
        """The groups from the largest expected effect to the smallest, all or the first of them."""
        frame = self.to_frame().sort_values("rank", kind="stable", ignore_index=True)
        return frame if top is None else frame.head(top)

    def draws(
        self,
        groups: Sequence[Any] | None = None,
        *,
        draws: int = 1000,
        chains: int = 4,
        random_seed: int | np.random.Generator | None = None,
    ) -> xr.DataTree:
        """Independent draws of the population, and of the effects of chosen groups.

        Parameters
        ----------
        groups : sequence of labels, optional
            Whose effects to draw; of all by default, which is refused beyond 100 million numbers.
        draws, chains : int
            Chains are as independent of each other as draws are.
        random_seed : int or numpy.random.Generator, optional
            Same seed, same draws.

        Returns
        -------
        xarray.DataTree
            Group `posterior` with mu, tau (and sigma), dims (chain, draw), and theta, dims (chain, draw, group), on the
            scale of the effects.

        Raises
        ------
        UnknownVariableError
            If there is no such group.
        InvalidArgumentError
            If a number or the seed cannot be used, or there would be too many numbers.
        """
        from unfunnel.pooling.draws import draw_tree

        return draw_tree(self._posterior, self._positions(groups), self.labels, self.group, draws, chains, random_seed)

    @property
    def labels(self) -> NDArray[Any]:
        """The groups' labels, dims (group,)."""
        return self._table[self.group].to_numpy()

    def write(self, path: str | Path) -> Path:
        """Write the groups to a CSV or Parquet file, whole or not at all.

        Raises
        ------
        InvalidArgumentError
            If the name ends in neither.
        OutputError
            If it cannot be written.
        """
        from unfunnel.pooling.write import write_groups

        return write_groups(self._table, path)

    def to_json(self) -> str:
        """Summary and groups as JSON."""
        from unfunnel.pooling.show import as_json

        return as_json(self)

    def __str__(self) -> str:
        from unfunnel.pooling.show import table_of
        from unfunnel.showing.terminal import plain

        return plain(table_of(self))

    def __repr__(self) -> str:
        return f"Pooled({self.family}, {self._posterior.groups} groups of {self.group!r}, {self.rows} rows)"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from unfunnel.pooling.show import table_of
        from unfunnel.showing.terminal import renderables

        yield from renderables(table_of(self), options.max_width)

    def _positions(self, groups: Sequence[Any] | None) -> NDArray[np.intp]:
        if groups is None:
            return np.arange(self._posterior.groups)
        if isinstance(groups, str):
            raise InvalidArgumentError(f"Pooled.draws: groups must be a list of labels, got the text {groups!r}.")
        place = {label: at for at, label in enumerate(self._table[self.group].to_list())}
        unknown = [label for label in groups if label not in place]
        if unknown:
            from unfunnel.tables.names import hint

            raise UnknownVariableError(
                f"Pooled.draws: there is no group {unknown[0]!r} in {self.group!r}."
                f"{hint(str(unknown[0]), [str(label) for label in place])}"
            )
        return np.array([place[label] for label in groups], dtype=np.intp)
