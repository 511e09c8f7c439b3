"""Draws as Bambi's own fit would return them: held against what Bambi makes of the same raw draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from tests.formula.cases import model, table

from unfunnel.formula import Conventions, read_model
from unfunnel.sampling.frame import Frame

CASES: dict[str, dict[str, Any]] = {
    "numbers and categories": {"formula": "y ~ x + z + other + (x|group)"},
    "categorical slopes": {"formula": "y ~ x + (other|group)"},
    "two levels": {"formula": "y ~ half + (1|group)"},
    "no intercept": {"formula": "y ~ 0 + x + (1|group)"},
    "no predictor": {"formula": "y ~ 1 + (1|group)"},
    "not centered": {"formula": "y ~ x + (1|group)", "center_predictors": False},
    "interaction": {"formula": "passed ~ x:other + (1|group:lesson)", "family": "bernoulli"},
    "several columns": {"formula": "y ~ bs(x, df=5) + (1|group)"},
    "several responses": {"formula": "other ~ x + z + (1|group)", "family": "categorical"},
}


def raw_draws(found: Any) -> xr.Dataset:
    """Draws of every variable, as a sampler might hand them out: any number, not a posterior."""
    rng = np.random.default_rng(5)
    shapes = found.model.eval_rv_shapes()
    frame = Frame.of(found.model)
    return frame.dataset({name: rng.normal(size=(2, 7, *shapes[name])) for name in frame.names})


def build(formula: Any, **options: Any) -> Any:
    import bambi as bmb

    frame = table()
    frame["half"] = pd.Categorical(np.where(frame["lesson"] == "1", "first", "later"))
    return bmb.Model(formula, frame, **options)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_they_are_what_bambi_makes_of_them(case: dict[str, Any]) -> None:
    given = build(**case, noncentered=False)
    found = read_model(given)
    raw = raw_draws(found)
    expected = given.backend._clean_results(
        xr.DataTree.from_dict({"posterior": raw}), omit_offsets=True, include_response_params=False
    )["posterior"].to_dataset()
    ours = found.conventions.applied({"posterior": raw})["posterior"]
    assert set(ours.data_vars) == set(expected.data_vars)
    for name in expected.data_vars:
        assert ours[name].dims == expected[name].dims, name
        xr.testing.assert_allclose(ours[name], expected[name], rtol=1e-12)
    assert ours.attrs["modeling_interface"] == "bambi"


def test_a_second_formula_has_an_intercept_of_its_own() -> None:
    import bambi as bmb

    given = build(bmb.Formula("y ~ x + (1|group)", "sigma ~ z"), noncentered=False)
    found = read_model(given)
    raw = raw_draws(found)
    ours = found.conventions.applied({"posterior": raw})["posterior"]
    mean = table()["z"].mean()
    np.testing.assert_allclose(ours["sigma_Intercept"], raw["sigma_Intercept"] - mean * raw["sigma_z"])
    assert "sigma" not in ours


def test_terms_are_fetched_for_an_intercept_and_not_shown() -> None:
    found = read_model(model("y ~ x + z + (1|group)"))
    chosen = found.conventions.showing(["Intercept", "1|group"])
    assert chosen.needed == ("Intercept", "1|group", "x", "z")
    assert found.conventions.showing(None).needed is None
    raw = raw_draws(found)
    ours = chosen.applied({"posterior": raw[list(chosen.needed)]})["posterior"]
    assert set(ours.data_vars) == {"Intercept", "1|group"}
    whole = found.conventions.applied({"posterior": raw})["posterior"]
    xr.testing.assert_equal(ours["Intercept"], whole["Intercept"])


def test_they_survive_as_text() -> None:
    found = read_model(model("y ~ x + other + (1|group)")).conventions
    for chosen in (found, found.showing(["x"])):
        assert Conventions.from_json(chosen.to_json()) == chosen
