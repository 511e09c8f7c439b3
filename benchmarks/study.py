"""The case study's figures over seeds, held against the bars that it has to pass.

Run with `make benchmark` or `python -m benchmarks.study`; it takes some two minutes and exits with 1 if a bar is
missed.
Minimum bulk ESS is over mu, log tau and every theta, per 1000 gradients of the draws; 4 chains of 1000 draws.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from statistics import median

import unfunnel as uf
from unfunnel.study.regimes import REGIMES
from unfunnel.study.runner import seed_of
from unfunnel.study.summary import Row, summarize

SEEDS = (1, 2, 3, 4, 5)
LARGEST_ERROR = 4.0
"""In Monte Carlo standard errors, for fits that their own diagnostics do not flag."""


@dataclass(frozen=True)
class Bar:
    """Least median over seeds of the minimum ESS per 1000 gradients."""

    regime: str
    parameterization: str
    least: float


BARS = (
    Bar("weak", "informed", 150),
    Bar("strong", "informed", 170),
    Bar("unbalanced", "mixed", 80),
    Bar("unbalanced", "informed", 200),
    Bar("small", "informed", 150),
    Bar("eight_schools", "informed", 150),
    Bar("adc", "informed", 200),
)


def measure(name: str) -> dict[str, list[Row]]:
    """Every parameterization of one regime over all seeds, from two compilations."""
    regime = REGIMES[name]()
    model, exact = regime.model(), regime.exact()
    moments = None if exact is None else exact.moments()
    fixed, informed = uf.compile(model, uf.Centered()), uf.compile(model, uf.Informed())
    ways = (uf.Centered(), uf.NonCentered(), regime.mixed(), uf.Informed())
    rows: dict[str, list[Row]] = {}
    for way in ways:
        compiled = informed if isinstance(way, uf.Informed) else fixed
        # The very seeds that `unfunnel study --seed N` takes.
        seeds = (seed_of(seed, regime, way.name) for seed in SEEDS)
        trees = (compiled.sample(random_seed=seed, parameterization=way) for seed in seeds)
        rows[way.name] = [summarize(tree, moments, regime.checked) for tree in trees]
    return rows


def show(name: str, rows: dict[str, list[Row]]) -> None:
    """One line a parameterization."""
    for way, fits in rows.items():
        efficiency = sorted(fit.ess_per_1000_gradients for fit in fits)
        unflagged = [fit for fit in fits if not fit.flagged]
        error = max((max(fit.error_mu_mcse, fit.error_tau_mcse) for fit in unflagged), default=float("nan"))
        # NaN where no exact density is known.
        print(
            f"{name:14s} {way:12s} ESS/1000 gradients {median(efficiency):6.1f} ({efficiency[0]:.1f}"
            f" to {efficiency[-1]:.1f})  divergences {sum(fit.divergences for fit in fits):4d}"
            f"  gradients {median(fit.gradients_tune + fit.gradients_draw for fit in fits):8.0f}"
            f"  flagged {len(fits) - len(unflagged)}/{len(fits)}  largest error of the others {error:4.1f} MCSE",
            flush=True,
        )


def misses(measured: dict[str, dict[str, list[Row]]]) -> list[str]:
    """What falls short, in words."""
    found = []
    for bar in BARS:
        value = median(fit.ess_per_1000_gradients for fit in measured[bar.regime][bar.parameterization])
        if value < bar.least:
            found.append(f"{bar.regime} {bar.parameterization}: {value:.1f} is below {bar.least:g}")
    for name, rows in measured.items():
        if divergent := sum(fit.divergences for fit in rows["informed"]):
            found.append(f"{name} informed: {divergent} divergences over {len(SEEDS)} seeds")
        for way, fits in rows.items():
            errors = [max(fit.error_mu_mcse, fit.error_tau_mcse) for fit in fits if not fit.flagged]
            if errors and max(errors) > LARGEST_ERROR:
                found.append(f"{name} {way}: {max(errors):.1f} MCSE from the exact posterior, and not flagged")
    return found


def main() -> int:
    """Measure, print, and say whether every bar is passed."""
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    measured = {}
    for name in dict.fromkeys(bar.regime for bar in BARS):
        measured[name] = measure(name)
        show(name, measured[name])
    missed = misses(measured)
    print("\n".join(missed) or f"All {len(BARS)} bars passed; no divergence in any informed fit.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
