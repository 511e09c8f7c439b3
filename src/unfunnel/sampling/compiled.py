"""A model compiled once, to be sampled in as many coordinates and with as many data sets as one likes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock
from typing import Any, TypedDict, Unpack

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.planning import Plan, Request, plan
from unfunnel.rewrite import chart
from unfunnel.rewrite.coordinates import SharedNumbers, constants
from unfunnel.sampling.arguments import Arguments, Seed, refuse_unknown
from unfunnel.sampling.backends import check_backend, default_tune, runner
from unfunnel.sampling.checks import problems
from unfunnel.sampling.data import checked_values, settable, with_values, without_evidence
from unfunnel.sampling.frame import Frame
from unfunnel.sampling.nutpie import Compiled, Progress, compile_model
from unfunnel.sampling.pilot import ROUNDS, Pilot, Round, run_pilot
from unfunnel.sampling.points import shaped_points
from unfunnel.sampling.progress import progress_of
from unfunnel.sampling.reader import PilotReader
from unfunnel.sampling.recompilation import refuse_other_blocks, refuse_other_kinds
from unfunnel.sampling.refusals import check_model, explained_failure
from unfunnel.sampling.result import data_of, parameterization_of, posterior_attrs, tree_of
from unfunnel.sampling.run import Run
from unfunnel.sampling.seconds import Seconds
from unfunnel.sampling.start import StartMap
from unfunnel.sampling.store import add_attrs, begin, check_store, end, load
from unfunnel.sampling.unfollowed import unfollowed

logger = logging.getLogger("unfunnel")


class Options(TypedDict, total=False):
    """What :meth:`CompiledModel.sample` takes like :func:`unfunnel.sample`."""

    tune: int | None
    chains: int
    cores: int | None
    random_seed: Seed
    target_accept: float
    progressbar: bool | str
    var_names: Sequence[str] | None
    store: str | Path | None


class CompiledModel:
    """A model compiled once; made by :func:`unfunnel.compile`.

    Attributes
    ----------
    plan
        The coordinates it was compiled for. A model compiled for fixed parameterizations (centered, noncentered,
        mixed, partial) serves them all; one compiled for informed effects serves all evidence.
    """

    def __init__(
        self,
        model: Any,
        chosen: Plan,
        backend: str = "nutpie",
        compile_kwargs: dict[str, Any] | None = None,
        *,
        like: CompiledModel | None = None,
    ) -> None:
        check_model(model)
        check_backend("compile", backend, compile_kwargs)
        seconds = Seconds()
        self.plan = chosen
        self._model, self._backend, self._compile_kwargs = model, backend, compile_kwargs
        self._lock = Lock()
        self._data = {data.name: data.get_value(borrow=True) for data in settable(model)}
        self._numbers = SharedNumbers()
        self._charted = chart(model, chosen, self._numbers.graphs)
        self._frame = Frame.of(model)
        self._compiled: Compiled | None = None
        if like is not None and like._compiled is not None:
            self._compiled = like._compiled.with_data(self._data, self._frame)
        elif backend == "nutpie" or chosen.lacking_evidence:
            # The pilot is nutpie's with every backend: it reads gradients, which the others do not keep.
            options = compile_kwargs if backend == "nutpie" else None
            with seconds.of("compile"):
                points = shaped_points(self._charted.model, chosen)
                self._compiled = compile_model(self._charted.model, self._frame, points, options)
        self._start = StartMap(model, self._charted.model)
        self._reader = PilotReader(self._charted, self._sizes())
        self._seconds = {"compile": seconds.spent("compile"), "other": seconds.other}

    def sample(
        self,
        draws: int = 1000,
        *,
        progress: Progress | None = None,
        parameterization: Request = None,
        **options: Unpack[Options],
    ) -> Any:
        """Sample; the arguments mean what they mean in :func:`unfunnel.sample`.

        Parameters
        ----------
        draws
            Draws per chain, after warm-up.
        progress
            Called now and then with nutpie's list of chain progresses, from another thread; with nutpie only.
        parameterization
            Other coordinates than the ones compiled for, of the same kind; the default is those.
        **options
            `tune`, `chains`, `cores`, `random_seed`, `target_accept`, `progressbar` (here False by default),
            `var_names` and `store`.

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
        OutputError
            If the store exists or cannot be written.
        SamplingError
            If the sampler could not begin or go on.
        """
        unknown = {name: value for name, value in options.items() if name not in Options.__annotations__}
        refuse_unknown("CompiledModel.sample", unknown, also=("progress", "parameterization"))
        given = Arguments(draws, **options)
        given.check_names(self._model)
        folder = check_store(given.store)
        self._refuse_nutpies_own(folder, progress)
        chosen = self._plan(parameterization)
        self._refuse_changed_data("CompiledModel.sample")
        # One call at a time: the numbers of the charts, which starts are mapped with, are set for a run.
        with self._lock:
            return self._sample(given, chosen, folder, progress)

    def with_data(self, *, coords: Mapping[str, Sequence[Any]] | None = None, **new_data: Any) -> CompiledModel:
        """The same compilation for other data.

        What the old data were found to say is forgotten: sampling makes a new pilot. The model that was compiled,
        and this object, stay as they are.

        Parameters
        ----------
        coords
            New labels for dims whose length changes, as in `pymc.set_data`.
        **new_data
            By the name of a `pymc.Data` of the model, its new values. The number of rows may change, where all data of
            these rows are given; the number of groups may not, nor the shape of a Deterministic.

        Returns
        -------
        CompiledModel

        Raises
        ------
        UnknownVariableError
            If the model has no such data.
        InvalidArgumentError
            If values are of another kind or number of dims, do not fit each other, or change what is compiled in.

        Examples
        --------
        >>> import pymc as pm
        >>> import unfunnel as uf
        >>> with pm.Model() as model:
        ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
        ...     y = pm.Normal("y", theta, 1.0, observed=pm.Data("values", [1.0, 2.0, 4.0]))
        >>> compiled = uf.compile(model)
        >>> trees = [compiled.with_data(values=v).sample(50, random_seed=1) for v in ([0.0, 1.0, 3.0], [5.0, 3.0, 4.0])]
        """
        self._refuse_changed_data("CompiledModel.with_data")
        values = checked_values(self._model, new_data)
        model = with_values(self._model, values, coords, self._sizes())
        request = without_evidence(self.plan)
        chosen = plan(model, request, max_shared=self.plan.max_shared)
        for old, new in zip(self.plan.choices, chosen.choices, strict=True):
            if old.site.shape != new.site.shape:
                raise InvalidArgumentError(
                    f"CompiledModel.with_data: {old.site.name!r} has shape {old.site.shape}, and the new data make it"
                    f" {new.site.shape}; its groups are compiled in. Compile the model with the new data:"
                    " unfunnel.compile(model)."
                )
        refuse_other_blocks("CompiledModel.with_data", self.plan, chosen)
        return CompiledModel(model, chosen, self._backend, self._compile_kwargs, like=self)

    def _sample(self, given: Arguments, chosen: Plan, folder: Path | None, progress: Progress | None) -> Any:
        # A pilot takes at most two tries of three rounds.
        seconds, (*seeds, seed) = Seconds(), given.seeds(2 * len(ROUNDS) + 1)
        pilot = None
        if chosen.lacking_evidence:
            with seconds.of("pilot"):
                pilot = self._pilot(chosen, seeds, given)
        final = pilot.plan if pilot else chosen
        if given.tune is None:
            given = replace(given, tune=default_tune(self._backend, informed=bool(final.informed)))
        if folder is not None:
            self._begin(folder, given, final, pilot)
        with seconds.of("sampling"):
            run = self._final(final, pilot, given, seed, folder, progress)
        tree = self._tree(run, given, final, pilot, folder)
        if not run.complete:
            _say_interrupted(tree, given)
        for problem in problems(tree, [choice.site.name for choice in chosen.choices]):
            logger.warning(problem)
        if tree["sample_stats"]["diverging"].any() and (cause := unfollowed(self._charted.anatomy, final)):
            logger.warning(cause)
        spent = {
            "seconds_compile": self._seconds["compile"],
            "seconds_pilot": seconds.spent("pilot"),
            "seconds_sampling": seconds.spent("sampling"),
            "seconds_other": seconds.other + self._seconds["other"],
        }
        tree["parameterization"].attrs.update(spent)
        if folder is not None:
            add_attrs(folder, "parameterization", spent)
        return tree

    def _begin(self, folder: Path, given: Arguments, final: Plan, pilot: Pilot | None) -> None:
        """Write what is known before the run to the store."""
        names = [name for name in self._frame.names if given.var_names is None or name in given.var_names]
        described = parameterization_of(self._frame, final, None, pilot, self._reader)
        begin(folder, self._frame, names, {"parameterization": described, **data_of(self._model)})

    def _tree(self, run: Run, given: Arguments, final: Plan, pilot: Pilot | None, folder: Path | None) -> Any:
        """The result, in memory or as it is read from the store."""
        described = parameterization_of(self._frame, final, run, pilot, self._reader)
        if folder is None:
            return tree_of(run, given, {"parameterization": described, **data_of(self._model)})
        end(folder, described, posterior_attrs(run, given) | run.attrs)
        return load(folder)

    def _final(
        self, final: Plan, pilot: Pilot | None, given: Arguments, seed: int, folder: Path | None, progress: Any
    ) -> Run:
        if self._backend == "nutpie":
            with progress_of(given) as bars:
                shown = progress or bars
                options: dict[str, Any] = {"progress": shown, "folder": folder, "keep_interrupted": True}
                return self._run(final, pilot, given, seed, **options)
        generator = np.random.default_rng(seed)
        starts = [
            self._start.author_values(int(generator.integers(2**31)))
            if pilot is None
            else self._start.values_at(pilot.draws, int(generator.integers(2**31)))
            for _ in range(given.chains)
        ]
        model = chart(self._model, final, constants).model
        with explained_failure(self._model):
            return runner(self._backend)(model, starts, given, seed, self._compile_kwargs)  # type: ignore[no-any-return]

    def _sizes(self) -> dict[str, int]:
        if self._compiled is not None:
            return self._compiled.sizes
        return {name: int(np.prod(shape)) for name, shape in self._charted.model.eval_rv_shapes().items()}

    def _refuse_nutpies_own(self, folder: Path | None, progress: Progress | None) -> None:
        if self._backend == "nutpie":
            return
        if folder is not None:
            raise InvalidArgumentError(
                f"sample: store is for backend='nutpie', and {self._backend!r} keeps draws in memory; leave one out."
            )
        if progress is not None:
            raise InvalidArgumentError(
                f"CompiledModel.sample: progress is for backend='nutpie', and {self._backend!r} calls nothing back; use"
                " progressbar=True."
            )

    def _refuse_changed_data(self, call: str) -> None:
        """`pymc.set_data` does not reach what is compiled; its draws would pass for those of the new data."""
        changed = [d.name for d in settable(self._model) if d.get_value(borrow=True) is not self._data.get(d.name)]
        if changed:
            raise InvalidArgumentError(
                f"{call}: the data {', '.join(map(repr, changed))} were changed after the model was"
                " compiled; use compiled.with_data(...) instead of pymc.set_data, or compile it again with"
                " unfunnel.compile(model)."
            )

    def _plan(self, parameterization: Request) -> Plan:
        if parameterization is None:
            return self.plan
        chosen = plan(self._model, parameterization, max_shared=self.plan.max_shared)
        refuse_other_kinds("CompiledModel.sample", self.plan, chosen)
        refuse_other_blocks("CompiledModel.sample", self.plan, chosen)
        return chosen

    def _pilot(self, chosen: Plan, seeds: Sequence[int], given: Arguments) -> Pilot:
        remaining = iter(seeds)

        def run(coordinates: Plan, before: Pilot | None, length: Round) -> Run:
            options = asdict(length)
            part = replace(given, draws=options.pop("draws"), tune=options.pop("tune"))
            return self._run(coordinates, before, part, next(remaining), store_gradient=True, **options)

        pilot = run_pilot(chosen, self._reader, run)
        if pilot.fell_back:
            first, *_, last = pilot.rounds
            logger.warning(
                "The informed chart mixed worse than the noncentered one in the pilot (%.0f leapfrog steps a draw and"
                " %d divergences, against %.0f and %d); the effects are sampled noncentered.",
                last.steps,
                last.divergences,
                first.steps,
                first.divergences,
            )
        return pilot

    def _run(self, coordinates: Plan, before: Pilot | None, given: Arguments, seed: int, **options: Any) -> Run:
        numbers = self._numbers.set(self._charted.numbers(coordinates))
        start = self._start.author if before is None else self._start.at_draws(before.draws)
        assert self._compiled is not None
        with explained_failure(self._model):
            return self._compiled.with_numbers(numbers).run(start, given, seed=seed, **options)


def compile(  # noqa: A001
    model: Any,
    parameterization: Request = None,
    *,
    backend: str = "nutpie",
    compile_kwargs: dict[str, Any] | None = None,
) -> CompiledModel:
    """Compile a model once, to sample it several times, in several coordinates or with several data sets.

    Parameters
    ----------
    model
        A PyMC model; it is left untouched.
    parameterization
        As in :func:`unfunnel.sample`. A model compiled for one fixed parameterization serves all of them.
    backend, compile_kwargs
        As in :func:`unfunnel.sample`. What is compiled once is nutpie's; the other samplers compile at every call.

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
    check_backend("compile", backend, compile_kwargs)
    return CompiledModel(model, plan(model, parameterization), backend, compile_kwargs)


def _say_interrupted(tree: Any, given: Arguments) -> None:
    sizes = tree["posterior"].sizes
    logger.warning(
        f"Interrupted: {sizes['draw']} of {given.draws} draws of {sizes['chain']} of {given.chains} chains are"
        " returned; result['posterior'].attrs['complete'] is False."
    )
