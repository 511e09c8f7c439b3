"""Compiled code that this process has already, for models that differ in nothing but their data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.formula import Conventions, Written
from unfunnel.planning import Plan, Request, plan
from unfunnel.rewrite.fgraph import EditableModel
from unfunnel.sampling.compiled import CompiledModel
from unfunnel.sampling.compiling import say_dropped
from unfunnel.sampling.data import settable
from unfunnel.sampling.recompilation import serves
from unfunnel.structure.same import bytes_of, same_structure

MOST = 8
"""Compilations that are kept, the one used last longest."""

LARGEST = 2**26
"""Bytes of data and constants up to which a model is kept: nobody is to wonder where the memory went."""


@dataclass(frozen=True)
class _Kept:
    """A compilation, and a model of ours that nobody else can change."""

    model: Any
    compile_kwargs: dict[str, Any]
    conventions: Conventions | None
    compiled: CompiledModel

    def serves(self, wanted: _Wanted) -> bool:
        return (
            self.compile_kwargs == wanted.compile_kwargs
            and self.conventions == wanted.written.conventions
            and serves(self.compiled.plan, wanted.plan)
            and same_structure(self.model, wanted.copy)
        )


@dataclass(frozen=True)
class _Wanted:
    """What is to be compiled: a model, a copy of it, and its plan."""

    written: Written
    plan: Plan
    compile_kwargs: dict[str, Any]
    copy: Any
    """What its author does to the model from now on does not show in it. Models are compared by their copies: copying
    drops what `pymc.Deterministic` puts around an expression. None of a model that is too large to be kept."""

    @classmethod
    def of(cls, written: Written, chosen: Plan, compile_kwargs: dict[str, Any]) -> _Wanted:
        small = bytes_of(written.model) <= LARGEST
        return cls(written, chosen, compile_kwargs, EditableModel(written.model, "sample").build() if small else None)


@dataclass
class Compilations:
    """Models that this process has compiled with nutpie, the last used last.

    Examples
    --------
    >>> import pymc as pm
    >>> from unfunnel.formula import read_model
    >>> from unfunnel.sampling.reuse import Compilations
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    >>> compilations = Compilations()
    >>> [compilations.of(read_model(model), None, None)[1] for _ in range(2)]
    [True, False]
    """

    kept: list[_Kept] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def of(
        self, written: Written, request: Request, compile_kwargs: Mapping[str, Any] | None
    ) -> tuple[CompiledModel, bool]:
        """A compiled model with this one's data, labels and plan, and whether it had to be compiled.

        Parameters
        ----------
        written
            The model, which has been checked.
        request, compile_kwargs
            As in :func:`unfunnel.compile`.
        """
        say_dropped(written)
        wanted = _Wanted.of(written, plan(written.model, request), dict(compile_kwargs or {}))
        tried: list[_Kept] = []
        while True:
            with self.lock:
                kept = self._next(wanted, tried)
                if kept is None:
                    return self._compiled(wanted), True
            # Without the lock: where a run is on with the same code, this waits for its end, and others need not.
            if (found := _with_data_of(kept.compiled, written.model)) is not None:
                return found._planned(wanted.plan), False
            tried.append(kept)

    def _next(self, wanted: _Wanted, tried: list[_Kept]) -> _Kept | None:
        """The next compilation to try, which is then the one used last."""
        if wanted.copy is None:
            return None
        for kept in self.kept:
            if not any(kept is other for other in tried) and kept.serves(wanted):
                self.kept = [*(other for other in self.kept if other is not kept), kept]
                return kept
        return None

    def _compiled(self, wanted: _Wanted) -> CompiledModel:
        conventions, options = wanted.written.conventions, wanted.compile_kwargs
        model = wanted.written.model if wanted.copy is None else wanted.copy
        compiled = CompiledModel(model, wanted.plan, "nutpie", options, conventions=conventions)
        if wanted.copy is not None:
            self.kept = [*self.kept[1 - MOST :], _Kept(model, options, conventions, compiled)]
        return compiled


COMPILATIONS = Compilations()
"""Those of this process."""


def _with_data_of(compiled: CompiledModel, model: Any) -> CompiledModel | None:
    """The compilation with a model's data and labels; None where something of them is compiled in."""
    values = {data.name: data.get_value(borrow=True) for data in settable(model)}
    if compiled._holds(values, model.coords):
        return compiled
    dims = {dim for name in values for dim in model.named_vars_to_dims.get(name, ())}
    coords = {dim: labels for dim, labels in model.coords.items() if dim in dims}
    if not compiled._holds({}, {dim: labels for dim, labels in model.coords.items() if dim not in dims}):
        return None
    try:
        return compiled.with_data(coords=coords, **values)
    except InvalidArgumentError:
        # Numbers of groups are compiled in; whatever else is wrong with the data shows when they are compiled.
        return None
