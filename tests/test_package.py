from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import unfunnel

HEAVY = ["pymc", "pytensor", "arviz", "nutpie", "matplotlib", "pandas", "xarray", "scipy", "numba", "jax", "jinja2"]
ROOMS = ["charts", "exact", "planning", "rewrite", "sampling", "structure", "study"]


def loaded_after(statement: str) -> set[str]:
    """What a fresh interpreter has imported."""
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    loaded = loaded_after("import unfunnel")
    assert not loaded & {*HEAVY, "numpy"}
    assert not {name for name in loaded if name.startswith("unfunnel.")}


def test_parameterizations_come_without_pymc() -> None:
    loaded = loaded_after("import unfunnel; unfunnel.Mixed.by_count([1, 30])")
    assert "unfunnel.parameterization" in loaded
    assert not loaded & set(HEAVY)
    assert not {f"unfunnel.{room}" for room in ROOMS} & loaded


@pytest.mark.parametrize("name", unfunnel.__all__)
def test_every_public_name_loads_and_is_documented(name: str) -> None:
    value = getattr(unfunnel, name)
    assert value.__doc__
    if callable(value):
        assert value.__name__ == name


def test_the_public_names() -> None:
    promised = {
        "Centered",
        "NonCentered",
        "Mixed",
        "Partial",
        "Informed",
        "Evidence",
        "Plan",
        "Reason",
        "UnfunnelError",
    }
    promised |= {"plan", "reparameterize", "sample", "compile", "generate_data", "tidy_draws"}
    assert promised <= set(unfunnel.__all__)
    assert set(unfunnel.__all__) <= set(dir(unfunnel))


def test_a_function_is_not_hidden_by_the_room_it_lives_in() -> None:
    """The import of a submodule sets an attribute of the package; none may take the place of a public name."""
    rooms = "; ".join(f"import unfunnel.{room}" for room in ("planning", "sampling", "rewrite", "evidence"))
    code = f"{rooms}; import unfunnel; print([n for n in unfunnel.__all__ if not callable(getattr(unfunnel, n))])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['exact', 'study']"  # these two are rooms


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'smaple'.*sample"):
        unfunnel.smaple  # noqa: B018


def test_version() -> None:
    assert unfunnel.__version__ == version("unfunnel")


def test_errors_are_what_python_expects_them_to_be() -> None:
    assert issubclass(unfunnel.InvalidArgumentError, (unfunnel.UnfunnelError, ValueError))
    assert issubclass(unfunnel.InvalidArgumentError, ValueError)
    assert issubclass(unfunnel.InvalidTableError, ValueError)
    assert issubclass(unfunnel.UnknownVariableError, LookupError)
    assert issubclass(unfunnel.OutputError, OSError)
    for name in ("InvalidArgumentError", "InvalidTableError", "UnknownVariableError", "OutputError"):
        assert issubclass(getattr(unfunnel, name), unfunnel.UnfunnelError)
    assert str(unfunnel.UnknownVariableError("plain text")) == "plain text"  # a KeyError would show quotes
