"""The priors: weakly informative, in the unit of the data, rounded so that what is printed is what is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from unfunnel.errors import InvalidArgumentError, InvalidTableError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HalfNormal:
    """The prior of a scale, as a frozen distribution of SciPy would be, without the second that its import takes."""

    scale: float

    def logpdf(self, x: ArrayLike) -> Floats:
        """Log density."""
        z: Floats = np.asarray(x, dtype=np.float64) / self.scale
        return np.asarray(0.5 * np.log(2 / np.pi) - np.log(self.scale) - 0.5 * z**2)

    def ppf(self, q: ArrayLike) -> Floats:
        """Quantile."""
        return np.asarray(self.scale * ndtri(0.5 + 0.5 * np.asarray(q)))

    def isf(self, q: ArrayLike) -> Floats:
        """Quantile from above."""
        return np.asarray(-self.scale * ndtri(0.5 * np.asarray(q)))

    def support(self) -> tuple[float, float]:
        """Ends of the support."""
        return 0.0, float("inf")

    def __str__(self) -> str:
        return f"HalfNormal({self.scale:.12g})"


@dataclass(frozen=True)
class Priors:
    """Of the population mean (normal: location, scale), its spread, and the noise where it is unknown.

    Attributes
    ----------
    mu : (float, float)
        On the scale of the effects: the data's unit, or the logit or log scale.
    tau, sigma : HalfNormal
        Likewise; `sigma` is None where the noise is known.
    unit : str
        The scale they hold on.
    """

    mu: tuple[float, float]
    tau: HalfNormal
    sigma: HalfNormal | None
    unit: str

    def lines(self) -> tuple[str, ...]:
        """One readable line a prior."""
        location, scale = self.mu
        shown = [f"mu ~ Normal({location:.12g}, {scale:.12g})", f"tau ~ {self.tau}"]
        return tuple(shown if self.sigma is None else [*shown, f"sigma ~ {self.sigma}"])


def normal_priors(
    mean: Floats, count: NDArray[np.int64], scatter: Floats, noise: float | None, value: str, asked: Any
) -> Priors:
    """Those of normal data: `noise` is the largest known standard deviation, None where it is unknown.

    The unit of scale is the larger of the standard deviation of all rows and that of the group means (a single huge
    group would hide the spread between the others).
    """
    centre = np.average(mean, weights=count)
    rows = np.sqrt((scatter.sum() + (count * (mean - centre) ** 2).sum()) / count.sum())
    unit = max(float(rows), float(np.std(mean)))
    if unit <= 1e-14 * float(np.abs(mean).max()):
        unit = 0.0 if noise is None else noise
    if unit == 0:
        raise InvalidTableError(
            f"pool: all {int(count.sum())} values of column {value!r} are {mean[0]:g}, so there is nothing to tell"
            " groups apart or to set priors by."
        )
    digits = 1 - int(np.floor(np.log10(unit)))
    # Plus zero: of a small negative mean rounding leaves -0.
    mu = (round(float(mean.mean()), digits) + 0.0, _round(2.5 * unit))
    scale = HalfNormal(_round(2 * unit))
    chosen = Priors(mu, scale, scale if noise is None else None, f"the unit of {value!r}")
    return _replaced(chosen, asked)


def count_priors(average: float, link: str, asked: Any) -> Priors:
    """Those of counts: `average` is the overall rate on the scale of the effects."""
    return _replaced(Priors((round(average, 1) + 0.0, 2.5), HalfNormal(1.0), None, f"the {link} scale"), asked)


def _replaced(priors: Priors, asked: Any) -> Priors:
    """With what the caller wants otherwise: `asked` is the pair of mu and tau, and sigma's scale."""
    mu, tau, sigma = asked
    if mu is not None:
        try:
            location, scale = mu
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(
                f"pool: mu must be the pair (location, scale) of its normal prior, got {mu!r}."
            ) from error
        mu = (_number("the location of mu", location), _positive("the scale of mu", scale))
    if sigma is not None and priors.sigma is None:
        raise InvalidArgumentError("pool: sigma_scale is for normal values of unknown noise, and none is unknown here.")
    return Priors(
        mu or priors.mu,
        priors.tau if tau is None else HalfNormal(_positive("tau", tau)),
        priors.sigma if sigma is None else HalfNormal(_positive("sigma_scale", sigma)),
        priors.unit,
    )


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
        raise InvalidArgumentError(f"pool: {name} must be a finite number, got {value!r}.")
    return float(value)


def _positive(name: str, value: Any) -> float:
    number = _number(name, value)
    if number <= 0:
        raise InvalidArgumentError(f"pool: {name} must be positive, got {number:g}.")
    return number


def _round(number: float) -> float:
    return float(f"{number:.2g}")
