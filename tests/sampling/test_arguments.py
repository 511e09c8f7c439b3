"""Arguments are looked at before anything is compiled or run."""

from __future__ import annotations

from typing import Any

import nutpie
import pytest

import unfunnel as uf

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
    "unknown variable": ({"var_names": ["nu"]}, "var_names .*'nu'.*mu, tau, theta"),
    "negative seed": ({"random_seed": -1}, "random_seed .*-1"),
    "seed in words": ({"random_seed": "lucky"}, "random_seed .*'lucky'"),
}
TABLE = pytest.mark.parametrize(("arguments", "message"), ARGUMENTS.values(), ids=ARGUMENTS)


def refuse(*_: Any, **__: Any) -> Any:
    raise AssertionError("The arguments should have been refused before this.")


@TABLE
def test_sample(eight_schools: Any, arguments: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nutpie, "compile_pymc_model", refuse)
    with pytest.raises((uf.InvalidArgumentError, uf.UnknownVariableError), match=f"^sample: {message}"):
        uf.sample(eight_schools, progressbar=False, **arguments)


@TABLE
def test_compiled_model(fixed: Any, arguments: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nutpie, "sample", refuse)
    with pytest.raises((uf.InvalidArgumentError, uf.UnknownVariableError), match=message):
        fixed.sample(**{"draws": 10, **arguments})


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
