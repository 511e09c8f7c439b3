"""A Bambi model's centered form: every group-specific term is the random variable that its prior says.

Which form a model is written in makes no difference to the coordinates it is explored in. But Bambi's non-centered form
leaves out the prior's mean, is for normal priors only, and its offsets would have to be removed again.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np

from unfunnel.errors import InvalidArgumentError


def centered(model: Any) -> Any:
    """A built double of a Bambi model that shares its data and has no non-centered terms; the original is untouched.

    Raises
    ------
    InvalidArgumentError
        If the model has a potential on a variable that this form does not have.
    """
    double = copy(model)
    double.noncentered = False
    double._components = {name: _component(component) for name, component in model.parameters.items()}
    try:
        double.build()
    except KeyError as error:
        name = error.args[0] if error.args else ""
        if not str(name).endswith("_offset"):
            raise
        raise InvalidArgumentError(
            f"sample: the Bambi model has a potential on {name!r}, which only its non-centered form has; put it on"
            f" {str(name).removesuffix('_offset')!r} instead."
        ) from error
    return double


def dropped_means(model: Any) -> tuple[str, ...]:
    """Terms for which Bambi's own form of the model leaves the mean of their prior out."""
    found = []
    for name, component in model.conditional_parameters.items():
        default = model.noncentered.get(name, True) if isinstance(model.noncentered, dict) else model.noncentered
        for term in component.group_specific_terms.values():
            own = term.prior.noncentered
            mean = term.prior.args.get("mu", 0.0)
            # A number is an array in Bambi; anything else is a prior.
            zero = isinstance(mean, int | float | np.ndarray) and not np.any(mean)
            if (default if own is None else own) and term.prior.name == "Normal" and not zero:
                found.append(str(term.alias or term.name))
    return tuple(found)


def _component(component: Any) -> Any:
    if not hasattr(component, "terms"):
        return component
    double = copy(component)
    double.terms = {name: _term(term) for name, term in component.terms.items()}
    return double


def _term(term: Any) -> Any:
    if not hasattr(term, "group_index"):
        return term
    double = copy(term)
    double.prior = _prior(term.prior)
    return double


def _prior(prior: Any) -> Any:
    """The prior, and those of its parameters, without an own say on how they are parameterized."""
    double = copy(prior)
    double.noncentered = None
    double.args = {key: _prior(value) if hasattr(value, "args") else value for key, value in prior.args.items()}
    return double
