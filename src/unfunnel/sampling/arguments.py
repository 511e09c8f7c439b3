"""Looking at the arguments of sampling before anything is compiled or run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np

from unfunnel.errors import InvalidArgumentError, UnknownVariableError

Seed = int | Sequence[int] | np.random.Generator | None


@dataclass(frozen=True)
class Arguments:
    """The arguments that `sample` and a compiled model have in common, checked.

    Raises
    ------
    InvalidArgumentError
        If one of them cannot be used.
    """

    draws: int
    tune: int | None
    chains: int
    cores: int | None
    target_accept: float
    random_seed: Seed
    var_names: Sequence[str] | None

    def __post_init__(self) -> None:
        for name in ("draws", "chains"):
            _check_count(name, getattr(self, name))
        for name in ("tune", "cores"):
            if getattr(self, name) is not None:
                _check_count(name, getattr(self, name))
        if not _is_share(self.target_accept):
            raise InvalidArgumentError(
                f"sample: target_accept must lie between 0 and 1, got {self.target_accept!r}; 0.8 is usual."
            )
        self.seeds(1)

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
        if self.var_names is None:
            return
        known = [variable.name for variable in model.unobserved_RVs]
        if isinstance(self.var_names, str) or not self.var_names:
            raise InvalidArgumentError(
                f"sample: var_names must be a list of names, got {self.var_names!r}; leave it out to have all of"
                f" {', '.join(known)}."
            )
        unknown = [name for name in self.var_names if name not in known]
        if unknown:
            raise UnknownVariableError(
                f"sample: var_names has {', '.join(map(repr, unknown))}; the model's variables are {', '.join(known)}."
            )


def _check_count(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise InvalidArgumentError(f"sample: {name} must be a whole number, 1 or more, got {value!r}.")


def _is_share(value: Any) -> bool:
    return isinstance(value, Real) and 0 < float(value) < 1
