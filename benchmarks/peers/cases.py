"""The models that unfunnel and its peers are run on, and what is true of each."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.models import CASES as MODELS
from benchmarks.models.case import Case
from benchmarks.moments import Moments
from benchmarks.peers import regimes
from benchmarks.references.store import read

TITLES = {
    "weak": "Nine groups, one noisy observation each: a funnel (the study's weak regime)",
    "strong": "Nine groups, one precise observation each: an inverted funnel (the study's strong regime)",
    "unbalanced": "Nine groups of 1 to 1000 observations (the study's unbalanced regime)",
    "small": "Two groups: a funnel between the population's mean and its scale (the study's small regime)",
    "schools": "Eight schools",
    "surgical": "Deaths in twelve hospitals: binomial (BUGS, surgical)",
    "seeds": "Germination on 21 plates: binomial, a factorial design (BUGS, seeds)",
    "rats": "Thirty rats: a line for each, normal (BUGS, rats)",
    "poisson60": "60 unbalanced groups of counts with a slope: Poisson",
    "mixed_poisson": "Unbalanced mixed model, 50 groups of 1 to 600: Poisson",
    "mixed_bernoulli": "Unbalanced mixed model, 50 groups of 1 to 600: Bernoulli",
    "lkj_normal": "Correlated intercepts and slopes of 60 groups, LKJ prior: normal",
    "crossed100x20": "Crossed item response: 100 persons answer 20 items",
}
"""In the order of the page."""
CASES: dict[str, Case] = {name: ({case.name: case for case in regimes.CASES} | MODELS)[name] for name in TITLES}


def truth(case: Case) -> Mapping[str, Moments] | None:
    """By quadrature, or as a long run has it; None if neither is there."""
    if case.name in regimes.TRUTHS:
        return regimes.TRUTHS[case.name]()
    return read(case.name)
