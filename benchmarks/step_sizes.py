"""Trajectories of independent standard normals by step size: `python -m benchmarks.step_sizes [--seeds 1 2 3]`.

NUTS doubles its trajectories: of a standard normal they have 3, 7, 15 ... steps, as many as it takes to turn back. So
efficiency is a saw's teeth over the step size, one for every factor of two. Printed for some dimensions and target
acceptance rates: step size, leapfrog steps a draw, and effective draws a draw (least bulk ESS, least tail ESS); then
the same by position in a tooth, which are the numbers of `unfunnel.sampling.target`.
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.plain import CHAINS, compiled, sampled

DIMENSIONS = (5, 10, 20, 40, 80, 160, 320, 640, 1280)
TARGETS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
DRAWS = 1000
BINS = 8
"""In a tooth."""


@dataclass(frozen=True)
class Measured:
    """One run."""

    dimension: int
    target_accept: float
    step_size: float
    steps: float
    bulk: float
    tail: float

    @classmethod
    def of(cls, dimension: int, target_accept: float, tree: Any) -> Measured:
        """Of its draws."""
        import arviz as az

        statistics, posterior = tree["sample_stats"], tree["posterior"].to_dataset()
        bulk, tail = (float(az.ess(posterior, method=method)["x"].min()) for method in ("bulk", "tail"))
        return cls(
            dimension,
            target_accept,
            float(np.exp(np.log(statistics["step_size_bar"]).mean())),
            float(statistics["n_steps"].mean()),
            bulk / (CHAINS * DRAWS),
            tail / (CHAINS * DRAWS),
        )

    @property
    def line(self) -> str:
        """As it is printed."""
        return (
            f"{self.dimension:5d} {self.target_accept:5.2f} {self.step_size:6.3f} {self.steps:6.2f}"
            f" {self.bulk:6.2f} {self.tail:6.2f}"
        )


def folded(runs: list[Measured]) -> list[str]:
    """Medians by position in a tooth; steps as the share of trajectories that double once more."""
    depth = np.array([np.floor(np.log2(1.25 / run.step_size)) for run in runs])
    within = np.array([run.step_size for run in runs]) * 2**depth
    short = 2 ** (depth + 2) - 1
    longer = (np.array([run.steps for run in runs]) - short) / (short + 1)
    edges = np.geomspace(0.625, 1.25, BINS + 1)
    lines = [f"{'step size':>12s} {'runs':>5s} {'longer':>7s} {'bulk':>6s} {'tail':>6s}"]
    for low, high in pairwise(edges):
        chosen = (low < within) & (within <= high)
        if not chosen.any():
            continue
        bulk, tail = (np.array([getattr(run, name) for run in runs])[chosen] for name in ("bulk", "tail"))
        numbers = (np.median(longer[chosen]), np.median(bulk), np.median(tail))
        lines.append(f"{np.median(within[chosen]):12.3f} {chosen.sum():5d} " + " ".join(f"{x:6.2f}" for x in numbers))
    return lines


def main() -> None:
    """Measure and print."""
    import pymc as pm

    parser = argparse.ArgumentParser(prog="python -m benchmarks.step_sizes", description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    seeds = parser.parse_args().seeds
    warnings.filterwarnings("ignore", category=FutureWarning)
    runs = []
    print("  dim target  step   steps   bulk   tail")
    for dimension in DIMENSIONS:
        with pm.Model() as model:
            pm.Normal("x", shape=dimension)
        normal, _ = compiled(model)
        for target in TARGETS:
            found = [Measured.of(dimension, target, sampled(normal, s, DRAWS, target_accept=target)[0]) for s in seeds]
            for run in found:
                print(run.line, flush=True)
            runs += found
    print(*folded(runs), sep="\n")


if __name__ == "__main__":
    main()
