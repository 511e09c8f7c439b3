"""Fitting one regime in every parameterization, from at most two compilations."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import xarray as xr

from unfunnel.parameterization import Centered, Informed, NonCentered, Parameterization
from unfunnel.study.case import Case
from unfunnel.study.result import Result

CHAINS = 4
STAGES = ("compile", "centered", "noncentered", "mixed", "compile informed", "informed", "exact")

Stage = Callable[[str], None]


def fit_regime(regime: Case, *, draws: int, seed: int, stage: Stage) -> Result:
    """Sample one regime centered, noncentered, mixed and informed, and compute it exactly if that can be done.

    Parameters
    ----------
    regime
        Data and model.
    draws
        Draws per chain, after warm-up; four chains.
    seed
        Every fit gets its own seed, derived from this one, the regime and the parameterization.
    stage
        Called with each of ``STAGES`` as it begins.

    Returns
    -------
    Result
        With the seconds that each stage took.
    """
    from unfunnel.sampling import compile as compile_model

    seconds: dict[str, float] = {}
    model = regime.model()
    fits: dict[str, xr.DataTree] = {}

    def sample(compiled: Any, parameterization: Parameterization) -> None:
        name = parameterization.name
        with _timed(name, seconds, stage):
            fits[name] = compiled.sample(
                parameterization=parameterization, draws=draws, chains=CHAINS, random_seed=seed_of(seed, regime, name)
            )

    with _timed("compile", seconds, stage):
        fixed = compile_model(model, Centered())
    for parameterization in (Centered(), NonCentered(), regime.mixed()):
        sample(fixed, parameterization)
    with _timed("compile informed", seconds, stage):
        informed = compile_model(model, Informed())
    sample(informed, Informed())
    with _timed("exact", seconds, stage):
        exact = regime.exact()
        exact_draws = None
        if exact is not None:
            exact_draws = exact.sample(draws=draws, chains=CHAINS, random_seed=seed_of(seed, regime, "exact"))
    if exact is None:
        del seconds["exact"]
    return Result(regime, fits, exact, exact_draws, seconds)


@contextmanager
def _timed(name: str, seconds: dict[str, float], stage: Stage) -> Iterator[None]:
    stage(name)
    begin = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - begin


def seed_of(seed: int, regime: Case, name: str) -> int:
    """Seed of one fit, so that no two fits of a study share their random numbers."""
    return zlib.crc32(f"{seed}/{regime.name}/{name}".encode())
