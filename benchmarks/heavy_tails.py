"""Effects with heavy tails: `python -m benchmarks.heavy_tails [--data 6] [--seeds 1 2]`.

Forty groups of one to a hundred observations, whose effects come from the family that the model has. Least bulk ESS
for 1000 gradients of the draws, 4 chains of 1000, over some data sets: ours beside nutpie on the centered model and on
the one noncentered by hand. Divergences are the sum.
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, NONCENTERED, Case, Data, group_of, zipf_groups
from benchmarks.ours import fit_ours
from benchmarks.plain import Fit, fit_plain

GROUPS = 40
DEGREES = 3.0
DRAWS: dict[str, Callable[[np.random.Generator], Any]] = {
    "StudentT": lambda rng: rng.standard_t(DEGREES, GROUPS),
    "Cauchy": lambda rng: rng.standard_cauchy(GROUPS),
    "Laplace": lambda rng: rng.laplace(size=GROUPS),
    "Logistic": lambda rng: rng.logistic(size=GROUPS),
}


def data_of(family: str, seed: int) -> Data:
    """Observations with noise 1 about effects of scale 0.7."""
    rng = np.random.default_rng(seed)
    group = zipf_groups(rng, GROUPS, 1.6, 100)
    return {"group": group, "y": rng.normal((1.0 + 0.7 * DRAWS[family](rng))[group], 1.0)}


def model_of(family: str, data: Data, way: str) -> Any:
    """Effects of a family, centered or noncentered by hand."""
    import pymc as pm

    effects = getattr(pm, family)
    with pm.Model(coords=group_of(data["group"])) as model:
        mu, tau = pm.Normal("mu", 0.0, 5.0), pm.HalfNormal("tau", 2.0)
        if way == CENTERED:
            theta = effects("theta", **_parameters(family, mu, tau), dims="group")
        else:
            z = effects("z", **_parameters(family, 0.0, 1.0), dims="group")
            theta = pm.Deterministic("theta", mu + tau * z, dims="group")
        pm.Normal("y", theta[data["group"]], 1.0, observed=data["y"])
    return model


def _parameters(family: str, location: Any, scale: Any) -> dict[str, Any]:
    match family:
        case "StudentT":
            return {"nu": DEGREES, "mu": location, "sigma": scale}
        case "Cauchy":
            return {"alpha": location, "beta": scale}
        case "Laplace":
            return {"mu": location, "b": scale}
        case _:
            return {"mu": location, "s": scale}


def fits_of(family: str, data_seed: int, seeds: list[int]) -> dict[str, list[Fit]]:
    """Fits of one data set, by way."""
    import nutpie

    import unfunnel as uf

    data = data_of(family, data_seed)
    lines = {"mu": "identity", "tau": "log", "theta": "identity"}
    case = Case(family, None, lambda _: data, lambda d, way: model_of(family, d, way), lines, groups=GROUPS)
    compiled = uf.compile(model_of(family, data, CENTERED))
    found = {"unfunnel": [fit_ours(case, compiled, seed, 1000, "auto") for seed in seeds]}
    for way in (CENTERED, NONCENTERED):
        plain = nutpie.compile_pymc_model(model_of(family, data, way))
        found[way] = [fit_plain(case, plain, seed, 1000, "diag") for seed in seeds]
    return found


def main() -> int:
    """Print a line a family and way."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.heavy_tails", description=__doc__)
    parser.add_argument("--data", type=int, default=6, help="data sets of each family")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2], help="of the fits of each")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    for name in ("unfunnel", "pymc"):
        logging.getLogger(name).setLevel(logging.ERROR)
    print(f"{'':24}{'median':>8}{'least':>8}{'all':>8}{'div':>6}", flush=True)
    for family in DRAWS:
        fits: dict[str, list[Fit]] = {}
        for data_seed in range(1, options.data + 1):
            for way, found in fits_of(family, data_seed, options.seeds).items():
                fits.setdefault(way, []).extend(found)
        for way, found in fits.items():
            numbers = [fit.per_1000 for fit in found]
            gradients = median(fit.per_1000_all for fit in found)
            divergences = sum(fit.divergences for fit in found)
            print(
                f"{family:10} {way:13}{median(numbers):8.1f}{min(numbers):8.1f}{gradients:8.1f}{divergences:6}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
