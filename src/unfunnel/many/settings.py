"""What all fits have in common, and the seed of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import joblib
import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.many.digest import digest_of_builder
from unfunnel.many.specification import Fit
from unfunnel.sampling.arguments import Arguments

KEPT = ("summary", "draws")
"""What may be kept of a fit, by name."""

Keep = str | Callable[[Any], Mapping[str, Any]]
"""One of these names, or a function of a fit's draws."""

Arrays = dict[str, np.ndarray[Any, Any]]
"""By the names that a person's function gives them."""


@dataclass(frozen=True)
class Settings:
    """How every fit is sampled, and what is kept of it; :func:`unfunnel.fit_many` describes them.

    Raises
    ------
    InvalidArgumentError
        If one of them cannot be used.
    """

    draws: int
    tune: int | None
    chains: int
    cores: int
    target_accept: float | str
    parameterization: Any
    var_names: Sequence[str] | None
    keep: Keep

    def __post_init__(self) -> None:
        self.arguments(0)
        if not callable(self.keep) and self.keep not in KEPT:
            raise InvalidArgumentError(
                f"fit_many: keep must be one of {', '.join(map(repr, KEPT))}, or a function of the draws that returns"
                f" arrays by name, got {self.keep!r}; 'draws' keeps those of the variables in var_names, or of all."
            )

    def arguments(self, seed: int) -> Arguments:
        """Those of a single fit."""
        given = {name: getattr(self, name) for name in ("tune", "chains", "cores", "target_accept", "var_names")}
        return Arguments(self.draws, random_seed=seed, **given)

    @property
    def digest(self) -> str:
        """Of everything that makes a fit another one; how many cores it runs on does not."""
        given = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "cores"}
        if callable(self.keep):
            given["keep"] = digest_of_builder(self.keep)
        return str(joblib.hash(given))

    def arrays(self, tree: Any) -> Arrays | None:
        """What a function keeps of a fit's draws; None where `keep` is a name.

        Raises
        ------
        InvalidArgumentError
            If the function does not return arrays of numbers or texts by name.
        """
        if not callable(self.keep):
            return None
        returned: Any = self.keep(tree)
        items = returned.items() if isinstance(returned, Mapping) else ()
        arrays = {name: np.asarray(value) for name, value in items if isinstance(name, str)}
        # Objects would be pickled, and what is read from a folder must not run anything.
        if not arrays or len(arrays) < len(items) or any(array.dtype.hasobject for array in arrays.values()):
            raise InvalidArgumentError(
                "fit_many: the function given as keep must return numbers by name, as in"
                f" {{'largest': 3.0}}, got {returned!r}."
            )
        return arrays


def root_seed(random_seed: Any) -> int:
    """One number, of which the seeds of all fits are made."""
    return Arguments(random_seed=random_seed).seeds(1)[0]


def seed_of(spec: Fit, root: int) -> int:
    """A fit's own seed: of the root and its name, so that neither order nor number of workers matter."""
    if spec.random_seed is not None:
        return int(spec.random_seed)
    words = np.frombuffer(hashlib.sha256(spec.name.encode()).digest(), dtype="<u4")
    return int(np.random.SeedSequence(root, spawn_key=tuple(map(int, words))).generate_state(1, np.uint64)[0])
