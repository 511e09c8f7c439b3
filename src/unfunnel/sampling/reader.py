"""Reading a pilot run: draws, gradients, and what they say of a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.charts import CholeskyChart, ScaleChart
from unfunnel.evidence import Point, fit_evidence, likelihood_scores
from unfunnel.parameterization import Evidence
from unfunnel.planning import Block, Plan
from unfunnel.rewrite import Charted
from unfunnel.rewrite.coordinates import fitting_evidence, in_deviations
from unfunnel.sampling.run import Run
from unfunnel.sampling.start import function_of_all_draws, function_of_draws
from unfunnel.structure import Site

Floats = NDArray[np.float64]
Draws = Mapping[str, Floats]
"""Draws of every free variable by name; dims (sample, *dims of the variable)."""


class PilotReader:
    """Reads runs of a charted model.

    Parameters
    ----------
    charted
        The charted model; the numbers of its charts must be those of the run that is read.
    sizes
        Number of elements of every value variable, by its name.
    """

    def __init__(self, charted: Charted, sizes: Mapping[str, int]) -> None:
        self._charted = charted
        self._slices: dict[str, slice] = {}
        end = 0
        for rv in charted.model.free_RVs:
            begin, end = end, end + sizes[charted.model.rvs_to_values[rv].name]
            self._slices[rv.name] = slice(begin, end)
        self._functions: dict[str, Any] = {}

    def draws(self, run: Run) -> dict[str, Floats]:
        """Draws of every free variable; dims (sample, *dims of the variable)."""
        posterior = run.posterior
        values = {rv.name: posterior[rv.name].values for rv in self._charted.model.free_RVs}
        return {name: array.reshape(-1, *array.shape[2:]) for name, array in values.items()}

    def gradient(self, run: Run, name: str) -> Floats:
        """Gradient in the coordinates of one variable; dims (sample, element)."""
        gradient = run.gradient
        return gradient.reshape(-1, gradient.shape[-1])[:, self._slices[name]]

    def _by_group(self, run: Run, site: Site) -> Floats:
        """Gradient in the coordinates of an effect; dims (sample, group, component)."""
        gradient = self.gradient(run, site.name)
        if site.components_first:
            return np.swapaxes(gradient.reshape(len(gradient), site.components, site.groups), 1, 2)
        return gradient.reshape(len(gradient), site.groups, site.components)

    def evidence(self, run: Run, draws: Draws, plan: Plan, block: Block) -> Evidence:
        """What a run in a plan's coordinates says of a block."""
        loadings, had = self._charted.loadings[block.lead], fitting_evidence(plan, block)
        H, E = had.H, in_deviations(had, loadings)
        gradient = np.concatenate([self._by_group(run, plan[name].site) for name in block.effects], axis=-1)
        parts = [self.gradient(run, name) for name in block.shared]
        shared_gradient = np.concatenate([np.zeros((len(gradient), 0)), *parts], axis=1)
        u, scores = np.empty_like(gradient), np.empty_like(gradient)
        shared, shared_scores = np.empty_like(shared_gradient), np.empty_like(shared_gradient)
        noise = np.empty(len(gradient))
        for i, (location, point, y, noise[i]) in enumerate(self._points(draws, block)):
            u[i] = location + point.deviations
            scores[i], of_innovations = likelihood_scores(point, gradient[i], shared_gradient[i], H, E)
            shared[i] = loadings.innovations @ y
            at_deviations = np.linalg.solve(loadings.innovations.T, of_innovations)
            shared_scores[i] = at_deviations - np.einsum("ksd,ks->d", loadings.effects, scores[i])
        return _fitted(block, plan, u, scores, shared, shared_scores, noise)

    def effect_scale(self, draws: Draws, name: str) -> Floats:
        """Prior scales of an effect on the unconstrained line; dims (sample, *axes broadcastable to the effect's).

        Of correlated effects the factors of their covariance; dims (sample, *groups if they differ, effect, effect).
        """
        anatomy = self._charted.anatomy
        _, scale = anatomy.reference(name)
        (found,) = zip(*self._evaluate(draws, f"{name} scale", [scale.astype("float64")]), strict=True)
        axes = draws[name].ndim - 1
        return np.stack([values.reshape((1,) * (axes - values.ndim) + values.shape) for values in found])

    def bending(self, draws: Draws, name: str) -> tuple[Floats, Floats, Floats, Floats]:
        """A scale, its whitened coordinate, its slope and its bend (see :meth:`ScaleChart.bending`).

        Of a covariance's factor the scales are its standard deviations, whose coordinates are its first ones.
        """
        model = self._charted.model
        rv = model[name]
        chart = model.rvs_to_transforms[rv]
        assert isinstance(chart, ScaleChart | CholeskyChart)
        if name not in self._functions:
            scale = chart.packed.lengths(rv) if isinstance(chart, CholeskyChart) else rv
            self._functions[name] = function_of_all_draws(model, [scale, *chart.bending(rv, *rv.owner.inputs)])
        scales, *others = self._functions[name](*(draws[variable.name] for variable in model.free_RVs))
        # What does not depend on any variable comes without a dim of draws.
        z, slope, bend = (np.broadcast_to(values, scales.shape).reshape(len(scales), -1) for values in others)
        return scales.reshape(len(scales), -1), z, slope, bend

    def _points(self, draws: Draws, block: Block) -> Any:
        """For every draw: locations, the point, innovations and noise scale."""
        elimination = self._charted.eliminations[block.lead]
        parts = [
            elimination.effects_standardised,
            elimination.effect_locations,
            elimination.scales,
            elimination.shared_standardised,
            elimination.shared_spread,
            elimination.innovations,
            elimination.shared_factor if block.shared else np.zeros((0, 0)),
            elimination.noise_factor,
            elimination.noise_scale,
        ]
        for v, location, scale, z, spread, y, factor, f, noise in self._evaluate(draws, block.lead, parts):
            yield location, Point(v, scale, z, spread, factor, float(f)), y, float(noise)

    def _evaluate(self, draws: Draws, key: str, outputs: Sequence[Any]) -> Any:
        """Expressions of the original model's graph, draw by draw."""
        model = self._charted.anatomy.model
        if key not in self._functions:
            self._functions[key] = function_of_draws(model, outputs)
        points = zip(*(draws[rv.name] for rv in model.free_RVs), strict=True)
        return (self._functions[key](*point) for point in points)


def _fitted(
    block: Block, plan: Plan, u: Floats, scores: Floats, shared: Floats, shared_scores: Floats, noise: Floats
) -> Evidence:
    """Evidence on the effects and the directly observed shared parameters, in the block's full sizes."""
    weight, reference = np.ones(len(noise)), 0.0
    if block.noise is not None:
        reference = float(np.exp(np.mean(np.log(noise))))
        weight = np.square(noise / reference)
    sizes = [plan[name].site.size for name in block.shared]
    direct = np.repeat([name in block.direct for name in block.shared], sizes).astype(bool)
    found = fit_evidence(
        u, shared[:, direct], scores * weight[:, None, None], (shared_scores * weight[:, None])[:, direct]
    )
    C, D, h_B = np.zeros((*found.h.shape, direct.size)), np.zeros((direct.size, direct.size)), np.zeros(direct.size)
    C[:, :, direct], D[np.ix_(direct, direct)], h_B[direct] = found.C, found.D, found.h_B
    return replace(found, C=C, D=D, h_B=h_B, noise=reference)
