"""The informed charts: Gaussian elimination of effects and shared parameters, given the scales.

The evidence (see :class:`unfunnel.Evidence`) says how the likelihood's scores are linear in the effects u and the
shared parameters B. Were they so exactly, the posterior given the scales would be Gaussian, and these charts whiten it:
first the shared parameters, the effects integrated out, each given those that follow it; then the effects of every
group, given the shared parameters. `factors.py` has the formulas, `fused.py` what runs.

The shared parameters are held as innovations ``y = b_0 + S z``, what of each is not already in its location, so that
their standardised values z have a prior of independent standard normals.

References
----------
Osmundsen, K., Kleppe, T. and Liesenfeld, R. (2021), Importance sampling-based transport map Hamiltonian Monte Carlo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytensor.tensor as pt

from unfunnel.charts import factors, fused
from unfunnel.charts.base import Anchor, StandardizingChart


@dataclass(frozen=True)
class Sizes:
    """Numbers of groups, of effects per group, and of shared parameters."""

    groups: int
    effects: int
    shared: int


class EliminatedShared(StandardizingChart):
    """The chart of one shared variable, elements `start` to `stop` among all; the context is (z_later, R, w).

    It takes out what the effects say about it, which depends on their scale: the μ-τ funnel.
    """

    name = "eliminated"

    def __init__(self, anchor: Anchor, start: int, stop: int) -> None:
        super().__init__(anchor)
        self.span = {"start": start, "stop": stop}

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Give z of these elements, given the later ones."""
        z, log_stretch = fused.shared_solve(_flat(x), *context, **self.span)
        return _shaped(z, x), _shaped(log_stretch, x)

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse."""
        return _shaped(factors.shared_coordinate(_flat(v), *context, **self.span), v)


class EliminatedEffect(StandardizingChart):
    """The chart of effect j of every group; the context is (v_later, y, numbers, scales, offset, f)."""

    name = "eliminated"

    def __init__(self, anchor: Anchor, sizes: Sizes, j: int) -> None:
        super().__init__(anchor)
        self.sizes = {"groups": sizes.groups, "effects": sizes.effects, "shared": sizes.shared, "j": j}

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Give v of this effect, given the shared parameters and later siblings."""
        v, log_stretch = fused.effects_solve(_flat(x), *context, **self.sizes)
        return _shaped(v, x), _shaped(log_stretch, x)

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse, through the kernel: v is linear in the coordinate, and it says where from and how steeply."""
        flat = _flat(v)
        at_zero, log_stretch = fused.effects_solve(pt.zeros_like(flat), *context, **self.sizes)  # type: ignore[no-untyped-call]
        return _shaped((flat - at_zero) * pt.exp(-log_stretch), v)


class EliminatedWideEffect(EliminatedEffect):
    """The same of an effect in units of its width, which is the last of the context and in its `numbers`."""

    def standardised(self, x: Any, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any]:
        """Give v of this effect."""
        *others, widths = context
        v, log_stretch = super().standardised(x, location, scale, others)
        width = _shaped(widths, x)
        return v * width, log_stretch + pt.log(width)

    def coordinate(self, v: Any, location: Any, scale: Any, context: list[Any]) -> Any:
        """The inverse."""
        *others, widths = context
        return super().coordinate(v / _shaped(widths, v), location, scale, others)


def _flat(x: Any) -> Any:
    return x if x.type.ndim == 1 else x.flatten()


def _shaped(flat: Any, like: Any) -> Any:
    return flat if like.type.ndim == 1 else flat.reshape(like.shape, ndim=like.type.ndim)
