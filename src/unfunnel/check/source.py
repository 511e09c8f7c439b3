"""A model from where its author keeps it: a Python file or a module, which is run for it."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.formula.read import is_bambi

_FORMS = "FILE.py:model or package.module:model"


def model_from(source: str) -> Any:
    """The model that a source names; the file or module is run as Python runs it.

    Parameters
    ----------
    source
        ``FILE.py:name`` or ``package.module:name``, where the name is that of a PyMC or Bambi model, or of a function
        without arguments that returns one. Without ``:name`` it is the only model there.

    Returns
    -------
    pymc.Model or bambi.Model

    Raises
    ------
    InvalidArgumentError
        If there is no such file, module or name, it fails when run, or is no model.
    """
    place, name = _split(source)
    module = _module(place)
    if not name:
        name = _only_model(module, place)
    if not hasattr(module, name):
        raise InvalidArgumentError(f"{place} has no {name!r}{_models(module)}.")
    found = getattr(module, name)
    if not is_model(found) and callable(found):
        found = _called(found, place, name)
    if not is_model(found):
        raise InvalidArgumentError(
            f"{name!r} in {place} must be a PyMC or Bambi model, or a function without arguments that returns one; got"
            f" {type(found).__name__}{_models(module)}."
        )
    return found


def is_model(value: Any) -> bool:
    """Whether it is a PyMC or Bambi model; neither is imported for that."""
    pymc = any(kind.__name__ == "Model" and kind.__module__.split(".")[0] == "pymc" for kind in type(value).__mro__)
    return pymc or is_bambi(value)


def _split(source: str) -> tuple[str, str]:
    """Place and name; a colon within a path belongs to the place."""
    head, _, tail = source.rpartition(":")
    if not tail.isidentifier() or not head:
        head, tail = source.removesuffix(":"), ""
    if not head:
        raise InvalidArgumentError(f"The model must be given as {_FORMS}, got {source!r}.")
    return head, tail


def _module(place: str) -> ModuleType:
    path = Path(place)
    if path.suffix == ".py" or path.is_file():
        return _file(path)
    if "/" in place or "\\" in place or not all(part.isidentifier() for part in place.split(".")):
        raise InvalidArgumentError(f"There is no file {place!r}; the model must be given as {_FORMS}.")
    if importlib.util.find_spec(place.split(".")[0]) is None and not _beside(place.split(".")[0]):
        hint = f"; is {place}.py meant?" if Path(f"{place}.py").is_file() else "."
        raise InvalidArgumentError(f"There is no module {place!r} to take a model from{hint}")
    with _found_first(Path()), _explained(place):
        return importlib.import_module(place)


def _beside(name: str) -> bool:
    return Path(f"{name}.py").is_file() or Path(name).is_dir()


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise InvalidArgumentError(f"The file {str(path)!r} {what}; the model must be given as {_FORMS}.")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise InvalidArgumentError(f"The file {str(path)!r} is no Python file; its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    # Under its own name, as an import would have it, for what the file pickles or looks up by it.
    before = sys.modules.get(path.stem)
    sys.modules[path.stem] = module
    try:
        with _found_first(path.parent), _explained(str(path)):
            spec.loader.exec_module(module)
    finally:
        if before is not None:
            sys.modules[path.stem] = before
    return module


def _called(function: Callable[..., Any], place: str, name: str) -> Any:
    needed = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    if needed:
        raise InvalidArgumentError(
            f"{name!r} in {place} needs arguments ({', '.join(needed)}); write a function without, or a model."
        )
    with _explained(f"{place}:{name}"):
        return function()


def _only_model(module: ModuleType, place: str) -> str:
    found = [name for name, value in vars(module).items() if is_model(value)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidArgumentError(
            f"{place} has no PyMC or Bambi model at its top level; name a function that returns one, as in"
            f" {place}:build."
        )
    raise InvalidArgumentError(
        f"{place} has several models; name one: {', '.join(f'{place}:{name}' for name in found)}."
    )


def _models(module: ModuleType) -> str:
    found = [name for name, value in vars(module).items() if is_model(value)]
    return f"; its models are {', '.join(found)}" if found else ""


@contextmanager
def _found_first(folder: Path) -> Iterator[None]:
    """What lies beside a file can be imported by it, as when Python runs it."""
    entry = str(folder.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """Turn whatever somebody's code raises into a sentence that says where; what it prints goes to stderr."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except SystemExit as error:
        raise InvalidArgumentError(f"{place} ended Python (SystemExit: {error.code}) when it was run.") from error
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        text = (str(error).splitlines() or [""])[0]
        raise InvalidArgumentError(
            f"{place} failed when it was run: {type(error).__name__}: {text} (line {last.lineno} of"
            f" {Path(last.filename).name})."
        ) from error
