"""How cost grows with the number of groups: `python -m benchmarks.growth [--groups 10 100 1000 10000 100000]`.

Normal observations with known noise in groups of Zipf sizes. ESS is the minimum bulk ESS over mu, log tau and fifty
effects, per 1000 gradients of the draws, beside that of fifty-two coordinates of a standard normal of the same
dimension. A gradient is timed twice beside the plain noncentered model's: by itself, and as processor time of sampling
over all its gradients, which has in it what a draw costs, of which short trajectories have more. Only the watched
variables are returned, so that memory is bounded.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import logging
import resource
import sys
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import arviz as az
import numpy as np

from benchmarks.models.case import CENTERED, NONCENTERED, normal_effect, zipf_groups
from benchmarks.ours import sampled_ours
from benchmarks.plain import CHAINS, sampled

GROUPS = (10, 100, 1_000, 10_000, 100_000)
WATCHED = 50
NAMES = ["mu", "tau", "watched"]
RATIO, RATIO_AT = 1.3, 10_000
SHORT = {"tune": 100, "draws": 50, "maxdepth": 6}
"""Enough gradients to time one: a plain run's own would take hours at the upper end."""


@dataclass(frozen=True)
class Point:
    """One number of groups; efficiencies per 1000 gradients, seconds per gradient."""

    groups: int
    observations: int
    efficiency: float
    worst: str
    ceiling: float
    divergences: int
    density_seconds: float
    plain_density_seconds: float
    gradient_seconds: float
    plain_gradient_seconds: float
    sampling_seconds: float
    peak_gigabytes: float

    @property
    def ratio(self) -> float:
        """Of our seconds for a gradient by itself to the plain model's."""
        return self.density_seconds / self.plain_density_seconds

    @property
    def sampling_ratio(self) -> float:
        """Of our seconds of sampling per gradient to the plain model's."""
        return self.gradient_seconds / self.plain_gradient_seconds


def model_of(groups: int, way: str, seed: int = 10) -> Any:
    """The model; `watched` are fifty effects spread evenly over the groups."""
    import pymc as pm

    rng = np.random.default_rng(seed)
    group = zipf_groups(rng, groups, 2.0, 100)
    y = rng.normal(rng.normal(1.0, 0.5, groups)[group], 1.0)
    watched = np.unique(np.linspace(0, groups - 1, WATCHED).astype(int))
    with pm.Model(coords={"group": np.arange(groups)}) as model:
        mu, tau = pm.Normal("mu", 0.0, 5.0), pm.HalfNormal("tau", 1.0)
        theta = normal_effect(way, "theta", mu, tau)
        pm.Deterministic("watched", theta[watched])
        pm.Normal("y", theta[group], 1.0, observed=y)
    return model


def measure(groups: int, seed: int, draws: int) -> Point:
    """Ours, a short plain run, and the ceiling."""
    import nutpie

    import unfunnel as uf

    model = model_of(groups, CENTERED)
    compiled = uf.compile(model)
    tree, seconds = sampled_ours(compiled, seed, draws, var_names=NAMES)
    cost = tree["parameterization"].attrs
    spent = sum(int(cost[f"gradients_{phase}"]) for phase in ("pilot", "tune", "draw"))
    ess = az.ess(tree["posterior"].to_dataset()[NAMES], method="bulk")
    least = {name: float(ess[name].min()) for name in NAMES}
    worst = min(NAMES, key=lambda name: least[name])
    plain = nutpie.compile_pymc_model(model_of(groups, NONCENTERED), var_names=NAMES)
    return Point(
        groups=groups,
        observations=int(np.size(model.rvs_to_values[model["y"]].data)),
        efficiency=1000 * least[worst] / int(cost["gradients_draw"]),
        worst=worst,
        ceiling=ceiling(groups + 2, seed, draws),
        divergences=int(tree["sample_stats"]["diverging"].sum()),
        density_seconds=density_seconds(compiled._engine.compiled.model),
        plain_density_seconds=density_seconds(plain),
        gradient_seconds=seconds / spent,
        plain_gradient_seconds=plain_gradient_seconds(plain, seed),
        sampling_seconds=seconds,
        peak_gigabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    )


def density_seconds(compiled: Any) -> float:
    """Seconds of one call of what nutpie compiled, the least of twenty batches."""
    pointer = ctypes.POINTER(ctypes.c_double)
    point, gradient, value = np.full(compiled.n_dim, 0.1), np.empty(compiled.n_dim), np.empty(1)
    places = [array.ctypes.data_as(pointer) for array in (point, gradient, value)]
    calls = max(10, 1_000_000 // compiled.n_dim)

    def batch() -> float:
        began = time.process_time()
        for _ in range(calls):
            compiled.compiled_logp_func.ctypes(compiled.n_dim, *places, compiled.user_data.ctypes.data)
        return (time.process_time() - began) / calls

    return min(batch() for _ in range(20))


def plain_gradient_seconds(compiled: Any, seed: int) -> float:
    """Seconds per gradient of the plain noncentered model, in a short run."""
    tree, seconds = sampled(compiled, seed, **SHORT)
    return seconds / sum(int(tree[group]["n_steps"].sum()) for group in ("sample_stats", "warmup_sample_stats"))


def ceiling(size: int, seed: int, draws: int) -> float:
    """A standard normal of the same dimension, of which as many coordinates are looked at."""
    import nutpie
    import pymc as pm

    with pm.Model() as model:
        x = pm.Normal("x", 0.0, 1.0, shape=size)
        pm.Deterministic("watched", x[: WATCHED + 2])
    tree, _ = sampled(nutpie.compile_pymc_model(model, var_names=["watched"]), seed, draws)
    ess = az.ess(tree["posterior"].to_dataset()[["watched"]], method="bulk")["watched"]
    return float(1000 * ess.min() / int(tree["sample_stats"]["n_steps"].sum()))


def main() -> int:
    """Measure and print; exits with 1 if a gradient costs more than 1.3 plain ones at K = 10 000."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--groups", type=int, nargs="+", default=list(GROUPS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--draws", type=int, default=1000, help=f"per chain, of {CHAINS}")
    parser.add_argument("--json", type=Path, help="file to write the numbers to")
    options = parser.parse_args()
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning)
    points = []
    print(
        f"{'K':>7s} {'N':>8s} {'ESS/1000':>9s} {'ceiling':>8s} {'div':>4s} {'us/gradient':>12s} {'plain':>8s}"
        f" {'ratio':>6s} {'sampling':>12s} {'plain':>8s} {'ratio':>6s} {'sampling':>9s} {'peak':>8s}  worst"
    )
    for groups in options.groups:
        point = measure(groups, options.seed, options.draws)
        points.append(point)
        print(
            f"{point.groups:7d} {point.observations:8d} {point.efficiency:9.1f} {point.ceiling:8.1f}"
            f" {point.divergences:4d} {1e6 * point.density_seconds:12.1f} {1e6 * point.plain_density_seconds:8.1f}"
            f" {point.ratio:6.2f} {1e6 * point.gradient_seconds:12.1f} {1e6 * point.plain_gradient_seconds:8.1f}"
            f" {point.sampling_ratio:6.2f} {point.sampling_seconds:7.1f} s {point.peak_gigabytes:5.1f} GB"
            f"  {point.worst}",
            flush=True,
        )
        if options.json is not None:
            options.json.write_text(json.dumps([asdict(point) for point in points], indent=1) + "\n", encoding="utf-8")
    dear = [point for point in points if point.groups == RATIO_AT and not point.ratio <= RATIO]
    print("\n".join(f"K = {point.groups}: a gradient costs {point.ratio:.2f} plain ones." for point in dear))
    return 1 if dear else 0


if __name__ == "__main__":
    sys.exit(main())
