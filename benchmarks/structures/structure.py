"""What a random model is made of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

LINE = ("Normal", "StudentT", "Laplace", "Logistic", "Gumbel", "SkewNormal", "Cauchy")
POSITIVE = ("LogNormal", "Gamma")
SHARES = ("Beta",)

CHOICES: dict[str, tuple[Any, ...]] = {
    "family": (*LINE, *LINE[:1] * 4, *POSITIVE, *SHARES),
    "likelihood": ("normal", "student", "poisson", "bernoulli"),
    "scale": (
        *("half_normal", "half_cauchy", "exponential", "half_student", "inverse_gamma", "gamma", "log_normal"),
        *("uniform", "exponential_of_normal", "number"),
    ),
    "location": ("normal", "flat", "zero", "predictor"),
    "groups": (1, 2, 3, 8, 30),
    "sizes": ("none", "one", "few", "uneven", "many"),
    "parents": (False, False, True),
    "crossed": (False, False, True),
    "slope": ("none", "none", "independent", "correlated"),
    "written": ("centered", "noncentered"),
    "noise": ("number", "half_normal", "half_cauchy"),
    "spread": (0.0, 0.3, 1.0, 5.0),
    "seed": tuple(range(100)),
}
"""What each part of a model may be; what is here more often is taken more often."""


@dataclass(frozen=True)
class Structure:
    """A hierarchical model and its data, in plain values.

    Parameters
    ----------
    family
        Of the effects. Positive ones are rates of a Poisson, shares those of a Binomial, whatever else is asked for.
    likelihood
        Of effects on the line.
    scale, location
        Priors of the effects' scale and location; "zero" and "number" are no variables.
    groups, sizes
        Number of groups and of their observations: "none" has groups without data, "uneven" from 0 to a hundred.
    parents, crossed
        Whether groups lie in larger ones, or across others.
    slope
        Whether a predictor's slope differs between groups, and is correlated with the intercept.
    written
        As a person would write the effects; "noncentered" by hand.
    noise
        Prior of the noise of normal and student likelihoods.
    spread
        Standard deviation of the effects that data are made with; 0 makes groups that do not differ.
    seed
        Of the data.
    """

    family: str
    likelihood: str
    scale: str
    location: str
    groups: int
    sizes: str
    parents: bool
    crossed: bool
    slope: str
    written: str
    noise: str
    spread: float
    seed: int

    @classmethod
    def random(cls, rng: np.random.Generator) -> Structure:
        """One of all that there are."""
        return cls(**{part.name: CHOICES[part.name][rng.integers(len(CHOICES[part.name]))] for part in fields(cls)})

    def group_of_rows(self, rng: np.random.Generator) -> NDArray[np.intp]:
        """Group of every observation; there is one at least."""
        counts = {
            "none": rng.permutation(np.arange(self.groups) % 2 * 4),
            "one": np.ones(self.groups, dtype=int),
            "few": rng.integers(1, 6, self.groups),
            "uneven": rng.permutation(np.minimum(rng.zipf(1.5, self.groups) - 1, 100)),
            "many": np.full(self.groups, 50),
        }[self.sizes]
        found = np.repeat(np.arange(self.groups), counts)
        return found if len(found) else np.zeros(1, dtype=int)
