"""What sums over rows save: `python -m benchmarks.compress [--rows 1000000] [--groups 100]`.

Three likelihoods in which each row is of one group. Seconds are of one gradient of PyMC's own log density, compiled by
numba, the fastest of several tries; both models are timed in one run. The posteriors are compared on fewer rows, where
the model on rows can be sampled: differences of means and standard deviations in Monte Carlo standard errors of both,
and minimum bulk ESS per 1000 gradients of the draws. Exits with 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import arviz as az
import numpy as np
import pymc as pm

import unfunnel as uf

LIKELIHOODS = ("normal", "bernoulli", "poisson")
RATIO, MOST_MCSE = 100.0, 4.0
FEW_ROWS = 5_000
TRIES = 7


def model_of(name: str, rows: int, groups: int) -> Any:
    """A model of one effect a group, and a row of data at a time."""
    rng = np.random.default_rng(7)
    group, exposure = rng.integers(0, groups, rows), rng.uniform(0.5, 2.0, rows)
    effect = rng.normal(0.5, 0.4, groups)[group]
    with pm.Model() as model:
        theta = pm.Normal("theta", pm.Normal("mu", 0, 2), pm.HalfNormal("tau", 1), shape=groups)
        match name:
            case "normal":
                pm.Normal("y", theta[group], pm.HalfNormal("sigma", 3), observed=rng.normal(effect, 2.0))
            case "bernoulli":
                pm.Bernoulli("y", logit_p=theta[group], observed=rng.binomial(1, 1 / (1 + np.exp(-effect))))
            case "poisson":
                pm.Poisson("y", exposure * pm.math.exp(theta[group]), observed=rng.poisson(exposure * np.exp(effect)))
    return model


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    began = perf_counter()
    result = call()
    return perf_counter() - began, result


def gradient(model: Any) -> tuple[float, float]:
    """Seconds of a gradient's compilation, its first call included, and of a gradient."""

    def compiled() -> Any:
        function = model.logp_dlogp_function(ravel_inputs=True)
        function.set_extra_values({})
        function(start)
        return function

    start = np.concatenate([np.ravel(value) for value in model.initial_point().values()]) + 0.1
    compilation, function = timed(compiled)
    once, _ = timed(lambda: function(start))
    calls = max(1, int(0.1 / once))
    tries = [timed(lambda: [function(start) for _ in range(calls)])[0] / calls for _ in range(TRIES)]
    return compilation, min(tries)


def efficiency(tree: Any) -> float:
    """Minimum bulk ESS per 1000 gradients of the draws."""
    ess = az.ess(tree["posterior"].to_dataset())
    return min(float(ess[name].min()) for name in ess) / tree["parameterization"].attrs["gradients_draw"] * 1000


def distance(first: Any, second: Any) -> float:
    """The largest difference of a mean or standard deviation, in Monte Carlo standard errors of both."""
    draws = [tree["posterior"].to_dataset() for tree in (first, second)]
    found = []
    for method, reduced in (("mean", "mean"), ("sd", "std")):
        values = [getattr(each, reduced)(("chain", "draw")) for each in draws]
        errors = [az.mcse(each, method=method) for each in draws]
        apart = np.abs(values[0] - values[1]) / np.sqrt(errors[0] ** 2 + errors[1] ** 2)
        found += [float(apart[name].max()) for name in apart]
    return max(found)


def measured(name: str, rows: int, groups: int) -> list[str]:
    """Print one likelihood's numbers, and give the bars that it misses."""
    model = model_of(name, rows, groups)
    seconds, on_cells = timed(lambda: uf.compress(model))
    (compiling_rows, of_rows), (compiling_cells, of_cells) = gradient(model), gradient(on_cells)
    ratio = of_rows / of_cells
    print(
        f"{name}: {rows} rows, {on_cells['y'].type.shape[0]} cells, made in {seconds:.2f} s; a gradient takes"
        f" {1e3 * of_rows:.2f} ms and {1e6 * of_cells:.1f} µs, ratio {ratio:.0f}; its compilation"
        f" {compiling_rows:.1f} s and {compiling_cells:.1f} s",
        flush=True,
    )
    few = model_of(name, FEW_ROWS, groups)
    trees = [uf.sample(few, compress=compress, random_seed=1, progressbar=False) for compress in (False, True)]
    apart = distance(*trees)
    print(
        f"{name}: {FEW_ROWS} rows, posteriors within {apart:.1f} MCSE; ESS per 1000 gradients"
        f" {efficiency(trees[0]):.0f} on rows, {efficiency(trees[1]):.0f} on cells",
        flush=True,
    )
    missed = [f"{name}: ratio {ratio:.0f}, bar {RATIO:.0f}"] if ratio < RATIO else []
    return missed + ([f"{name}: {apart:.1f} MCSE apart, bar {MOST_MCSE}"] if apart > MOST_MCSE else [])


def main() -> int:
    """Measure, print, and say whether every bar is passed."""
    parser = argparse.ArgumentParser(description="What sums over rows save.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--groups", type=int, default=100)
    parser.add_argument("--likelihoods", nargs="+", choices=LIKELIHOODS, default=LIKELIHOODS)
    given = parser.parse_args()
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    missed = [bar for name in given.likelihoods for bar in measured(name, given.rows, given.groups)]
    print("\n".join(missed) or "Every bar is passed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
