"""Whatever a chart is: its density is the author's at the values it maps to, times the Jacobian of that very map.

No reference is written by hand here, so that all models of the table take part; the Jacobian is one of differences.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests import correlated_models as correlated
from tests.correlated_models import MANY, three_effects
from tests.graphs import MODE, log_density
from tests.models import CASES
from tests.rewrite.evidence import block_evidence, parameterizations
from tests.sequence_models import BY_HAND, OF_PYMC, model_of

import unfunnel as uf

STEP = 1e-3
NAMES = [name for name, case in CASES.items() if case.effects and name != "discrete"]


def line_of(model: Any, new: Any) -> Any:
    """From the point of the charted model to the author's own value variables, where his density is without ado."""
    values = new.replace_rvs_by_values(new.free_RVs)
    own = [model.rvs_to_transforms[model[rv.name]] for rv in new.free_RVs]
    inputs = [list(rv.owner.inputs) for rv in new.free_RVs]
    outputs = []
    for rv, value, transform, parameters in zip(new.free_RVs, values, own, inputs, strict=True):
        if transform is None:
            outputs.append(value)
        else:
            outputs.append(new.replace_rvs_by_values([transform.forward(rv, *parameters)])[0])
    return new.compile_fn(outputs, inputs=new.value_vars, mode=MODE)


def raveled(arrays: Any) -> Any:
    return np.concatenate([np.ravel(array) for array in arrays])


@pytest.mark.parametrize("name", NAMES)
def test_density(name: str) -> None:
    assert_densities(CASES[name].build())


@pytest.mark.parametrize("sequence", [*OF_PYMC, *BY_HAND])
def test_density_of_sequences(sequence: Callable[[], Any]) -> None:
    assert_densities(model_of(sequence, free_noise=True))


@pytest.mark.parametrize("effects", [three_effects, *MANY])
def test_density_of_many_correlated_effects(effects: Callable[[], Any]) -> None:
    model = correlated.model_of(effects)
    name = "z" if "z" in model.named_vars else "u"
    plan = uf.plan(model, {name: "informed"})
    informed = {name: uf.Informed(block_evidence(plan, plan.blocks[0]))}
    assert_density(model, log_density(model), informed)


def assert_densities(model: Any) -> None:
    theirs = log_density(model)
    for kind in ("partial", "informed"):
        assert_density(model, theirs, parameterizations(model, kind))


def assert_density(model: Any, theirs: Any, chosen: Any) -> None:
    new = uf.reparameterize(model, chosen)
    mapped, ours = line_of(model, new), log_density(new)
    shapes = {key: np.shape(value) for key, value in new.initial_point().items()}
    names = [model.rvs_to_values[model[rv.name]].name for rv in new.free_RVs]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])

    def point(x: Any) -> dict[str, Any]:
        parts = np.split(x, ends[:-1])
        return {key: part.reshape(shape) for (key, shape), part in zip(shapes.items(), parts, strict=True)}

    rng = np.random.default_rng(1)
    for _ in range(2):
        x = rng.normal(size=ends[-1])
        values = mapped(point(x))
        columns = []
        for unit in np.eye(x.size):
            far, near = (
                raveled(mapped(point(x + h * unit))) - raveled(mapped(point(x - h * unit))) for h in (STEP, STEP / 2.0)
            )
            columns.append((8.0 * near - far) / (6.0 * STEP))
        _, log_jacobian = np.linalg.slogdet(np.array(columns))
        expected = theirs(dict(zip(names, values, strict=True))) + log_jacobian
        # The differences are of order four: an error of STEP⁴ times a fifth derivative, for every coordinate.
        np.testing.assert_allclose(ours(point(x)), expected, rtol=1e-9, atol=1e-8 * x.size, err_msg=str(chosen))
