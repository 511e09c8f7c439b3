"""Arguments are looked at before anything is compiled or run."""

from __future__ import annotations

import inspect
import pickle
from copy import deepcopy
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import pytest

import unfunnel as uf
from unfunnel.sampling.arguments import refuse_unknown

ARGUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "no draws": ({"draws": 0}, "draws .*0"),
    "negative draws": ({"draws": -5}, "draws .*-5"),
    "half a draw": ({"draws": 1.5}, r"draws .*1\.5"),
    "draws in words": ({"draws": "many"}, "draws .*'many'"),
    "no chains": ({"chains": 0}, "chains .*0"),
    "negative warm-up": ({"tune": -1}, "tune .*-1"),
    "no warm-up": ({"tune": 0}, "tune .*0"),
    "no cores": ({"cores": 0}, "cores .*0"),
    "target of one": ({"target_accept": 1.0}, r"target_accept .*1\.0"),
    "target above one": ({"target_accept": 2.0}, r"target_accept .*2\.0"),
    "target of zero": ({"target_accept": 0.0}, r"target_accept .*0\.0"),
    "target in words": ({"target_accept": "high"}, "target_accept .*'auto'.*'high'"),
    "several targets": ({"target_accept": np.array([0.8, 0.9])}, r"target_accept .*0\.9"),
    "unknown variable": ({"var_names": ["nu"]}, "var_names .*'nu'.*mu, tau, theta"),
    "a number for names": ({"var_names": 3}, "var_names must be a list of names, got 3"),
    "numbers for names": ({"var_names": [3]}, "var_names has 3; .*mu, tau, theta"),
    "negative seed": ({"random_seed": -1}, "random_seed .*-1"),
    "seed in words": ({"random_seed": "lucky"}, "random_seed .*'lucky'"),
    "store that is no path": ({"store": 3}, "store .*3"),
    "store in a bucket": ({"store": "s3://bucket/draws.zarr"}, "store='s3://bucket/draws.zarr' is not the path"),
    "store with a null": ({"store": "a\0b"}, "store=.* is not the path"),
    "unknown bar": ({"progressbar": "rainbow"}, "progressbar .*'combined'.*'rainbow'"),
}
TABLE = pytest.mark.parametrize(("arguments", "message"), ARGUMENTS.values(), ids=ARGUMENTS)


def refuse(*_: Any, **__: Any) -> Any:
    raise AssertionError("The arguments should have been refused before this.")


@TABLE
def test_sample(eight_schools: Any, arguments: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nutpie, "compile_pymc_model", refuse)
    with pytest.raises(uf.UnfunnelError, match=f"^sample: {message}"):
        uf.sample(eight_schools, **{"progressbar": False, **arguments})


@TABLE
def test_compiled_model(fixed: Any, arguments: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nutpie, "sample", refuse)
    with pytest.raises(uf.UnfunnelError, match=message):
        fixed.sample(**{"draws": 10, **arguments})


def test_numpys_numbers_are_numbers(fixed: Any) -> None:
    """The settings of a run are stored as JSON, which does not take them."""
    options = {"draws": np.int64(20), "tune": np.int32(20), "chains": np.int64(2), "target_accept": np.float32(0.5)}
    found = fixed.sample(**options, random_seed=1)["posterior"]["tau"]
    plain = fixed.sample(draws=20, tune=20, chains=2, target_accept=0.5, random_seed=1)["posterior"]["tau"]
    np.testing.assert_array_equal(found, plain)


def test_progress_that_cannot_be_called(fixed: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^CompiledModel\.sample: progress must be a function.*got 3"):
        fixed.sample(10, progress=3)


@pytest.mark.parametrize("plan", ["informed", 3])
def test_what_is_not_a_plan(eight_schools: Any, plan: Any) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^sample: plan must be .*from_datatree.*parameterization="):
        uf.sample(eight_schools, plan=plan)


def test_compiled_code_stays_where_it_is(fixed: Any) -> None:
    for copy in (pickle.dumps, deepcopy):
        with pytest.raises(uf.InvalidArgumentError, match=r"^CompiledModel: .*send the model.*threads"):
            copy(fixed)


def test_coordinates_of_the_compiled_model(fixed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nutpie, "sample", refuse)
    with pytest.raises(uf.InvalidArgumentError, match=r"^Mixed: .*\(3,\).*'theta'.*\(8,\)"):
        fixed.sample(10, parameterization=uf.Mixed([True, False, True]))
    with pytest.raises(uf.InvalidArgumentError, match=r"^CompiledModel\.sample: "):
        fixed.sample(10, parameterization={})


@pytest.mark.parametrize("thing", [3, "model", None])
def test_what_is_not_a_model(thing: Any) -> None:
    for call in (uf.sample, uf.compile, uf.plan, lambda model: uf.reparameterize(model, "centered")):
        with pytest.raises(uf.InvalidArgumentError, match=r"model.*PyMC"):
            call(thing)


UNKNOWN = {
    "n_draws": "there is no argument 'n_draws'; did you mean 'draws'?",
    "seed": "there is no argument 'seed'; did you mean 'random_seed'?",
    "target_acept": "did you mean 'target_accept'?",
    "zzz": "there is no argument 'zzz'; it has draws, tune, chains",
    "nuts_sampler": "'nuts_sampler' of pymc.sample is not taken; .*backend=",
    "initvals": "'initvals' of pymc.sample is not taken; .*initval",
    "return_inferencedata": "not taken; the result is always an xarray.DataTree",
}


@pytest.mark.parametrize(("name", "words"), UNKNOWN.items(), ids=UNKNOWN)
def test_unknown_arguments_are_refused_by_name(eight_schools: Any, fixed: Any, name: str, words: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=rf"^sample: .*{words}"):
        uf.sample(eight_schools, **{name: 1})
    with pytest.raises(uf.InvalidArgumentError, match=rf"^CompiledModel\.sample: .*{words}"):
        fixed.sample(10, **{name: 1})


def test_every_argument_of_pymc_is_taken_or_explained() -> None:
    """A release of PyMC that adds one makes this fail, so that it is decided on."""
    theirs = set(inspect.signature(pm.sample).parameters) - {"kwargs"}
    ours = set(inspect.signature(uf.sample).parameters)
    for name in theirs - ours:
        with pytest.raises(uf.InvalidArgumentError, match=f"'{name}' of pymc.sample is not taken"):
            refuse_unknown("sample", {name: None})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"backend": "stan"}, "backend must be one of 'nutpie', 'pymc', 'numpyro', got 'stan'"),
        ({"backend": None}, "backend must be one of .*None"),
        ({"compile_kwargs": "fast"}, "compile_kwargs must be a dict.*'fast'"),
        ({"compile_kwargs": {"nonsense": 1}}, "no option 'nonsense' with backend='nutpie'; it may have.*'fastmath'"),
        ({"compile_kwargs": {"fast_math": 1}}, r"no option 'fast_math' \(did you mean 'fastmath'\?\)"),
        ({"compile_kwargs": {1: 1}}, "no option 1 with"),
        ({"compile_kwargs": {"backend": "jax"}}, r"\['backend'\] is not taken; .*backend='numpyro'"),
        ({"compile_kwargs": {"var_names": ["mu"]}}, r"\['var_names'\] is not taken; .*var_names of the call"),
        ({"compile_kwargs": {"freeze_model": True}}, r"\['freeze_model'\] is not taken; .*with_data"),
        ({"compile_kwargs": {"initial_points": {}}}, r"\['initial_points'\] is not taken; .*initval"),
        ({"backend": "pymc", "compile_kwargs": {"fastmath": True}}, "no option 'fastmath' with.*it may have.*'mode'"),
        ({"backend": "pymc", "compile_kwargs": {"mode": "fast"}}, "mode of PyTensor.*'FAST_COMPILE'.*got 'fast'"),
        ({"backend": "numpyro", "compile_kwargs": {"mode": "JAX"}}, "backend='numpyro'.*leave them out"),
    ],
)
def test_backends_that_do_not_exist(eight_schools: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(uf.InvalidArgumentError, match=f"^sample: .*{words}"):
        uf.sample(eight_schools, **options)
    with pytest.raises(uf.InvalidArgumentError, match=f"^compile: .*{words}"):
        uf.compile(eight_schools, **options)
