"""Groups of measurements with unknown noise: normal, and with Student's t for effects and noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.calibration.case import Array, Case, in_turn, one

GROUP = np.repeat(np.arange(8), [1, 1, 1, 2, 2, 3, 5, 30])
"""Sparse groups beside a rich one."""
GROUPS = int(GROUP.max()) + 1
MU_SCALE, TAU_SCALE, SIGMA_SCALE = 2.0, 1.0, 2.0
DEGREES = 4.0
"""Of freedom, of Student's t."""


def _build(y: Any, student: bool) -> Any:
    import pymc as pm

    with pm.Model(coords={"group": np.arange(GROUPS), "row": np.arange(GROUP.size)}) as model:
        mu = pm.Normal("mu", 0.0, MU_SCALE)
        tau, sigma = pm.HalfNormal("tau", TAU_SCALE), pm.HalfNormal("sigma", SIGMA_SCALE)
        values = pm.Data("values", np.asarray(y, dtype=float), dims="row")
        if student:
            theta = pm.StudentT("theta", nu=DEGREES, mu=mu, sigma=tau, dims="group")
            pm.StudentT("y", nu=DEGREES, mu=theta[GROUP], sigma=sigma, observed=values, dims="row")
        else:
            theta = pm.Normal("theta", mu, tau, dims="group")
            pm.Normal("y", theta[GROUP], sigma, observed=values, dims="row")
    return model


def build_normal(y: Any) -> Any:
    """The model that `unfunnel.exact` can do too."""
    return _build(y, student=False)


def build_student(y: Any) -> Any:
    """Outlying groups, and outlying measurements in them."""
    return _build(y, student=True)


def exact_normal(y: Array, draws: int, seed: int) -> Any:
    """Independent draws of the normal model's posterior; were a prior another than above, its ranks would say so."""
    from scipy import stats

    from unfunnel import exact

    tau, sigma = stats.halfnorm(scale=TAU_SCALE), stats.halfnorm(scale=SIGMA_SCALE)
    statistics = exact.GroupStatistics.from_observations(y, GROUP)
    posterior = exact.fit(statistics, mu=(0.0, MU_SCALE), tau=tau, sigma_prior=sigma)
    return posterior.sample(draws, 1, random_seed=seed)["posterior"].to_dataset()


QUANTITIES = (
    one("mu"),
    one("tau"),
    one("sigma"),
    one("sparse effect", "theta", 0),
    one("rich effect", "theta", GROUPS - 1),
    in_turn("other effects", *(("theta", group) for group in range(1, GROUPS - 1))),
)
NORMAL = Case("normal", build_normal, GROUP.size, QUANTITIES, exact_normal)
STUDENT = Case("student", build_student, GROUP.size, QUANTITIES)
