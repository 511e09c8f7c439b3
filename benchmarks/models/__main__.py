"""Measure models: `python -m benchmarks.models [NAME ...] [--seeds 1 2 3] [--draws 1000] [--json OUT] [--no-peers]`.

ESS is the minimum bulk ESS over every scale, shared parameter and effect (rank-normalised, so a variable and its log
have the same). Every number is a median over the seeds, divergences are their sum. "all" counts the gradients of pilot,
warm-up and draws. Seconds are processor time of pilot, warm-up and draws over all chains, one core; compilation is a
second one in this process. Exits with 1 if a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import warnings
from pathlib import Path

from benchmarks.models import CASES
from benchmarks.models.measure import Measured, measure
from benchmarks.models.peers import LOW_RANK, LOW_RANK_MOST, Peers, Row, peers_of
from benchmarks.parameterizations import rate

_HEADER = f"{'':24s} {'ESS/1000':>9s} {'all':>7s} {'ESS/s':>8s} {'div':>5s} {'gradients':>10s} {'compile':>8s}  worst"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__, formatter_class=about)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--draws", type=int, default=1000, help="per chain, of 4")
    parser.add_argument("--json", type=Path, help="file to write the numbers to, after every model")
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True, help="plain, low-rank, ceiling")
    parser.add_argument("--peers-from", type=Path, metavar="OUT", help="peers as an earlier --json has them")
    parser.add_argument("--low-rank-most", type=int, default=LOW_RANK_MOST, help="coordinates that it is run up to")
    parser.add_argument("--target-accept", type=rate, default="auto", help="of ours: a number, or auto")
    parser.add_argument("--ours", action=argparse.BooleanOptionalAction, default=True, help="unfunnel itself")
    found = parser.parse_args()
    if unknown := sorted(set(found.names) - set(CASES)):
        parser.error(f"no model named {', '.join(unknown)}; there are {', '.join(CASES)}")
    return found


def show(found: Measured) -> None:
    """Print one model's table and its bars."""
    case = found.case
    asked = "no bar" if case.bar is None else f"bar {case.bar:g}"
    print(f"\n{case.name}: {found.observations} observations, {found.dimension} coordinates, {asked}\n{_HEADER}")
    for row in (*found.peers.rows, *found.ours):
        print(_line(row))
    if found.peers.rows and len(found.peers.plain) == len(found.peers.rows):
        print(f"{LOW_RANK:24s} not run on {found.dimension} coordinates, see --low-rank-most")
    if found.peers.rows:
        print(f"{'standard normal':24s} {found.peers.ceiling:9.1f}")
    for label, made in found.checks.items():
        for check in made:
            verdict = {True: "passed", False: "MISSED", None: "-"}[check.passed]
            print(f"  {verdict:6s} {label}, {check.name}: {check.came}")
    sys.stdout.flush()


def _line(row: Row) -> str:
    return (
        f"{row.label:24s} {row.median('per_1000'):9.1f} {row.median('per_1000_all'):7.1f}"
        f" {row.median('per_second'):8.1f} {row.divergences:5d} {row.median('gradients'):10.0f}"
        f" {row.compilation:6.1f} s  {', '.join(sorted({fit.worst for fit in row.fits}))}"
    )


def peers(name: str, options: argparse.Namespace) -> Peers:
    """Measured now, or read from an earlier run, or left out."""
    if options.peers_from is not None:
        earlier = json.loads(options.peers_from.read_text(encoding="utf-8"))
        return Peers.from_json(earlier["models"][name]["peers"])
    if not options.peers:
        return Peers()
    return peers_of(CASES[name], options.seeds, options.draws, options.low_rank_most)


def main() -> int:
    """Measure, print, and say whether every bar is passed."""
    options = arguments()
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning)
    numbers, missed = {}, 0
    for name in options.names or CASES:
        chosen = {"ours": options.ours, "target_accept": options.target_accept}
        found = measure(CASES[name], options.seeds, options.draws, peers(name, options), **chosen)
        show(found)
        missed += sum(check.passed is False for made in found.checks.values() for check in made)
        numbers[name] = found.as_json()
        if options.json is not None:
            stored = {"seeds": options.seeds, "draws": options.draws, "models": numbers}
            options.json.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    if not options.ours:
        return 0
    print(f"\n{missed} bars missed." if missed else "\nNo bar missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
