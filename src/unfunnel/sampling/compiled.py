"""A model compiled once, to be sampled in as many coordinates as one likes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from threading import Lock
from typing import Any

from pytensor.compile.sharedvalue import SharedVariable

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization import Informed
from unfunnel.planning import Plan, Request, plan
from unfunnel.rewrite import charted
from unfunnel.rewrite.coordinates import SharedNumbers, numbers_of
from unfunnel.sampling.arguments import Arguments, Seed
from unfunnel.sampling.checks import problems
from unfunnel.sampling.nutpie import Run, compile_model
from unfunnel.sampling.pilot import ROUNDS, Pilot, Round, run_pilot
from unfunnel.sampling.reader import PilotReader
from unfunnel.sampling.refusals import check_model, explained_failure
from unfunnel.sampling.result import assemble
from unfunnel.sampling.start import StartMap

logger = logging.getLogger("unfunnel")

Progress = Callable[[Any], None]


class CompiledModel:
    """A model compiled once; made by :func:`unfunnel.compile`.

    Attributes
    ----------
    plan
        The coordinates it was compiled for. A model compiled for fixed parameterizations (centered, noncentered,
        mixed, partial) serves them all; one compiled for informed effects serves all evidence.
    """

    def __init__(self, model: Any, chosen: Plan) -> None:
        check_model(model)
        self.plan = chosen
        self._model = model
        self._lock = Lock()
        self._data = {data.name: data.get_value(borrow=True) for data in _settable(model)}
        self._numbers = SharedNumbers(numbers_of(chosen))
        self._charted = charted(model, chosen, self._numbers.graph)
        self._compiled = compile_model(self._charted)
        self._start = StartMap(model, self._charted)
        self._reader = PilotReader(self._charted, self._compiled.sizes)

    def sample(
        self,
        draws: int = 1000,
        *,
        tune: int | None = None,
        chains: int = 4,
        cores: int | None = None,
        random_seed: Seed = None,
        target_accept: float = 0.8,
        progress: Progress | None = None,
        var_names: Sequence[str] | None = None,
        parameterization: Request = None,
    ) -> Any:
        """Sample; the arguments mean what they mean in :func:`unfunnel.sample`.

        Parameters
        ----------
        progress
            Called now and then with nutpie's list of chain progresses, from another thread.
        parameterization
            Other coordinates than the ones compiled for, of the same kind; the default is those.

        Returns
        -------
        xarray.DataTree

        Raises
        ------
        InvalidArgumentError
            If an argument cannot be used, the parameterization needs another compilation, or the model's data were
            changed since.
        UnknownVariableError
            If a name is not a variable of the model.
        SamplingError
            If the sampler could not begin or go on.
        """
        given = Arguments(draws, tune, chains, cores, target_accept, random_seed, var_names)
        given.check_names(self._model)
        chosen = self._plan(parameterization)
        # A pilot takes at most two tries of three rounds.
        *seeds, seed = given.seeds(2 * len(ROUNDS) + 1)
        self._refuse_changed_data()
        options: dict[str, Any] = {"chains": chains, "cores": cores, "target_accept": target_accept}
        # One call at a time: the numbers of the charts, which starts are mapped with, are set for a run.
        with self._lock:
            pilot = self._pilot(chosen, seeds, options) if chosen.lacking_evidence else None
            final = pilot.plan if pilot else chosen
            run = self._run(final, pilot, seed, draws=draws, tune=_tune(tune, final), progress=progress, **options)
            tree = assemble(self._model, final, run, pilot, self._reader, var_names)
        for problem in problems(tree, [choice.site.name for choice in chosen.choices]):
            logger.warning(problem)
        return tree

    def _refuse_changed_data(self) -> None:
        """`pymc.set_data` does not reach what is compiled; its draws would pass for those of the new data."""
        changed = [d.name for d in _settable(self._model) if d.get_value(borrow=True) is not self._data.get(d.name)]
        if changed:
            raise InvalidArgumentError(
                f"CompiledModel.sample: the data {', '.join(map(repr, changed))} were changed after the model was"
                " compiled; compile it again with unfunnel.compile(model)."
            )

    def _plan(self, parameterization: Request) -> Plan:
        if parameterization is None:
            return self.plan
        chosen = plan(self._model, parameterization)
        have, want = _kinds(self.plan), _kinds(chosen)
        for name in have | want:
            compiled, asked = (kinds.get(name, "its author's coordinates") for kinds in (have, want))
            if compiled != asked:
                raise InvalidArgumentError(
                    f"CompiledModel.sample: {name!r} was compiled for {compiled}, and {asked} came; these need a"
                    " compilation each: call unfunnel.compile(model, parameterization)."
                )
        return chosen

    def _pilot(self, chosen: Plan, seeds: Sequence[int], options: Mapping[str, Any]) -> Pilot:
        remaining = iter(seeds)

        def run(coordinates: Plan, before: Pilot | None, length: Round) -> Run:
            return self._run(coordinates, before, next(remaining), store_gradient=True, **asdict(length), **options)

        return run_pilot(chosen, self._reader, run)

    def _run(self, coordinates: Plan, before: Pilot | None, seed: int, **options: Any) -> Run:
        numbers = self._numbers.set(numbers_of(coordinates))
        start = self._start.author if before is None else self._start.at_draws(before.draws)
        with explained_failure(self._model):
            return self._compiled.with_numbers(numbers).run(start, seed=seed, **options)


def compile(model: Any, parameterization: Request = None) -> CompiledModel:  # noqa: A001
    """Compile a model once, to sample it several times or in several coordinates.

    Parameters
    ----------
    model
        A PyMC model; it is left untouched.
    parameterization
        As in :func:`unfunnel.sample`. A model compiled for one fixed parameterization serves all of them.

    Returns
    -------
    CompiledModel

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    >>> compiled = uf.compile(model, uf.Centered())
    >>> tree = compiled.sample(100, random_seed=1, parameterization=uf.NonCentered())
    """
    return CompiledModel(model, plan(model, parameterization))


def _settable(model: Any) -> list[Any]:
    return [data for data in model.data_vars if isinstance(data, SharedVariable)]


def _kinds(chosen: Plan) -> dict[str, str]:
    return {
        name: "an informed parameterization" if isinstance(value, Informed) else "a fixed parameterization"
        for name, value in chosen.effects.items()
    }


def _tune(tune: int | None, chosen: Plan) -> int | None:
    """With evidence a short warm-up does: the coordinates fit the posterior, and a pilot's draws start in it."""
    return 300 if tune is None and chosen.informed else tune
