"""Keeping PyMC from compiling starts that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.charts import (
    CholeskyChart,
    EliminatedMultivariate,
    EliminatedSequence,
    PartialMultivariateChart,
    PartialSequence,
)
from unfunnel.planning import Plan

Points = Mapping[str, NDArray[np.float64]]

_OF_ONE_SHAPE = (
    CholeskyChart,
    EliminatedMultivariate,
    EliminatedSequence,
    PartialMultivariateChart,
    PartialSequence,
)
"""Charts of vectors whose coordinate has the shape of the variable."""

_lock = Lock()


def shaped_points(model: Any, plan: Plan) -> Points | None:
    """A point of a charted model, all zero, by value variable; None where a shape is not known without compiling."""
    points = {}
    for rv in model.free_RVs:
        transform = model.rvs_to_transforms[rv]
        vectors = transform is not None and transform.ndim_supp != 0 and plan[rv.name].site.zero_sum_axes == 0
        if vectors and not isinstance(transform, _OF_ONE_SHAPE):
            return None
        points[model.rvs_to_values[rv].name] = np.zeros(plan[rv.name].site.line_shape)
    return points


@contextmanager
def known_points(points: Points | None) -> Iterator[None]:
    """While entered, PyMC answers for a model with these value variables at once.

    nutpie asks PyMC twice for a function that finds a start, once for its own use and once for shapes. Through the
    charts that function costs a fifth of a compilation, and unfunnel finds starts by itself.

    Parameters
    ----------
    points
        What to answer with, by name of the value variable; None changes nothing.
    """
    if points is None:
        yield
        return
    import pymc.initial_point as room

    with _lock:
        original = room.make_initial_point_fn

        def make(*, model: Any, **options: Any) -> Any:
            if {value.name for value in model.value_vars} != set(points):
                return original(model=model, **options)
            return lambda seed: dict(points)

        room.make_initial_point_fn = make
        try:
            yield
        finally:
            room.make_initial_point_fn = original
