"""Other data for a model that is compiled already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.compile.maker import function
from pytensor.compile.sharedvalue import SharedVariable

from unfunnel.errors import InvalidArgumentError, UnknownVariableError
from unfunnel.parameterization import Informed, Parameterization
from unfunnel.planning import Plan
from unfunnel.rewrite.fgraph import EditableModel

_CALL = "CompiledModel.with_data"


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
        array, old = np.asarray(value), known[name]
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


def with_values(
    model: Any,
    values: Mapping[str, NDArray[Any]],
    coords: Mapping[str, Sequence[Any]] | None,
    sizes: Mapping[str, int],
) -> Any:
    """A copy of a model with other data, at which its density and its Deterministics can be computed.

    Compiled code does not look whether arrays fit each other, or indices lie within, so it is done here.

    Raises
    ------
    InvalidArgumentError
        If the data do not fit each other or the model.
    """
    import pymc as pm

    copy = EditableModel(model).build()
    try:
        pm.set_data(dict(values), model=copy, coords=None if coords is None else dict(coords))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise InvalidArgumentError(
            f"{_CALL}: {_first_line(error)} Labels of dims that change are given as coords={{dim: labels}}."
        ) from error
    _check_rows(copy)
    _check_computable(copy, sizes)
    return copy


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


def _check_computable(model: Any, sizes: Mapping[str, int]) -> None:
    values = [model.rvs_to_values[rv] for rv in model.free_RVs]
    outputs = [*model.logp(sum=False, jacobian=False), *model.replace_rvs_by_values(model.deterministics)]
    point = model.initial_point()
    try:
        evaluate = function(values, outputs, mode="FAST_COMPILE", on_unused_input="ignore")
        found = evaluate(*(point[value.name] for value in values))
    except (ValueError, IndexError, TypeError) as error:
        raise InvalidArgumentError(
            f"{_CALL}: the model's density cannot be computed with the new data: {_first_line(error)}"
        ) from error
    deterministics = found[len(outputs) - len(model.deterministics) :]
    for variable, value in zip(model.deterministics, deterministics, strict=True):
        if np.size(value) != sizes.get(variable.name, np.size(value)):
            raise InvalidArgumentError(
                f"{_CALL}: the Deterministic {variable.name!r} had {sizes[variable.name]} elements, and the new data"
                f" make it {np.size(value)}; its shape is compiled in. Compile the model with the new data:"
                " unfunnel.compile(model)."
            )


def _first_line(error: Exception) -> str:
    text = str(error.args[0] if error.args else error)
    return (text.splitlines() or [type(error).__name__])[0].rstrip(".") + "."
