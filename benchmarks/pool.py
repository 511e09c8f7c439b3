"""Pooling at size: `python -m benchmarks.pool [--rows 20000000] [--only rows groups nuts cold counts]`.

rows: Parquet of many rows and 10 000 groups, end to end, beside polars' own streaming group-by (bar: twice its time and
2 s; peak memory 1 GB). groups: a million groups, counts of rows alike or all standard errors different (60 s, 4 GB).
nuts: twenty random tables beside NUTS (4 Monte Carlo standard errors), and draws per second. cold: the command line on
10 000 rows from a cold start (2 s). counts: seconds of binomial and Poisson tables, beside `unfunnel.sample`.
Each measurement of time or memory is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

_MEASURE = """
import json, resource, sys, time
before = time.perf_counter()
{code}
spent = time.perf_counter() - before
processor = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([spent, processor.ru_utime + processor.ru_stime, processor.ru_maxrss / 1024**2]))
"""
PARTS = ("rows", "groups", "nuts", "cold", "counts")


def measured(code: str) -> list[float]:
    """Wall seconds, processor seconds and peak gigabytes of a process that runs some code."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE.format(code=code)], capture_output=True, text=True, check=True
    )
    return [float(number) for number in json.loads(done.stdout.splitlines()[-1])]


def rows(size: int) -> bool:
    """Rows in Parquet."""
    import polars as pl

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        rng = np.random.default_rng(1)
        theta = rng.normal(0, 1, 10_000)
        group = rng.integers(0, 10_000, size, dtype=np.int32)
        pl.DataFrame({"g": group, "v": theta[group] + rng.normal(0, 3, size)}).write_parquet(file)
        del group
        own = (
            f"import polars as pl\npl.scan_parquet({str(file)!r}).group_by('g')"
            ".agg(pl.len(), pl.col('v').mean().alias('m'), pl.col('v').var().alias('s')).collect(engine='streaming')"
        )
        ours = f"import unfunnel as uf\nuf.pool({str(file)!r}, 'g', 'v', random_seed=1)"
        measured(own)  # the file is then in the page cache for both
        theirs, mine = measured(own), measured(ours)
    bar = 2 * theirs[0] + 2
    print(
        f"{size} rows, 10 000 groups: polars' group-by {theirs[0]:.2f} s ({theirs[1]:.2f} s of processor), pool"
        f" {mine[0]:.2f} s ({mine[1]:.2f} s; bar {bar:.2f} s), peak {mine[2]:.2f} GB (bar 1)"
    )
    return mine[0] <= bar and mine[2] < 1


def groups(size: int = 1_000_000) -> bool:
    """As many groups."""
    made = f"import numpy as np, polars as pl, unfunnel as uf\nrng = np.random.default_rng(1)\nK = {size}\n"
    alike = (
        "from unfunnel.exact import GroupStatistics\n"
        "n = rng.poisson(5, K) + 2\ng = np.repeat(np.arange(K), n)\n"
        "table = pl.DataFrame({'g': g, 'v': rng.normal(0, 1, K)[g] + rng.normal(0, 3, g.size)})\n"
        "pooled = uf.pool(table, 'g', 'v', random_seed=1)"
    )
    different = (
        "s = np.exp(rng.normal(0, 0.5, K))\n"
        "table = pl.DataFrame({'g': np.arange(K), 'v': rng.normal(0, 1, K) + s * rng.normal(0, 1, K), 's': s})\n"
        "pooled = uf.pool(table, 'g', 'v', se='s', random_seed=1)"
    )
    good = True
    for name, code in (("rows of a few sizes", alike), ("estimates, all standard errors different", different)):
        spent, processor, peak = measured(made + code)
        print(f"{size} groups, {name}: {spent:.1f} s ({processor:.1f} s of processor; bar 60), {peak:.2f} GB (bar 4)")
        good &= spent < 60 and peak < 4
    return good


def cold() -> bool:
    """The command line."""
    import polars as pl

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        rng = np.random.default_rng(1)
        group = rng.integers(0, 100, 10_000)
        value = rng.normal(0, 1, 100)[group] + rng.normal(0, 2, 10_000)
        pl.DataFrame({"g": group, "v": value}).write_csv(file)
        command = [sys.executable, "-m", "unfunnel.cli", "pool", str(file), "--group", "g", "--value", "v"]
        spent, used = [], []
        for _ in range(6):
            before, processor = time.perf_counter(), _children()
            subprocess.run(command, capture_output=True, check=True)
            spent.append(time.perf_counter() - before)
            used.append(_children() - processor)
    middle = float(np.median(spent[1:]))
    print(
        f"cold command line, 10 000 rows: median {middle:.2f} s (bar 2) and least {min(spent[1:]):.2f} s of 5 after a"
        f" first of {spent[0]:.2f} s; median {np.median(used[1:]):.2f} s of processor"
    )
    return middle < 2


def _children() -> float:
    """Processor seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def random_table(seed: int) -> tuple[Any, Any, Any]:
    """Groups of random number, size, spread and noise."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(3, 40))
    count = rng.integers(2, 30, size)
    group = np.repeat(np.arange(size), count)
    effects = rng.normal(rng.normal(0, 3), np.exp(rng.normal(0, 1)), size)
    return group, rng.normal(effects[group], np.exp(rng.normal(0, 0.5))), size


def nuts(tables: int = 20) -> bool:
    """Beside `unfunnel.sample`, which is NUTS in informed coordinates."""
    import arviz as az
    import polars as pl
    import pymc as pm

    import unfunnel as uf

    worst, ratios = 0.0, []
    for seed in range(tables):
        group, value, size = random_table(seed)
        before = time.perf_counter()
        pooled = uf.pool(pl.DataFrame({"g": group, "v": value}), "g", "v", random_seed=seed)
        pooled.draws(draws=1000, random_seed=seed)
        exact_rate = 4000 / (time.perf_counter() - before)
        priors = pooled.priors
        assert priors.sigma is not None
        with pm.Model() as model:
            mu = pm.Normal("mu", *priors.mu)
            tau, sigma = pm.HalfNormal("tau", priors.tau.scale), pm.HalfNormal("sigma", priors.sigma.scale)
            theta = pm.Normal("theta", mu, tau, shape=size)
            pm.Normal("v", theta[group], sigma, observed=value)
        before = time.perf_counter()
        tree = uf.sample(model, draws=2000, chains=4, random_seed=seed, progressbar=False)
        seconds = time.perf_counter() - before
        draws = tree["posterior"].to_dataset()
        ess = min(float(az.ess(draws)[name].min()) for name in ("mu", "tau", "sigma", "theta"))
        ratios.append(exact_rate / (ess / seconds))
        frame = pooled.to_frame()
        moments = pooled._posterior.exact.moments()
        truth = {name: (moments[name].mean, moments[name].sd) for name in ("mu", "tau", "sigma")}
        truth["theta"] = (frame["estimate"].to_numpy(), frame["sd"].to_numpy())
        for what, part in (("mean", 0), ("sd", 1)):
            error = az.mcse(draws, method=what)
            found = draws.mean(("chain", "draw")) if what == "mean" else draws.std(("chain", "draw"))
            for name, numbers in truth.items():
                distance = np.abs(found[name].to_numpy() - numbers[part]) / error[name].to_numpy()
                worst = max(worst, float(np.max(distance)))
    print(
        f"{tables} random tables: exact against NUTS within {worst:.1f} Monte Carlo standard errors (bar 4);"
        f" independent draws per second over effective ones of NUTS, compilation counted: median"
        f" {np.median(ratios):.0f}, least {min(ratios):.0f}"
    )
    return worst < 4


def counts() -> bool:
    """Seconds of the quadrature, and of `unfunnel.sample` on the aggregated likelihood."""
    made = "import numpy as np, polars as pl, unfunnel as uf\nrng = np.random.default_rng(1)\n"
    pooling = {
        "binomial": "uf.pool(table, 'g', 'k', trials='n', family='binomial', random_seed=1)",
        "poisson": "uf.pool(table, 'g', 'k', exposure='n', family='poisson', random_seed=1)",
    }
    tables = {
        "binomial": "n = rng.integers(1, 60, K)\nk = rng.binomial(n, 1 / (1 + np.exp(1.5 - 0.6 * rng.normal(size=K))))",
        "poisson": "n = rng.uniform(0.5, 20, K)\nk = rng.poisson(n * np.exp(0.6 * rng.normal(size=K)))",
    }
    sampling = (
        "import pymc as pm\nwith pm.Model() as model:\n    mu, tau = pm.Normal('mu', 0, 2.5), pm.HalfNormal('tau', 1)\n"
        "    theta = pm.Normal('theta', mu, tau, shape=K)\n    {likelihood}\n"
        "uf.sample(model, draws=1000, chains=4, random_seed=1, progressbar=False)"
    )
    likelihoods = {
        "binomial": "pm.Binomial('k', n=n, logit_p=theta, observed=k)",
        "poisson": "pm.Poisson('k', n * pm.math.exp(theta), observed=k)",
    }
    for family, call in pooling.items():
        for size in (10, 1000, 10_000):
            data = f"{made}K = {size}\n{tables[family]}\ntable = pl.DataFrame({{'g': np.arange(K), 'k': k, 'n': n}})\n"
            spent, _, peak = measured(data + call)
            beside, _, _ = measured(data + sampling.format(likelihood=likelihoods[family]))
            print(f"{family}, {size} groups: quadrature {spent:.1f} s ({peak:.2f} GB), unfunnel.sample {beside:.1f} s")
    return True


def main() -> int:
    """Measure and print; exits with 1 if a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pool", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    options = parser.parse_args()
    run: dict[str, Any] = {"rows": lambda: rows(options.rows), "groups": groups, "nuts": nuts, "cold": cold}
    run["counts"] = counts
    missed = [name for name in options.only if not run[name]()]
    print(f"Missed: {', '.join(missed)}." if missed else "All bars are met.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
