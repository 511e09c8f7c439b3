"""The public names and signatures as text; ``python -m tests.public_interface`` writes them to public_interface.txt.

A change of the file is a change of what users see: it belongs into the changelog, and CONTRIBUTING.md says in which
steps something may go.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".txt")
MODULES = ("unfunnel", "unfunnel.exact", "unfunnel.study")
RETURNED = ("unfunnel.sampling.CompiledModel",)
"""What public functions return without its being a public name itself."""


def interface() -> str:
    """A line a name; what belongs to a class follows it."""
    lines = [line for module in MODULES for line in _module(module)]
    lines += [line for name in RETURNED for line in _class(name)]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """A line a command with its options, in the order in which they are defined."""
    import typer.main

    from unfunnel.cli import app

    group: Any = typer.main.get_command(app)
    lines = []
    for name, command in sorted(group.commands.items()):
        words = [_option(parameter) for parameter in command.params]
        lines.append(" ".join(["$ unfunnel", name, *words]))
    return "\n".join(lines) + "\n"


def text() -> str:
    """All of it, as the file has it."""
    return f"{interface()}\n{commands()}"


def _option(parameter: Any) -> str:
    return (
        "|".join(parameter.opts) if parameter.param_type_name == "option" else str(parameter.metavar or parameter.name)
    )


def _module(name: str) -> Iterator[str]:
    module = import_module(name)
    for public in module.__all__:
        value = getattr(module, public)
        if inspect.ismodule(value):
            continue
        yield f"{name}.{public}{_signature(value)}"
        if inspect.isclass(value):
            yield from (f"    {line}" for line in _members(value))


def _class(name: str) -> Iterator[str]:
    module, _, public = name.rpartition(".")
    yield name
    yield from (f"    {line}" for line in _members(getattr(import_module(module), public)))


def _members(value: type) -> Iterator[str]:
    """What users may call or read of a class of ours, with what it has from its base."""
    ours = [base for base in value.__mro__ if base.__module__.startswith("unfunnel")]
    names = {name for base in ours for name in (*vars(base), *getattr(base, "__annotations__", {}))}
    for name in sorted(name for name in names if not name.startswith("_")):
        member = inspect.getattr_static(value, name, None)
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        yield f"{name}{_signature(function) if inspect.isfunction(function) else ''}"


def _signature(value: Any) -> str:
    """The arguments with their defaults, without types, which are for type checkers and change with their style."""
    if not callable(value) or (inspect.isclass(value) and issubclass(value, Exception)):
        return ""
    signature = inspect.signature(value)
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    shown = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
    return re.sub(r" at 0x[0-9a-f]+", "", shown)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
