"""Reading a PyMC model: which variables are effects, shared parameters, scales and noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from pymc.model.core import Model

from unfunnel.errors import InvalidArgumentError, Reason
from unfunnel.families import family_of
from unfunnel.structure.affine import is_affine
from unfunnel.structure.anatomy import Anatomy
from unfunnel.structure.columns import has_columns
from unfunnel.structure.graph import direct_parents, names_of, numbers_of
from unfunnel.structure.grouping import grouping_of
from unfunnel.structure.nesting import takes_one
from unfunnel.structure.noise import noise_of, single_noise
from unfunnel.structure.site import MOST_COMPONENTS, Role, Site


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
    anatomy, shapes = Anatomy(model), shapes_of(model)
    sites = {rv.name: _site(anatomy, rv, shapes[rv.name]) for rv in model.free_RVs}
    touched = {term: anatomy.effect_parents(inputs) for term, inputs in anatomy.terms.items()}
    sites = {name: _with_terms(anatomy, site, touched) for name, site in sites.items()}
    sites = _with_scales(anatomy, sites)
    return tuple(_with_role(anatomy, site, sites) for site in sites.values())


def shapes_of(model: Any) -> dict[str, tuple[int, ...]]:
    """Shapes from the graph and the lengths of dims; only where neither tells is a function compiled."""
    known = {rv.name: _known_shape(model, rv) for rv in model.free_RVs}
    if all(None not in shape for shape in known.values()):
        return known
    evaluated = model.eval_rv_shapes()
    return {name: tuple(int(length) for length in evaluated[name]) for name in known}


def _known_shape(model: Any, rv: Any) -> tuple[Any, ...]:
    dims = model.named_vars_to_dims.get(rv.name) or (None,) * rv.type.ndim
    lengths = (None if dim is None else model.dim_lengths[dim] for dim in dims)
    family = family_of(rv)
    known = rv.type.shape if family is None else family.known_shape(rv)
    return tuple(
        static if length is None else int(numbers_of(length)) for static, length in zip(known, lengths, strict=True)
    )


def _site(anatomy: Anatomy, rv: Any, shape: tuple[int, ...]) -> Site:
    """What the variable's own prior tells."""
    family = family_of(rv)
    dims = tuple(anatomy.model.named_vars_to_dims.get(rv.name) or (None,) * len(shape))
    parents = names_of(direct_parents(rv.owner.inputs, anatomy.free))
    site = Site(rv.name, dims, shape, family.name if family else None, Role.OTHER, parents=parents)
    if np.issubdtype(rv.dtype, np.integer):
        return replace(site, reason=Reason.DISCRETE)
    if family is None:
        return replace(site, reason=Reason.NO_REFERENCE)
    if anatomy.family(rv.name) is None:
        return replace(site, reason=Reason.USER_TRANSFORM)
    if family.reference is None or 0 in shape:
        return site
    axes = 0 if family.multivariate or family.sequential else rv.owner.op.ndim_supp
    sequential = anatomy.sequential(rv.name)
    known = replace(site, chartable=True, real=family.real, zero_sum_axes=axes, sequential=sequential)
    return _with_reference(anatomy, known)


def _with_reference(anatomy: Anatomy, site: Site) -> Site:
    """What location and scale of the effect tell."""
    location, scale = anatomy.reference(site.name)
    locations, scales = anatomy.effect_parents([location]), anatomy.effect_parents([scale])
    free = {*anatomy.free, *(output for name in anatomy.by_hand for output in anatomy.outputs(name))}
    affine = [name for name in locations if _affine(anatomy, location, name, free)]
    nested = [name for name in affine if takes_one(location, anatomy.outputs(name)[0])]
    site = _with_components(anatomy, site)
    return replace(
        site,
        role=Role.EFFECT if locations or scales else Role.OTHER,
        by_hand=site.name in anatomy.by_hand,
        locations=tuple(sorted(locations)),
        affine_in=tuple(sorted(affine)),
        nested_in=tuple(sorted(nested)),
        scales=tuple(sorted(scales)),
    )


def _with_components(anatomy: Anatomy, site: Site) -> Site:
    """How many effects of a group the variable holds, and whether they are correlated."""
    if anatomy.correlated(site.name):
        first = site.name in anatomy.by_hand and anatomy.by_hand[site.name].components_first
        return replace(site, components=site.shape[0 if first else -1], components_first=first, correlated=True)
    few = len(site.shape) == 2 and site.real and not site.sequential and site.shape[-1] <= MOST_COMPONENTS
    if few and has_columns(anatomy.outputs(site.name), anatomy.clients):
        return replace(site, components=site.shape[-1])
    return site


def _affine(anatomy: Anatomy, location: Any, name: str, free: set[Any]) -> bool:
    outputs = anatomy.outputs(name)
    return len(outputs) == 1 and is_affine(location, outputs[0], free)


def _with_terms(anatomy: Anatomy, site: Site, touched: Mapping[str, set[str]]) -> Site:
    """What the likelihood tells: which terms touch the variable, how, and under which noise."""
    terms = tuple(sorted(term for term, names in touched.items() if site.name in names))
    noises = {term: _noise(anatomy, term) for term in terms}
    # One and the same noise behind all that the data say of it, or none.
    single = len(set(noises.values())) == 1 and None not in noises.values()
    # From the variable itself on: one that is written by hand may be picked by an index before its scale comes to it.
    picked = (anatomy.model[site.name], *anatomy.outputs(site.name))
    grouping = ""
    if site.role is Role.EFFECT:
        grouping = grouping_of(picked, anatomy.clients, columns=site.components > 1)
    return replace(site, terms=terms, noise=terms[0] if single else None, grouping=grouping)


def _noise(anatomy: Anatomy, term: str) -> Any:
    observed = [rv for rv in anatomy.model.observed_RVs if rv.name == term]
    return single_noise(observed[0], anatomy.free) if observed else None


def _with_scales(anatomy: Anatomy, sites: Mapping[str, Site]) -> dict[str, Site]:
    """Effects that are the scale of other effects, and whose prior has a chart for scales, are scales."""
    scales = {name for site in sites.values() if site.role is Role.EFFECT for name in site.scales}
    return {
        name: replace(site, role=Role.SCALE) if name in scales and anatomy.has_scale_chart(name) else site
        for name, site in sites.items()
    }


def _with_role(anatomy: Anatomy, site: Site, sites: Mapping[str, Site]) -> Site:
    if site.role is Role.EFFECT:
        return site
    effects = [other for other in sites.values() if other.role is Role.EFFECT]
    spread = any(site.name in effect.scales for effect in effects)
    noise = site.name in names_of(_noise_parents(anatomy))
    if spread or noise:
        return _with_scale_role(anatomy, site, Role.SCALE if spread else Role.NOISE)
    if site.reason is not None:
        return site
    shares = any(site.name in effect.affine_in or set(site.terms) & set(effect.terms) for effect in effects)
    if site.chartable and site.real and shares and not (site.correlated or site.sequential):
        return replace(site, role=Role.SHARED)
    return replace(site, reason=Reason.NOT_GROUP_LEVEL)


def _noise_parents(anatomy: Anatomy) -> set[Any]:
    scales = [noise_of(rv, anatomy.free) for rv in anatomy.model.observed_RVs]
    return direct_parents([scale for scale in scales if scale is not None], anatomy.free)


def _with_scale_role(anatomy: Anatomy, site: Site, role: Role) -> Site:
    if site.reason in (Reason.DISCRETE, Reason.USER_TRANSFORM):
        return site
    return replace(site, role=role, reason=None if anatomy.has_scale_chart(site.name) else Reason.NO_SCALE_CHART)
