from __future__ import annotations

import numpy as np
import pymc as pm
import pytest

from unfunnel.errors import InvalidArgumentError
from unfunnel.study import Priors, ScalePrior


@pytest.mark.parametrize("family", ["HalfNormal", "HalfCauchy"])
def test_pymc_and_scipy_mean_the_same_prior(family):
    prior = ScalePrior(family, 2.5)
    values = np.array([0.1, 2.0, 30.0])
    with pm.Model():
        variable = prior.variable("tau")
    assert np.allclose(pm.logp(variable, values).eval(), prior.distribution().logpdf(values))


def test_what_is_printed_is_what_is_used():
    priors = Priors((10000000.1, 2.0), ScalePrior("HalfNormal", 3.0), ScalePrior("HalfCauchy", 4.5))
    assert priors.lines() == ("μ ~ Normal(10000000.1, 2)", "τ ~ HalfNormal(3)", "σ ~ HalfCauchy(4.5)")


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_refusal(scale):
    with pytest.raises(InvalidArgumentError, match="scale must be a positive number"):
        ScalePrior("HalfNormal", scale)
