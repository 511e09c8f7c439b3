"""Reading a PyMC model: which variables are effects, population means and scales."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from pymc.model.core import Model

from unfunnel.errors import InvalidArgumentError, Reason
from unfunnel.families import family_of
from unfunnel.structure.graph import direct_parents, users, without_broadcasting
from unfunnel.structure.site import Role, Site


def read(model: Any) -> tuple[Site, ...]:
    """Read the roles of a model's free variables from its graph.

    Parameters
    ----------
    model
        A PyMC model; it is only read.

    Returns
    -------
    tuple of Site
        In the model's order.
    """
    if not isinstance(model, Model):
        raise InvalidArgumentError(
            f"plan: model must be a PyMC model, got {model!r}; pass what `with pm.Model() as model` made."
        )
    shapes = _shapes(model)
    sites = [_site(model, rv, shapes[rv.name]) for rv in model.free_RVs]
    effects = [_with_mean(model, site) if site.role is Role.EFFECT else site for site in sites]
    means = {site.mean for site in effects}
    scales = {name for site in effects if site.role is Role.EFFECT for name in site.scales}
    return tuple(_with_role(model, site, means, scales) for site in effects)


def _shapes(model: Any) -> dict[str, tuple[int, ...]]:
    """Shapes from the graph and the lengths of dims; only where neither tells is a function compiled."""
    known = {rv.name: _known_shape(model, rv) for rv in model.free_RVs}
    if all(None not in shape for shape in known.values()):
        return known
    evaluated = model.eval_rv_shapes()
    return {name: tuple(int(length) for length in evaluated[name]) for name in known}


def _known_shape(model: Any, rv: Any) -> tuple[Any, ...]:
    dims = model.named_vars_to_dims.get(rv.name) or (None,) * rv.type.ndim
    lengths = (None if dim is None else model.dim_lengths[dim] for dim in dims)
    return tuple(
        static if length is None else int(np.asarray(length.eval()))
        for static, length in zip(rv.type.shape, lengths, strict=True)
    )


def _site(model: Any, rv: Any, shape: tuple[int, ...]) -> Site:
    family = family_of(rv)
    dims = tuple(model.named_vars_to_dims.get(rv.name) or (None,) * len(shape))
    site = Site(rv.name, dims, shape, family.name if family else None, Role.OTHER)
    if np.issubdtype(rv.dtype, np.integer):
        return replace(site, reason=Reason.DISCRETE)
    if family is None:
        return replace(site, reason=Reason.NO_REFERENCE)
    if not family.has_line(model.rvs_to_transforms[rv]):
        return replace(site, reason=Reason.USER_TRANSFORM)
    if family.reference is None or 0 in shape:
        return site
    location, scale = family.reference(*rv.owner.op.dist_params(rv.owner))
    rvs = set(model.free_RVs)
    scales = tuple(sorted(parent.name for parent in direct_parents([scale], rvs)))
    role = Role.EFFECT if scales or direct_parents([location], rvs) else Role.OTHER
    return replace(site, chartable=True, scales=scales, role=role)


def _with_mean(model: Any, site: Site) -> Site:
    """Find the population mean of an effect, if it can be eliminated with it.

    It can if it is one number with a fixed prior on the whole line, and if the rest of the model sees it only as the
    location of this effect.
    """
    effect, rvs = model[site.name], set(model.free_RVs)
    family = family_of(effect)
    assert family is not None
    assert family.reference is not None
    location, _ = family.reference(*effect.owner.op.dist_params(effect.owner))
    mean = without_broadcasting(location)
    if mean not in rvs or mean.type.ndim != 0:
        return site
    own = family_of(mean)
    fits = (
        own is not None
        and own.reference is not None
        and not own.positive
        and own.has_line(model.rvs_to_transforms[mean])
        and not direct_parents(mean.owner.inputs, rvs)
        and users(mean, model) == {effect}
        and mean.name not in site.scales
    )
    return replace(site, mean=mean.name) if fits else site


def _with_role(model: Any, site: Site, means: set[str | None], scales: set[str]) -> Site:
    if site.role is Role.EFFECT:
        return site
    if site.reason is Reason.NO_REFERENCE and site.name in scales:
        return replace(site, role=Role.SCALE, reason=Reason.NO_SCALE_CHART)
    if site.reason is not None:
        return site
    if site.name in means:
        return replace(site, role=Role.SHARED)
    if site.name not in scales:
        return replace(site, reason=Reason.NOT_GROUP_LEVEL)
    family = family_of(model[site.name])
    if family is None or family.whitening is None:
        return replace(site, role=Role.SCALE, reason=Reason.NO_SCALE_CHART)
    return replace(site, role=Role.SCALE)
