"""A rewritten model is sampled by PyMC's own `sample`, whichever sampler that is told to use."""

from __future__ import annotations

from typing import Any

import arviz as az
import numpy as np
import pymc as pm
import pytest
from tests.graphs import MODE
from tests.models import CASES, ERRORS, ESTIMATES, SCHOOLS
from tests.rewrite.evidence import parameterizations

import unfunnel as uf

SAMPLERS = ["nutpie", "pymc", "numpyro"]


def whitened() -> Any:
    """Eight schools with the prior whose chart needs most of the backends: both inverses of the error function."""
    with pm.Model(coords={"school": SCHOOLS}) as model:
        mu, tau = pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5)
        theta = pm.Normal("theta", mu, tau, dims="school")
        pm.Normal("y", theta, ERRORS, observed=ESTIMATES, dims="school")
    return uf.reparameterize(model, uf.Informed(uf.Evidence.of_information(1.0 / ERRORS**2, ESTIMATES)))


@pytest.fixture(scope="module")
def trees() -> dict[str, Any]:
    model = whitened()
    options = {"draws": 400, "tune": 300, "chains": 2, "cores": 1, "random_seed": 1, "progressbar": False}
    return {
        name: pm.sample(model=model, nuts_sampler=name, compute_convergence_checks=False, **options)
        for name in SAMPLERS
    }


@pytest.mark.sampling
@pytest.mark.parametrize("name", SAMPLERS)
def test_names_and_dims_are_the_models(trees: dict[str, Any], name: str) -> None:
    posterior = trees[name]["posterior"]
    assert set(posterior.data_vars) == {"mu", "tau", "theta"}
    assert posterior["theta"].dims == ("chain", "draw", "school")
    assert posterior["theta"]["school"].values.tolist() == SCHOOLS
    assert posterior["theta"].shape == (2, 400, 8)
    for variable in posterior.data_vars:
        assert np.isfinite(posterior[variable]).all()
    assert (posterior["tau"] > 0).all()
    assert int(trees[name]["sample_stats"]["diverging"].sum()) == 0
    assert "theta_eliminated__" not in posterior


@pytest.mark.sampling
@pytest.mark.parametrize("variable", ["mu", "tau"])
def test_they_agree(trees: dict[str, Any], variable: str) -> None:
    posteriors = [tree["posterior"].to_dataset()[[variable]] for tree in trees.values()]
    means = np.array([float(posterior[variable].mean()) for posterior in posteriors])
    errors = np.array([float(az.mcse(posterior)[variable]) for posterior in posteriors])
    for one in range(len(SAMPLERS)):
        for other in range(one):
            assert abs(means[one] - means[other]) < 5.0 * np.hypot(errors[one], errors[other])


@pytest.mark.parametrize("name", ["log_normal", "student_t", "exponential_prior", "eight_schools", "nested"])
@pytest.mark.parametrize("mode", ["JAX", "FAST_COMPILE"])
def test_backends_compute_the_same(name: str, mode: str) -> None:
    """Every chart has an implementation in every backend, and it is that of the reference."""
    model = CASES[name].build()
    for kind in ("partial", "informed"):
        new = uf.reparameterize(model, parameterizations(model, kind))
        point = {key: np.full(np.shape(value), 0.3) for key, value in new.initial_point().items()}
        found, reference = (new.compile_dlogp(mode=m)(point) for m in (mode, MODE))
        # At an ordinary point gradients are sums of some tens of terms about 1 to 1000 in size.
        np.testing.assert_allclose(found, reference, rtol=1e-10, atol=1e-10)
