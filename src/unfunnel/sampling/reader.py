"""Reading a pilot run: draws, gradients, and the references they are held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.charts import AffineChart, ScaleChart
from unfunnel.sampling.nutpie import Run
from unfunnel.sampling.start import function_of_draws

Floats = NDArray[np.float64]


class PilotReader:
    """Reads a pilot run of a charted model: draws, gradients, and the references they are to be held against."""

    def __init__(self, charted: Any, sizes: Mapping[str, int]) -> None:
        self._charted = charted
        self._slices: dict[str, slice] = {}
        end = 0
        for rv in charted.free_RVs:
            begin, end = end, end + sizes[charted.rvs_to_values[rv].name]
            self._slices[rv.name] = slice(begin, end)
        self._functions: dict[str, Any] = {}

    def draws(self, run: Run) -> dict[str, Floats]:
        """Draws of every free variable; dims (sample, *dims of the variable)."""
        posterior = run.posterior
        values = {rv.name: posterior[rv.name].values for rv in self._charted.free_RVs}
        return {name: array.reshape(-1, *array.shape[2:]) for name, array in values.items()}

    def gradient(self, run: Run, name: str) -> Floats:
        """Gradient in the coordinates of one variable; dims (sample, element)."""
        gradient = run.gradient
        return gradient.reshape(-1, gradient.shape[-1])[:, self._slices[name]]

    def reference(self, draws: dict[str, Floats], name: str) -> tuple[Floats, Floats, Floats]:
        """Effects on the unconstrained line, their locations and scales; dims (sample, element)."""
        rv = self._charted[name]
        chart = self._charted.rvs_to_transforms[rv]
        assert isinstance(chart, AffineChart)
        location, scale, _ = chart.anchor.read(rv.owner.inputs)
        line = chart.anchor.line
        u = rv if line is None else line.forward(rv)
        u, location, scale = self._evaluate(draws, name, [u, location + 0.0 * u, scale + 0.0 * u])
        return u, location, scale

    def bending(self, draws: dict[str, Floats], name: str) -> tuple[Floats, Floats, Floats]:
        """A scale's whitened coordinate, its slope and its bend (see :meth:`ScaleChart.bending`)."""
        rv = self._charted[name]
        chart = self._charted.rvs_to_transforms[rv]
        assert isinstance(chart, ScaleChart)
        z, slope, bend = self._evaluate(draws, name, list(chart.bending(rv, *rv.owner.inputs)))
        return z, slope, bend

    def _evaluate(self, draws: dict[str, Floats], name: str, outputs: list[Any]) -> tuple[Floats, ...]:
        if name not in self._functions:
            self._functions[name] = function_of_draws(self._charted, outputs)
        names = [rv.name for rv in self._charted.free_RVs]
        rows = [self._functions[name](*point) for point in zip(*(draws[n] for n in names), strict=True)]
        return tuple(np.stack([np.ravel(row[i]) for row in rows]) for i in range(len(outputs)))
