"""Many small meta-analyses at default settings: `python -m benchmarks.stress [--fits 2000] [--folder stress]`.

Four groups whose standard errors are unequal by up to a factor of ten, true tau from nothing to a hundred mean standard
errors, one outlier in a quarter of the meta-analyses; 4 chains of 1000 draws and all other settings by default. What is
printed: the share of fits with any divergence, R-hat, ESS, and what intervals of 50, 80 and 95 % cover. Exits with 1 if
ours misses a bar.

Coverage is looked at twice, because an interval need not cover a tau that somebody fixed as often as it says, nor an
outlier that the model does not know: a credible interval covers the truth so often only if the truth comes from the
prior. So (1) `--prior-fits` further data sets are drawn from the very model that is fitted, truth and all, and the
truth has to be inside within binomial error; and (2) on every data set the exact posterior (`unfunnel.exact`, no MCMC)
says what mass an interval has, which has to be its nominal one wherever the data come from. The second is the sharper
one: its error is that of a fit's Monte Carlo, over thousands of fits.

Fits are written to a folder; a killed run goes on there with the same command. Another number of fits, seed or version
of this benchmark needs another folder.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np

import unfunnel as uf
from benchmarks.parameterizations import OURS, PARAMETERIZATIONS, rate
from benchmarks.stress.data import MetaAnalysis, from_prior, grid
from benchmarks.stress.intervals import covered, exact_masses, intervals_of
from benchmarks.stress.model import build
from benchmarks.stress.summary import LARGEST_R_HAT, Summary, misses, table


def arguments() -> argparse.Namespace:
    """Read the command line."""
    about = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stress", description=__doc__, formatter_class=about)
    parser.add_argument("--fits", type=int, default=2000, help="of the grid, for each parameterization")
    parser.add_argument("--prior-fits", type=int, default=500, help="of data from the prior, likewise")
    parser.add_argument("--folder", type=Path, default=Path("stress"), help="where fits are written")
    parser.add_argument("--parameterizations", nargs="+", choices=PARAMETERIZATIONS, default=list(PARAMETERIZATIONS))
    parser.add_argument("--target-accept", type=rate, default="auto", help="a number, or auto")
    parser.add_argument("--workers", type=int, default=1, help="processes that fit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="file to write the numbers to")
    return parser.parse_args()


def fitted(name: str, data: list[MetaAnalysis], options: argparse.Namespace) -> Any:
    """All fits of one parameterization, done now or found in the folder."""
    specs = [uf.Fit(each.name, build, {"y": each.y, "se": each.se}) for each in data]
    return uf.fit_many(
        specs,
        folder=options.folder / name,
        keep=intervals_of,
        n_jobs=options.workers,
        random_seed=options.seed,
        target_accept=options.target_accept,
        parameterization=PARAMETERIZATIONS[name],
        progressbar=sys.stderr.isatty(),
    )


def masses_of(fits: dict[str, Any], data: list[MetaAnalysis]) -> dict[str, Any]:
    """Mean exact masses by parameterization; a data set's quadrature serves all of them."""
    found: dict[str, list[Any]] = {name: [] for name in fits}
    for each in data:
        done = [name for name in fits if not fits[name][each.name].failed]
        intervals = [fits[name].kept(each.name)["intervals"] for name in done]
        for name, masses in zip(done, exact_masses(intervals, each.y, each.se), strict=True):
            found[name].append(masses)
    return {name: np.mean(masses, axis=0) for name, masses in found.items()}


def summarize(name: str, fits: Any, data: list[MetaAnalysis], mass: Any) -> Summary:
    """The numbers of one parameterization."""
    frame = fits.to_frame()
    hard = frame.loc[[each.name for each in data if each.truth is None]]
    drawn = [(each.name, each.truth) for each in data if each.truth is not None and not fits[each.name].failed]
    inside = [covered(fits.kept(fit)["intervals"], truth) for fit, truth in drawn]
    return Summary(
        name=name,
        fits=len(hard),
        failed=len(fits.failed),
        divergent=int((hard["divergences"] > 0).sum()),
        r_hat=float(frame["r_hat"].max(skipna=False)),
        above=int((~(frame["r_hat"] <= LARGEST_R_HAT)).sum()),
        ess=float(frame["min_ess"].min(skipna=False)),
        mass=mass.tolist(),
        covered=np.sum(inside, axis=0).tolist() if inside else np.zeros_like(mass, dtype=int).tolist(),
        drawn=len(inside),
        seconds=float(frame["processor_seconds"].median()),
    )


def main() -> int:
    """Fit what is not fitted yet, print, and say whether every bar is passed."""
    options = arguments()
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    data = [*grid(options.fits, options.seed), *from_prior(options.prior_fits, options.seed)]
    fits = {name: fitted(name, data, options) for name in options.parameterizations}
    masses = masses_of(fits, data)
    rows = {name: summarize(name, fits[name], data, masses[name]) for name in fits}
    print(table(rows))
    if options.json is not None:
        content = {"seed": options.seed, "parameterizations": {name: row.as_json() for name, row in rows.items()}}
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    if OURS not in rows:
        return 0
    missed = misses(rows[OURS])
    print("\n".join(f"Missed: {what}." for what in missed) or "No bar is missed.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
