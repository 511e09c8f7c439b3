"""Make references: `python -m benchmarks.references [NAME ...]`.

Exact where the model is one that quadrature solves; else a long run of the plain parameterization that does best in a
short one, and of the other too if that run diverges.
"""

from __future__ import annotations

import argparse
import warnings
from importlib.metadata import version
from typing import Any

import arviz as az
import numpy as np

from benchmarks.models import CASES
from benchmarks.models.case import Case
from benchmarks.moments import moments_of, on_lines, worst_ess
from benchmarks.references.exact import EXACT
from benchmarks.references.store import write

CHAINS = 4


def main() -> None:
    """Make the references that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.references", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--draws", type=int, default=10_000, help="per chain")
    parser.add_argument("--tune", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=20_261_122)
    parser.add_argument("--target-accept", type=float, default=0.95)
    parser.add_argument("--way", help="how the model is written; by default whichever samples better")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=FutureWarning)
    for name in options.names or CASES:
        path = exact(CASES[name]) if name in EXACT else long_run(CASES[name], options)
        print(f"{name}: {path.name}", flush=True)


def exact(case: Case) -> Any:
    """Store the result of quadrature."""
    origin = {"command": f"python -m benchmarks.references {case.name}", "method": "unfunnel.exact", **_versions()}
    return write(case.name, origin, EXACT[case.name](case))


def long_run(case: Case, options: argparse.Namespace) -> Any:
    """Sample for long in the better way of writing; if that diverges, in the next too, and keep what diverged less."""
    ways = [options.way] if options.way else ways_by_merit(case, options)
    runs: list[tuple[dict[str, Any], Any]] = []
    for way in ways:
        runs.append(run(case, way, options))
        print(case.name, runs[-1][0], flush=True)
        if not runs[-1][0]["divergences"]:
            break
    origin, draws = min(runs, key=lambda one: one[0]["divergences"])
    return write(case.name, origin, moments_of(draws))


def run(case: Case, way: str, options: argparse.Namespace) -> tuple[dict[str, Any], Any]:
    """One long run: how it was made and what its own diagnostics say, and its draws."""
    import nutpie

    model = nutpie.compile_pymc_model(case.model(way))
    sampling = {"draws": options.draws, "tune": options.tune, "target_accept": options.target_accept}
    tree = nutpie.sample(model, chains=CHAINS, seed=options.seed, progress_bar=False, save_warmup=False, **sampling)
    draws = on_lines(tree["posterior"].to_dataset(), case.lines, case.aliases)
    ess, worst = worst_ess(draws)
    rhat = az.rhat(draws)
    origin = {
        "command": f"python -m benchmarks.references {case.name} --way {way} --draws {options.draws}"
        f" --tune {options.tune} --seed {options.seed} --target-accept {options.target_accept}",
        "method": f"plain {way}, nutpie, {CHAINS} chains",
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "rhat_max": round(max(float(np.max(rhat[name].values)) for name in rhat.data_vars), 5),
        "ess_bulk_min": round(ess),
        "ess_bulk_min_of": worst,
        **_versions(),
    }
    return origin, draws


def ways_by_merit(case: Case, options: argparse.Namespace) -> list[str]:
    """The plain ways of writing: those that diverge less in a short run first, of equals the more efficient."""
    import nutpie

    score = {}
    for way in case.plain:
        sampling = {"chains": CHAINS, "seed": options.seed, "target_accept": options.target_accept}
        tree = nutpie.sample(nutpie.compile_pymc_model(case.model(way)), progress_bar=False, **sampling)
        ess, _ = worst_ess(on_lines(tree["posterior"].to_dataset(), case.lines, case.aliases))
        stats = tree["sample_stats"]
        efficiency = float(np.nan_to_num(ess / int(stats["n_steps"].sum())))
        score[way] = (int(stats["diverging"].sum()), -efficiency)
    return sorted(score, key=lambda way: score[way])


def _versions() -> dict[str, str]:
    return {package: version(package) for package in ("pymc", "pytensor", "nutpie", "arviz", "numpy")}


if __name__ == "__main__":
    main()
