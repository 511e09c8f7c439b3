"""How much the data say of every effect, from the gradients of the model's likelihood at some of the draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.compile.maker import function
from pytensor.gradient import grad

from unfunnel.diagnosis.information import weight
from unfunnel.diagnosis.pair import Pair, flat
from unfunnel.errors import InvalidArgumentError
from unfunnel.evidence import fit_evidence
from unfunnel.sampling.start import function_of_all_draws
from unfunnel.structure import Anatomy, Role, Site
from unfunnel.structure.graph import numbers_of

Floats = NDArray[np.float64]

DRAWS = 300
"""Draws at which gradients are taken: more than regressing them needs, and less than a second's work."""


def weighted_by_scores(model: Any, posterior: Any, sites: tuple[Site, ...], pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """The pairs, with weights from regressing the scores of the likelihood on effects and shared parameters.

    Exact for a Gaussian likelihood whatever the draws; else the fit that minimises the Fisher divergence over them.
    Pairs that have weights keep them, and so do effects of which a group has several: those are not told apart here.

    Raises
    ------
    InvalidArgumentError
        If a free variable has no draws.
    """
    by_name = {site.name: site for site in sites}
    wanting = [
        p for p in pairs if p.weight is None and not by_name[p.effect].vectors and not by_name[p.effect].zero_sum_axes
    ]
    if not wanting or not (model.observed_RVs or model.potentials):
        return tuple(pairs)
    step = max(1, posterior.sizes["chain"] * posterior.sizes["draw"] // DRAWS)
    values = _values(model, posterior, step)
    shared = _shared(model, posterior, sites, step)
    scores = _scores(model, values, [pair.effect for pair in wanting])
    anatomy = Anatomy(model)
    by_hand = [pair.effect for pair in wanting if by_name[pair.effect].by_hand]
    own_scales = {name: numbers_of(anatomy.own_scale(name)).ravel() for name in by_hand}
    found = {
        pair.effect: _weight(pair, score, shared, step, own_scales.get(pair.effect))
        for pair, score in zip(wanting, scores, strict=True)
    }
    return tuple(replace(pair, weight=found.get(pair.effect, pair.weight)) for pair in pairs)


def _values(model: Any, posterior: Any, step: int) -> list[Any]:
    """Thinned draws of every free variable in its author's coordinates; dims (sample, *own)."""
    missing = [rv.name for rv in model.free_RVs if rv.name not in posterior]
    if missing:
        raise InvalidArgumentError(
            f"diagnose: scores=True needs draws of every free variable, and {', '.join(map(repr, missing))} has none;"
            " leave it out, or sample with all variables."
        )
    arrays = []
    for rv in model.free_RVs:
        array, dims = posterior[rv.name], model.named_vars_to_dims.get(rv.name)
        array = array.transpose("chain", "draw", *dims) if dims and set(dims) <= set(array.dims) else array
        arrays.append(array.values.reshape(-1, *array.shape[2:])[::step].astype(rv.type.dtype))
    transforms = [model.rvs_to_transforms[rv] for rv in model.free_RVs]
    outputs = [
        rv if transform is None else transform.forward(rv, *rv.owner.inputs)
        for rv, transform in zip(model.free_RVs, transforms, strict=True)
    ]
    return list(function_of_all_draws(model, outputs)(*arrays))


def _scores(model: Any, values: list[Any], effects: Sequence[str]) -> list[Floats]:
    """Gradient of the likelihood in every effect's own coordinates; dims (sample, element)."""
    inputs = [model.rvs_to_values[rv] for rv in model.free_RVs]
    terms = [*model.observed_RVs, *model.potentials]
    likelihood = model.logp(vars=terms, jacobian=False)
    wanted = [model.rvs_to_values[model[name]] for name in effects]
    found: Any = grad(likelihood, wanted, disconnected_inputs="ignore")
    gradients = list(map(pt.as_tensor, found))
    evaluate = function(inputs, gradients, mode="FAST_COMPILE", on_unused_input="ignore")
    points = [evaluate(*point) for point in zip(*values, strict=True)]
    return [np.stack([np.ravel(gradient[i]) for gradient in points]) for i in range(len(effects))]


def _shared(model: Any, posterior: Any, sites: tuple[Site, ...], step: int) -> Floats:
    """Thinned draws of the shared parameters, by which scores are regressed too; dims (sample, element)."""
    names = [site.name for site in sites if site.role is Role.SHARED and site.name in posterior]
    count = posterior.sizes["chain"] * posterior.sizes["draw"]
    parts = [posterior[name].values.reshape(count, -1)[::step] for name in names]
    return np.concatenate([np.zeros((len(range(0, count, step)), 0)), *parts], axis=1)


def _weight(pair: Pair, score: Floats, shared: Floats, step: int, own_scale: Floats | None) -> Floats:
    eta, scale = flat(pair.eta)[::step], flat(pair.scale)
    slopes = score if own_scale is None else score * own_scale / scale[::step]
    evidence = fit_evidence(eta[..., None], shared, slopes[..., None], np.zeros_like(shared))
    return weight(evidence.H[:, 0, 0], scale)
