"""Reading a PyMC model: which variables are effects, population means and scales."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from unfunnel.errors import Reason
from unfunnel.families import family_of
from unfunnel.structure.graph import direct_parents, users, without_broadcasting
from unfunnel.structure.site import Role, Site, Structure


def read(model: Any) -> Structure:
    """Read the roles of a model's free variables from its graph.

    Parameters
    ----------
    model
        A PyMC model; it is only read.

    Returns
    -------
    Structure
    """
    shapes = model.eval_rv_shapes()
    sites = [_site(model, rv, tuple(map(int, shapes[rv.name]))) for rv in model.free_RVs]
    effects = [_with_mean(model, site) if site.role is Role.EFFECT else site for site in sites]
    means = {site.mean for site in effects}
    scales = frozenset[str]().union(*(site.scales for site in effects if site.role is Role.EFFECT))
    return Structure(tuple(_with_role(site, means, scales) for site in effects))


def _site(model: Any, rv: Any, shape: tuple[int, ...]) -> Site:
    family = family_of(rv)
    dims = tuple(model.named_vars_to_dims.get(rv.name) or (None,) * len(shape))
    site = Site(rv.name, dims, shape, family, Role.OTHER)
    if np.issubdtype(rv.dtype, np.integer):
        return replace(site, reason=Reason.DISCRETE)
    if family is None:
        return replace(site, reason=Reason.NO_REFERENCE)
    if not family.has_line(model.rvs_to_transforms[rv]):
        return replace(site, reason=Reason.USER_TRANSFORM)
    if family.reference is None:
        return site
    location, scale = family.reference(*rv.owner.op.dist_params(rv.owner))
    rvs = set(model.free_RVs)
    scales = frozenset(parent.name for parent in direct_parents([scale], rvs))
    role = Role.EFFECT if scales or direct_parents([location], rvs) else Role.OTHER
    return replace(site, location=location, scale=scale, scales=scales, role=role)


def _with_mean(model: Any, site: Site) -> Site:
    """Find the population mean of an effect, if it can be eliminated with it.

    It can if it is one number with a fixed prior on the whole line, and if the rest of the model sees it only as the
    location of this effect.
    """
    mean, rvs = without_broadcasting(site.location), set(model.free_RVs)
    if mean not in rvs or mean.type.ndim != 0:
        return site
    family = family_of(mean)
    fits = (
        family is not None
        and family.reference is not None
        and not family.positive
        and family.has_line(model.rvs_to_transforms[mean])
        and not direct_parents(mean.owner.inputs, rvs)
        and users(mean, model) == {model[site.name]}
        and mean.name not in site.scales
    )
    return replace(site, mean=mean.name) if fits else site


def _with_role(site: Site, means: set[str | None], scales: frozenset[str]) -> Site:
    if site.reason is not None or site.role is Role.EFFECT:
        return site
    if site.name in means:
        return replace(site, role=Role.SHARED)
    if site.name not in scales:
        return replace(site, reason=Reason.SHARED)
    assert site.family is not None
    if site.family.whitening is None:
        return replace(site, role=Role.SCALE, reason=Reason.NO_SCALE_CHART)
    return replace(site, role=Role.SCALE)
