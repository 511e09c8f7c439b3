"""The informed chart: Gaussian elimination of the effects and their population mean, given the scales.

Notation of the method: an effect ``u_k`` with prior Normal(``loc_k = c_k + A_k B``, ``s_k``), shared parameters ``B``,
evidence ``h, H, C`` per group and ``D, h_B`` for B (see :class:`unfunnel.Evidence`). With one effect per group the
posterior that the evidence implies has, in prior-whitened units,

    M_k = 1 + s_k² H_k                                          precision of v_k = (u_k - loc_k) / s_k given B
    v_k = s_k (h_k - H_k loc_k - C_k B) / M_k + x_k / √M_k
    P   = D + Σ_k (A_k² H_k + 2 A_k C_k - s_k² C_k²) / M_k      what the data say about B, effects integrated out
    b   = h_B + Σ_k (h_k (A_k - s_k² C_k) - c_k (A_k H_k + C_k)) / M_k

and B, with prior Normal(b_0, S²), is whitened by ``N = 1 + S² P`` in the same form. Scales from 1e-8 to 1e8, H = 0
(noncentered) and huge H (centered up to constants) are tested. In this release the evidence that is found has C, D and
h_B zero: the shared parameter is a population mean that the data see only through its effects.

References
----------
Osmundsen, K., Kleppe, T. and Liesenfeld, R. (2021), Importance sampling-based transport map Hamiltonian Monte Carlo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytensor.tensor as pt

from unfunnel.charts.base import AffineChart


@dataclass(frozen=True)
class Elimination:
    """The graph expressions of one elimination; arrays have the dims of the effect, shared ones are scalars.

    C, D and h_B are None where the model's graph shows that B touches the data only through the effects.
    """

    scale: Any
    h: Any
    H: Any
    A: Any = 1.0
    c: Any = 0.0
    C: Any = None
    D: Any = None
    h_B: Any = None

    @property
    def precision(self) -> Any:
        """M_k, prior-whitened."""
        return 1.0 + pt.sqr(self.scale) * self.H

    def effect(self, shared: Any = None) -> tuple[Any, Any]:
        """Shift and stretch of the standardised effects, given the shared parameter B (None where there is none)."""
        location = self.c if shared is None else self.c + self.A * shared
        pull = self.h - self.H * location
        if self.C is not None:
            pull = pull - self.C * shared
        return self.scale * pull / self.precision, 1.0 / pt.sqrt(self.precision)

    def message(self) -> tuple[Any, Any]:
        """P and b: what the data say about B once the effects are integrated out."""
        information, pull = self.H * pt.sqr(self.A), self.h * self.A - self.c * self.A * self.H
        if self.C is not None:
            spread = pt.sqr(self.scale) * self.C
            information = information + 2.0 * self.A * self.C - spread * self.C
            pull = pull - self.h * spread - self.c * self.C
        precision, location = (information / self.precision).sum(), (pull / self.precision).sum()
        return (
            precision if self.D is None else precision + self.D,
            location if self.h_B is None else location + self.h_B,
        )


class EliminatedEffect(AffineChart):
    """The chart of the effects; the context is (h, H)."""

    name = "eliminated"

    def parts(self, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any, Any]:
        """Shift, stretch and origin, given everything the effects' prior depends on."""
        h, H = context
        return *Elimination(scale=scale, h=h, H=H, c=location).effect(), 0.0


class EliminatedMean(AffineChart):
    """The chart of a population mean B; the context is (h, H, scale of the effects).

    It takes out what the effects' evidence says about their mean, which depends on the scale: the μ-τ funnel.
    """

    name = "eliminated"

    def parts(self, location: Any, scale: Any, context: list[Any]) -> tuple[Any, Any, Any]:
        """Shift, stretch and origin of B, the effects integrated out."""
        h, H, effect_scale = context
        information, pull = Elimination(scale=effect_scale.astype("float64"), h=h, H=H).message()
        precision = 1.0 + pt.sqr(scale) * information
        return scale * (pull - information * location) / precision, 1.0 / pt.sqrt(precision), 0.0
