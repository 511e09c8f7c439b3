"""The one free scale by whose square all that a likelihood says is divided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytest

from unfunnel.structure import single_noise

SIZES = np.array([1, 4, 9])


@pytest.mark.parametrize(
    ("scale", "single"),
    [
        (lambda s: s, True),
        (lambda s: s / np.sqrt(SIZES), True),
        (lambda s: 2.0 * s * SIZES, True),
        (lambda s: SIZES / s, False),
        (lambda s: s * pm.HalfNormal("other", shape=3), False),
        (lambda s: s + SIZES, False),
        (lambda s: SIZES + 1.0, False),
    ],
)
def test_numbers_that_multiply_it_are_left_out(scale: Any, single: bool) -> None:
    with pm.Model() as model:
        sigma = pm.HalfNormal("sigma")
        observed = pm.Normal("y", 0.0, scale(sigma), observed=np.zeros(3))
    assert (single_noise(observed, set(model.free_RVs)) is sigma) == single
