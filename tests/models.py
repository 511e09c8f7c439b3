"""One table of small models, each with what is expected of its structure; every room's tests run through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
from pymc.distributions.transforms import ordered

from unfunnel.errors import Reason
from unfunnel.structure import Role

EFFECT, SHARED, SCALE, OTHER = Role.EFFECT, Role.SHARED, Role.SCALE, Role.OTHER
SCHOOLS = ["A", "B", "C", "D", "E", "F", "G", "H"]
ESTIMATES = np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0])
ERRORS = np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0])
GROUP = np.repeat(np.arange(4), [1, 2, 30, 5])
VALUES = np.random.default_rng(1).normal(loc=[-1.0, 2.0, 4.0, 9.0], scale=2.0, size=(38, 4))[np.arange(38), GROUP]


@dataclass(frozen=True)
class Case:
    """A model, and by name: the roles of its free variables in its order, effects' means and scales, reasons."""

    build: Callable[[], Any]
    roles: Mapping[str, Role]
    means: Mapping[str, str] = field(default_factory=dict)
    scales: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: Mapping[str, Reason] = field(default_factory=dict)

    @property
    def effects(self) -> list[str]:
        return [name for name, role in self.roles.items() if role is EFFECT]


CASES: dict[str, Case] = {}


def case(roles: Mapping[str, Role] | None = None, **expected: Any) -> Callable[[Callable[[], None]], Any]:
    """Enter a builder in the table; without roles it has theta ~ (mu, tau), which is the plainest structure."""
    if roles is None:
        roles = {"mu": SHARED, "tau": SCALE, "theta": EFFECT}
        expected = {"means": {"theta": "mu"}, "scales": {"theta": ("tau",)}, **expected}

    def enter(define: Callable[[], None]) -> Callable[[], Any]:
        def build() -> Any:
            with pm.Model() as model:
                define()
            return model

        CASES[define.__name__] = Case(build, roles, **expected)
        return build

    return enter


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
    means={"rate": "mu"},
    scales={"rate": ("tau",)},
)
def log_normal() -> None:
    mu, tau = pm.Normal("mu", 0, 1), pm.Exponential("tau", 2)
    rate = pm.LogNormal("rate", mu, tau, shape=4)
    pm.Poisson("y", rate, observed=[0, 1, 5, 20])


@case({"mu": SHARED, "theta": EFFECT}, means={"theta": "mu"})
def int_scale() -> None:
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), 1000, shape=3))  # an int16, whose square is not


@case({"mu": SHARED, "theta": EFFECT}, means={"theta": "mu"})
def float64_scale() -> None:
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), np.float64(2.5), shape=3))


@case({"tau": SCALE, "theta": EFFECT}, scales={"theta": ("tau",)})
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


@case()
def scales_by_type() -> None:
    pm.modelcontext(None).add_coords({"type": ["small", "large"], "group": np.arange(4)})
    mu, tau = pm.Normal("mu", 1, 5), pm.HalfNormal("tau", 5, dims="type")
    theta = pm.Normal("theta", mu, tau[np.array([0, 0, 1, 1])], dims="group")
    pm.Normal("y", theta, 1.0, observed=np.arange(4.0), dims="group")


@case(
    {"mu": SHARED, "tau_district": SCALE, "tau_school": SCALE, "district": EFFECT, "school": EFFECT},
    means={"district": "mu"},
    scales={"district": ("tau_district",), "school": ("tau_school",)},
)
def nested() -> None:
    mu = pm.Normal("mu", 1, 5)
    tau_district, tau_school = pm.HalfNormal("tau_district", 5), pm.HalfNormal("tau_school", 5)
    district = pm.Normal("district", mu, tau_district, shape=2)
    school = pm.Normal("school", district[np.array([0, 0, 1, 1])], tau_school, shape=4)
    pm.Normal("y", school, 1.0, observed=np.arange(4.0))


@case(
    {"mu": OTHER, "tau_a": SCALE, "tau_b": SCALE, "a": EFFECT, "b": EFFECT},
    scales={"a": ("tau_a",), "b": ("tau_b",)},
    reasons={"mu": Reason.NOT_GROUP_LEVEL},
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
    means={"theta": "mu"},
    scales={"theta": ("log_tau",)},
    reasons={"log_tau": Reason.NO_SCALE_CHART},
)
def potential_and_deterministic() -> None:
    mu, log_tau = pm.Normal("mu", 1, 5), pm.Normal("log_tau", 0, 1)
    tau = pm.Deterministic("tau", pm.math.exp(log_tau))
    theta = pm.Normal("theta", mu, tau, shape=3)
    pm.Deterministic("contrast", theta - mu)
    pm.Potential("prior_data", -0.5 * ((theta - 3.0) ** 2).sum())
    _observe(theta)


@case(
    {"mu": OTHER, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    reasons={"mu": Reason.NOT_GROUP_LEVEL},
)
def mean_in_a_potential() -> None:
    """Data on mu itself: to eliminate it with theta would leave them out."""
    mu, tau = _population()
    pm.Potential("data_on_mu", -0.5 * (mu - 2.0) ** 2)
    _observe(pm.Normal("theta", mu, tau, shape=3))


@case({"tau": SCALE, "mu": SHARED, "theta": EFFECT}, means={"theta": "mu"}, scales={"theta": ("tau",)})
def scalar_effect() -> None:
    tau, mu = pm.HalfNormal("tau", 5), pm.Normal("mu", 1, 5)
    pm.Normal("y", pm.Normal("theta", mu, tau), 1.0, observed=2.0)


@case(
    {"mu": SHARED, "tau": SCALE, "sigma": OTHER, "theta": EFFECT},
    means={"theta": "mu"},
    scales={"theta": ("tau",)},
    reasons={"sigma": Reason.NOT_GROUP_LEVEL},
)
def free_noise() -> None:
    mu, tau = _population()
    sigma = pm.HalfNormal("sigma", 3)
    theta = pm.Normal("theta", mu, tau, shape=3)
    pm.Normal("y", theta[np.array([0, 0, 1, 1, 2, 2])], sigma, observed=[1.0, 2.0, 3.0, 3.0, 4.0, 5.0])


@case(
    {"k": OTHER, "mu": OTHER, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    reasons={"k": Reason.DISCRETE, "mu": Reason.NOT_GROUP_LEVEL},
)
def discrete() -> None:
    k = pm.Bernoulli("k", 0.5)
    mu, tau = _population()
    _observe(pm.Normal("theta", mu + k, tau, shape=3))


@case(
    {"mu": OTHER, "slope": OTHER, "tau": SCALE, "theta": EFFECT},
    scales={"theta": ("tau",)},
    reasons={"mu": Reason.NOT_GROUP_LEVEL, "slope": Reason.NOT_GROUP_LEVEL},
)
def regression_on_groups() -> None:
    mu, slope, tau = pm.Normal("mu", 1, 5), pm.Normal("slope", 0, 1), pm.HalfNormal("tau", 5)
    _observe(pm.Normal("theta", mu + slope * np.array([-1.0, 0.0, 1.0]), tau, shape=3))


@case(
    {"level": SHARED, "spread": SCALE, "log_tau": EFFECT, "mu": SHARED, "theta": EFFECT},
    means={"log_tau": "level", "theta": "mu"},
    scales={"log_tau": ("spread",), "theta": ("log_tau",)},
)
def scales_of_their_own() -> None:
    """Every group has its own scale, itself an effect; the chart of mu depends on all of them."""
    level, spread = pm.Normal("level", 0, 1), pm.HalfNormal("spread", 5)
    log_tau = pm.Normal("log_tau", level, spread, shape=3)
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), pm.math.exp(log_tau), shape=3))


@case(
    {"width": OTHER, "mu": SHARED, "tau": SCALE, "theta": EFFECT},
    means={"theta": "mu"},
    scales={"theta": ("tau",)},
    reasons={"width": Reason.NOT_GROUP_LEVEL},
)
def prior_of_a_prior() -> None:
    width = pm.HalfNormal("width", 2)
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), pm.HalfNormal("tau", width), shape=3))


@case(
    {"mu": SHARED, "tau": SCALE, "theta": EFFECT},
    means={"theta": "mu"},
    scales={"theta": ("tau",)},
    reasons={"tau": Reason.NO_SCALE_CHART},
)
def unknown_scale_prior() -> None:
    _observe(pm.Normal("theta", pm.Normal("mu", 1, 5), pm.HalfStudentT("tau", nu=3, sigma=5), shape=3))


@case(
    {"mu": OTHER, "tau": OTHER, "z": OTHER},
    reasons={"mu": Reason.NOT_GROUP_LEVEL, "tau": Reason.NOT_GROUP_LEVEL, "z": Reason.NOT_GROUP_LEVEL},
)
def noncentered_by_hand() -> None:
    mu, tau = _population()
    z = pm.Normal("z", 0, 1, shape=3)
    _observe(pm.Deterministic("theta", mu + tau * z))


@case({"mu": OTHER}, reasons={"mu": Reason.NOT_GROUP_LEVEL})
def no_group_level() -> None:
    pm.Normal("y", pm.Normal("mu", 1, 5), 1.0, observed=[1.0, 2.0, 4.0])


# PyMC's own conditioning puts the free variables in the order of the graph.
_CONDITIONED: dict[str, Any] = {
    "roles": {"tau": SCALE, "mu": SHARED, "theta": EFFECT},
    "means": {"theta": "mu"},
    "scales": {"theta": ("tau",)},
}
CASES["after_do"] = Case(lambda: pm.do(CASES["free_noise"].build(), {"sigma": 1.5}), **_CONDITIONED)
CASES["after_observe"] = Case(lambda: pm.observe(CASES["free_noise"].build(), {"sigma": 1.5}), **_CONDITIONED)
