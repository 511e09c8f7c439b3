"""Simulation-based calibration: `python -m benchmarks.calibration [MODEL ...] [--data-sets 500]`.

A model draws parameters and data, and is fitted to the data: over many data sets, the ranks of the true parameters
among independent posterior draws are uniform if the computation gives the posterior of this model (Talts et al. 2018;
Modrák et al. 2023). Every fit is 4 chains of 250 draws, of which at most a hundred are ranked, far enough apart to be
nearly independent (`ranks.py`). `exact` is `unfunnel.exact`, without MCMC, on the normal model; the centered fits are
what the test is to object to where sparse groups make a funnel.

Looked at are scales, locations, the effect of a sparse and of a rich group, and the other effects in turn: one a data
set, since effects of one data set are not independent. The distribution of each is held against ArviZ's simultaneous
band, whose level makes it one run in a thousand in which any quantity of ours leaves its band though nothing is wrong.
Exits with 1 if one does.

Fits are written to a folder; a killed run goes on there with the same command, and pictures (PNG) are drawn beside
them. Another number of data sets, seed or version of this benchmark needs another folder.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.calibration.models import CASES
from benchmarks.calibration.picture import draw
from benchmarks.calibration.run import EXACT, Ranked, Settings, ranked
from benchmarks.calibration.verdict import band_of, level_of_each
from benchmarks.parameterizations import OURS, PARAMETERIZATIONS, rate

WAYS = (EXACT, *PARAMETERIZATIONS)
OF_OURS = (EXACT, OURS)
QUANTITIES = sum(len(case.quantities) * (1 + (case.exact is not None)) for case in CASES.values())
"""Of ours in a run of everything; a part of it is judged as the whole is."""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.calibration", description=__doc__, formatter_class=about
    )
    parser.add_argument("names", nargs="*", metavar="MODEL", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--data-sets", type=int, default=500)
    parser.add_argument("--folder", type=Path, default=Path("calibration"), help="where fits and pictures are written")
    parser.add_argument("--parameterizations", nargs="+", choices=WAYS, default=[EXACT, OURS, "centered"])
    parser.add_argument("--target-accept", type=rate, default="auto", help="a number, or auto")
    parser.add_argument("--workers", type=int, default=1, help="processes that fit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file to write the numbers to")
    found = parser.parse_args()
    if unknown := sorted(set(found.names) - set(CASES)):
        parser.error(f"no model named {', '.join(unknown)}; there are {', '.join(CASES)}")
    return found


def judged(found: Ranked, level: float) -> dict[str, float]:
    """By quantity how far its distribution is outside of the band, 0 where it is inside."""
    return {name: _outside(values[~np.isnan(values)], level) for name, values in found.places.items()}


def _outside(places: Any, level: float) -> float:
    return band_of(places.size, level).outside(places) if places.size > 1 else float("nan")


def show(name: str, way: str, found: Ranked, outside: dict[str, float]) -> None:
    """One line."""
    left = [f"{quantity} by {by:.3f}" for quantity, by in outside.items() if by != 0]
    least, median = found.kept
    print(
        f"{name:9s} {way:12s} {found.failed} failed, {found.divergent} with divergences, {least} to {median} (median)"
        f" draws ranked, {found.seconds:.2f} s a fit; outside of the band: {', '.join(left) or 'none'}",
        flush=True,
    )


def main() -> int:
    """Fit what is not fitted yet, draw, print, and say whether ours is calibrated."""
    options = arguments()
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    cases = [CASES[name] for name in dict.fromkeys(options.names or CASES)]
    settings = Settings(
        options.data_sets,
        options.seed,
        options.folder,
        options.workers,
        options.target_accept,
        sys.stderr.isatty(),
    )
    level = level_of_each(QUANTITIES)
    print(f"{options.data_sets} data sets a model; {QUANTITIES} quantities of ours, each in a band of {level:.4%}")
    numbers: dict[str, Any] = {}
    missed = []
    for case in cases:
        rows = ranked(case, options.parameterizations, settings)
        outside = {way: judged(found, level) for way, found in rows.items()}
        for way, found in rows.items():
            show(case.name, way, found, outside[way])
            if way in OF_OURS:
                missed += [f"{case.name}, {way}: {name}" for name, by in outside[way].items() if by != 0]
                missed += [f"{case.name}, {way}: {found.failed} fits failed"] if found.failed else []
        if rows:
            draw(options.folder / f"{case.name}.png", {way: found.places for way, found in rows.items()}, level)
        numbers[case.name] = {way: _as_json(found, outside[way]) for way, found in rows.items()}
        if options.json is not None:
            content = {"data_sets": options.data_sets, "seed": options.seed, "level": level, "models": numbers}
            options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print("\n".join(f"Missed: {what}." for what in missed) or "Nothing of ours that was looked at leaves its band.")
    return 1 if missed else 0


def _as_json(found: Ranked, outside: dict[str, float]) -> dict[str, Any]:
    counts = {"failed": found.failed, "divergent": found.divergent, "ranked": found.kept, "seconds": found.seconds}
    return counts | {"outside": outside}


if __name__ == "__main__":
    sys.exit(main())
