"""The same models through `unfunnel`, by its public calls alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from benchmarks.models.case import Case
from benchmarks.plain import CHAINS, Fit, Stopwatch, fit_of, processor_seconds


@dataclass(frozen=True)
class Call:
    """One whole call of `unfunnel.sample`.

    Parameters
    ----------
    compilations
        How often nutpie compiled.
    seconds_other
        Our own time outside compilation and sampling.
    reported
        Whether the call itself reported that time; else it is what nutpie's two functions leave over, which counts
        our helper functions' compilation as our own time.
    rounds
        Rounds of the pilot.
    """

    compilations: int
    seconds_other: float
    reported: bool
    rounds: int


@dataclass
class _Clock:
    """Processor seconds of nutpie's compilations, their number, and its sampling."""

    compiling: float = 0.0
    compilations: int = 0
    sampling: Stopwatch = field(default_factory=Stopwatch)


def call(model: Any, seed: int, draws: int, asked: Any = None) -> Call:
    """Make one whole call and see what it did; its own clock is made to count processor time, as all others here."""
    import unfunnel as uf
    from unfunnel.sampling.reuse import COMPILATIONS

    COMPILATIONS.kept.clear()
    with _watched() as clock, patch("unfunnel.sampling.seconds.perf_counter", processor_seconds):
        began = processor_seconds()
        tree = uf.sample(
            model, draws, parameterization=asked, chains=CHAINS, cores=1, random_seed=seed, progressbar=False
        )
        left = processor_seconds() - began - clock.compiling - clock.sampling.seconds
    attrs = tree["parameterization"].attrs
    reported = attrs.get("seconds_other")
    return Call(
        compilations=clock.compilations,
        seconds_other=left if reported is None else float(reported),
        reported=reported is not None,
        rounds=int(attrs.get("pilot_rounds", 0)),
    )


def compiled_again(model: Any, asked: Any = None) -> tuple[Any, float]:
    """A compiled model, and the seconds that took; a call with the same model has warmed all caches."""
    import unfunnel as uf

    began = processor_seconds()
    return uf.compile(model, asked), processor_seconds() - began


def fit_ours(case: Case, model: Any, seed: int, draws: int, target_accept: float | str) -> Fit:
    """One fit of a compiled model."""
    tree, seconds = sampled_ours(model, seed, draws, target_accept=target_accept)
    cost = tree["parameterization"].attrs
    return fit_of(
        case,
        tree["posterior"].to_dataset(),
        divergences=int(tree["sample_stats"]["diverging"].sum()),
        gradients_draw=int(cost["gradients_draw"]),
        before=int(cost["gradients_pilot"]) + int(cost["gradients_tune"]),
        seconds=seconds,
    )


def sampled_ours(model: Any, seed: int, draws: int, **options: Any) -> tuple[Any, float]:
    """Draws of a compiled model, and the seconds that nutpie sampled, in the pilot too."""
    with _watched() as clock:
        tree = model.sample(draws, chains=CHAINS, cores=1, random_seed=seed, **options)
    if not clock.sampling.calls:
        raise RuntimeError("sampled_ours: nutpie.sample was not called, so that the time it took is not known.")
    return tree, clock.sampling.seconds


@contextmanager
def _watched() -> Iterator[_Clock]:
    """Time what nutpie does meanwhile, and count its compilations."""
    import nutpie

    clock = _Clock()
    compile_model, sample = nutpie.compile_pymc_model, nutpie.sample

    def compiling(*arguments: Any, **options: Any) -> Any:
        began = processor_seconds()
        try:
            return compile_model(*arguments, **options)
        finally:
            clock.compiling += processor_seconds() - began
            clock.compilations += 1

    def sampling(*arguments: Any, **options: Any) -> Any:
        return clock.sampling.watch(sample, *arguments, **options)

    with patch.object(nutpie, "compile_pymc_model", compiling), patch.object(nutpie, "sample", sampling):
        yield clock
