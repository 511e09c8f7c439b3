"""The numbers of a pair, computed once for all diagnostics."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from unfunnel.diagnosis.information import Known, known_of, weight
from unfunnel.diagnosis.mixing import Mixing, mixing_of
from unfunnel.diagnosis.pair import Floats, Pair, flat
from unfunnel.diagnosis.ranks import rank_correlation
from unfunnel.diagnosis.statistics import Statistics

MISMATCH = 0.7
"""Difference between the centeredness of coordinates and the weight of the data from which on they do not fit."""

COSTLY = 50.0
"""Gradients for an effective draw from which on a pair is explored slowly; fitting coordinates take 4 to 25."""

_SLOW = 0.25
"""Share of the draws that are effective, below which it is this pair that makes the fit costly."""


@dataclass(frozen=True, eq=False)
class View:
    """A pair with what the sampler says, and everything that diagnostics ask of both."""

    pair: Pair
    statistics: Statistics

    @cached_property
    def known(self) -> Known:
        """What the data say of every element, from the draws."""
        return known_of(flat(self.pair.eta), flat(self.pair.location), flat(self.pair.scale))

    @cached_property
    def weight(self) -> Floats:
        """The weight of the data of every element: what the fit itself has, or else from the draws."""
        if self.pair.weight is not None:
            return self.pair.weight
        return weight(self.known.H, flat(self.pair.scale))

    @cached_property
    def mismatch(self) -> Floats:
        """Centeredness less weight: above 0 too centered, below 0 too noncentered.

        NaN for informed coordinates, and where the scale is a number, so that there is no funnel.
        """
        if not self.pair.scales:
            return np.full(len(self.pair.labels), np.nan)
        return np.asarray(self.pair.coordinates.centeredness - self.weight)

    @cached_property
    def mixing(self) -> Mixing:
        """Of the coordinate in which every element was sampled."""
        return mixing_of(self.pair.sampled)

    @cached_property
    def log_scale_range(self) -> Floats:
        """Length of the central 90 % of the logarithm of the scale, dim (element or 1,)."""
        low, high = np.quantile(flat(self.pair.log_scale), (0.05, 0.95), axis=0)
        return np.asarray(high - low)

    @cached_property
    def scale_mixing(self) -> Mixing:
        """Of the logarithm of the scale."""
        return mixing_of(self.pair.log_scale)

    @cached_property
    def location_mixing(self) -> Mixing | None:
        """Of a location that is a single number."""
        draws = self.location_draws
        return None if draws is None else mixing_of(draws[..., None])

    @property
    def location_draws(self) -> Floats | None:
        """Draws of the location, where it is one variable that is a single number; dims (chain, draw)."""
        parts = self.pair.locations
        if len(parts) != 1 or parts[0].draws is None or self.pair.location.shape[-1] != 1:
            return None
        return parts[0].draws if np.allclose(parts[0].draws, self.pair.location[..., 0]) else None

    @property
    def _parts(self) -> list[Mixing]:
        """What can mix: not a scale that is a number."""
        found = [self.mixing, self.scale_mixing if self.pair.scales else None, self.location_mixing]
        return [part for part in found if part is not None]

    @cached_property
    def poor(self) -> bool:
        """Whether an element, the scale or the location mixed as no sound fit does, or a draw diverged."""
        mixed = any(bool(part.poor.any()) for part in self._parts)
        return mixed or self.statistics.divergences > 0 or self.costly

    @cached_property
    def least_effective(self) -> float:
        """The smallest effective sample size of elements, scale and location; NaN where there is none."""
        sizes = np.concatenate([part.ess for part in self._parts])
        return float(np.min(sizes)) if sizes.size else float("nan")

    @property
    def gradients_per_effective_draw(self) -> float:
        """NaN where the sampler does not count its gradients."""
        if self.statistics.gradients < 0:
            return float("nan")
        return self.statistics.gradients / self.least_effective

    @property
    def costly(self) -> bool:
        """Whether the pair is explored slowly, although it may have been explored in the end."""
        draws = self.statistics.chains * self.statistics.draws
        return self.gradients_per_effective_draw > COSTLY and self.least_effective < _SLOW * draws

    @cached_property
    def correlation(self) -> Floats:
        """Rank correlation of |eta - location| with log tau, dim (element,)."""
        return rank_correlation(flat(np.abs(self.pair.eta - self.pair.location)), flat(self.pair.log_scale))

    @cached_property
    def standardised_correlation(self) -> Floats:
        """Rank correlation of |eta - location| / tau with log tau, dim (element,)."""
        return rank_correlation(flat(np.abs(self.pair.standardised)), flat(self.pair.log_scale))

    @cached_property
    def divergence_quantile(self) -> Floats:
        """Median place of the divergent draws among all draws of log tau, dim (element or 1,)."""
        return self._places(self.statistics.diverging)

    @cached_property
    def start_quantile(self) -> Floats:
        """The same of the points where divergent trajectories started.

        Those that the sampler stored of the logarithm of the scale, or else the draws before, in their chain.
        """
        diverging = self.statistics.diverging
        if diverging is None:
            return self._places(None)
        stored = self.statistics.log_starts.get(self.pair.scale_name)
        if stored is not None and self.pair.log_scale.shape[-1] == 1 and np.isfinite(stored[diverging]).any():
            draws = np.sort(self.pair.log_scale.ravel())
            places = np.searchsorted(draws, stored[diverging & np.isfinite(stored)]) / len(draws)
            return np.array([np.median(places)])
        before = np.zeros_like(diverging)
        before[:, :-1] = diverging[:, 1:]
        return self._places(before)

    def of_element(self, values: Any, element: int) -> float:
        """A value of an element, where there may be one for all."""
        return float(values[element if len(values) > 1 else 0])

    def _places(self, chosen: NDArray[np.bool_] | None) -> Floats:
        log_scale = flat(self.pair.log_scale)
        if chosen is None or not chosen.any():
            return np.full(log_scale.shape[1], np.nan)
        ranks = (stats.rankdata(log_scale, axis=0) - 0.5) / len(log_scale)
        return np.asarray(np.median(ranks[chosen.ravel()], axis=0))
