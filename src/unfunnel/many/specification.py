"""What one of many fits is: a name, how its model is built, and its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy as np

from unfunnel.errors import InvalidArgumentError

_CALL = "fit_many"
_LONGEST = 200


@dataclass(frozen=True)
class Fit:
    """One of many fits.

    Parameters
    ----------
    name
        Its own, of at most 200 characters: of its row in the table, its folder, and its random numbers.
    build
        A function that takes the data as keyword arguments and returns a PyMC or Bambi model, or a PyMC model. A
        function goes to the workers, so that cloudpickle must be able to send it; it may as well read a file there.
    data
        What the function is called with; where `build` is a model, new values of its `pymc.Data`.
    random_seed
        By default one made of the seed of all fits and the name.

    Notes
    -----
    Two fits share a compilation where their models differ in nothing but the values of `pymc.Data` and labels of dims.
    Arrays that a builder puts into a model as they are (``observed=y`` without `pymc.Data`) are part of its structure:
    every fit is then compiled.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> def build(y):
    ...     with pm.Model() as model:
    ...         theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    ...         pm.Normal("y", theta, 1.0, observed=pm.Data("values", y))
    ...     return model
    >>> fits = [uf.Fit(f"day {day}", build, {"y": [1.0, 2.0, day]}) for day in range(3)]
    """

    name: str
    build: Callable[..., Any] | Any
    data: Mapping[str, Any] = field(default_factory=dict)
    random_seed: int | None = None

    def __post_init__(self) -> None:
        name: Any = self.name
        data: Any = self.data
        seed: Any = self.random_seed
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST:
            raise InvalidArgumentError(
                f"Fit: name must be a text of 1 to {_LONGEST} characters, got {self.name!r}; it names the fit's folder."
            )
        if not (callable(self.build) or hasattr(self.build, "free_RVs")):
            raise InvalidArgumentError(
                f"Fit: build of {self.name!r} must be a function that returns a model, or a PyMC model, got"
                f" {self.build!r}."
            )
        if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
            raise InvalidArgumentError(f"Fit: data of {self.name!r} must be a mapping from names, got {self.data!r}.")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0):
            raise InvalidArgumentError(
                f"Fit: random_seed of {self.name!r} must be a whole number from 0, got {seed!r}; leave it out to have"
                " one made of the seed of all fits and the name."
            )

    @property
    def is_built(self) -> bool:
        """Whether `build` is a model already."""
        return hasattr(self.build, "free_RVs")

    @property
    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Shapes of the data by name."""
        return tuple((name, np.shape(value)) for name, value in sorted(self.data.items()) if _has_shape(value))


def checked(specs: Sequence[Fit]) -> tuple[Fit, ...]:
    """The fits, if they are such and differ in name.

    Raises
    ------
    InvalidArgumentError
        If not.
    """
    if isinstance(specs, Fit):
        raise InvalidArgumentError(f"{_CALL}: specs must be a sequence of unfunnel.Fit, got one; give [fit].")
    found = tuple(specs)
    for spec in found:
        if not isinstance(spec, Fit):
            raise InvalidArgumentError(
                f"{_CALL}: specs must hold unfunnel.Fit(name, build, data), got {spec!r} among them."
            )
    if not found:
        raise InvalidArgumentError(f"{_CALL}: specs is empty; give at least one unfunnel.Fit(name, build, data).")
    seen: set[str] = set()
    for spec in found:
        # Folders of some file systems do not tell case apart.
        if spec.name.casefold() in seen:
            raise InvalidArgumentError(
                f"{_CALL}: two fits are named {spec.name!r} (case aside); a name is that of a folder, and of random"
                " numbers: give each its own."
            )
        seen.add(spec.name.casefold())
    return found


def _has_shape(value: Any) -> bool:
    return isinstance(value, int | float | np.ndarray | list | tuple) or hasattr(value, "shape")
