"""The same call with other samplers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.models import CASES
from tests.sampling.test_refusals import without_density
from tests.sampling.test_truth import assert_agrees, exact_of_schools

import unfunnel as uf
from unfunnel.sampling.run import NOT_COUNTED, STATISTICS


@pytest.fixture(scope="module", params=["pymc", "numpyro"])
def result(request: pytest.FixtureRequest) -> tuple[str, Any]:
    model = CASES["eight_schools"].build()
    options: dict[str, Any] = {"cores": 1} if request.param == "pymc" else {}
    tree = uf.sample(model, 500, chains=2, random_seed=3, progressbar=False, backend=request.param, **options)
    return request.param, tree


@pytest.mark.sampling
def test_the_result_is_like_nutpies(result: tuple[str, Any], tree: Any) -> None:
    backend, other = result
    assert set(other.children) == set(tree.children)
    assert {n: v.dims for n, v in other["posterior"].items()} == {n: v.dims for n, v in tree["posterior"].items()}
    for dim in ("school",):
        np.testing.assert_array_equal(other["posterior"][dim], tree["posterior"][dim])
    assert other["posterior"].sizes == {"chain": 2, "draw": 500, "school": 8}
    assert other["posterior"].attrs["inference_library"] == backend
    assert other["posterior"].attrs["complete"] is True


@pytest.mark.sampling
def test_statistics_come_back_under_one_set_of_names_and_kinds(result: tuple[str, Any], tree: Any) -> None:
    _, other = result
    ours, theirs = (t["sample_stats"].to_dataset() for t in (other, tree))
    assert {"diverging", "n_steps", "tree_depth", "acceptance_rate", "step_size", "energy", "lp"} <= set(ours)
    assert set(ours) <= set(STATISTICS)
    for name in ours:
        assert ours[name].dtype == theirs[name].dtype, name
        assert isinstance(ours[name].variable._data, np.ndarray)
    # The same density under the same sign, up to its Monte Carlo error: it varies by a few units.
    assert abs(float(ours["lp"].mean() - theirs["lp"].mean())) < 1
    assert abs(float(ours["energy"].mean() - theirs["energy"].mean())) < 1.5


@pytest.mark.sampling
def test_it_agrees_with_quadrature(result: tuple[str, Any]) -> None:
    _, other = result
    assert_agrees(other, exact_of_schools())


@pytest.mark.sampling
def test_the_pilot_is_nutpies_and_what_is_not_counted_is_said(result: tuple[str, Any]) -> None:
    backend, other = result
    found = other["parameterization"].attrs
    assert found["gradients_pilot"] > 0
    assert found["gradients_draw"] == int(other["sample_stats"]["n_steps"].sum())
    assert (found["gradients_tune"] == NOT_COUNTED) == (backend == "numpyro")


@pytest.mark.sampling
@pytest.mark.parametrize("backend", ["pymc", "numpyro"])
def test_a_start_without_density_names_the_term(backend: str) -> None:
    with pytest.raises(uf.SamplingError, match=r"'y' \(nan\).*initval"):
        uf.sample(
            without_density(), 10, chains=1, cores=1, progressbar=False, backend=backend, parameterization="noncentered"
        )


def test_draws_are_streamed_by_nutpie_only(eight_schools: Any, tmp_path: Any) -> None:
    compiled = uf.compile(eight_schools, "centered", backend="pymc")
    with pytest.raises(uf.InvalidArgumentError, match="store is for backend='nutpie'"):
        compiled.sample(10, store=tmp_path / "draws.zarr")
    with pytest.raises(uf.InvalidArgumentError, match="progress is for backend='nutpie'"):
        compiled.sample(10, progress=print)
