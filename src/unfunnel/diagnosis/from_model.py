"""Pairs of a fit whose model is at hand: locations and scales are evaluated at every draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.diagnosis.coordinates import Sampled
from unfunnel.diagnosis.pair import Labels, Pair, Part
from unfunnel.errors import InvalidArgumentError
from unfunnel.sampling.start import function_of_all_draws
from unfunnel.structure import Anatomy, Site

Floats = NDArray[np.float64]


def pairs_of_model(model: Any, posterior: Any, sampled: Sampled) -> tuple[Pair, ...]:
    """One pair for every effect of a model that has a location and a scale on the unconstrained line.

    Parameters
    ----------
    model
        A PyMC model.
    posterior
        Draws of its free variables; a dataset with dims (chain, draw, *dims of the variable).
    sampled
        In which coordinates each variable was sampled.

    Raises
    ------
    InvalidArgumentError
        If a variable is needed and has no draws, or draws of another shape than the model's.
    """
    anatomy = Anatomy(model)
    return tuple(_Reader(anatomy, posterior, sampled, site).pair() for site in sampled.effects)


@dataclass(frozen=True)
class _Reader:
    """Reads one effect."""

    anatomy: Anatomy
    posterior: Any
    sampled: Sampled
    site: Site

    def pair(self) -> Pair:
        value, location, scale = self._evaluated()
        eta = location + _product(scale, value, self.site) if self.site.by_hand else value
        return Pair(
            effect=self.site.name,
            labels=self._labels(),
            eta=_elements(eta, self.site),
            location=_narrow(location, self.site),
            scale=_narrow(_deviations(scale, self.site), self.site),
            coordinates=self.sampled.coordinates(self.site),
            locations=tuple(self._part(name) for name in self.site.locations),
            scales=tuple(self._part(name) for name in self.site.scales),
            weight=self.sampled.weight(self.site),
        )

    def _evaluated(self) -> tuple[Floats, Floats, Floats]:
        """The variable on its line, the effect's location and scale; dims (chain, draw, *own), with own axes of 1."""
        model, rv = self.anatomy.model, self.anatomy.model[self.site.name]
        line = None if self.site.zero_sum_axes else self.anatomy.line(self.site.name)
        value = rv if line is None else line.forward(rv, *rv.owner.inputs)
        if self.site.by_hand:
            # The scale is that of the effect, so that of the variable's own prior is in it.
            value = value / self.anatomy.own_scale(self.site.name)
        outputs = [value, *self.anatomy.reference(self.site.name)]
        needed = _ancestors(outputs, {v.name for v in model.free_RVs})
        draws = [self._draws(v, wanted=v.name in needed) for v in model.free_RVs]
        found = function_of_all_draws(model, outputs)(*draws)
        sizes = self.posterior.sizes
        samples = (sizes["chain"], sizes["draw"])
        axes = value.type.ndim
        shaped = [_with_draws(array, output.type.ndim, samples) for array, output in zip(found, outputs, strict=True)]
        matrix = axes + 1 if self.site.correlated else axes
        return shaped[0], _turned(_padded(shaped[1], axes), self.site), _padded(shaped[2], matrix)

    def _draws(self, rv: Any, *, wanted: bool) -> Any:
        if not wanted:
            return np.zeros((1, *(length or 1 for length in rv.type.shape)), dtype=rv.type.dtype)
        if rv.name not in self.posterior:
            raise InvalidArgumentError(
                f"diagnose: the posterior has no draws of {rv.name!r}, which the scale or the location of"
                f" {self.site.name!r} is made of; it has {', '.join(map(repr, self.posterior.data_vars))}. Sample with"
                " all variables (var_names=None), or leave the model out and give pairs=."
            )
        array = self.posterior[rv.name]
        dims = self.anatomy.model.named_vars_to_dims.get(rv.name)
        if dims and set(dims) <= set(array.dims):
            array = array.transpose("chain", "draw", *dims)
        values = array.values
        if values.ndim != rv.type.ndim + 2:
            raise InvalidArgumentError(
                f"diagnose: the posterior's {rv.name!r} has dims {array.dims}, and the model's has {rv.type.ndim} of"
                " its own; is it the model that was sampled?"
            )
        return values.reshape(-1, *values.shape[2:]).astype(rv.type.dtype)

    def _labels(self) -> tuple[Labels, ...]:
        array = self.posterior[self.site.name]
        named = self.anatomy.model.named_vars_to_dims.get(self.site.name)
        dims = named if named and set(named) <= set(array.dims) else array.dims[2:]
        return labels_of(array, dims)

    def _part(self, name: str) -> Part:
        draws = self.posterior[name].values if name in self.posterior and self.posterior[name].ndim == 2 else None
        return Part(name, self.sampled.of_part(name), draws)


def labels_of(array: Any, dims: Any) -> tuple[Labels, ...]:
    """Labels of the elements of an array along some of its dims; one without dims has one element."""
    sizes = [array.sizes[dim] for dim in dims]
    values = [array[dim].values if dim in array.coords else np.arange(array.sizes[dim]) for dim in dims]
    plain = [[label.item() if isinstance(label, np.generic) else label for label in labels] for labels in values]
    return tuple(
        tuple((str(dim), labels[i]) for dim, labels, i in zip(dims, plain, place, strict=True))
        for place in np.ndindex(*sizes)
    )


def _ancestors(outputs: list[Any], names: set[str]) -> set[str]:
    from pytensor.graph.traversal import ancestors

    return {variable.name for variable in ancestors(outputs) if variable.name in names}


def _with_draws(array: Any, axes: int, samples: tuple[int, int]) -> Floats:
    """With dims chain and draw; what does not depend on any variable comes without a dim of draws."""
    values = np.asarray(array, dtype=np.float64)
    if values.ndim == axes:
        return np.broadcast_to(values, (*samples, *values.shape))
    if len(values) == 1:
        return np.broadcast_to(values, (*samples, *values.shape[1:]))
    return values.reshape(*samples, *values.shape[1:])


def _padded(values: Floats, axes: int) -> Floats:
    """With so many axes behind chain and draw, new ones of length 1 before the others."""
    missing = axes - (values.ndim - 2)
    return values.reshape(*values.shape[:2], *(1,) * missing, *values.shape[2:])


def _turned(location: Floats, site: Site) -> Floats:
    """A location of effects that are columns of ``factor @ z``, where their author turned the product over."""
    if not site.components_first:
        return location
    rows = all(own in (1, whole) for own, whole in zip(location.shape[2:], site.shape[::-1], strict=True))
    return np.swapaxes(location, -1, -2) if rows else location


def _product(scale: Floats, z: Floats, site: Site) -> Floats:
    """``scale * z``, or the factor's product with every group's z."""
    if not site.correlated:
        return np.asarray(scale * z)
    by_group = np.swapaxes(z, -1, -2) if site.components_first else z
    turned = np.einsum("...ij,...j->...i", scale, by_group)
    return np.swapaxes(turned, -1, -2) if site.components_first else turned


def _deviations(scale: Floats, site: Site) -> Floats:
    """Standard deviations, of correlated effects from the factor of their covariance; axes as the effect's."""
    if not site.correlated:
        return scale
    lengths = np.sqrt(np.square(scale).sum(axis=-1))
    return np.swapaxes(lengths, -1, -2) if site.components_first else lengths


def _elements(values: Floats, site: Site) -> Floats:
    return np.broadcast_to(values, (*values.shape[:2], *site.shape)).reshape(*values.shape[:2], -1)


def _narrow(values: Floats, site: Site) -> Floats:
    """Elements, or a single one where they are all the same."""
    if all(length == 1 for length in values.shape[2:]):
        return values.reshape(*values.shape[:2], 1)
    return _elements(values, site)
