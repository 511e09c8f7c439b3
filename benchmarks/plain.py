"""A model as it stands, sampled by nutpie with its defaults, and what every fit is measured by."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from benchmarks.models.case import Case
from benchmarks.moments import Moments, moments_of, on_lines, worst_ess

CHAINS = 4

TARGET_ACCEPT = 0.8
"""Of everybody, and of the ceiling: the default. Ours may be chosen by the pilot instead."""


@dataclass(frozen=True)
class Fit:
    """One fit in numbers; gradients and seconds are over all chains, seconds of the processor's time."""

    ess: float
    worst: str
    divergences: int
    gradients_draw: int
    gradients: int
    seconds: float
    moments: Mapping[str, Moments]

    @property
    def per_1000(self) -> float:
        """Least bulk ESS per 1000 gradients of the draws."""
        return 1000 * self.ess / self.gradients_draw

    @property
    def per_1000_all(self) -> float:
        """Least bulk ESS per 1000 gradients with pilot and warm-up counted."""
        return 1000 * self.ess / self.gradients

    @property
    def per_second(self) -> float:
        """Least bulk ESS per second of processor time of pilot, warm-up and draws."""
        return self.ess / self.seconds

    def as_json(self) -> dict[str, Any]:
        """All but the moments."""
        row = {key: value for key, value in asdict(self).items() if key != "moments"}
        return row | {"per_1000": self.per_1000, "per_1000_all": self.per_1000_all, "per_second": self.per_second}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Fit:
        """What `as_json` wrote; without moments."""
        return cls(**{part.name: row[part.name] for part in fields(cls) if part.name != "moments"}, moments={})


def processor_seconds() -> float:
    """Time of all threads and finished child processes; other people's work on the machine does not count."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def fit_of(case: Case, posterior: Any, *, divergences: int, gradients_draw: int, before: int, seconds: float) -> Fit:
    """Read the numbers off the draws; `before` is what pilot and warm-up spent."""
    draws = on_lines(posterior, case.lines, case.aliases)
    ess, worst = worst_ess(draws)
    return Fit(ess, worst, divergences, gradients_draw, gradients_draw + before, seconds, moments_of(draws))


def compiled(model: Any, **options: Any) -> tuple[Any, float]:
    """A compiled model, and the seconds of its second compilation, with all caches warm."""
    import nutpie

    nutpie.compile_pymc_model(model, **options)
    began = processor_seconds()
    return nutpie.compile_pymc_model(model, **options), processor_seconds() - began


def fit_plain(case: Case, model: Any, seed: int, draws: int, adaptation: str) -> Fit:
    """One fit of a model compiled by nutpie."""
    tree, seconds = sampled(model, seed, draws, adaptation=adaptation, target_accept=TARGET_ACCEPT)
    return fit_of(
        case,
        tree["posterior"].to_dataset(),
        divergences=int(tree["sample_stats"]["diverging"].sum()),
        gradients_draw=int(tree["sample_stats"]["n_steps"].sum()),
        before=int(tree["warmup_sample_stats"]["n_steps"].sum()),
        seconds=seconds,
    )


def sampled(model: Any, seed: int, draws: int, **options: Any) -> tuple[Any, float]:
    """Draws, and the seconds they took; one core, so that chains do not wait for each other."""
    import nutpie

    clock = Stopwatch()
    settings = {"draws": draws, "chains": CHAINS, "cores": 1, "seed": seed, "progress_bar": False}
    sampler = clock.watch(nutpie.sample, model, blocking=False, **settings, **options)
    return sampler.wait(), clock.seconds


class Stopwatch:
    """Processor seconds in which nutpie samples: not those in which its draws are made into something else."""

    def __init__(self) -> None:
        self.seconds, self.calls = 0.0, 0

    def watch(self, sample: Any, *arguments: Any, **options: Any) -> Any:
        """Call `nutpie.sample` in the background, and wait until there is nothing left to sample."""
        began = processor_seconds()
        sampler = sample(*arguments, **options)
        while not _is_finished(sampler):
            time.sleep(0.001)
        self.seconds += processor_seconds() - began
        self.calls += 1
        return sampler


def _is_finished(sampler: Any) -> bool:
    """Nutpie 0.16 raises where it is asked too early."""
    try:
        return bool(sampler.is_finished)
    except TimeoutError:
        return False
