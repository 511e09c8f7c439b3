"""The models of the table with a normal likelihood, and the evidence that it amounts to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from tests.mixed_models import GROUP as SMALL_GROUP
from tests.mixed_models import ITEM, PREDICTORS, X, Y
from tests.models import ERRORS, ESTIMATES, GROUP, VALUES
from tests.nested_models import AGE, ROOM_OF, SCORES, TOTALS

import unfunnel as uf
from unfunnel.planning import Block

Mean = Callable[[Any, Any], Any]
FOUR, THREE = np.arange(4.0), np.array([1.0, 2.0, 4.0])


def _fixed(u: Any, B: Any) -> Any:
    return B[0] + B[1] * X + u[SMALL_GROUP, 0]


# Means of the data in the effects u (group, effect) and the shared parameters B, the data, and their noise where known.
LIKELIHOODS: dict[str, tuple[Mean, Any, Any]] = {
    "eight_schools": (lambda u, _: u[:, 0], ESTIMATES, ERRORS),
    "unbalanced": (lambda u, _: u[GROUP, 0], VALUES, 2.0),
    "two_dims": (lambda u, _: u[:, 0], np.arange(6.0), 1.0),
    "scales_by_type": (lambda u, _: u[:, 0], FOUR, 1.0),
    "nested": (lambda u, _: u[:, 0], FOUR, 1.0),
    "shared_mean": (lambda u, B: np.concatenate([u[:, 0], B[:2]]), np.array([1.0, 2.0, 4.0, 1.0, 2.0]), 1.0),
    "mean_in_a_potential": (lambda u, B: np.concatenate([u[:, 0], B]), np.array([1.0, 2.0, 4.0, 2.0]), 1.0),
    "scalar_effect": (lambda u, _: u[:, 0], np.array([2.0]), 1.0),
    "regression_on_groups": (lambda u, _: u[:, 0], THREE, 1.0),
    "free_noise": (lambda u, _: np.repeat(u[:, 0], 2), np.array([1.0, 2.0, 3.0, 3.0, 4.0, 5.0]), None),
    "noncentered_by_hand": (lambda u, _: u[:, 0], THREE, 1.0),
    "siblings": (lambda u, _: u[SMALL_GROUP, 0] + u[SMALL_GROUP, 1] * X, Y, None),
    "fixed_effects": (_fixed, Y, None),
    "fixed_by_hand": (_fixed, Y, None),
    "index_first": (_fixed, Y, None),
    "location_by_hand": (lambda u, B: u[SMALL_GROUP, 0] + B[1] * X, Y, None),
    "bambi": (lambda u, B: B[0] + B[1] * (X - X.mean()) + u[SMALL_GROUP, 0], Y, None),
    "crossed_of_equal_length": (lambda u, B: u[SMALL_GROUP, 0] + B[ITEM], Y, 1.0),
    "coefficients": (lambda u, B: u[SMALL_GROUP, 0] + PREDICTORS @ B, Y, 1.0),
    "three_levels": (lambda u, _: u[:, 0], FOUR, 1.0),
    "levels": (lambda u, B: u[ROOM_OF, 0] + B[2] * AGE, SCORES, None),
    "levels_by_hand": (lambda u, _: u[ROOM_OF, 0], SCORES, 1.5),
    "levels_by_row": (lambda u, _: u[:, 0], TOTALS.ravel(), 1.0),
    "mutable_data": (_fixed, Y, None),
    "potential_as_likelihood": (lambda u, B: u[SMALL_GROUP, 0] + B[1] * X, Y, 1.0),
    "after_do": (lambda u, _: np.repeat(u[:, 0], 2), np.array([1.0, 2.0, 3.0, 3.0, 4.0, 5.0]), 1.5),
    "data_after_do": (lambda u, B: B[1] * X + u[SMALL_GROUP, 0], Y - 0.5, 1.5),
    "data_after_observe": (lambda u, B: B[1] + u[SMALL_GROUP, 0], Y - 0.5 * X, None),
}


def exact_evidence(name: str, plan: uf.Plan, block: Block, noise: float = 0.0) -> uf.Evidence:
    """The evidence of a normal likelihood: its design, squared, over the noise variance; `noise` where that is free."""
    mean, data, known = LIKELIHOODS[name]
    K, s = plan.extent(block)
    d = sum(plan[name].site.size for name in block.shared)
    none = np.zeros((K, s)), np.zeros(d)
    origin = mean(*none)
    Z = np.array([[mean(_unit((K, s), (k, a)), none[1]) - origin for a in range(s)] for k in range(K)])
    W = np.array([mean(none[0], _unit((d,), (i,))) - origin for i in range(d)]).reshape(d, np.size(data))
    weight = 1.0 / np.broadcast_to(noise if known is None else known, np.shape(data)) ** 2
    return uf.Evidence(
        h=np.einsum("ksn,n->ks", Z, weight * data),
        H=np.einsum("ksn,n,ktn->kst", Z, weight, Z),
        C=np.einsum("ksn,n,dn->ksd", Z, weight, W),
        D=np.einsum("dn,n,en->de", W, weight, W),
        h_B=W @ (weight * data),
        noise=noise if known is None else 0.0,
    )


def _unit(shape: tuple[int, ...], at: tuple[int, ...]) -> Any:
    unit = np.zeros(shape)
    unit[at] = 1.0
    return unit
