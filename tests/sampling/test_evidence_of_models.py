"""Evidence on normal likelihoods is found exactly from gradients in the chart of any other evidence.

The strongest test of charts and scores together: a mistake in either shows in the numbers.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.graphs import MODE, charted_with_numbers, set_numbers
from tests.likelihoods import LIKELIHOODS, exact_evidence
from tests.models import CASES
from tests.rewrite.evidence import block_evidence

import unfunnel as uf
from unfunnel.sampling.reader import PilotReader

DRAWS = 80


class Pilot:
    """Draws and gradients of a charted model at random points, in the chart of evidence that is wrong."""

    def __init__(self, name: str) -> None:
        model = CASES[name].build()
        plan = uf.plan(model)
        self.charted, numbers = charted_with_numbers(model, plan)
        new = self.charted.model
        values = new.value_vars
        constrained = new.compile_fn(new.replace_rvs_by_values(new.free_RVs), inputs=values, mode=MODE)
        gradient = new.compile_dlogp(mode=MODE)
        self.sizes = {value: np.size(array) for value, array in new.initial_point().items()}
        self.shapes = {value: np.shape(array) for value, array in new.initial_point().items()}
        self._evaluate = constrained, gradient
        self._numbers, self.plan, self.block = numbers, plan, plan.blocks[-1]

    def evidence(self, strength: float | None) -> tuple[uf.Evidence, Any]:
        """What is read of a run in the chart of evidence of some strength, and the draws."""
        learned = {}
        if strength is not None:
            learned = {b.lead: block_evidence(self.plan, b, 7, strength, noise=1.7) for b in self.plan.blocks}
        plan = self.plan.learned(learned, {})
        set_numbers(self._numbers, self.charted.numbers(plan))
        rng = np.random.default_rng(11)
        rows, gradients = [], []
        for _ in range(DRAWS):
            point = {name: rng.normal(size=shape) for name, shape in self.shapes.items()}
            rows.append(self._evaluate[0](point))
            gradients.append(self._evaluate[1](point))
        names = [rv.name for rv in self.charted.model.free_RVs]
        draws = {name: np.stack([row[i] for row in rows]) for i, name in enumerate(names)}
        run = SimpleNamespace(gradient=np.stack(gradients)[None])
        reader = PilotReader(self.charted, self.sizes)
        return reader.evidence(run, draws, plan, self.block), draws  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=LIKELIHOODS)
def pilot(request: pytest.FixtureRequest) -> tuple[str, Pilot]:
    return request.param, Pilot(request.param)


@pytest.mark.parametrize("strength", [None, 0.3, 5.0])
def test_it_is_that_of_the_likelihood(pilot: tuple[str, Pilot], strength: float | None) -> None:
    name, run = pilot
    found, draws = run.evidence(strength)
    noise = float(np.exp(np.log(draws["sigma"]).mean())) if run.block.noise else 0.0
    np.testing.assert_allclose(found.noise, noise, rtol=1e-12)
    expected = exact_evidence(name, run.plan, run.block, noise)
    for what in ("h", "H", "C", "D", "h_B"):
        values = getattr(expected, what)
        # Least squares over draws whose spread is within a factor of some hundreds of one another, of exact scores.
        room = 1e-7 * max(1.0, np.abs(values).max(initial=0.0))
        np.testing.assert_allclose(getattr(found, what), values, rtol=1e-7, atol=room, err_msg=what)
