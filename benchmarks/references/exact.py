"""The truth without sampling, for the models that `unfunnel.exact` can integrate."""

from __future__ import annotations

import numpy as np

from benchmarks.models.case import Case
from benchmarks.moments import Moments


def schools(case: Case) -> dict[str, Moments]:
    """Eight schools by quadrature."""
    from scipy.stats import halfcauchy

    from unfunnel import exact

    data = case.data(case.data_seed)
    statistics = exact.GroupStatistics.from_estimates(data["y"], data["sigma"])
    found = exact.fit(statistics, mu=(0.0, 5.0), tau=halfcauchy(scale=5.0)).moments()
    names = {"mu": "mu", "tau": "log_tau", "theta": "theta"}
    zeros = {name: np.zeros(np.size(found[key].mean)) for name, key in names.items()}
    arrays = {n: (np.atleast_1d(found[key].mean), np.atleast_1d(found[key].sd)) for n, key in names.items()}
    return {n: Moments(mean, sd, zeros[n], zeros[n]) for n, (mean, sd) in arrays.items()}


EXACT = {"schools": schools}
