"""What samples a compiled model: its density, the numbers of its charts, where chains start, what reads a pilot."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from unfunnel.planning import Plan
from unfunnel.rewrite import Charted, chart
from unfunnel.rewrite.coordinates import SharedNumbers, constants
from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.backends import default_tune, runner
from unfunnel.sampling.frame import Frame
from unfunnel.sampling.nutpie import Compiled, Progress, compile_model
from unfunnel.sampling.pilot import Pilot, Round, run_pilot
from unfunnel.sampling.points import shaped_points
from unfunnel.sampling.probe import POINTS, chosen_target
from unfunnel.sampling.progress import progress_of
from unfunnel.sampling.reader import PilotReader
from unfunnel.sampling.refusals import explained_failure
from unfunnel.sampling.run import Run
from unfunnel.sampling.seconds import Seconds
from unfunnel.sampling.start import StartMap
from unfunnel.sampling.target import AUTO, TARGET_ACCEPT, cheaper_targets

logger = logging.getLogger("unfunnel")


@dataclass(frozen=True)
class Engine:
    """Everything that was compiled or made for one model; used by one call at a time.

    Parameters
    ----------
    model, sampled
        The author's model, and what is sampled in its place where rows were put together.
    charted, numbers
        Its charted twin, and the memory that the twin's numbers are in.
    frame
        Of the variables.
    compiled
        By nutpie; None where another backend needs no pilot.
    start, reader
        Where chains begin, and what is learnt from a pilot.
    backend, compile_kwargs
        Of the final run.
    """

    model: Any
    sampled: Any
    charted: Charted
    numbers: SharedNumbers
    frame: Frame
    compiled: Compiled | None
    start: StartMap
    reader: PilotReader
    backend: str
    compile_kwargs: dict[str, Any] | None

    @classmethod
    def of(
        cls,
        model: Any,
        sampled: Any,
        chosen: Plan,
        seconds: Seconds,
        *,
        backend: str,
        compile_kwargs: dict[str, Any] | None,
        data: Mapping[str, Any],
        like: Engine | None,
    ) -> Engine:
        """Compile a model, or take what was compiled for one `like` it, with these data."""
        numbers = SharedNumbers(None if like is None else like.numbers)
        charted, frame = chart(sampled, chosen, numbers.graphs), Frame.of(model)
        compiled: Compiled | None = None
        if like is not None and like.compiled is not None:
            compiled = like.compiled.with_data(data, frame)
        elif backend == "nutpie" or chosen.lacking_evidence:
            # The pilot is nutpie's with every backend: it reads gradients, which the others do not keep.
            options = compile_kwargs if backend == "nutpie" else None
            with seconds.of("compile"):
                points = shaped_points(charted.model, chosen)
                compiled = compile_model(charted.model, frame, points, options)
        start, reader = StartMap(sampled, charted.model), PilotReader(charted, _sizes(compiled, charted))
        return cls(model, sampled, charted, numbers, frame, compiled, start, reader, backend, compile_kwargs)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of elements of every variable, by name."""
        return _sizes(self.compiled, self.charted)

    def with_data(self, data: Mapping[str, Any]) -> Engine:
        """The same with other data in the author's model, of the same shapes."""
        frame = Frame.of(self.model)
        compiled = None if self.compiled is None else self.compiled.with_data(data, frame)
        return replace(self, frame=frame, compiled=compiled)

    def with_defaults(self, given: Arguments, final: Plan, pilot: Pilot | None) -> Arguments:
        """The arguments of the final run, as far as they depend on what the pilot found."""
        informed = bool(final.informed)
        if given.tune is None:
            sizes = self.sizes
            coordinates = sum(sizes[name] for name in self.frame.free)
            given = replace(given, tune=default_tune(self.backend, informed=informed, coordinates=coordinates))
        if given.target_accept == AUTO:
            given = replace(given, target_accept=TARGET_ACCEPT if pilot is None else pilot.target_accept)
        return given

    def pilot(self, chosen: Plan, seeds: Sequence[int], given: Arguments) -> Pilot:
        """Short runs that find evidence, and the acceptance rate of the run to come where that is theirs to choose."""
        remaining = iter(seeds)

        def run(coordinates: Plan, before: Pilot | None, length: Round) -> Run:
            options = asdict(length)
            target = TARGET_ACCEPT if given.target_accept == AUTO else given.target_accept
            part = replace(given, draws=options.pop("draws"), tune=options.pop("tune"), target_accept=target)
            return self._run(coordinates, before, part, next(remaining), store_gradient=True, **options)

        pilot = run_pilot(chosen, self.reader, run)
        if given.target_accept == AUTO and pilot.got_about:
            targets = cheaper_targets(pilot.rounds[-1].step_size)
            pilot = self._with_target(pilot, targets, next(remaining)) if targets else pilot
        if pilot.fell_back:
            _say_fell_back(pilot)
        return pilot

    def final(
        self, final: Plan, pilot: Pilot | None, given: Arguments, seed: int, folder: Path | None, progress: Any
    ) -> Run:
        """The run whose draws are handed out."""
        if self.backend == "nutpie":
            with progress_of(given) as bars:
                shown: Progress | None = progress or bars
                options: dict[str, Any] = {"progress": shown, "folder": folder, "keep_interrupted": True}
                options["settled"] = pilot is not None
                return self._run(final, pilot, given, seed, **options)
        generator = np.random.default_rng(seed)
        starts = [
            self.start.author_values(int(generator.integers(2**31)))
            if pilot is None
            else self.start.values_at(pilot.draws, int(generator.integers(2**31)))
            for _ in range(given.chains)
        ]
        model = chart(self.sampled, final, constants).model
        with explained_failure(self.model):
            return runner(self.backend)(model, starts, given, seed, self.compile_kwargs)  # type: ignore[no-any-return]

    def _with_target(self, pilot: Pilot, targets: Sequence[float], seed: int) -> Pilot:
        """The pilot, with one of these target acceptance rates for the run that is to come, if one is safe."""
        assert self.compiled is not None
        self.numbers.set(self.charted.numbers(pilot.plan))
        start, generator = self.start.at_draws(pilot.draws), np.random.default_rng(seed)
        points = np.stack([start(generator) for _ in range(POINTS)])
        found = chosen_target(targets, pilot.rounds[-1].step_size, points, self.compiled.density(), generator)
        return replace(pilot, target_accept=found.target_accept, gradients=pilot.gradients + found.gradients)

    def _run(self, coordinates: Plan, before: Pilot | None, given: Arguments, seed: int, **options: Any) -> Run:
        self.numbers.set(self.charted.numbers(coordinates))
        start = self.start.author if before is None else self.start.at_draws(before.draws)
        assert self.compiled is not None
        with explained_failure(self.model, options.get("folder")):
            return self.compiled.run(start, given, seed=seed, **options)


def _sizes(compiled: Compiled | None, charted: Charted) -> dict[str, int]:
    if compiled is not None:
        return compiled.sizes
    return {name: int(np.prod(shape)) for name, shape in charted.model.eval_rv_shapes().items()}


def _say_fell_back(pilot: Pilot) -> None:
    first, *_, last = pilot.rounds
    logger.warning(
        "The informed chart mixed worse than the noncentered one in the pilot (%.0f leapfrog steps a draw and"
        " %d divergences, against %.0f and %d); the effects are sampled noncentered.",
        last.steps,
        last.divergences,
        first.steps,
        first.divergences,
    )
