"""One model at several target acceptance rates: `python -m benchmarks.acceptance NAME ... [--seeds 1 2 3]`.

For fixed rates and for the one that the pilot chooses: step size, leapfrog steps a draw, and per 1000 gradients of the
draws the least bulk ESS and the least tail ESS over all variables of the model, as it was written. Bulk ESS gains from
the negative correlation of successive draws that long steps bring; tail ESS does not.
"""

from __future__ import annotations

import argparse
import logging
import warnings
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from benchmarks.models import CASES
from benchmarks.ours import sampled_ours

RATES = ("auto", 0.5, 0.6, 0.7, 0.8, 0.9)
DRAWS = 1000


@dataclass(frozen=True)
class Measured:
    """One fit; efficiencies per 1000 gradients of the draws."""

    rate: float
    step_size: float
    steps: float
    bulk: float
    tail: float
    divergences: int

    @classmethod
    def of(cls, tree: Any) -> Measured:
        """Of its draws."""
        import arviz as az

        statistics, posterior = tree["sample_stats"], tree["posterior"].to_dataset()
        gradients = float(statistics["n_steps"].sum())
        bulk, tail = (
            1000 * min(float(found.min()) for found in az.ess(posterior, method=method).data_vars.values()) / gradients
            for method in ("bulk", "tail")
        )
        return cls(
            float(tree["parameterization"].attrs["target_accept"]),
            float(np.exp(np.log(statistics["step_size_bar"]).mean())),
            float(statistics["n_steps"].mean()),
            bulk,
            tail,
            int(statistics["diverging"].sum()),
        )


def line(rate: float | str, runs: list[Measured]) -> str:
    """Medians over the seeds, and the sum of divergences."""
    numbers = {name: median(getattr(run, name) for run in runs) for name in Measured.__annotations__}
    return (
        f"{'chosen' if rate == 'auto' else 'fixed':>8s} {numbers['rate']:5.2f} {numbers['step_size']:6.2f}"
        f" {numbers['steps']:6.1f} {numbers['bulk']:6.0f} {numbers['tail']:6.0f}"
        f" {sum(run.divergences for run in runs):4d}"
    )


def main() -> None:
    """Measure and print."""
    import unfunnel as uf

    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m benchmarks.acceptance", description=__doc__, formatter_class=about)
    parser.add_argument("names", nargs="+", metavar="NAME", choices=list(CASES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning)
    for name in options.names:
        compiled = uf.compile(CASES[name].model(CASES[name].ours[0]))
        print(f"\n{name}\n{'':8s}  rate   step  steps   bulk   tail  div")
        for rate in RATES:
            fits = (sampled_ours(compiled, seed, DRAWS, target_accept=rate)[0] for seed in options.seeds)
            print(line(rate, [Measured.of(tree) for tree in fits]), flush=True)


if __name__ == "__main__":
    main()
