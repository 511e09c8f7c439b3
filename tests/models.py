"""Small models, each with what is expected of its structure; every room's tests run through them.

`mixed_models.py` has those in which effects share their data with other parameters, `nested_models.py` those that are
eliminated level by level.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
from pymc.distributions.transforms import ordered
from tests import mixed_models as mixed_models
from tests import nested_models as nested_models
from tests.model_table import CASES, EFFECT, NOISE, OTHER, POPULATION, SCALE, SHARED, Case, case

from unfunnel.errors import Reason
from unfunnel.planning import Block

__all__ = ["CASES", "Case"]

SCHOOLS = ["A", "B", "C", "D", "E", "F", "G", "H"]
ESTIMATES = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])
GROUP = np.repeat(np.arange(4), [1, 2, 30, 5])
VALUES = np.random.default_rng(1).normal(loc=[-1.0, 2.0, 4.0, 9.0], scale=2.0, size=(38, 4))[np.arange(38), GROUP]


def _population() -> tuple[Any, Any]:
    return pm.Normal("mu", 1, 5), pm.HalfNormal("tau", 5)


def _observe(theta: Any) -> None:
    pm.Normal("y", theta, 1.0, observed=[1.0, 2.0, 4.0])


@case()
def eight_schools() -> None:
    pm.modelcontext(None).add_coords({"school": SCHOOLS})
    mu, tau = pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5)
    theta = pm.Normal("theta", mu, tau, dims="school")
    pm.Normal("y", theta, ERRORS, observed=ESTIMATES, dims="school")


@case()
def unbalanced() -> None:
    pm.modelcontext(None).add_coords({"group": ["a", "b", "c", "d"], "observation": np.arange(GROUP.size)})
    group = pm.Data("group_of", GROUP, dims="observation")
    values = pm.Data("values", VALUES, dims="observation")
    mu, tau = pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5)
    theta = pm.Normal("theta", mu, tau, dims="group")
    pm.Normal("y", theta[group], 2.0, observed=values, dims="observation")


@case()
def student_t() -> None:
    mu, tau = _population()
    _observe(pm.StudentT("theta", nu=4, mu=mu, sigma=tau, shape=3))


@case(
    {"mu": SHARED, "tau": SCALE, "rate": EFFECT},
    scales={"rate": ("tau",)},
    blocks=[Block(("rate",), ("mu",))],
)
def log_normal() -> None:
    mu, tau = pm.Normal("mu", 0, 1), pm.Exponential("tau", 2)
    rate = pm.LogNormal("rate", mu, tau, shape=4)
    pm.Poisson("y", rate, observed=[0, 1, 5, 20])


@case({"mu": SHARED, "theta": EFFECT}, blocks=[POPULATION])
def int_scale() -> None:
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), 1000, shape=3))  # an int16, whose square is not


@case({"mu": SHARED, "theta": EFFECT}, blocks=[POPULATION])
def float64_scale() -> None:
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), np.float64(2.5), shape=3))


@case({"tau": SCALE, "theta": EFFECT}, scales={"theta": ("tau",)}, blocks=[Block(("theta",))])
def int_location() -> None:
    _observe(pm.Normal("theta", 2, pm.HalfNormal("tau", 5), shape=3))


@case()
def initial_values() -> None:
    shift = pm.Data("shift", np.array([0.0, 1.0, 2.0]))
    mu = pm.Normal("mu", 1, 5, initval="prior")
    tau = pm.HalfNormal("tau", 5, initval=0.3)
    _observe(pm.Normal("theta", mu, tau, shape=3, initval=shift + 1.0))


@case()
def initial_arrays() -> None:
    mu = pm.Normal("mu", 1, 5, initval=np.float64(-2.0))
    tau = pm.HalfNormal("tau", 5, initval="support_point")
    _observe(pm.Normal("theta", mu, tau, shape=3, initval=np.array([3.0, 4.0, 5.0])))


@case()
def exponential_prior() -> None:
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), pm.Exponential("tau", 0.5), shape=3))


@case()
def two_dims() -> None:
    pm.modelcontext(None).add_coords({"row": ["r", "s"], "column": [0, 1, 2]})
    theta = pm.Normal("theta", *_population(), dims=("row", "column"))
    pm.Normal("y", theta, 1.0, observed=np.arange(6.0).reshape(2, 3), dims=("row", "column"))


def _lines_of_groups(u: Any) -> None:
    x = np.linspace(-1.0, 1.0, GROUP.size)
    pm.Normal("y", u[GROUP, 0] + u[GROUP, 1] * x, 2.0, observed=VALUES)


def _factor() -> Any:
    prior = pm.HalfNormal.dist(2.0, shape=2)
    return pm.LKJCholeskyCov("factor", n=2, eta=2.0, sd_dist=prior, store_in_trace=False)[0]


@case(
    {"mu": SHARED, "factor": SCALE, "u": EFFECT},
    scales={"u": ("factor",)},
    blocks=[Block(("u",), ("mu",))],
)
def correlated() -> None:
    mu = pm.Normal("mu", 1.0, 5.0, shape=2)
    _lines_of_groups(pm.MvNormal("u", mu, chol=_factor(), shape=(4, 2)))


@case(
    {"mu": SHARED, "factor": SCALE, "z": EFFECT},
    scales={"z": ("factor",)},
    blocks=[Block(("z",), ("mu",))],
    by_hand=["z"],
)
def correlated_by_hand() -> None:
    """The standardised effects of a group are a column of z."""
    mu = pm.Normal("mu", 1.0, 5.0, shape=2)
    factor = _factor()
    _lines_of_groups(mu + (factor @ pm.Normal("z", 0.0, 1.0, shape=(2, 4))).T)


@case(
    {"mu": SHARED, "tau": SCALE, "u": EFFECT},
    scales={"u": ("tau",)},
    blocks=[Block(("u",), ("mu",))],
)
def columns_of_effects() -> None:
    """Independent in the prior."""
    mu, tau = pm.Normal("mu", 1.0, 5.0, shape=2), pm.HalfNormal("tau", 2.0, shape=2)
    _lines_of_groups(pm.Normal("u", mu, tau, shape=(4, 2)))


@case()
def scales_by_type() -> None:
    pm.modelcontext(None).add_coords({"type": ["small", "large"], "group": np.arange(4)})
    mu, tau = pm.Normal("mu", 1, 5), pm.HalfNormal("tau", 5, dims="type")
    theta = pm.Normal("theta", mu, tau[np.array([0, 0, 1, 1])], dims="group")
    pm.Normal("y", theta, 1.0, observed=np.arange(4.0), dims="group")


@case(
    {"mu": SHARED, "tau_district": SCALE, "tau_school": SCALE, "district": EFFECT, "school": EFFECT},
    scales={"district": ("tau_district",), "school": ("tau_school",)},
    blocks=[Block(("school",), ("district", "mu"))],
)
def nested() -> None:
    mu = pm.Normal("mu", 1, 5)
    tau_district, tau_school = pm.HalfNormal("tau_district", 5), pm.HalfNormal("tau_school", 5)
    district = pm.Normal("district", mu, tau_district, shape=2)
    school = pm.Normal("school", district[np.array([0, 0, 1, 1])], tau_school, shape=4)
    pm.Normal("y", school, 1.0, observed=np.arange(4.0))


@case(
    {"mu": SHARED, "tau_a": SCALE, "tau_b": SCALE, "a": EFFECT, "b": EFFECT},
    scales={"a": ("tau_a",), "b": ("tau_b",)},
    blocks=[Block(("a",), ("b", "mu"), direct=("b",))],
)
def shared_mean() -> None:
    mu, tau_a, tau_b = pm.Normal("mu", 1, 5), pm.HalfNormal("tau_a", 5), pm.HalfNormal("tau_b", 5)
    a, b = pm.Normal("a", mu, tau_a, shape=3), pm.Normal("b", mu, tau_b, shape=2)
    _observe(a)
    pm.Normal("z", b, 1.0, observed=[1.0, 2.0])


@case(
    {"mu": OTHER, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    reasons={"mu": Reason.NO_REFERENCE},
    blocks=[Block(("theta",))],
)
def flat_mean() -> None:
    _observe(pm.Normal("theta", pm.Flat("mu"), pm.HalfNormal("tau", 5), shape=3))


@case(
    {"mu": OTHER, "tau": OTHER, "theta": OTHER},
    reasons={"mu": Reason.NOT_GROUP_LEVEL, "tau": Reason.NOT_GROUP_LEVEL, "theta": Reason.USER_TRANSFORM},
)
def user_transform() -> None:
    _observe(pm.Normal("theta", *_population(), shape=3, transform=ordered, initval=[1.0, 2.0, 3.0]))


@case(
    {"mu": SHARED, "log_tau": SCALE, "theta": EFFECT},
    scales={"theta": ("log_tau",)},
    reasons={"log_tau": Reason.NO_SCALE_CHART},
    blocks=[POPULATION],
)
def potential_and_deterministic() -> None:
    mu, log_tau = pm.Normal("mu", 1, 5), pm.Normal("log_tau", 0, 1)
    tau = pm.Deterministic("tau", pm.math.exp(log_tau))
    theta = pm.Normal("theta", mu, tau, shape=3)
    pm.Deterministic("contrast", theta - mu)
    pm.Potential("prior_data", -0.5 * ((theta - 3.0) ** 2).sum())
    _observe(theta)


@case(blocks=[Block(("theta",), ("mu",), direct=("mu",))])
def mean_in_a_potential() -> None:
    """Data on mu itself, beside theta."""
    mu, tau = _population()
    pm.Potential("data_on_mu", -0.5 * (mu - 2.0) ** 2)
    _observe(pm.Normal("theta", mu, tau, shape=3))


@case({"tau": SCALE, "mu": SHARED, "theta": EFFECT}, scales={"theta": ("tau",)}, blocks=[POPULATION])
def scalar_effect() -> None:
    tau, mu = pm.HalfNormal("tau", 5), pm.Normal("mu", 1, 5)
    pm.Normal("y", pm.Normal("theta", mu, tau), 1.0, observed=2.0)


@case(
    {"mu": SHARED, "tau": SCALE, "sigma": NOISE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    blocks=[Block(("theta",), ("mu",), noise="y")],
)
def free_noise() -> None:
    mu, tau = _population()
    sigma = pm.HalfNormal("sigma", 3)
    theta = pm.Normal("theta", mu, tau, shape=3)
    pm.Normal("y", theta[np.array([0, 0, 1, 1, 2, 2])], sigma, observed=[1.0, 2.0, 3.0, 3.0, 4.0, 5.0])


@case(
    {"k": OTHER, "mu": SHARED, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    reasons={"k": Reason.DISCRETE},
    blocks=[POPULATION],
)
def discrete() -> None:
    k = pm.Bernoulli("k", 0.5)
    mu, tau = _population()
    _observe(pm.Normal("theta", mu + k, tau, shape=3))


@case(
    {"mu": SHARED, "slope": SHARED, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    blocks=[Block(("theta",), ("mu", "slope"))],
)
def regression_on_groups() -> None:
    mu, slope, tau = pm.Normal("mu", 1, 5), pm.Normal("slope", 0, 1), pm.HalfNormal("tau", 5)
    _observe(pm.Normal("theta", mu + slope * np.array([-1.0, 0.0, 1.0]), tau, shape=3))


@case(
    {"level": SHARED, "spread": SCALE, "log_tau": EFFECT, "mu": SHARED, "theta": EFFECT},
    scales={"log_tau": ("spread",), "theta": ("log_tau",)},
    blocks=[Block(("log_tau",), ("level",)), POPULATION],
)
def scales_of_their_own() -> None:
    """Every group has its own scale, itself an effect; the chart of mu depends on all of them."""
    level, spread = pm.Normal("level", 0, 1), pm.HalfNormal("spread", 5)
    log_tau = pm.Normal("log_tau", level, spread, shape=3)
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), pm.math.exp(log_tau), shape=3))


@case(
    {"width": OTHER, "mu": SHARED, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    reasons={"width": Reason.NOT_GROUP_LEVEL},
    blocks=[POPULATION],
)
def prior_of_a_prior() -> None:
    width = pm.HalfNormal("width", 2)
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), pm.HalfNormal("tau", width), shape=3))


@case(
    {"mu": SHARED, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    reasons={"tau": Reason.NO_SCALE_CHART},
    blocks=[POPULATION],
)
def unknown_scale_prior() -> None:
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), pm.Wald("tau", 3.0, 5.0), shape=3))


@case(
    {"mu": SHARED, "tau": SCALE, "z": EFFECT},
    scales={"z": ("tau",)},
    blocks=[Block(("z",), ("mu",))],
    by_hand=["z"],
)
def noncentered_by_hand() -> None:
    mu, tau = _population()
    z = pm.Normal("z", 0, 1, shape=3)
    _observe(pm.Deterministic("theta", mu + tau * z))


@case(
    {"mu": SHARED, "tau": SCALE, "z": EFFECT},
    scales={"z": ("tau",)},
    blocks=[Block(("z",), ("mu",))],
    by_hand=["z"],
)
def uniform_by_hand() -> None:
    mu, tau = pm.Normal("mu", 1, 5), pm.Uniform("tau", 0, 10)
    _observe(mu + tau * pm.Normal("z", 0, 1, shape=3))


@case(
    {"mu": SHARED, "tau": SCALE, "z": EFFECT},
    scales={"z": ("tau",)},
    blocks=[Block(("z",), ("mu",))],
    by_hand=["z"],
)
def student_by_hand() -> None:
    mu, tau = _population()
    _observe(mu + tau * pm.StudentT("z", nu=4, mu=0, sigma=1, shape=3))


@case(
    {"z": EFFECT, "tau": SCALE, "local": SCALE},
    scales={"z": ("local", "tau")},
    blocks=[Block(("z",))],
    by_hand=["z"],
)
def local_scales_by_hand() -> None:
    """One product after the other, as a horseshoe is written."""
    z, tau, local = pm.Normal("z", 0, 1, shape=3), pm.HalfNormal("tau", 5), pm.HalfNormal("local", 1, shape=3)
    _observe(pm.Deterministic("theta", z * tau * local))


@case({"mu": OTHER}, reasons={"mu": Reason.NOT_GROUP_LEVEL})
def no_group_level() -> None:
    pm.Normal("y", pm.Normal("mu", 1, 5), 1.0, observed=[1.0, 2.0, 4.0])


# PyMC's own conditioning puts the free variables in the order of the graph.
_CONDITIONED: dict[str, Any] = {
    "roles": {"tau": SCALE, "mu": SHARED, "theta": EFFECT},
    "scales": {"theta": ("tau",)},
    "blocks": [POPULATION],
}
CASES["after_do"] = Case(lambda: pm.do(CASES["free_noise"].build(), {"sigma": 1.5}), **_CONDITIONED)
CASES["after_observe"] = Case(lambda: pm.observe(CASES["free_noise"].build(), {"sigma": 1.5}), **_CONDITIONED)
