"""The priors of the study's model, each known to PyMC, to SciPy and to the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from unfunnel.errors import InvalidArgumentError

Family = Literal["HalfNormal", "HalfCauchy"]


@dataclass(frozen=True)
class ScalePrior:
    """A prior of a standard deviation, in the unit of the observations."""

    family: Family
    scale: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.scale) or self.scale <= 0:
            raise InvalidArgumentError(f"ScalePrior: scale must be a positive number, got {self.scale!r}.")

    def variable(self, name: str) -> Any:
        """The PyMC random variable; call inside a model context."""
        import pymc as pm

        return pm.HalfNormal(name, self.scale) if self.family == "HalfNormal" else pm.HalfCauchy(name, self.scale)

    def distribution(self) -> Any:
        """The same as a frozen SciPy distribution."""
        from scipy import stats

        family = stats.halfnorm if self.family == "HalfNormal" else stats.halfcauchy
        return family(scale=self.scale)

    def __str__(self) -> str:
        return f"{self.family}({self.scale:.12g})"


@dataclass(frozen=True)
class Priors:
    """Priors of the population mean (normal: location, scale), its spread, and the noise where it is unknown."""

    mu: tuple[float, float] = (0.0, 5.0)
    tau: ScalePrior = ScalePrior("HalfNormal", 5.0)
    sigma: ScalePrior | None = None

    def lines(self) -> tuple[str, ...]:
        """One readable line per prior."""
        location, scale = self.mu
        shown = [f"μ ~ Normal({location:.12g}, {scale:.12g})", f"τ ~ {self.tau}"]
        return tuple(shown if self.sigma is None else [*shown, f"σ ~ {self.sigma}"])
