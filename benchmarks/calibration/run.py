"""Fits of one model's data sets in every way, and where the truth lies among their draws."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

import unfunnel as uf
from benchmarks.calibration.case import Array, Case, Element
from benchmarks.calibration.ranks import MOST, label, place, thinned, uniforms
from benchmarks.parameterizations import PARAMETERIZATIONS

EXACT = "exact"
DRAWS = 250
"""Per chain, of 4."""

Drawn = Callable[[int, Element], Any]
"""Draws of an element, by data set."""


@dataclass(frozen=True)
class Settings:
    """What all fits of a run share.

    Parameters
    ----------
    data_sets, seed
        How many, and what they and their fits are drawn with.
    folder
        Where fits are written, by model and way.
    workers
        Processes that fit.
    target_accept
        As in :func:`unfunnel.fit_many`.
    progressbar
        Whether to show how many fits have ended.
    """

    data_sets: int
    seed: int
    folder: Path
    workers: int = 1
    target_accept: float | str = "auto"
    progressbar: bool = False


@dataclass(frozen=True)
class Ranked:
    """One model's data sets in one way.

    Parameters
    ----------
    places
        Of the truth among draws, uniform if all is right, dims (data set,), by quantity; NaN where a fit failed.
    failed, divergent
        Fits without a result, and fits with a divergence.
    kept
        Least and median number of draws that thinning left, over data sets and quantities.
    seconds
        Of processor time a fit, the median.
    """

    places: Mapping[str, Array]
    failed: int
    divergent: int
    kept: tuple[int, int]
    seconds: float


def ranked(case: Case, ways: Sequence[str], settings: Settings) -> dict[str, Ranked]:
    """Simulate, fit what is not in the folder, and rank; `exact` is left out where the model has none."""
    truth, y = case.simulate(settings.data_sets, settings.seed)
    found = {}
    for way in ways:
        if way != EXACT:
            found[way] = _sampled(case, way, truth, y, settings)
        elif case.exact is not None:
            found[way] = _exact(case, truth, y, settings)
    return found


def _sampled(case: Case, way: str, truth: Mapping[str, Array], y: Array, settings: Settings) -> Ranked:
    names = [f"{case.name} {index:04d}" for index in range(settings.data_sets)]
    fits = uf.fit_many(
        [uf.Fit(name, case.build, {"y": values}) for name, values in zip(names, y, strict=True)],
        DRAWS,
        folder=settings.folder / case.name / way,
        keep=functools.partial(thinned, variables=case.variables),
        var_names=case.variables,
        n_jobs=settings.workers,
        random_seed=settings.seed,
        target_accept=settings.target_accept,
        parameterization=PARAMETERIZATIONS[way],
        progressbar=settings.progressbar,
    )
    kept = [None if fits[name].failed else fits.kept(name) for name in names]
    places = _places(case, truth, kept, settings.seed)
    left = [arrays[label(q.of(i))].size for i, arrays in enumerate(kept) if arrays for q in case.quantities]
    frame = fits.to_frame()
    return Ranked(
        places,
        failed=len(fits.failed),
        divergent=int((frame["divergences"] > 0).sum()),
        kept=(min(left, default=0), int(np.median(left)) if left else 0),
        seconds=float(frame["processor_seconds"].median()),
    )


def _exact(case: Case, truth: Mapping[str, Array], y: Array, settings: Settings) -> Ranked:
    assert case.exact is not None
    kept: list[dict[str, Any] | None] = []
    seconds = []
    for index, values in enumerate(y):
        began = process_time()
        draws = case.exact(values, MOST, settings.seed + index)
        seconds.append(process_time() - began)
        wanted = {quantity.of(index) for quantity in case.quantities}
        kept.append({label((name, at)): draws[name].values[0, :, *at] for name, at in wanted})
    return Ranked(_places(case, truth, kept, settings.seed), 0, 0, (MOST, MOST), float(np.median(seconds)))


def _places(
    case: Case, truth: Mapping[str, Array], kept: Sequence[Mapping[str, Any] | None], seed: int
) -> dict[str, Array]:
    found = np.full((len(kept), len(case.quantities)), np.nan)
    uniform = uniforms(*found.shape, seed)
    for i, arrays in enumerate(kept):
        for j, quantity in enumerate(case.quantities):
            if arrays is not None:
                name, at = quantity.of(i)
                found[i, j] = place(arrays[label((name, at))], float(truth[name][i, *at]), uniform[i, j])
    return {quantity.name: found[:, j] for j, quantity in enumerate(case.quantities)}
