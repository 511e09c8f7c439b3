"""Rows that are alike, and sums over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.compression.refused import Refused
from unfunnel.compression.tree import Ints, Tree, expression, leaves
from unfunnel.errors import Reason

Floats = NDArray[np.float64]

_MOST = 2**62


@dataclass(frozen=True, eq=False)
class Cells:
    """Which rows have the same parameters.

    Parameters
    ----------
    first
        A row of every cell; dim (cell,).
    of_row
        The cell of every row; dim (row,).
    """

    first: Ints
    of_row: Ints

    @classmethod
    def of(cls, parameters: Iterable[Tree], rows: int) -> Cells:
        """The cells of parameters that were read.

        Raises
        ------
        Refused
            If there are more than half as many as rows: sums over them would save next to nothing.
        """
        code, sizes = np.zeros(rows, dtype=np.int64), 1
        for column in _columns(parameters):
            own, count = _codes(column)
            if sizes > _MOST // count:
                code, sizes = _codes(code)
            code, sizes = code * count + own, sizes * count
        _, first, of_row = np.unique(code, return_index=True, return_inverse=True)
        if 2 * len(first) > rows:
            raise Refused(Reason.MANY_CELLS)
        return cls(first, of_row)

    def __len__(self) -> int:
        return len(self.first)

    def expression(self, parameter: Tree) -> Any:
        """A parameter in every cell, in the model's own graph."""
        return expression(parameter, self.first)

    def counts(self) -> Ints:
        """Rows of every cell."""
        return np.bincount(self.of_row, minlength=len(self))

    def sums(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sums over rows of every cell; whole numbers stay whole."""
        values = np.broadcast_to(values, self.of_row.shape)
        if np.issubdtype(values.dtype, np.integer):
            exact = np.zeros(len(self), dtype=np.int64)
            np.add.at(exact, self.of_row, values)
            return exact
        return np.bincount(self.of_row, weights=values, minlength=len(self))


def _columns(parameters: Iterable[Tree]) -> list[NDArray[Any]]:
    """All that differs from row to row, dim (row,); positions in variables first, so that cells are in their order."""
    found = [values for parameter in parameters for values in leaves(parameter) if values.ndim]
    split = [values if values.ndim == 1 else values.T for values in found]
    columns = [column for values in split for column in (values if values.ndim == 2 else [values])]
    return sorted(columns, key=lambda column: not np.issubdtype(column.dtype, np.integer))


def _codes(column: NDArray[Any]) -> tuple[Ints, int]:
    """The same numbers for the same values, in their order, and how many there are at most."""
    if np.issubdtype(column.dtype, np.integer) and column.size and column.min() >= 0 and column.max() < column.size:
        return column.astype(np.int64), int(column.max()) + 1
    values, code = np.unique(column, return_inverse=True)
    return code, len(values)
