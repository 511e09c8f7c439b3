"""The plan of a sequence: what it says, and that it survives being stored."""

from __future__ import annotations

from tests.sequence_models import STEPS, model_of, series, walk_with_drift

import unfunnel as uf


def test_what_is_eliminated_is_said_step_by_step() -> None:
    shown = " ".join(str(uf.plan(model_of(walk_with_drift))).split())
    assert f"x is eliminated, step by step ({STEPS} steps), with the shared parameters drift and start" in shown
    assert "(8 steps of each of 2 series)" in " ".join(str(uf.plan(model_of(series))).split())


def test_it_is_stored_and_read_back() -> None:
    plan = uf.plan(model_of(walk_with_drift))
    assert plan["x"].site.sequential
    assert uf.Plan.from_json(plan.to_json()) == plan


def test_two_sequences_and_smaller_effects_have_blocks_of_their_own() -> None:
    import numpy as np
    import pymc as pm

    with pm.Model() as model:
        tau, spread = pm.HalfNormal("tau"), pm.HalfNormal("spread")
        first = pm.Normal.dist(0.0, 1.0)
        one = pm.GaussianRandomWalk("one", sigma=tau, init_dist=first, shape=6)
        other = pm.GaussianRandomWalk("other", sigma=tau, init_dist=first, shape=6)
        group = pm.Normal("group", pm.Normal("mu"), spread, shape=3)
        pm.Normal("y", one + other + group[np.array([0, 1, 2, 0, 1, 2])], 1.0, observed=np.zeros(6))
    blocks = {block.effects: block.shared for block in uf.plan(model).blocks}
    assert blocks == {("one",): ("group", "mu"), ("other",): ()}
