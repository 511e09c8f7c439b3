"""What `unfunnel.diagnose` says of fits whose trouble is known, and of healthy ones, which it has to leave in peace.

Run with `python -m benchmarks.diagnose`; it takes some three minutes and exits with 1 if a bar is missed.
Sick fits are the case study's regimes, sampled in the wrong coordinates; healthy ones are random normal models: 200 by
independent exact draws, and 40 by NUTS in informed coordinates, from one compilation.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pymc as pm

import unfunnel as uf
from unfunnel import exact
from unfunnel.study.regimes import REGIMES
from unfunnel.study.runner import seed_of

SEEDS = (1, 2, 3, 4, 5)
HEALTHY, SAMPLED = 200, 40
MOST_FALSE_ALARMS = 2
GROUPS = 12

EXPECTED = {
    ("weak", "centered"): ("theta", "funnel", tuple("012345678")),
    ("eight_schools", "centered"): ("theta", "funnel", tuple("ABCDEFGH")),
    ("strong", "noncentered"): ("theta", "inverted funnel", tuple("012345678")),
    ("unbalanced", "noncentered"): ("theta", "inverted funnel", ("2", "6")),
    ("small", "centered"): ("mu", "mu-tau funnel", ("",)),
    ("small", "noncentered"): ("mu", "mu-tau funnel", ("",)),
}
"""What has to be said of which groups; they are counted from 0, so that groups 3 and 7 are these two."""


def regime_fits(name: str) -> Iterator[tuple[str, int, uf.Diagnosis]]:
    """The diagnosis of a regime in every parameterization, over the seeds that `unfunnel study` takes."""
    regime = REGIMES[name]()
    model = regime.model()
    fixed, informed = uf.compile(model, uf.Centered()), uf.compile(model, uf.Informed())
    for way in (uf.Centered(), uf.NonCentered(), uf.Informed()):
        compiled = informed if isinstance(way, uf.Informed) else fixed
        for seed in SEEDS:
            tree = compiled.sample(random_seed=seed_of(seed, regime, way.name), parameterization=way)
            yield way.name, seed, uf.diagnose(tree, model)


def wrong_regimes() -> list[str]:
    """Print what is said of the study's regimes, and return where it is not what it has to be."""
    missed = []
    for name in ("weak", "strong", "unbalanced", "small", "eight_schools"):
        for way, seed, diagnosis in regime_fits(name):
            said = Counter((finding.variable, str(finding.verdict)) for finding in diagnosis.wrong)
            text = ", ".join(f"{variable} {verdict} x{n}" for (variable, verdict), n in said.items()) or "fine"
            print(f"{name:14s} {way:12s} seed {seed}  {text}; {len(diagnosis.problems)} problems", flush=True)
            if way == "informed" and not diagnosis.ok:
                missed.append(f"{name} informed, seed {seed}: {text}; {' '.join(diagnosis.problems)}")
            if (name, way) in EXPECTED:
                variable, verdict, groups = EXPECTED[name, way]
                called = [f.group for f in diagnosis.called(verdict) if f.variable == variable]
                if tuple(called) != groups:
                    missed.append(f"{name} {way}, seed {seed}: {verdict} of {variable} is said of {called}")
    return missed


def random_data(seed: int, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and their standard errors, of a random population: data that say little, much, or both."""
    rng = np.random.default_rng(seed)
    tau, errors = np.exp(rng.normal(0.5, 0.7)), np.exp(rng.normal(rng.normal(0.5, 1.0), rng.uniform(0, 1), groups))
    return rng.normal(rng.normal(0, 3) + tau * rng.normal(size=groups), errors), errors


def exact_alarms() -> list[str]:
    """Objections to independent draws from exact posteriors: four chains of 1000, without a sampler's statistics."""
    from scipy import stats

    alarms = []
    for seed in range(HEALTHY):
        groups = int(np.random.default_rng(10_000 + seed).integers(3, 41))
        y, errors = random_data(seed, groups)
        known = exact.GroupStatistics.from_estimates(y, errors)
        posterior = exact.fit(known, mu=(0.0, 5.0), tau=stats.halfnorm(scale=5.0))
        diagnosis = uf.diagnose(posterior.sample(1000, 4, random_seed=seed))
        alarms += _alarm(f"exact {seed}", diagnosis)
    return alarms


def sampled_alarms() -> list[str]:
    """Objections to informed fits of random data, all from one compilation."""
    with pm.Model() as model:
        errors = pm.Data("errors", np.ones(GROUPS))
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=GROUPS)
        pm.Normal("y", theta, errors, observed=pm.Data("values", np.zeros(GROUPS)))
    compiled = uf.compile(model)
    alarms = []
    for seed in range(SAMPLED):
        y, errors = random_data(1000 + seed, GROUPS)
        tree = compiled.with_data(values=y, errors=errors).sample(random_seed=seed)
        alarms += _alarm(f"NUTS {seed}", uf.diagnose(tree))
    return alarms


def _alarm(name: str, diagnosis: uf.Diagnosis) -> list[str]:
    if diagnosis.ok:
        return []
    said = [f"{finding.element}: {finding.verdict}" for finding in diagnosis.wrong]
    return [f"{name}: {'; '.join([*said, *diagnosis.problems])}"]


def main() -> int:
    """Diagnose, print, and say whether every bar is passed."""
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    missed = wrong_regimes()
    false = exact_alarms()
    print(f"{len(false)} false alarms on {HEALTHY} healthy models by exact draws", *false, sep="\n  ", flush=True)
    nuts = sampled_alarms()
    print(f"{len(nuts)} false alarms on {SAMPLED} healthy models by NUTS", *nuts, sep="\n  ", flush=True)
    if len(false) + len(nuts) > MOST_FALSE_ALARMS:
        missed.append(f"{len(false) + len(nuts)} false alarms, where {MOST_FALSE_ALARMS} are allowed")
    print("\n".join(missed) or "Every verdict is as expected.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
