"""Draws as Bambi wants them, so that they go back into its `predict` and `interpret`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

Means = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Conventions:
    """What Bambi expects of the draws of its models.

    Bambi samples with predictors that it has centered, and an intercept that belongs to them. The intercept it hands
    out is that of the predictors as they came.

    Parameters
    ----------
    interface, version
        Of Bambi, for the attrs.
    means
        By name of an intercept, and by name of a term beside it, the means of the term's columns.
    shown
        Names of variables to hand out; None for all.
    """

    interface: str
    version: str
    means: Mapping[str, Means]
    shown: tuple[str, ...] | None = None

    def showing(self, names: Sequence[str] | None) -> Conventions:
        """The same with other names to hand out."""
        return replace(self, shown=None if names is None else tuple(names))

    @property
    def needed(self) -> tuple[str, ...] | None:
        """Names of variables that must be there for those handed out; None for all."""
        if self.shown is None:
            return None
        terms = (term for intercept in self.shown for term in self.means.get(intercept, ()))
        return tuple(dict.fromkeys([*self.shown, *terms]))

    def applied(self, groups: Mapping[str, Any]) -> dict[str, Any]:
        """The datasets of a result, by group, as Bambi's own `fit` would return them."""
        attrs = {"modeling_interface": self.interface, "modeling_interface_version": self.version}
        return {
            name: (self._posterior(group) if name == "posterior" else group).assign_attrs(attrs)
            for name, group in groups.items()
        }

    def _posterior(self, posterior: Any) -> Any:
        moved = {name: posterior[name] - self._shift(posterior, name) for name in self.means if name in posterior}
        found = posterior.assign(moved)
        found = found if self.shown is None else found[[name for name in found.data_vars if name in self.shown]]
        return found.map(_groups_last, keep_attrs=True)

    def _shift(self, posterior: Any, intercept: str) -> Any:
        return sum(_product(posterior[term], means) for term, means in self.means[intercept].items())

    def to_json(self) -> str:
        """As text, for the attrs of a store."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Conventions:
        """What `to_json` wrote."""
        fields = json.loads(text)
        return cls(**fields).showing(fields["shown"])


def centering_of(model: Any) -> dict[str, dict[str, list[float]]]:
    """The means that a built Bambi model took from its predictors, by intercept and term."""
    from bambi.utils import get_aliased_name

    found: dict[str, dict[str, list[float]]] = {}
    if not model.center_predictors:
        return found
    for component in model.conditional_parameters.values():
        if component.intercept_term and component.common_terms:
            found[get_aliased_name(component.intercept_term)] = {
                get_aliased_name(term): np.atleast_1d(np.asarray(term.data, dtype=float).mean(axis=0)).tolist()
                for term in component.common_terms.values()
            }
    return found


def _product(coefficients: Any, means: Sequence[float]) -> Any:
    """Sum of means times coefficients; a coefficient for every mean along the first dim after chain and draw."""
    if len(means) == 1 and (coefficients.ndim == 2 or coefficients.shape[2] != 1):
        return coefficients * means[0]
    import xarray as xr

    return xr.dot(coefficients, xr.DataArray(np.asarray(means), dims=coefficients.dims[2]))


def _groups_last(array: Any) -> Any:
    groups = [dim for dim in array.dims if str(dim).endswith("__factor_dim")]
    others = [dim for dim in array.dims if dim not in groups]
    return array if [*others, *groups] == list(array.dims) else array.transpose(*others, *groups)
