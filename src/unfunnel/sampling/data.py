"""Other data for a model that is compiled already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymc.exceptions import ShapeError
from pytensor.compile.maker import function
from pytensor.compile.sharedvalue import SharedVariable

from unfunnel.errors import InvalidArgumentError, UnknownVariableError, first_line
from unfunnel.parameterization import Informed, Parameterization
from unfunnel.planning import Plan
from unfunnel.rewrite.fgraph import EditableModel, put_labels
from unfunnel.structure.graph import INTERPRETED

_CALL = "CompiledModel.with_data"
_LABELS = "Labels of dims that change are given as coords={dim: labels}."


def settable(model: Any) -> list[Any]:
    """The data of a model that can be changed."""
    return [data for data in model.data_vars if isinstance(data, SharedVariable)]


def checked_values(model: Any, new_data: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """New values by name, as arrays of the kind that the model's data have.

    Raises
    ------
    UnknownVariableError
        If the model has no such data.
    InvalidArgumentError
        If values are missing, or of another kind or number of dims.
    """
    known = {data.name: data.get_value(borrow=True) for data in settable(model)}
    values = {}
    for name, value in new_data.items():
        if name not in known:
            raise UnknownVariableError(
                f"{_CALL}: the model has no pymc.Data {name!r}; it has {', '.join(map(repr, known)) or 'none'}."
            )
        array, old = _array(name, value), known[name]
        if not np.can_cast(array.dtype, old.dtype, "same_kind"):
            raise InvalidArgumentError(
                f"{_CALL}: {name!r} holds {old.dtype}, and {array.dtype} came; give numbers of that kind."
            )
        if array.ndim != old.ndim:
            raise InvalidArgumentError(f"{_CALL}: {name!r} has {old.ndim} dims, and {array.ndim} came.")
        if array.dtype.kind == "f" and np.isnan(array).any():
            raise InvalidArgumentError(
                f"{_CALL}: {name!r} has {int(np.isnan(array).sum())} missing values (NaN); leave their rows out, or"
                " build a model with them, which makes variables of them, and compile it: unfunnel.compile(model)."
            )
        values[name] = array.astype(old.dtype)
    return values


def _array(name: str, value: Any) -> NDArray[Any]:
    if np.ma.is_masked(value):
        raise InvalidArgumentError(
            f"{_CALL}: {name!r} has masked values, which are missing; leave their rows out, or build a model with them,"
            " which makes variables of them, and compile it: unfunnel.compile(model)."
        )
    try:
        return np.asarray(value)
    except ValueError as error:
        raise InvalidArgumentError(f"{_CALL}: {name!r} is not an array of numbers: {first_line(error)}.") from error


def checked_coords(model: Any, coords: Any) -> dict[str, Any] | None:
    """New labels by dim, where the model has it; `pymc.set_data` passes over others without a word."""
    if coords is None:
        return None
    if not isinstance(coords, Mapping):
        raise InvalidArgumentError(f"{_CALL}: coords must be a dict, as in coords={{dim: labels}}, got {coords!r}.")
    used = {dim for data in settable(model) for dim in model.named_vars_to_dims.get(data.name, ()) if dim is not None}
    unknown = [dim for dim in coords if dim not in used]
    if unknown:
        raise InvalidArgumentError(
            f"{_CALL}: no data of the model have the dim {', '.join(map(repr, unknown))}; their dims are"
            f" {', '.join(map(repr, sorted(used))) or 'without names'}. {_LABELS}"
        )
    return dict(coords)


def with_values(model: Any, values: Mapping[str, NDArray[Any]], coords: Mapping[str, Sequence[Any]] | None) -> Any:
    """A copy of a model with other data, and labels that were checked.

    Raises
    ------
    InvalidArgumentError
        If the data do not fit each other.
    """
    import pymc as pm

    copy = EditableModel(model).build()
    try:
        pm.set_data(dict(values), model=copy, coords=None if coords is None else dict(coords))
    except (ValueError, KeyError, IndexError, TypeError, ShapeError) as error:
        raise InvalidArgumentError(f"{_CALL}: {first_line(error)}. {_LABELS}") from error
    _check_rows(copy)
    return copy


class Computable:
    """Whether a model's density and its Deterministics can be computed with the data that it holds.

    Compiled code does not look whether arrays fit each other, or indices lie within, so it is done here.
    """

    def __init__(self, model: Any) -> None:
        self._deterministics = [variable.name for variable in model.deterministics]
        values = [model.rvs_to_values[rv] for rv in model.free_RVs]
        self._outputs = [*model.logp(sum=False, jacobian=False), *model.replace_rvs_by_values(model.deterministics)]
        self._evaluate = function(values, self._outputs, mode=INTERPRETED, on_unused_input="ignore")
        point = model.initial_point()
        self._point = [point[value.name] for value in values]

    def check(self, sizes: Mapping[str, int]) -> None:
        """Refuse data with which it cannot be computed, or has Deterministics of other sizes.

        Raises
        ------
        InvalidArgumentError
            If it is so.
        """
        try:
            found = self._evaluate(*self._point)
        except (ValueError, IndexError, TypeError) as error:
            raise InvalidArgumentError(
                f"{_CALL}: the model's density cannot be computed with the new data: {first_line(error)}."
            ) from error
        deterministics = found[len(self._outputs) - len(self._deterministics) :]
        for name, value in zip(self._deterministics, deterministics, strict=True):
            if np.size(value) != sizes.get(name, np.size(value)):
                raise InvalidArgumentError(
                    f"{_CALL}: the Deterministic {name!r} had {sizes[name]} elements, and the new data make it"
                    f" {np.size(value)}; its shape is compiled in. Compile the model with the new data:"
                    " unfunnel.compile(model)."
                )


@dataclass(frozen=True)
class Held:
    """What a copy of a model needs for its data to be exchanged: a check of them, and the labels beside them."""

    computable: Computable
    coords: dict[str, Any]

    def fits(self, coords: Mapping[str, Any]) -> bool:
        """Whether labels are of the same dims and lengths."""
        return {dim: _length(labels) for dim, labels in coords.items()} == {
            dim: _length(labels) for dim, labels in self.coords.items()
        }

    def put(self, model: Any, data: Mapping[str, NDArray[Any]]) -> None:
        """Put data and labels into the model."""
        for variable in settable(model):
            variable.set_value(data[variable.name], borrow=True)
        put_labels(model, self.coords)


def without_evidence(chosen: Plan) -> dict[str, Parameterization]:
    """What a plan asks of every effect, without what old data were found to say."""
    return {name: Informed() if isinstance(value, Informed) else value for name, value in chosen.effects.items()}


def _check_rows(model: Any) -> None:
    """All data along one dim are as long as it is."""
    for data in settable(model):
        for dim, size in zip(model.named_vars_to_dims.get(data.name, ()), np.shape(data.get_value()), strict=False):
            length = None if dim is None else int(model.dim_lengths[dim].eval())
            if length is not None and length != size:
                raise InvalidArgumentError(
                    f"{_CALL}: {data.name!r} has {size} values along {dim!r}, which has {length} now; give all data of"
                    " that dim."
                )


def _length(labels: Any) -> int | None:
    return None if labels is None else len(labels)
