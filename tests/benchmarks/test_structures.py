"""Random hierarchical models are sampled, or refused with a reason; `python -m benchmarks.structures` goes further."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from benchmarks.structures.__main__ import most_apart, summary
from benchmarks.structures.build import build
from benchmarks.structures.run import CRASHED, REFUSED, SAMPLED, Found
from benchmarks.structures.structure import CHOICES, Structure
from hypothesis import given, note, settings
from hypothesis import strategies as st

import unfunnel as uf

structures = st.builds(Structure, **{name: st.sampled_from(choices) for name, choices in CHOICES.items()})
ONE = Structure.random(np.random.default_rng(0))


@given(structure=structures)
@settings(max_examples=30)
def test_a_random_model_has_a_plan(structure: Structure) -> None:
    model: pm.Model = build(structure)
    plan = uf.plan(model)
    assert [choice.site.name for choice in plan.choices] == [rv.name for rv in model.free_RVs]
    assert uf.Plan.from_json(plan.to_json()) == plan


@pytest.mark.sampling
@given(structure=structures)
@settings(max_examples=4)
def test_a_random_model_is_sampled_or_refused(structure: Structure) -> None:
    model = build(structure)
    try:
        tree = uf.sample(model, 40, chains=2, random_seed=1, progressbar=False)
    except uf.UnfunnelError as error:
        note(f"refused: {error}")
        return
    posterior = tree["posterior"].to_dataset()
    assert set(posterior.data_vars) >= {rv.name for rv in model.free_RVs}
    assert all(np.isfinite(draws).all() for draws in posterior.data_vars.values())


def test_what_makes_a_run_bad() -> None:
    good = Found(ONE, SAMPLED, divergences=0, r_hat=1.0, ess=900.0, apart=2.0, where="mean of mu[0]", compared=50)
    far = Found(ONE, SAMPLED, divergences=0, r_hat=1.0, ess=900.0, apart=9.0, where="mean of mu[0]", compared=50)
    assert summary([good, Found(ONE, REFUSED, "no")])[1]
    assert not summary([good, far])[1]
    assert not summary([good, Found(ONE, CRASHED, "IndexError")])[1]
    assert 4.0 < most_apart([good]) < most_apart([good] * 100) < 6.0
