"""Every family as it is used: its PyMC builder, its density written by SciPy, and its map from the line.

The parameters follow from two free variables, `a` on the line and `b > 0`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from scipy import special, stats


def same(x: Any) -> Any:
    return x


@dataclass(frozen=True)
class Example:
    """A family with parameters made of a and b.

    Parameters
    ----------
    build
        The distribution, from a name (or None for one outside any model), a, b and keywords.
    scipy
        The frozen distribution, from a and b.
    from_line
        The value, from the unconstrained one.
    to_line
        Its inverse.
    log_slope
        Log of the derivative of `from_line`.
    moments
        Whether the reference is mean and standard deviation of the unconstrained value.
    """

    build: Callable[..., Any]
    scipy: Callable[[Any, Any], Any]
    from_line: Callable[[Any], Any] = same
    to_line: Callable[[Any], Any] = same
    log_slope: Callable[[Any], Any] = np.zeros_like
    moments: bool = True


def _of(kind: str, parameters: Callable[[Any, Any], dict[str, Any]]) -> Callable[..., Any]:
    def build(name: str | None, a: Any, b: Any, **keywords: Any) -> Any:
        family, given = getattr(pm, kind), parameters(a, b)
        return family.dist(**given, **keywords) if name is None else family(name, **given, **keywords)

    return build


def _log_sigmoid_slope(x: Any) -> Any:
    return special.log_expit(x) + special.log_expit(-x)


POSITIVE: dict[str, Any] = {"from_line": np.exp, "to_line": np.log, "log_slope": same}
UNIT: dict[str, Any] = {"from_line": special.expit, "to_line": special.logit, "log_slope": _log_sigmoid_slope}


class LogitNormal:
    """SciPy has none."""

    def __init__(self, a: Any, b: Any) -> None:
        self.normal = stats.norm(a, b)

    def logpdf(self, value: Any) -> Any:
        return self.normal.logpdf(special.logit(value)) - np.log(value) - np.log1p(-value)

    def rvs(self, size: int, random_state: Any) -> Any:
        return special.expit(self.normal.rvs(size, random_state=random_state))


class HalfStudentT:
    """SciPy has none."""

    def __init__(self, a: Any, b: Any) -> None:
        self.t = stats.t(3.0, scale=b)

    def logpdf(self, value: Any) -> Any:
        return np.log(2.0) + self.t.logpdf(value)

    def rvs(self, size: int, random_state: Any) -> Any:
        return np.abs(self.t.rvs(size, random_state=random_state))


EXAMPLES: dict[str, Example] = {
    "Normal": Example(_of("Normal", lambda a, b: {"mu": a, "sigma": b}), stats.norm),
    "StudentT": Example(
        _of("StudentT", lambda a, b: {"nu": 4, "mu": a, "sigma": b}), lambda a, b: stats.t(4.0, a, b), moments=False
    ),
    "Cauchy": Example(_of("Cauchy", lambda a, b: {"alpha": a, "beta": b}), stats.cauchy, moments=False),
    "Laplace": Example(_of("Laplace", lambda a, b: {"mu": a, "b": b}), stats.laplace),
    "Logistic": Example(_of("Logistic", lambda a, b: {"mu": a, "s": b}), stats.logistic),
    "Gumbel": Example(_of("Gumbel", lambda a, b: {"mu": a, "beta": b}), stats.gumbel_r),
    "SkewNormal": Example(
        _of("SkewNormal", lambda a, b: {"mu": a, "sigma": b, "alpha": 2}), lambda a, b: stats.skewnorm(2.0, a, b)
    ),
    "LogNormal": Example(
        _of("LogNormal", lambda a, b: {"mu": a, "sigma": b}), lambda a, b: stats.lognorm(b, scale=np.exp(a)), **POSITIVE
    ),
    "HalfNormal": Example(_of("HalfNormal", lambda a, b: {"sigma": b}), lambda a, b: stats.halfnorm(0, b), **POSITIVE),
    "HalfCauchy": Example(_of("HalfCauchy", lambda a, b: {"beta": b}), lambda a, b: stats.halfcauchy(0, b), **POSITIVE),
    "HalfStudentT": Example(_of("HalfStudentT", lambda a, b: {"nu": 3, "sigma": b}), HalfStudentT, **POSITIVE),
    "Exponential": Example(_of("Exponential", lambda a, b: {"scale": b}), lambda a, b: stats.expon(0, b), **POSITIVE),
    "Gamma": Example(
        _of("Gamma", lambda a, b: {"alpha": pt.exp(a), "beta": b}),
        lambda a, b: stats.gamma(np.exp(a), scale=1.0 / b),
        **POSITIVE,
    ),
    "InverseGamma": Example(
        _of("InverseGamma", lambda a, b: {"alpha": pt.exp(a), "beta": b}),
        lambda a, b: stats.invgamma(np.exp(a), scale=b),
        **POSITIVE,
    ),
    "Weibull": Example(
        _of("Weibull", lambda a, b: {"alpha": pt.exp(a), "beta": b}),
        lambda a, b: stats.weibull_min(np.exp(a), scale=b),
        **POSITIVE,
    ),
    "Beta": Example(
        _of("Beta", lambda a, b: {"alpha": pt.exp(a), "beta": b}), lambda a, b: stats.beta(np.exp(a), b), **UNIT
    ),
    "LogitNormal": Example(_of("LogitNormal", lambda a, b: {"mu": a, "sigma": b}), LogitNormal, **UNIT),
    "TruncatedNormal": Example(
        _of("TruncatedNormal", lambda a, b: {"mu": a, "sigma": b, "lower": -1}),
        lambda a, b: stats.truncnorm((-1.0 - a) / b, np.inf, a, b),
        from_line=lambda x: np.exp(x) - 1.0,
        to_line=np.log1p,
        log_slope=same,
        moments=False,
    ),
}
"""All but the zero-sum normal, whose elements are not independent, and the uniform, which has no reference."""

LOCATION_SCALE = ["Normal", "StudentT", "Cauchy", "Laplace", "Logistic", "Gumbel", "SkewNormal", "LogitNormal"]
"""Those whose standardised value has a density that does not know location and scale."""
