"""A model compiled once, to be sampled in as many coordinates as one likes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization import Evidence, Informed
from unfunnel.planning import Plan, Request, plan
from unfunnel.rewrite import charted
from unfunnel.rewrite.coordinates import Numbers, given_evidence, numbers_of, shared
from unfunnel.sampling.checks import log_problems
from unfunnel.sampling.nutpie import Compiled, Run, Start, compile_model
from unfunnel.sampling.pilot import Pilot, run_pilot
from unfunnel.sampling.reader import PilotReader
from unfunnel.sampling.result import assemble
from unfunnel.sampling.start import StartMap

Seed = int | Sequence[int] | np.random.Generator | None
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
        self.plan = chosen
        self._model = model
        numbers = numbers_of(chosen, self._evidence(chosen, None), {})
        self._inputs: dict[str, Any] = {}
        self._charted = charted(model, chosen, numbers, self._make_input)
        self._compiled = compile_model(self._charted)
        self._start = StartMap(model, self._charted)
        self._reader = PilotReader(self._charted, {c.site.name: c.site.shape for c in chosen.choices})

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
        parameterization: Request | Plan = None,
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
            If the parameterization needs another compilation.
        """
        chosen = self._plan(parameterization)
        seeds = [int(s) for s in np.random.default_rng(random_seed).integers(2**31, size=8)]
        options: dict[str, Any] = {"chains": chains, "cores": cores, "target_accept": target_accept}
        pilot = self._pilot(chosen, options, seeds) if self._needs_pilot(chosen) else None
        run = self._run(chosen, pilot, seeds[-1], draws=draws, tune=_tune(tune, pilot), progress=progress, **options)
        tree = assemble(self._model, chosen, run, pilot, self._reader, self._evidence(chosen, pilot), var_names)
        log_problems(tree)
        return tree

    def _plan(self, parameterization: Request | Plan) -> Plan:
        if parameterization is None:
            return self.plan
        chosen = parameterization if isinstance(parameterization, Plan) else plan(self._model, parameterization)
        if _kinds(chosen) != _kinds(self.plan):
            raise InvalidArgumentError(
                f"CompiledModel.sample: compiled for {_kinds(self.plan)}, asked for {_kinds(chosen)}; informed and"
                " fixed parameterizations need a compilation each: call unfunnel.compile(model, parameterization)."
            )
        return chosen

    def _needs_pilot(self, chosen: Plan) -> bool:
        informed = {name for name, value in chosen.effects.items() if isinstance(value, Informed)}
        return bool(informed - set(given_evidence(chosen)))

    def _pilot(self, chosen: Plan, options: Mapping[str, Any], seeds: Sequence[int]) -> Pilot:
        remaining = iter(seeds)

        def run(pilot: Pilot | None, tune: int, draws: int) -> Run:
            seed = next(remaining)
            return self._run(chosen, pilot, seed, draws=draws, tune=tune, store_gradient=True, pilot=True, **options)

        return run_pilot(chosen, self._reader, run)

    def _run(self, chosen: Plan, found: Pilot | None, seed: int, *, pilot: bool = False, **options: Any) -> Run:
        # In a pilot every scale stays whitened: the comparison with its logarithm starts from there.
        logarithmic = found.logarithmic if found and not pilot else {}
        compiled = self._with(numbers_of(chosen, self._evidence(chosen, found), logarithmic))
        start: Start = self._start.author if found is None else self._start.at_draws(found.draws)
        return compiled.run(start, seed=seed, **options)

    def _with(self, numbers: Numbers) -> Compiled:
        for name, value in numbers.items():
            self._inputs[name].set_value(value)
        return self._compiled.with_numbers(numbers)

    def _make_input(self, name: str, value: Any) -> Any:
        self._inputs[name] = shared(name, value)
        return self._inputs[name]

    @staticmethod
    def _evidence(chosen: Plan, pilot: Pilot | None) -> dict[str, Evidence]:
        informed = {name for name, value in chosen.effects.items() if isinstance(value, Informed)}
        nothing = {name: Evidence.none(int(np.prod(chosen[name].site.shape))) for name in informed}
        return {**nothing, **(pilot.evidence if pilot else {}), **given_evidence(chosen)}


def compile(model: Any, parameterization: Request | Plan = None) -> CompiledModel:  # noqa: A001
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
    chosen = parameterization if isinstance(parameterization, Plan) else plan(model, parameterization)
    return CompiledModel(model, chosen)


def _kinds(chosen: Plan) -> dict[str, str]:
    return {
        name: "an informed parameterization" if isinstance(value, Informed) else "a fixed parameterization"
        for name, value in chosen.effects.items()
    }


def _tune(tune: int | None, pilot: Pilot | None) -> int | None:
    """After a pilot a short warm-up does: the chains start in the posterior, in coordinates that fit it."""
    return 300 if tune is None and pilot is not None else tune
