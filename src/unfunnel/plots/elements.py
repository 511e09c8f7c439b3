"""The elements of an effect along one axis, with labels that a picture can show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product, takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST = 24
MOST_POINTS = 4000


def element_dims(array: Any) -> list[Any]:
    """Dims of an array of draws beside those of the draws."""
    return [dim for dim in array.dims if dim not in ("chain", "draw", "sample")]


def flat_draws(array: Any, most: int | None = None) -> Any:
    """The array with its draws along one dim `sample`, evenly thinned to at most so many, and its elements along one.

    The dim of the elements keeps its name and labels where there is only one; else it is called `element`. An array
    without dims beside those of the draws has none.
    """
    import xarray as xr

    dims = element_dims(array)
    ordered = array.transpose("chain", "draw", *dims)
    values = ordered.values.reshape(-1, *(array.sizes[dim] for dim in dims))
    values = values[:: 1 if most is None else max(1, -(-len(values) // most))]
    if not dims:
        return xr.DataArray(values, dims=("sample",), name=array.name)
    name = dims[0] if len(dims) == 1 else "element"
    labels = labels_of(array)
    flat = values.reshape(len(values), -1)
    return xr.DataArray(flat, dims=("sample", name), coords={name: labels}, name=array.name)


def labels_of(array: Any) -> list[str]:
    """One label for every element, in raveled order, none of which is like another."""
    dims = element_dims(array)
    axes = [[str(label) for label in array[dim].values] for dim in dims]
    found = [", ".join(labels) for labels in _product(axes)]
    often = Counter(found)
    return [label if often[label] == 1 else f"{label} #{place + 1}" for place, label in enumerate(found)]


def short(label: str, longest: int = LONGEST) -> str:
    """A label on one line of at most so many characters: both ends, because names in a list often differ at theirs."""
    words = " ".join(label.split())
    if len(words) <= longest:
        return words
    tail = longest // 3
    return f"{words[: longest - 1 - tail].rstrip()}…{words[-tail:].lstrip()}"


def shortened(labels: Sequence[str], longest: int = LONGEST) -> list[str]:
    """Every label made short: of those that this made alike the part in which they differ, or else a number."""
    cut = [short(label, longest) for label in labels]
    often = Counter(cut)
    alike = {label for label, name in zip(labels, cut, strict=True) if often[name] > 1}
    begin = _words_in_common([label.split() for label in alike])
    if begin:
        cut = [
            short(f"…{' '.join(label.split()[begin:])}", longest) if label in alike else name
            for label, name in zip(labels, cut, strict=True)
        ]
        often = Counter(cut)
    numbers = [f" #{place + 1}" for place in range(len(cut))]
    return [
        name if often[name] == 1 else short(label, longest - len(number)) + number
        for name, label, number in zip(cut, labels, numbers, strict=True)
    ]


def _words_in_common(labels: Sequence[Sequence[str]]) -> int:
    """How many words all labels begin with."""
    return sum(1 for _ in takewhile(lambda words: len(set(words)) == 1, zip(*labels, strict=False)))


def evenly(count: int, most: int) -> NDArray[np.intp]:
    """At most so many positions out of `count`, evenly spaced, both ends among them."""
    return np.unique(np.round(np.linspace(0, count - 1, min(count, most))).astype(np.intp))


def _product(axes: list[list[str]]) -> list[tuple[str, ...]]:
    return list(product(*axes))
