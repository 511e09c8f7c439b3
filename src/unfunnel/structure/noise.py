"""The free noise scale of a likelihood, by whose square all that its data say is divided."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pytensor.scalar import Mul, TrueDiv

from unfunnel.families import family_of
from unfunnel.structure.graph import direct_parents, is_elementwise, plain

_WITH_NOISE = {"Normal", "StudentT", "LogNormal", "Cauchy", "Laplace", "Logistic", "Gumbel"}
"""Families of observed variables whose information is proportional to 1/scale²."""


def noise_of(observed: Any, free: Collection[Any]) -> Any:
    """The scale of an observed variable where it is free; None where it is not, or its family has none.

    Parameters
    ----------
    observed
        An observed random variable.
    free
        The free variables of the model.
    """
    family = family_of(observed)
    if family is None or family.name not in _WITH_NOISE:
        return None
    *_, scale = observed.owner.op.dist_params(observed.owner)
    return scale if direct_parents([scale], free) else None


def single_noise(observed: Any, free: Collection[Any]) -> Any:
    """The scale of an observed variable where it is free and one number for all observations; None otherwise.

    Numbers that it is multiplied with or divided by, one an observation, are left out of it: known weights, or the
    square root of how many observations a mean is of.

    Parameters
    ----------
    observed, free
        As in :func:`noise_of`.
    """
    scale = noise_of(observed, free)
    return None if scale is None else _single(scale, free)


def _single(scale: Any, free: Collection[Any]) -> Any:
    """The one free number in a product with numbers."""
    scale = plain(scale)
    node = scale.owner
    if node is not None and is_elementwise(node, (Mul, TrueDiv)):
        varying = [position for position, factor in enumerate(node.inputs) if direct_parents([factor], free)]
        if len(varying) == 1 and not (isinstance(node.op.scalar_op, TrueDiv) and varying == [1]):
            return _single(node.inputs[varying[0]], free)
    return scale if scale.type.ndim == 0 else None
