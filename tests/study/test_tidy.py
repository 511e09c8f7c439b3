from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from unfunnel.errors import InvalidArgumentError, UnknownVariableError
from unfunnel.study import tidy_draws


def tree(**posterior: object) -> xr.DataTree:
    generator = np.random.default_rng(0)
    data = xr.Dataset(
        {
            "tau": (("chain", "draw"), generator.uniform(0.5, 2, (2, 3))),
            "theta": (("chain", "draw", "school"), generator.normal(size=(2, 3, 2))),
            **posterior,
        },
        coords={"school": ["A", "B"]},
    )
    stats = xr.Dataset({"diverging": (("chain", "draw"), np.array([[True, False, False], [False, False, True]]))})
    return xr.DataTree.from_dict({"posterior": data, "sample_stats": stats})


def test_the_notebook_s_frame():
    dt = tree()
    frame = tidy_draws(dt)
    assert list(frame.columns) == ["tau", "is_divergence", "theta", "group", "log_tau"]
    assert frame["group"].tolist() == ["A"] * 6 + ["B"] * 6
    assert frame["theta"].tolist()[6:] == dt["posterior"]["theta"].values[..., 1].ravel().tolist()
    assert frame["tau"].tolist() == 2 * dt["posterior"]["tau"].values.ravel().tolist()
    assert frame["is_divergence"].sum() == 4
    assert np.allclose(frame["log_tau"], np.log(frame["tau"]))


def test_other_names_and_no_labels():
    dt = tree(omega=(("chain", "draw"), np.ones((2, 3))), u=(("chain", "draw", "row"), np.ones((2, 3, 4))))
    frame = tidy_draws(dt, scale="omega", effect="u")
    assert list(frame.columns) == ["omega", "is_divergence", "u", "group", "log_omega"]
    assert frame["group"].unique().tolist() == [0, 1, 2, 3]


def test_dims_in_any_order():
    dt = tree()
    turned = xr.DataTree.from_dict({"posterior": dt["posterior"].to_dataset().transpose("school", "draw", "chain")})
    assert tidy_draws(turned)["theta"].tolist() == tidy_draws(dt)["theta"].tolist()


def test_draws_that_no_sampler_made_have_no_divergences():
    dt = xr.DataTree.from_dict({"posterior": tree()["posterior"].to_dataset()})
    assert not tidy_draws(dt)["is_divergence"].any()


def test_after_a_round_trip_through_zarr(tmp_path):
    dt = tree()
    dt.to_zarr(tmp_path / "draws.zarr", consolidated=False)
    with xr.open_datatree(tmp_path / "draws.zarr", engine="zarr", chunks=None, consolidated=False) as stored:
        assert tidy_draws(stored).equals(tidy_draws(dt))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"scale": "sigma"}, UnknownVariableError, "no variable 'sigma' in the posterior; it has tau, theta"),
        ({"scale": "theta"}, InvalidArgumentError, r"'theta' must have dims \(chain, draw\)"),
        ({"effect": "tau"}, InvalidArgumentError, "'tau' must have one dim besides chain and draw"),
    ],
)
def test_refusals(arguments, error, words):
    with pytest.raises(error, match=words):
        tidy_draws(tree(), **arguments)


def test_no_posterior():
    with pytest.raises(InvalidArgumentError, match="needs a group 'posterior'"):
        tidy_draws(xr.DataTree())
