"""The arguments of sampling: one value, looked at before anything is compiled or run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from unfunnel.errors import InvalidArgumentError, UnknownVariableError
from unfunnel.sampling.target import AUTO

Seed = int | Sequence[int] | np.random.Generator | None

_BARS = ("combined", "split", "combined+stats", "stats+combined", "split+stats", "stats+split")

_PYMCS_OWN = {
    "nuts_sampler": "the sampler is chosen with backend='nutpie', 'pymc' or 'numpyro'",
    "model": "the model is the first argument",
    "initvals": "give variables their initval in the model; chains start there, or at draws of the pilot",
    "init": "chains start where the model would, or at draws of the pilot",
    "jitter_max_retries": "chains start where the model would, or at draws of the pilot",
    "n_init": "the pilot takes the place of the initialization",
    "step": "everything is sampled by NUTS; use pymc.sample(unfunnel.reparameterize(model, ...), step=...)",
    "nuts": "target_accept is an argument of its own; for other options of NUTS use"
    " pymc.sample(unfunnel.reparameterize(model, ...), nuts=...)",
    "nuts_sampler_kwargs": "target_accept is an argument of its own; for other options of NUTS use"
    " pymc.sample(unfunnel.reparameterize(model, ...), nuts=...)",
    "trace": "use store='draws.zarr' to stream draws to disk",
    "discard_tuned_samples": "warm-up draws are never kept",
    "compute_convergence_checks": "the checks are always made; silence them with"
    " logging.getLogger('unfunnel').setLevel('ERROR')",
    "keep_warning_stat": "problems are logged",
    "return_inferencedata": "the result is always an xarray.DataTree",
    "idata_kwargs": "use pymc.compute_log_likelihood(result, model=model) and the like on the result",
    "callback": "watch a run with CompiledModel.sample(progress=...)",
    "quiet": "use progressbar=False, and logging.getLogger('unfunnel').setLevel('ERROR')",
    "progressbar_theme": "the progress bar has PyMC's default theme",
    "mp_ctx": "nutpie runs chains as threads, and PyMC's sampler starts processes as it does by default",
    "blas_cores": "limit threads with threadpoolctl around the call",
}
"""Arguments of `pymc.sample` that are not taken, and what to do instead."""


@dataclass(frozen=True)
class Arguments:
    """The arguments that `sample` and a compiled model have in common, checked.

    They mean what they mean in `pymc.sample`; :func:`unfunnel.sample` describes them.

    Raises
    ------
    InvalidArgumentError
        If one of them cannot be used.
    """

    draws: int = 1000
    tune: int | None = None
    chains: int = 4
    cores: int | None = None
    random_seed: Seed = None
    target_accept: float | str = AUTO
    progressbar: bool | str = False
    var_names: Sequence[str] | None = None
    store: str | Path | None = None

    def __post_init__(self) -> None:
        for name in ("draws", "chains"):
            self._normalize(name, _count(name, getattr(self, name)))
        for name in ("tune", "cores"):
            if getattr(self, name) is not None:
                self._normalize(name, _count(name, getattr(self, name)))
        # Compared as text only: an array is no answer to whether it is a word.
        if not (isinstance(self.target_accept, str) and self.target_accept == AUTO):
            if not _is_share(self.target_accept):
                raise InvalidArgumentError(
                    f"sample: target_accept must lie between 0 and 1, or be {AUTO!r}, got {self.target_accept!r}; 0.8"
                    " is usual."
                )
            self._normalize("target_accept", float(self.target_accept))
        if not (isinstance(self.progressbar, bool) or self.progressbar in _BARS):
            raise InvalidArgumentError(
                f"sample: progressbar must be True, False or one of {', '.join(map(repr, _BARS))}, got"
                f" {self.progressbar!r}."
            )
        if not (self.store is None or isinstance(self.store, str | Path)):
            raise InvalidArgumentError(
                f"sample: store must be the path of a folder to be made, got {self.store!r}; leave it out to keep the"
                " draws in memory."
            )
        self.seeds(1)

    def _normalize(self, name: str, value: Any) -> None:
        """Keep Python's own number: a sampler's settings are stored as JSON, which has none of NumPy's."""
        object.__setattr__(self, name, value)

    def seeds(self, count: int) -> list[int]:
        """Seeds for so many runs, from the one given."""
        try:
            generator = np.random.default_rng(self.random_seed)
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(
                "sample: random_seed must be a whole number from 0, a sequence of them or a NumPy Generator, got"
                f" {self.random_seed!r}."
            ) from error
        if isinstance(self.random_seed, np.random.Generator):
            return [int(seed) for seed in generator.spawn(1)[0].integers(2**31, size=count)]
        return [int(seed) for seed in generator.integers(2**31, size=count)]

    def check_names(self, model: Any) -> None:
        """Refuse names that the model does not have."""
        # Whatever was given: callers may have no types.
        names: Any = self.var_names
        if names is None:
            return
        known = [variable.name for variable in model.unobserved_RVs]
        if isinstance(names, str) or not isinstance(names, Collection) or not names:
            raise InvalidArgumentError(
                f"sample: var_names must be a list of names, got {names!r}; leave it out to have all of"
                f" {', '.join(known)}."
            )
        unknown = [name for name in names if not isinstance(name, str) or name not in known]
        if unknown:
            raise UnknownVariableError(
                f"sample: var_names has {', '.join(map(repr, unknown))}; the model's variables are {', '.join(known)}."
            )


def refuse_unknown(call: str, unknown: Mapping[str, object], also: Sequence[str] = ()) -> None:
    """Refuse keyword arguments that do not exist, with the nearest that does.

    Parameters
    ----------
    call
        Name of the function that got them.
    unknown
        The arguments it has no parameter for.
    also
        Parameters it has beside those of :class:`Arguments`.

    Raises
    ------
    InvalidArgumentError
        If there is one.
    """
    known = [*(field.name for field in fields(Arguments)), *also]
    for name in unknown:
        if name in _PYMCS_OWN:
            raise InvalidArgumentError(f"{call}: {name!r} of pymc.sample is not taken; {_PYMCS_OWN[name]}.")
        nearest = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"it has {', '.join(known)}."
        raise InvalidArgumentError(f"{call}: there is no argument {name!r}; {hint}")


def check_compress(call: str, compress: Any) -> None:
    """Refuse anything but a decision.

    Raises
    ------
    InvalidArgumentError
        If it is another value.
    """
    if not isinstance(compress, bool):
        raise InvalidArgumentError(f"{call}: compress must be True or False, got {compress!r}.")


def _count(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise InvalidArgumentError(f"sample: {name} must be a whole number, 1 or more, got {value!r}.")
    return int(value)


def _is_share(value: Any) -> bool:
    return isinstance(value, Real) and 0 < float(value) < 1
