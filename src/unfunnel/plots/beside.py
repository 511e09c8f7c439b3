"""Numbers of every group that a caller gives beside a fit: counts, own estimates, standard errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError, UnknownVariableError
from unfunnel.plots.elements import element_dims, labels_of
from unfunnel.plots.inputs import selected

_GROUPS = ("constant_data", "observed_data")


def beside_of(
    call: str, argument: str, given: Any, effect: Any, dt: Any, coords: Mapping[str, Any] | None = None
) -> NDArray[np.float64]:
    """One number for every element of an effect, raveled.

    Parameters
    ----------
    given
        An array of the effect's shape, a DataArray with its dims, a mapping from its labels, or the name of a variable
        in the groups `constant_data` or `observed_data` of the fit.
    effect
        The effect's draws, before anything was selected; dims (chain, draw, ...).
    coords
        What is selected of it.

    Raises
    ------
    InvalidArgumentError
        If it has another shape, lacks labels, or is not numbers.
    UnknownVariableError
        If it is a name that the fit has not.
    """
    import xarray as xr

    template = effect.isel(chain=0, draw=0, drop=True)
    if isinstance(given, str):
        given = _named(call, argument, given, dt)
    if isinstance(given, xr.DataArray):
        array = _aligned(call, argument, given, template)
    elif isinstance(given, Mapping):
        array = template.copy(data=_by_label(call, argument, given, effect).reshape(template.shape))
    else:
        array = template.copy(data=_numbers(call, argument, given, template))
    return np.asarray(selected(call, array, coords).values, dtype=np.float64).ravel()


def _named(call: str, argument: str, name: str, dt: Any) -> Any:
    known: dict[str, Any] = {}
    for group in _GROUPS:
        if group in dt.children:
            known |= {str(variable): dt[group][variable] for variable in dt[group].data_vars}
    if name not in known:
        raise UnknownVariableError(
            f"{call}: {argument} is {name!r}, which neither constant_data nor observed_data has; they have"
            f" {', '.join(known) or 'nothing'}. An array of the effect's shape does as well."
        )
    return known[name]


def _aligned(call: str, argument: str, given: Any, template: Any) -> Any:
    if set(given.dims) != set(template.dims) or any(given.sizes[dim] != template.sizes[dim] for dim in given.dims):
        raise InvalidArgumentError(
            f"{call}: {argument} has the dims {dict(given.sizes)}, and the effect {dict(template.sizes)}; give one"
            " number for every element of the effect."
        )
    # By position: labels of data may be written in another way than those of the effect.
    return template.copy(data=_numbers(call, argument, given.transpose(*template.dims).values, template))


def _by_label(call: str, argument: str, given: Mapping[Any, Any], effect: Any) -> NDArray[np.float64]:
    if len(element_dims(effect)) != 1:
        raise InvalidArgumentError(f"{call}: {argument} by label needs an effect with one dim; give an array.")
    by_text = {str(label): value for label, value in given.items()}
    labels = labels_of(effect)
    if missing := [label for label in labels if label not in by_text]:
        raise InvalidArgumentError(f"{call}: {argument} has no value for {missing[0]!r} of {effect.name!r}.")
    return np.asarray([by_text[label] for label in labels], dtype=np.float64)


def _numbers(call: str, argument: str, given: Any, template: Any) -> NDArray[np.float64]:
    try:
        values = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{call}: {argument} must hold numbers, got {given!r}.") from error
    if values.shape != template.shape:
        raise InvalidArgumentError(
            f"{call}: {argument} has the shape {values.shape}, and the effect {template.shape}; give one number for"
            " every element of the effect."
        )
    return values
