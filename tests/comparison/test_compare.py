"""Comparing parameterizations of a real model."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from tests.models import CASES

import unfunnel as uf


@pytest.fixture(scope="module")
def model() -> Any:
    return CASES["unbalanced"].build()


@pytest.fixture(scope="module")
def compared(model: Any) -> tuple[uf.Comparison, list[tuple[str, int, int]]]:
    steps: list[tuple[str, int, int]] = []
    options: dict[str, Any] = {"draws": 300, "random_seed": 5, "seeds": 2, "keep_draws": True}
    found = uf.compare(model, ["mixed", "informed", "centered"], progress=lambda *step: steps.append(step), **options)
    return found, steps


@pytest.mark.sampling
def test_two_compilations_serve_all(compared: Any) -> None:
    found, steps = compared
    assert set(found.compilations) == {"fixed", "informed"}
    assert found.parameterizations == ("mixed", "informed", "centered")
    assert [(fit.parameterization, fit.seed) for fit in found.fits] == [
        (name, seed) for seed in (5, 6) for name in ("mixed", "informed", "centered")
    ]
    # The one that has to be shown what to center comes after those that show it.
    sampled = [text for text, _, _ in steps if not text.startswith("compiling")]
    assert sampled[:3] == ["informed, seed 5", "centered, seed 5", "mixed, seed 5"]
    assert {total for _, _, total in steps} == {6}


@pytest.mark.sampling
def test_its_numbers_are_those_of_the_fits(compared: Any) -> None:
    found, _ = compared
    assert set(found.trees) == {(fit.parameterization, fit.seed) for fit in found.fits}
    for fit in found.fits:
        tree = found.trees[fit.parameterization, fit.seed]
        assert fit.gradients == int(tree["sample_stats"]["n_steps"].sum())
        assert fit.means["log tau"] == pytest.approx(float(np.log(tree["posterior"]["tau"]).mean()))
        assert fit.means["theta[b]"] == pytest.approx(float(tree["posterior"]["theta"].sel(group="b").mean()))
        assert fit.per_1000_gradients == pytest.approx(1000 * fit.ess / fit.gradients)
        assert fit.gradients_all > fit.gradients
    # The coordinates differ, the posterior does not.
    assert found.apart(found.order[-1]).noise
    mask = uf.Plan.from_datatree(found.trees["mixed", 5])["theta"].parameterization
    assert isinstance(mask, uf.Mixed)
    assert mask.centered.tolist()[2]


REFUSED = [
    ((["upwards"],), {}, "one of 'centered'"),
    ((["centered", "centered"],), {}, "must differ"),
    ((["mixed"],), {}, "'mixed' alone"),
    (([],), {}, "parameterizations must be"),
    (("centered",), {}, "parameterizations must be"),
    ((["centered"],), {"seeds": 0}, "seeds must be a whole number"),
    ((["centered"],), {"random_seed": "one"}, "random_seed must be"),
    ((["centered"],), {"random_seed": [1, 1]}, "different seeds"),
    ((["centered"],), {"random_seed": -1}, "random_seed must be"),
    ((["centered"],), {"draws": 0}, "draws must be"),
    ((["centered"],), {"target_accept": "auto"}, "compare: target_accept must be a number"),
    (({"mine": {"thet": "centered"}},), {}, "'thet' is not a free variable"),
]


@pytest.mark.parametrize(("arguments", "options", "words"), REFUSED, ids=str)
def test_bad_input_is_refused_before_anything_is_compiled(
    model: Any, monkeypatch: pytest.MonkeyPatch, arguments: Any, options: Any, words: str
) -> None:
    def nothing(*_: Any, **__: Any) -> None:
        raise AssertionError("compiled")

    # The module, whose name the function has in its room.
    monkeypatch.setattr(sys.modules["unfunnel.comparison.compare"], "compile_model", nothing)
    with pytest.raises(uf.UnfunnelError, match=words):
        uf.compare(model, *arguments, **options)
