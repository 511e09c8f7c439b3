"""The function a person calls to see one model in several parameterizations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from numbers import Integral
from time import perf_counter
from typing import Any

import numpy as np

from unfunnel.comparison.comparison import Comparison
from unfunnel.comparison.measure import Measured, measured
from unfunnel.diagnosis import Diagnosis, diagnose
from unfunnel.errors import InvalidArgumentError
from unfunnel.formula import read_model
from unfunnel.parameterization import Mixed, Parameterization
from unfunnel.planning import Plan
from unfunnel.planning.decide import Request
from unfunnel.planning.decide import plan as planned
from unfunnel.sampling import CompiledModel
from unfunnel.sampling import compile as compile_model
from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.recompilation import serves
from unfunnel.structure import Role, Site, read

NAMED = ("centered", "noncentered", "mixed", "informed")
"""What may be asked for by name, and is by default."""

Step = Callable[[str, int, int], None]


def compare(
    model: Any,
    parameterizations: Sequence[Request] | Mapping[str, Request] = NAMED,
    *,
    draws: int = 1000,
    tune: int | None = None,
    chains: int = 4,
    cores: int | None = None,
    random_seed: int | Sequence[int] | None = None,
    seeds: int = 3,
    target_accept: float = 0.8,
    keep_draws: bool = False,
    progress: Step | None = None,
) -> Comparison:
    """Sample one model in several parameterizations, over several seeds, and say which is best and what is noise.

    The fixed parameterizations share one compilation and the informed one takes another: two at the most, unless
    mappings ask for different kinds effect by effect. Seeds come in turn, every parameterization with one before any
    with the next, so that a machine that slows down slows all of them.

    Parameters
    ----------
    model
        A PyMC or Bambi model, which is left untouched.
    parameterizations
        Names ("centered", "noncentered", "mixed", "informed"), parameterizations, mappings from effects to
        parameterizations, or plans; or a mapping from labels to such. "mixed" is centered where the weight of the data,
        as the first of the others shows it, is above a half.
    draws, tune, chains, cores
        As in :func:`unfunnel.sample`.
    target_accept
        Target acceptance rate, the same for all: only their coordinates differ.
    random_seed
        The first seed, of which the others are the next whole numbers; or the seeds themselves.
    seeds
        How many, if `random_seed` is not a sequence of them.
    keep_draws
        Whether to keep the fits, as `trees` of the comparison.
    progress
        Called with what begins, how many steps are done, and how many there are.

    Returns
    -------
    Comparison

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used.
    UnknownVariableError
        If a name is not a free variable of the model.
    SamplingError
        If the sampler could not begin or go on.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    ...     y = pm.Normal("y", theta, 1.0, observed=[1.0, 2.0, 4.0])
    >>> uf.compare(model, ["centered", "noncentered"], draws=100, seeds=1, random_seed=1).parameterizations
    ('centered', 'noncentered')

    Notes
    -----
    Efficiency is the smallest bulk effective sample size over every element of every free variable, per 1000 gradients
    of the draws. The best is the most efficient of those that :func:`unfunnel.diagnose` finds sound. A difference is
    noise if the 95 % interval of its ratio, from the spread over seeds or the error of an effective sample size,
    whichever is larger, includes 1.
    """
    written = read_model(model).model
    sites = read(written)
    labelled = _labelled(parameterizations)
    chosen = _seeds(random_seed, seeds)
    Arguments(draws, tune=tune, chains=chains, cores=cores, target_accept=target_accept)
    # Whatever was given: callers may have no types.
    given: Any = target_accept
    if isinstance(given, str):
        raise InvalidArgumentError(
            f"compare: target_accept must be a number, the same for all, got {target_accept!r}; 0.8 is usual."
        )
    options = {"tune": tune, "chains": chains, "cores": cores, "target_accept": target_accept}
    say = progress or (lambda *_: None)
    run = _Run(model, written, sites, options, draws, say, keep_draws, len(labelled) * len(chosen))
    with _quiet():
        for number, seed in enumerate(chosen):
            for position, (label, request) in enumerate(labelled.items()):
                run.sample(label, request, seed, number * len(labelled) + position)
    order = {label: position for position, label in enumerate(_asked(parameterizations))}
    fits = sorted(run.fits, key=lambda fit: (chosen.index(fit.seed), order[fit.parameterization]))
    return Comparison(tuple(fits), dict(run.seconds), dict(run.trees))


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings of every single fit: what they would say is in the table."""

    def severe(record: logging.LogRecord) -> bool:
        return record.levelno > logging.WARNING

    logger = logging.getLogger("unfunnel")
    logger.addFilter(severe)
    try:
        yield
    finally:
        logger.removeFilter(severe)


@dataclass
class _Run:
    """What has been compiled and sampled so far."""

    model: Any
    written: Any
    sites: tuple[Site, ...]
    options: dict[str, Any]
    draws: int
    say: Step
    keep: bool
    total: int
    compiled: list[CompiledModel] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    fits: list[Measured] = field(default_factory=list)
    trees: dict[tuple[str, int], Any] = field(default_factory=dict)
    weights: dict[str, Any] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)

    def sample(self, label: str, request: Request, seed: int, done: int) -> None:
        """One fit."""
        if label not in self.plans:
            self.plans[label] = self._plan(request)
        compiled = self._compiled(self.plans[label], label, done)
        self.say(f"{label}, seed {seed}", done, self.total)
        tree = compiled.sample(self.draws, random_seed=seed, parameterization=self.plans[label], **self.options)
        diagnosis = diagnose(tree, self.model)
        if not self.weights:
            self.weights = _weights(diagnosis, self.sites)
        self.fits.append(measured(tree, label, seed, self.sites, diagnosis))
        if self.keep:
            self.trees[label, seed] = tree

    def _plan(self, request: Request) -> Plan:
        if isinstance(request, str) and request == Mixed.name:
            request = {name: Mixed(centered=weight > 0.5) for name, weight in self.weights.items()}
        return planned(self.written, request)

    def _compiled(self, plan: Plan, label: str, done: int) -> CompiledModel:
        for compiled in self.compiled:
            if serves(compiled.plan, plan):
                return compiled
        self.say(f"compiling for {label}", done, self.total)
        began = perf_counter()
        self.compiled.append(compile_model(self.model, plan))
        kind = "informed" if plan.informed else "fixed"
        name = kind if kind not in self.seconds else label
        self.seconds[name] = perf_counter() - began
        return self.compiled[-1]


def _labelled(asked: Any) -> dict[str, Request]:
    """Requests by label, "mixed" after the others, which show it what to center."""
    found = _asked(asked)
    if list(found.values()) == [Mixed.name]:
        raise InvalidArgumentError(
            "compare: 'mixed' alone has no fit that shows which groups to center; name another beside it, or give the"
            " mask, as in {'mixed': unfunnel.Mixed(centered=mask)}."
        )
    return dict(sorted(found.items(), key=lambda item: isinstance(item[1], str) and item[1] == Mixed.name))


def _asked(asked: Any) -> dict[str, Request]:
    """Requests by label, in the order asked for."""
    if isinstance(asked, Mapping):
        found: dict[str, Request] = dict(asked)
    elif isinstance(asked, Sequence) and not isinstance(asked, str):
        labels = [_label(request, position) for position, request in enumerate(asked)]
        found = dict(zip(labels, asked, strict=True))
        if len(found) < len(labels):
            raise InvalidArgumentError(
                f"compare: parameterizations must differ, got {', '.join(labels)}; give them labels of your own, as in"
                " compare(model, {'mine': ..., 'yours': ...})."
            )
    else:
        found = {}
    if not found:
        raise InvalidArgumentError(
            f"compare: parameterizations must be a sequence of {', '.join(map(repr, NAMED))} or values such as"
            f" unfunnel.Partial(0.5), or a mapping from labels to them; got {asked!r}."
        )
    return found


def _label(request: Request, position: int) -> str:
    if isinstance(request, str):
        if request not in NAMED:
            raise InvalidArgumentError(
                f"compare: a parameterization is one of {', '.join(map(repr, NAMED))}, or a value such as"
                f" unfunnel.Partial(0.5); got {request!r}."
            )
        return request
    return request.name if isinstance(request, Parameterization) else f"plan {position + 1}"


def _seeds(random_seed: Any, seeds: Any) -> list[int]:
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 1:
        raise InvalidArgumentError(f"compare: seeds must be a whole number, 1 or more, got {seeds!r}.")
    if isinstance(random_seed, Sequence) and not isinstance(random_seed, str):
        found = [int(seed) for seed in random_seed]
        if not found or len(set(found)) < len(found):
            raise InvalidArgumentError(f"compare: random_seed must hold different seeds, got {random_seed!r}.")
        return found
    if random_seed is not None and (isinstance(random_seed, bool) or not isinstance(random_seed, Integral)):
        raise InvalidArgumentError(f"compare: random_seed must be a whole number or several, got {random_seed!r}.")
    (first,) = Arguments().seeds(1) if random_seed is None else [int(random_seed)]
    Arguments(random_seed=first)
    return [first + number for number in range(seeds)]


def _weights(diagnosis: Diagnosis, sites: tuple[Site, ...]) -> dict[str, Any]:
    """Weights of the data by effect, in the shape that a centeredness has."""
    found = {}
    for site in sites:
        if site.role is not Role.EFFECT or not site.chartable:
            continue
        flat = np.array([finding.weight for finding in diagnosis.of(site.name) if finding.location or finding.scale])
        if site.zero_sum_axes:
            # Elements that sum to zero have one mask for all, because a mask is of one element fewer.
            found[site.name] = np.full(site.centeredness_shape, np.nanmean(flat))
            continue
        shaped = flat.reshape(site.shape)
        axis = 0 if site.components_first else -1
        found[site.name] = shaped.mean(axis=axis) if site.correlated else shaped
    return found
