"""Hierarchical models at random: `python -m benchmarks.structures [--models 100] [--first 0] [--json OUT]`.

Families, priors, sizes, levels, slopes, factors and ways of writing are drawn (`structure.py`); the model is sampled at
default settings and compared with a long plain run of nutpie, where one is without divergences and converged. Exits
with 1 if a model crashed, or is further from its reference than chance allows: one run in a thousand, over all the
means and standard deviations of all models.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from pathlib import Path

import numpy as np
from scipy.stats import norm

from benchmarks.structures.run import CRASHED, REFUSED, SAMPLED, Found, run
from benchmarks.structures.structure import Structure

FALSE_ALARMS = 1e-3


def arguments() -> argparse.Namespace:
    """Read the command line."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.structures", description=__doc__, formatter_class=about)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="seed of the first model; the others are the next numbers")
    parser.add_argument("--json", type=Path, help="file to write the numbers to, after every model")
    return parser.parse_args()


def most_apart(found: list[Found]) -> float:
    """The distance that chance reaches once in a thousand runs such as this one."""
    return float(norm.isf(FALSE_ALARMS / 2 / max(sum(each.compared for each in found), 1)))


def summary(found: list[Found]) -> tuple[list[str], bool]:
    """What is printed at the end, and whether it is good."""
    count = {outcome: sum(each.outcome == outcome for each in found) for outcome in (SAMPLED, REFUSED, CRASHED)}
    compared = [each for each in found if each.compared]
    limit = most_apart(found)
    wrong = [each for each in compared if each.apart > limit]
    diverged = [each for each in found if each.divergences > 0]
    slow = [each for each in found if each.r_hat > 1.01]
    lines = [
        f"{len(found)} models: {count[SAMPLED]} sampled, {count[REFUSED]} refused, {count[CRASHED]} crashed",
        f"{len(diverged)} with divergences, {len(slow)} with R-hat above 1.01",
        f"{len(compared)} compared with a healthy long run: {len(wrong)} further away than {limit:.1f} MCSE",
    ]
    return lines, not wrong and not count[CRASHED]


def main() -> int:
    """Run, print, and say whether it is good."""
    options = arguments()
    logging.getLogger("unfunnel").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", category=FutureWarning)
    found: list[Found] = []
    for seed in range(options.first, options.first + options.models):
        one = run(Structure.random(np.random.default_rng(seed)), seed)
        found.append(one)
        away = f"{one.apart:.1f} MCSE ({one.where})" if one.compared else "no reference"
        print(
            f"{seed:4d} {one.outcome:8s} div {one.divergences:4d} R-hat {one.r_hat:.3f} ESS {one.ess:6.0f} {away}"
            f" {one.reason or one.structure}",
            flush=True,
        )
        if options.json is not None:
            options.json.write_text(json.dumps([each.as_json() for each in found], indent=1) + "\n", encoding="utf-8")
    lines, good = summary(found)
    print("\n" + "\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
