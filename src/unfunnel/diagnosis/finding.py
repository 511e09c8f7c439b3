"""What a diagnosis says of one thing, with the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from unfunnel.diagnosis.verdict import Verdict

NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One verdict: on the effect of a group, on the location of effects, on a scale, or on a chain.

    Parameters
    ----------
    variable
        Name of the variable in the posterior: the effect (its standardised value, where its author wrote it
        non-centered and kept nothing else), the location, or the scale.
    coords
        Which element of it: pairs of a dim of the posterior and its label there; empty for a scalar. A stuck chain
        has the label of the chain.
    location, scale
        What the effect has as its location and scale: names, joined by commas where there are several; empty where
        there is none.
    verdict
        What it is.
    coordinates
        In which it was sampled: "centered", "noncentered", "partial", "informed", "eliminated", or "as written".
    centeredness
        Of these coordinates, from 0 (noncentered) to 1 (centered); NaN where they have none.
    weight
        ``w = E[tau² H / (1 + tau² H)]``: 0 where the prior dominates the effect, 1 where the data do. NaN for a scale
        or a chain.
    information
        H, the precision of what the data alone say of the element, on the unconstrained line.
    correlation
        Spearman's rank correlation of ``|eta - location|`` with ``log tau`` over the draws: near 1 in the neck and
        mouth of a funnel, near 0 where the data hold the effect.
    standardised_correlation
        The same of ``|eta - location| / tau``: near -1 where noncentered coordinates have an inverted funnel.
    divergences
        How many draws diverged, in the whole fit.
    divergence_quantile
        Where the divergent draws sit among all draws of ``log tau``, as a median: near 0 in the neck, 0.5 if they have
        nothing to do with the scale. NaN without divergences.
    start_quantile
        The same of the points where divergent trajectories started; NaN where the sampler did not store them.
    ess_bulk, ess_tail, r_hat
        The worst of the element's own draws, of its standardised value, and of the logarithm of its scale.
    severity
        How bad, to compare findings of one diagnosis by: 0 is fine, 1 and more is not.
    sentence
        What it means, in plain words.
    cure
        The line of code that mends it; empty where nothing has to be.
    """

    variable: str
    coords: tuple[tuple[str, Any], ...] = ()
    location: str = ""
    scale: str = ""
    verdict: Verdict = Verdict.FINE
    coordinates: str = ""
    centeredness: float = NAN
    weight: float = NAN
    information: float = NAN
    correlation: float = NAN
    standardised_correlation: float = NAN
    divergences: int = 0
    divergence_quantile: float = NAN
    start_quantile: float = NAN
    ess_bulk: float = NAN
    ess_tail: float = NAN
    r_hat: float = NAN
    severity: float = 0.0
    sentence: str = ""
    cure: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is nothing to do."""
        return self.verdict is Verdict.FINE

    @property
    def group(self) -> str:
        """The labels of the element, joined by commas; empty for a scalar."""
        return ", ".join(str(label) for _, label in self.coords)

    @property
    def element(self) -> str:
        """Variable and labels, as in ``theta[A]``."""
        return f"{self.variable}[{self.group}]" if self.coords else self.variable

    def as_numbers(self) -> dict[str, Any]:
        """The fields by name, `verdict` as text and `coords` as a dict."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**plain, "coords": dict(self.coords), "verdict": str(self.verdict)}
