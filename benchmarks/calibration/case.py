"""What a calibrated model is, what is looked at in it, and data sets of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Element = tuple[str, tuple[int, ...]]
"""A variable and the place of a number in it; () of a variable that is one number."""


@dataclass(frozen=True)
class Quantity:
    """A number whose ranks are looked at.

    Parameters
    ----------
    name
        Of its panel.
    elements
        One, or several that data sets take in turn. Ranks of several effects of one data set depend on each other,
        because they share their mean and scale, and would not be as many independent ones; one a data set is.
    """

    name: str
    elements: tuple[Element, ...]

    def of(self, data_set: int) -> Element:
        """What is looked at in a data set."""
        return self.elements[data_set % len(self.elements)]


@dataclass(frozen=True)
class Case:
    """A model that data are drawn from and that is fitted to them.

    Parameters
    ----------
    name
        Of the model.
    build
        A function of the observations that returns the model. Groups, predictors and priors are its own, so that all
        data sets share a compilation.
    size
        Of the observations.
    quantities
        What is looked at.
    exact
        A function of observations, number of draws and seed that returns independent draws by quadrature, where there
        is one.
    """

    name: str
    build: Callable[[Any], Any]
    size: int
    quantities: tuple[Quantity, ...]
    exact: Callable[[Array, int, int], Any] | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """Those that any quantity is an element of."""
        return tuple(dict.fromkeys(name for quantity in self.quantities for name, _ in quantity.elements))

    def simulate(self, count: int, seed: int) -> tuple[Mapping[str, Array], Array]:
        """Parameters by name, dims (data set, ...), and observations, dims (data set, observation).

        The fitted model draws them itself: a second one, written for the purpose, could differ from it.
        """
        import pymc as pm

        with self.build(np.zeros(self.size, dtype=int)):
            tree = pm.sample_prior_predictive(count, random_seed=seed, var_names=[*self.variables, "y"])
        truth = {name: tree["prior"][name].isel(chain=0).values for name in self.variables}
        return truth, tree["prior_predictive"]["y"].isel(chain=0).values


def one(name: str, variable: str | None = None, *index: int) -> Quantity:
    """A quantity that is the same element in every data set; by default the variable of its name."""
    return Quantity(name, ((variable or name, index),))


def in_turn(name: str, *elements: tuple[Any, ...]) -> Quantity:
    """A quantity that is another element in every data set; each given as its variable and index."""
    return Quantity(name, tuple((variable, index) for variable, *rest in elements for index in [tuple(rest)]))
