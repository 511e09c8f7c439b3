"""A model compiled once, to be sampled in as many coordinates and with as many data sets as one likes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, TypedDict, Unpack

import numpy as np

from unfunnel.compression import Compression
from unfunnel.errors import InvalidArgumentError
from unfunnel.formula import Conventions
from unfunnel.planning import Plan, Request, plan
from unfunnel.rewrite import loadings_by_block, same_loadings
from unfunnel.sampling.arguments import Arguments, Seed, refuse_unknown
from unfunnel.sampling.backends import check_backend
from unfunnel.sampling.collection import no_collection
from unfunnel.sampling.data import (
    Computable,
    Held,
    checked_coords,
    checked_values,
    settable,
    with_values,
    without_evidence,
)
from unfunnel.sampling.engine import Engine
from unfunnel.sampling.nutpie import Progress
from unfunnel.sampling.outcome import Outcome
from unfunnel.sampling.pilot import MOST_ROUNDS
from unfunnel.sampling.recompilation import refuse_other_blocks, refuse_other_kinds
from unfunnel.sampling.refusals import check_model, refuse_outside
from unfunnel.sampling.seconds import Seconds
from unfunnel.sampling.store import check_store

logger = logging.getLogger("unfunnel")


class Options(TypedDict, total=False):
    """What :meth:`CompiledModel.sample` takes like :func:`unfunnel.sample`."""

    tune: int | None
    chains: int
    cores: int | None
    random_seed: Seed
    target_accept: float | str
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

    @no_collection()
    def __init__(
        self,
        model: Any,
        chosen: Plan,
        backend: str = "nutpie",
        compile_kwargs: dict[str, Any] | None = None,
        *,
        conventions: Conventions | None = None,
        compression: Compression | None = None,
        like: CompiledModel | None = None,
    ) -> None:
        check_model(model)
        check_backend("compile", backend, compile_kwargs)
        seconds = Seconds()
        refuse_outside(model, {choice.site.name: choice.site.shape for choice in chosen.choices})
        self.plan = chosen
        self._model, self._conventions = model, conventions
        # The same variables on fewer rows: only what the sampler evaluates is made of it.
        self._compression = compression
        # Models that share compiled code share the memory of its numbers: one of them samples at a time.
        self._lock: Lock = Lock() if like is None else like._lock
        self._data = {data.name: data.get_value(borrow=True) for data in settable(model)}
        # Set where the model is a copy of our own, whose data are put in for each call: see `with_data`.
        self._held: Held | None = None
        self._spare: CompiledModel | None = None
        self._engine: Engine = Engine.of(
            model,
            model if compression is None else compression.model,
            chosen,
            seconds,
            backend=backend,
            compile_kwargs=compile_kwargs,
            data=self._data,
            like=None if like is None else like._engine,
        )
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
        if not (progress is None or callable(progress)):
            raise InvalidArgumentError(
                f"CompiledModel.sample: progress must be a function of nutpie's chain progresses, got {progress!r}; use"
                " progressbar=True to see a run's progress."
            )
        self._refuse_changed_data("CompiledModel.sample")
        conventions = None
        if self._conventions is not None:
            conventions = self._conventions.showing(given.var_names)
            given = replace(given, var_names=conventions.needed)
        # One call at a time: the numbers of the charts, which starts are mapped with, are set for a run.
        with self._lock:
            self._put_data()
            return self._sample(given, self._plan(parameterization), folder, progress, conventions)

    def __reduce__(self) -> Any:
        raise InvalidArgumentError(
            "CompiledModel: compiled code cannot be copied or sent to another process; send the model (cloudpickle can)"
            " and call unfunnel.compile there, or use threads. For other data there is with_data."
        )

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
        if self._compression is not None:
            raise InvalidArgumentError(
                "CompiledModel.with_data: with compress=True sums over the rows of the data are compiled in. Set the"
                " data with pymc.set_data and compile the model again: unfunnel.compile(model, compress=True)."
            )
        self._refuse_changed_data("CompiledModel.with_data")
        values, labels = checked_values(self._model, new_data), checked_coords(self._model, coords)
        if self._same_shapes(values):
            self._spare = self._spare or self._with_other_data({}, None)
            held = self._model.coords if self._held is None else self._held.coords
            refilled = self._spare.refilled(self._data | values, held | (labels or {}))
            if refilled is not None:
                return refilled
        return self._with_other_data(values, labels)

    def _holds(self, data: Mapping[str, Any], coords: Mapping[str, Any]) -> bool:
        """Whether these are among the data and labels that it samples with."""
        labels = self._model.coords if self._held is None else self._held.coords
        return all(labels.get(dim) == theirs for dim, theirs in coords.items()) and all(
            value is self._data[name] or np.array_equal(value, self._data[name]) for name, value in data.items()
        )

    def _planned(self, chosen: Plan) -> CompiledModel:
        """The same compilation for a plan with charts of the same kinds and blocks."""
        made = self._twin()
        made.plan, made._seconds = chosen, {"compile": 0.0, "other": 0.0}
        return made

    def _same_shapes(self, values: Mapping[str, Any]) -> bool:
        return all(np.shape(value) == np.shape(self._data[name]) for name, value in values.items())

    def _with_other_data(self, values: Mapping[str, Any], coords: Mapping[str, Sequence[Any]] | None) -> CompiledModel:
        """The same compilation for a copy of the model that holds other data, of whatever shape."""
        with self._lock:
            self._put_data()
            model = with_values(self._model, values, coords)
        computable = Computable(model)
        computable.check(self._engine.sizes)
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
        options: dict[str, Any] = {"conventions": self._conventions, "like": self}
        made = CompiledModel(model, chosen, self._engine.backend, self._engine.compile_kwargs, **options)
        made._held, made._spare = Held(computable, dict(model.coords)), made
        return made

    def refilled(self, data: Mapping[str, Any], coords: Mapping[str, Any]) -> CompiledModel | None:
        """A model like this one, of its own copy of the author's, whose data are others of the same shapes.

        Everything that was made for the copy serves both, functions that map starts and read pilots among it; making
        them takes as long as sampling a small model does.

        Parameters
        ----------
        data, coords
            All of them.

        Returns
        -------
        CompiledModel or None
            None where the new data would make another plan, or move locations otherwise: that is compiled in.
        """
        assert self._held is not None
        if not self._held.fits(coords):
            return None
        made = self._twin()
        made._data, made._held = dict(data), replace(self._held, coords=dict(coords))
        with self._lock:
            made._put_data()
            self._held.computable.check(self._engine.sizes)
            chosen = plan(self._model, without_evidence(self.plan), max_shared=self.plan.max_shared)
            charted = self._engine.charted
            loadings = loadings_by_block(charted.anatomy, chosen)
            if not chosen.of_same_sites(self.plan) or not same_loadings(loadings, charted.loadings):
                return None
            made._engine = self._engine.with_data(made._data)
        made._seconds = {"compile": 0.0, "other": 0.0}
        return made

    def _twin(self) -> CompiledModel:
        """Another object with all that this one holds; `copy` is refused, because people mean other things by it."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def _put_data(self) -> None:
        """Put this object's data into the copy of the model that it shares with others."""
        if self._held is not None:
            self._held.put(self._model, self._data)

    def _refuse_nutpies_own(self, folder: Path | None, progress: Progress | None) -> None:
        backend = self._engine.backend
        if backend == "nutpie":
            return
        if folder is not None:
            raise InvalidArgumentError(
                f"sample: store is for backend='nutpie', and {backend!r} keeps draws in memory; leave one out."
            )
        if progress is not None:
            raise InvalidArgumentError(
                f"CompiledModel.sample: progress is for backend='nutpie', and {backend!r} calls nothing back; use"
                " progressbar=True."
            )

    def _refuse_changed_data(self, call: str) -> None:
        """`pymc.set_data` does not reach what is compiled; its draws would pass for those of the new data."""
        if self._held is not None:
            return
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

    def _sample(
        self,
        given: Arguments,
        chosen: Plan,
        folder: Path | None,
        progress: Progress | None,
        conventions: Conventions | None,
    ) -> Any:
        seconds, (*seeds, seed) = Seconds(), given.seeds(MOST_ROUNDS + 2)
        pilot = None
        if chosen.lacking_evidence:
            with seconds.of("pilot"):
                pilot = self._engine.pilot(chosen, seeds, given)
        final = pilot.plan if pilot else chosen
        given = self._engine.with_defaults(given, final, pilot)
        outcome = Outcome(self._engine, given, final, pilot, folder, conventions)
        outcome.begin()
        with seconds.of("sampling"):
            run = self._engine.final(final, pilot, given, seed, folder, progress)
        tree = outcome.tree(run)
        known = {} if self._compression is None else {"compressed": self._compression.to_json()}
        spent = {
            "seconds_compile": self._seconds["compile"],
            "seconds_pilot": seconds.spent("pilot"),
            "seconds_sampling": seconds.spent("sampling"),
            "seconds_other": seconds.other + self._seconds["other"],
        }
        outcome.add(tree, known | {"target_accept": given.target_accept} | spent)
        return tree
