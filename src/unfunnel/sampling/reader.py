"""Reading a pilot run: draws, gradients, and what they say of a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray

from unfunnel.charts import CholeskyChart, ScaleChart
from unfunnel.evidence import (
    NestedPoint,
    Point,
    SequenceDraws,
    Tree,
    fit_evidence,
    likelihood_scores,
    nested_scores,
    sequence_scores,
)
from unfunnel.parameterization import Evidence
from unfunnel.planning import Block, Plan
from unfunnel.rewrite import Charted
from unfunnel.rewrite.coordinates import fitting_evidence, has_widths, in_deviations
from unfunnel.rewrite.elimination import Elimination
from unfunnel.rewrite.loadings import Loadings
from unfunnel.rewrite.nested import NestedElimination
from unfunnel.rewrite.nested_loadings import NestedLoadings
from unfunnel.sampling.run import Run
from unfunnel.sampling.start import function_of_all_draws
from unfunnel.structure import Site

Floats = NDArray[np.float64]
Draws = Mapping[str, Floats]
"""Draws of every free variable by name; dims (sample, *dims of the variable)."""

_WIDER = 1.1
"""The pilot's draws are few, and a little too wide does less harm than a little too narrow."""

_AT_ONCE = 2**20
"""Numbers of the model's variables that expressions are computed of at once."""


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
        samples = posterior.sizes["chain"] * posterior.sizes["draw"]
        values = {rv.name: posterior[rv.name].values for rv in self._charted.model.free_RVs}
        # Counted, and not left to NumPy: a variable without elements does not tell how many draws there are.
        return {name: array.reshape(samples, *array.shape[2:]) for name, array in values.items()}

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
        if isinstance(loadings, NestedLoadings):
            return self._nested_evidence(run, draws, plan, block, loadings)
        H, E, widths = had.H, in_deviations(had, loadings), self._widths(draws, plan, block)
        gradient = np.concatenate([self._by_group(run, plan[name].site) for name in block.effects], axis=-1)
        parts = [self.gradient(run, name) for name in block.shared]
        shared_gradient = np.concatenate([np.zeros((len(gradient), 0)), *parts], axis=1)
        if plan[block.lead].site.sequential:
            return self._of_sequence(draws, plan, block, loadings, (gradient, shared_gradient), (H, E))
        u, scores = np.empty_like(gradient), np.empty_like(gradient)
        shared, shared_scores = np.empty_like(shared_gradient), np.empty_like(shared_gradient)
        noise = np.empty(len(gradient))
        for i, (location, plain, y, noise[i]) in enumerate(self._points(draws, block)):
            point = plain if widths is None else replace(plain, v=plain.v / had.widths, scale=plain.scale * had.widths)
            u[i] = location + point.deviations
            scores[i], of_innovations = likelihood_scores(point, gradient[i], shared_gradient[i], H, E)
            if widths is not None:
                # The prior that is taken out is the one of the widths to come.
                scores[i] += plain.v / plain.scale * (widths**-2.0 - had.widths**-2.0)
            shared[i] = loadings.innovations @ y
            at_deviations = np.linalg.solve(loadings.innovations.T, of_innovations)
            shared_scores[i] = at_deviations - np.einsum("ksd,ks->d", loadings.effects, scores[i])
        found = _fitted(block, plan, u, scores, shared, shared_scores, noise)
        return found if widths is None else replace(found, widths=widths)

    def _widths(self, draws: Draws, plan: Plan, block: Block) -> Floats | None:
        """How wide the prior of each effect looks in a run; dims (group, effect). None where it always looks the same.

        A normal prior pulls in proportion to the distance, by 1 / width². The width of another is that of the normal
        one with the same mean product of distance and pull, and a tenth more.
        """
        if not has_widths(plan, block):
            return None
        elimination = self._charted.eliminations[block.lead]
        assert isinstance(elimination, Elimination)
        parts = [elimination.standardised(block.lead), elimination.pulls]
        v, pulls = (np.stack(each) for each in zip(*self._evaluate(draws, f"{block.lead} pull", parts), strict=True))
        widths: Floats = _WIDER * np.sqrt(np.square(v).sum(axis=0) / (v * pulls).sum(axis=0))[:, None]
        return widths

    def _of_sequence(
        self,
        draws: Draws,
        plan: Plan,
        block: Block,
        loadings: Loadings,
        gradients: tuple[Floats, Floats],
        had: tuple[Floats, Floats],
    ) -> Evidence:
        """The same of a block that is a sequence; `had` is the evidence that its chart had."""
        (H, E), (gradient, shared_gradient) = had, gradients
        locations, points, y, noise = (list(each) for each in zip(*self._points(draws, block), strict=True))
        steps = plan[block.lead].site.shape[-1]
        stacked = {
            name: np.stack([getattr(point, name) for point in points]) for name in ("scale", "z", "spread", "factor")
        }
        v = np.stack([point.v.reshape(-1, steps) for point in points])
        sequence = SequenceDraws(v=v, **stacked, f=np.array([point.f for point in points]))
        by_step = H.reshape(-1, steps), E.reshape(len(E) // steps, steps, E.shape[-1])
        scores, of_innovations = sequence_scores(sequence, gradient.reshape(v.shape), shared_gradient, *by_step)
        scores = scores.reshape(gradient.shape)
        u = np.stack(locations) + sequence.deviations.reshape(gradient.shape)
        shared = np.stack(y) @ loadings.innovations.T
        at_deviations = of_innovations @ np.linalg.inv(loadings.innovations)
        shared_scores = at_deviations - np.einsum("ksd,nks->nd", loadings.effects, scores)
        return _fitted(block, plan, u, scores, shared, shared_scores, np.array(noise))

    def _nested_evidence(self, run: Run, draws: Draws, plan: Plan, block: Block, loadings: NestedLoadings) -> Evidence:
        """The same of a block whose lead is nested in other effects."""
        levels = [self.gradient(run, name) for name in (block.lead, *block.parents)]
        gradient = np.concatenate(levels, axis=1)
        parts = [self.gradient(run, name) for name in block.shared]
        shared_gradient = np.concatenate([np.zeros((len(gradient), 0)), *parts], axis=1)
        tree = Tree(loadings.sizes, loadings.parents, loadings.slopes, loadings.along)
        u, noise = np.empty((len(gradient), loadings.sizes[0])), np.empty(len(gradient))
        scores, shared, shared_scores = np.empty_like(u), np.empty_like(shared_gradient), np.empty_like(shared_gradient)
        for i, (location, point, y, noise[i]) in enumerate(self._nested_points(draws, block)):
            leaves = slice(loadings.sizes[0])
            u[i] = location + point.scale[leaves] * point.v[leaves]
            scores[i], of_innovations = nested_scores(point, tree, gradient[i], shared_gradient[i])
            shared[i] = loadings.innovations @ y
            shared_scores[i] = np.linalg.solve(loadings.innovations.T, of_innovations)
        return _fitted(block, plan, u[:, :, None], scores[:, :, None], shared, shared_scores, noise)

    def level_weights(self, draws: Draws, block: Block) -> dict[str, Floats]:
        """Of nested levels the share of every element's precision that is the data's; dim (element,), by name."""
        elimination = self._charted.eliminations[block.lead]
        assert isinstance(elimination, NestedElimination)
        points = [point for _, point, _, _ in self._nested_points(draws, block)]
        known = np.array([np.square(point.scale) * point.information for point in points])
        weights = np.split((known / (1.0 + known)).mean(axis=0), np.cumsum(elimination.sizes)[:-1])
        return dict(zip(elimination.levels, weights, strict=True))

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
        assert isinstance(elimination, Elimination)
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

    def _nested_points(self, draws: Draws, block: Block) -> Any:
        """The same of a block with nested levels."""
        elimination = self._charted.eliminations[block.lead]
        assert isinstance(elimination, NestedElimination)
        parts = [
            elimination.leaf_locations,
            elimination.standardised_levels,
            elimination.scales,
            elimination.information,
            elimination.coupling,
            elimination.shared_standardised,
            elimination.shared_spread,
            elimination.innovations,
            elimination.shared_factor,
            elimination.noise_scale,
        ]
        for location, v, scale, information, coupling, z, spread, y, factor, noise in self._evaluate(
            draws, block.lead, parts
        ):
            scales = scale if len(scale) == len(v) else np.repeat(scale, elimination.sizes)
            yield location, NestedPoint(v, scales, information, coupling, z, spread, factor), y, float(noise)

    def _evaluate(self, draws: Draws, key: str, outputs: Sequence[Any]) -> Any:
        """Expressions of the original model's graph, draw by draw; computed for many draws at once."""
        model = self._charted.anatomy.model
        if key not in self._functions:
            self._functions[key] = function_of_all_draws(model, outputs)
        axes = [pt.as_tensor(output).type.ndim for output in outputs]
        values = [draws[rv.name] for rv in model.free_RVs]
        samples = len(values[0])
        step = max(1, _AT_ONCE * samples // max(1, sum(array.size for array in values)))
        for begin in range(0, samples, step):
            chunk = [array[begin : begin + step] for array in values]
            found = zip(self._functions[key](*chunk), axes, strict=True)
            # What does not depend on any variable comes without a dim of draws.
            rows = [array if array.ndim > ndim else [array] * len(chunk[0]) for array, ndim in found]
            yield from zip(*rows, strict=True)


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
