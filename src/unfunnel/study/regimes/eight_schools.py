"""Rubin's eight schools: eight estimates with their standard errors."""

from __future__ import annotations

import numpy as np

from unfunnel.study.priors import Priors, ScalePrior
from unfunnel.study.regime import Regime

EFFECTS = (28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0)
STANDARD_ERRORS = (15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0)


def eight_schools() -> Regime:
    """The effect of coaching on test scores in eight schools (Rubin 1981)."""
    return Regime(
        name="eight_schools",
        title="Eight schools: real data",
        story=(
            "The estimated effect of coaching on test scores in eight schools, each with its standard error (Rubin"
            " 1981). Nobody knows the true values here. The standard errors are as large as the differences between"
            " the schools, so this is a weakly informed regime, and the heavy-tailed prior HalfCauchy(5) of τ gives"
            " the funnel a long mouth as well as a neck."
        ),
        labels=tuple("ABCDEFGH"),
        y=np.array(EFFECTS),
        group=np.arange(len(EFFECTS)),
        sigma=np.array(STANDARD_ERRORS),
        priors=Priors(tau=ScalePrior("HalfCauchy", 5.0)),
        group_word="school",
        value_word="effect (points)",
        estimates=True,
    )
