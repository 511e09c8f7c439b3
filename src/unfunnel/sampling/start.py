"""Where chains start: where the author's model would, or at draws of a pilot, either way mapped into the chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.initial_point import make_initial_point_fn
from pytensor.compile.maker import function
from pytensor.graph.replace import vectorize_graph

from unfunnel.structure.graph import MERGED

Values = Mapping[str, NDArray[np.float64]]
"""Values of all free variables, as the model has them (constrained), by name."""


class StartMap:
    """Maps values of a model's free variables to points of its charted twin."""

    def __init__(self, model: Any, charted: Any) -> None:
        # nutpie asks for starts from one thread per chain, and a PyTensor function has storage of its own.
        self._lock = Lock()
        self._names = [rv.name for rv in charted.free_RVs]
        self._author = make_initial_point_fn(model=model, jitter_rvs=set(model.free_RVs), return_transformed=False)
        self._to_chart = function_of_draws(charted, [_coordinate(charted, rv) for rv in charted.free_RVs])

    def point(self, values: Values) -> NDArray[np.float64]:
        """The point of the chart where the free variables have these values."""
        with self._lock:
            coordinates = self._to_chart(*(values[name] for name in self._names))
        return np.concatenate([np.ravel(x) for x in coordinates]).astype(np.float64)

    def author_values(self, seed: Any) -> Values:
        """Where the author's model would start: its initial point, jittered in its own coordinates."""
        with self._lock:
            values: Values = self._author(seed)
        return values

    def author(self, seed: Any) -> NDArray[np.float64]:
        """The point of the chart where the author's model would start."""
        return self.point(self.author_values(seed))

    @staticmethod
    def values_at(draws: Values, seed: Any) -> Values:
        """A randomly chosen draw of a pilot; arrays have dims (sample, *dims of the variable)."""
        chosen = np.random.default_rng(seed).integers(len(next(iter(draws.values()))))
        return {name: values[chosen] for name, values in draws.items()}

    def at_draws(self, draws: Values) -> Any:
        """Starts at randomly chosen draws of a pilot; arrays have dims (sample, *dims of the variable)."""

        def start(seed: Any) -> NDArray[np.float64]:
            return self.point(self.values_at(draws, seed))

        return start


def function_of_draws(model: Any, outputs: Sequence[Any]) -> Any:
    """A function from the values of a model's free variables, in the model's order, to graph expressions.

    It is called once a chain and run, so that to rewrite all of its graph would take longer than running it.
    """
    return function(list(model.free_RVs), list(map(pt.as_tensor, outputs)), mode=MERGED, on_unused_input="ignore")


def function_of_all_draws(model: Any, outputs: Sequence[Any]) -> Any:
    """The same for all draws in one call: of arrays with a leading dim of draws, which the results have too."""
    # Without names: PyTensor takes one such as "1|group" for a dtype, and refuses it.
    inputs = [pt.tensor(shape=(None, *rv.type.shape), dtype=rv.type.dtype) for rv in model.free_RVs]
    batch = vectorize_graph(list(map(pt.as_tensor, outputs)), dict(zip(model.free_RVs, inputs, strict=True)))
    return function(inputs, batch, mode=MERGED, on_unused_input="ignore")


def _coordinate(model: Any, rv: Any) -> Any:
    transform = model.rvs_to_transforms[rv]
    return rv if transform is None else transform.forward(rv, *rv.owner.inputs)
