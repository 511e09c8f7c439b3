"""R-hat and effective sample size of many elements at once, and what they may be in a sound fit.

The formulas are those of Vehtari et al. (2021), as in ArviZ, for arrays with dims (chain, draw, element); ArviZ goes
element by element, which takes longer than sampling a model of some hundred groups.

What chance does
----------------
In a sound fit of m (split) chains, whose draws of an element are worth S independent ones, the mean of each chain
differs from the others' by a variance of m/S of the element's own. Hence ``(R-hat² - 1) S / m`` is about
``chi²(m - 1) / (m - 1)``, whatever the element: its R-hat passes 1.01 by chance where S is small, and the largest of
many does so where that of one would not. The bound here is what the largest of N exceeds once in a thousand fits, and
1.01 where that is larger. S is the worth that the draws would have from their autocorrelation within chains alone: the
usual one is small just because chains disagree, and would excuse them.

The estimate of an effective sample size from n draws with an integrated autocorrelation time t is, on the logarithmic
scale, off by about ``sqrt(2 (2 M + 1) / n)`` where M ≈ 3 t lags are summed (Sokal 1997). The smallest of N elements
that all have just enough is therefore expected at ``enough · exp(-z · that)``, with z the normal quantile of
N / (N + 1); that is the bound here, and for one element it is `enough` itself.

References
----------
Vehtari, A., Gelman, A., Simpson, D., Carpenter, B. and Bürkner, P.-C. (2021), Rank-normalization, folding, and
localization: an improved R-hat. Sokal, A. (1997), Monte Carlo methods in statistical mechanics.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft, special, stats

from unfunnel.sampling.thresholds import LARGEST_R_HAT

Floats = NDArray[np.float64]

LARGEST = LARGEST_R_HAT
"""R-hat that is always allowed."""

FALSE_ALARMS = 1e-3
"""Share of sound fits in which the largest R-hat is flagged."""

_LAGS = 3.0
"""Lags that are summed for an effective sample size, in units of the autocorrelation time (Sokal 1997)."""


def split(draws: Floats) -> Floats:
    """Every chain as two of half its length; dims (chain, draw, element)."""
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def rank_normalized(draws: Floats) -> Floats:
    """Normal scores of the ranks over all chains, by element."""
    flat = draws.reshape(-1, draws.shape[-1])
    ranks = stats.rankdata(flat, axis=0)
    scores: Floats = special.ndtri((ranks - 0.375) / (len(flat) + 0.25)).reshape(draws.shape)
    return scores


def folded(draws: Floats) -> Floats:
    """Distances from the median over all chains, by element."""
    distances: Floats = np.abs(draws - np.median(draws, axis=(0, 1)))
    return distances


def r_hat(chains: Floats) -> Floats:
    """Potential scale reduction of split chains, by element."""
    count = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean(axis=0)
    between = chains.mean(axis=1).var(axis=0, ddof=1)
    value: Floats = np.sqrt((between + within * (count - 1) / count) / within)
    return value


def effective(chains: Floats, *, within: bool = False) -> Floats:
    """Effective sample size for the mean of split chains, by element.

    Parameters
    ----------
    chains
        Dims (chain, draw, element).
    within
        Leave out that the chains' means differ.
    """
    count, draws, _ = chains.shape
    covariance = _autocovariance(chains)
    mean_variance = covariance[:, 0].mean(axis=0) * draws / (draws - 1)
    total = mean_variance * (draws - 1) / draws
    if not within and count > 1:
        total = total + chains.mean(axis=1).var(axis=0, ddof=1)
    with np.errstate(invalid="ignore"):
        # Where no chain moves, but each is at a place of its own, there is no correlation: NaN.
        rho = 1.0 - (mean_variance - covariance.mean(axis=0)) / total
    rho[0] = 1.0
    # Geyer's initial monotone sequence: sums of neighbouring lags are positive and decrease.
    even = (draws - 1) // 2 * 2
    pairs = rho[0:even:2] + rho[1:even:2]
    positive = np.logical_and.accumulate(pairs > 0, axis=0)
    sums = np.where(positive, np.minimum.accumulate(np.where(positive, pairs, np.inf), axis=0), 0.0).sum(axis=0)
    # What follows the last pair counts if it is positive, which lessens the variance for alternating chains.
    last = np.minimum(2 * positive.sum(axis=0), draws - 1)
    rest = np.maximum(np.take_along_axis(rho, last[None], axis=0)[0], 0.0)
    tau = np.maximum(-1.0 + 2.0 * sums + rest, 1.0 / np.log10(count * draws))
    # Draws that are all the same tell their mean exactly; as in ArviZ, every one of them counts.
    same = (chains == chains[:1, :1]).all(axis=(0, 1))
    size: Floats = np.where(same, count * draws, count * draws / tau)
    return size


def tail_indicators(draws: Floats) -> tuple[Floats, Floats]:
    """Whether draws are below the 5 % and the 95 % quantile, by element."""
    low, high = np.quantile(draws, (0.05, 0.95), axis=(0, 1))
    return (draws <= low).astype(np.float64), (draws <= high).astype(np.float64)


def largest_allowed(size: Floats, chains: int, tests: int) -> Floats:
    """R-hat that the largest of so many sound elements passes once in a thousand fits, at least 1.01.

    Parameters
    ----------
    size
        What an element's draws are worth, from their autocorrelation within chains.
    chains
        Number of split chains.
    tests
        Number of values of which the largest is looked at.
    """
    quantile = stats.chi2.isf(FALSE_ALARMS / tests, chains - 1) / (chains - 1)
    bound: Floats = np.maximum(LARGEST, np.sqrt(1.0 + quantile * chains / size))
    return bound


def smallest_allowed(enough: float, draws: int, tests: int) -> float:
    """Effective sample size at which the smallest of so many elements is expected that all have just enough.

    Parameters
    ----------
    enough
        What every element is to have.
    draws
        Draws over all chains.
    tests
        Number of values of which the smallest is looked at.
    """
    return float(enough * np.exp(-special.ndtri(tests / (tests + 1.0)) * error_of(enough, draws)))


def error_of(size: float, draws: float) -> float:
    """Standard error of the logarithm of an effective sample size that was estimated from so many draws."""
    lags = _LAGS * max(draws / size, 1.0)
    return float(np.sqrt(2.0 * (2.0 * lags + 1.0) / draws))


def _autocovariance(chains: Floats) -> Floats:
    """By chain and lag, for every element; each lag is divided by the number of draws."""
    draws = chains.shape[1]
    centered = chains - chains.mean(axis=1, keepdims=True)
    size = fft.next_fast_len(2 * draws)
    spectrum = fft.rfft(centered, n=size, axis=1)
    covariance: Floats = fft.irfft(spectrum * np.conj(spectrum), n=size, axis=1)[:, :draws] / draws
    return covariance
