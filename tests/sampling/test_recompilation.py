"""Plans that a compiled model cannot take, and that other data keep the size of blocks that was asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest

import unfunnel as uf
from unfunnel.sampling.recompilation import refuse_other_blocks, refuse_other_kinds


@pytest.fixture(scope="module")
def model() -> Any:
    group, x = np.repeat(range(4), 3), np.tile([0.0, 1.0, 2.0], 4)
    with pm.Model() as built:
        slope = pm.Normal("slope", 0, 5)
        theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=4)
        pm.Normal("y", theta[group] + slope * x, 1.0, observed=pm.Data("values", np.arange(12.0)))
    return built


@pytest.mark.parametrize("max_shared", [0, 1])
def test_other_blocks(model: Any, max_shared: int) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"call: .*'theta' with .*'slope'.*unfunnel.compile"):
        refuse_other_blocks("call", uf.plan(model), uf.plan(model, max_shared=max_shared))


def test_other_kinds(model: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"call: 'theta' was compiled for an informed.*a fixed"):
        refuse_other_kinds("call", uf.plan(model), uf.plan(model, "centered"))


def test_the_same(model: Any) -> None:
    for refuse in (refuse_other_blocks, refuse_other_kinds):
        refuse("call", uf.plan(model), uf.plan(model))


@pytest.mark.sampling
def test_the_size_of_blocks_is_kept(model: Any) -> None:
    compiled = uf.compile(model, uf.plan(model, max_shared=1))
    with pytest.raises(uf.InvalidArgumentError, match=r"CompiledModel.sample: .*eliminate"):
        compiled.sample(20, parameterization=uf.plan(model))
    other = compiled.with_data(values=np.arange(12.0) + 1.0)
    assert other.plan.blocks == compiled.plan.blocks
    for one in (other, compiled):
        tree = one.sample(20, tune=20, chains=1, random_seed=1, parameterization=uf.Informed())
        assert tree["parameterization"]["theta_C"].shape == (4, 1, 1)
