"""The code blocks of a page, and the page with what they gave put after them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

EXECUTED = ("python", "console")
"""Languages of blocks that are run; `console` has commands after a dollar sign."""

SHOWN = ("text",)
"""Languages of blocks that are no code."""

_FENCE = re.compile(r"^```(?P<info>[a-z][^\n`]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
_OPTIONS = ("figure", "file", "exit", "unrun")


class BlockError(Exception):
    """A block that cannot be understood, or did not run."""


@dataclass(frozen=True)
class Block:
    """One executed block.

    Parameters
    ----------
    language
        "python" or "console".
    code
        What stands in it.
    line
        Line of the page on which it begins.
    figure
        Caption of the figure that it draws; it must draw one if this is given, and none if not.
    file
        The code is also written to this file, before it is run.
    exit
        The exit code that its last command must have.
    unrun
        Why it is not run, which the page then says.
    """

    language: str
    code: str
    line: int
    figure: str | None = None
    file: str | None = None
    exit: int = 0
    unrun: str | None = None

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands of a console block."""
        return tuple(line[2:] for line in self.code.splitlines() if line.startswith("$ "))


@dataclass(frozen=True)
class Output:
    """What a block gave: text it printed, its last value as HTML, and the name of its picture."""

    text: str = ""
    html: str = ""
    picture: str = ""


def blocks_of(page: str) -> tuple[Block, ...]:
    """The executed blocks of a page, in order; every other block must be one that is no code."""
    return tuple(_block(page, match) for match in _matches(page))


def woven(page: str, outputs: Sequence[Output]) -> str:
    """The page with every output after its block."""
    parts, end = [], 0
    for match, output in zip(_matches(page), outputs, strict=True):
        block = _block(page, match)
        parts += [page[end : match.start()], f"```{block.language}\n{block.code}```\n", _after(block, output)]
        end = match.end()
    return "".join([*parts, page[end:]])


def _matches(page: str) -> list[re.Match[str]]:
    found = list(_FENCE.finditer(page))
    for match in found:
        language = match["info"].split()[0]
        if language not in (*EXECUTED, *SHOWN):
            raise BlockError(
                f"line {_line(page, match)}: a block is {' or '.join((*EXECUTED, *SHOWN))}, got {language!r}"
            )
    return [match for match in found if match["info"].split()[0] in EXECUTED]


def _line(page: str, match: re.Match[str]) -> int:
    return page.count("\n", 0, match.start()) + 1


def _block(page: str, match: re.Match[str]) -> Block:
    language, *words = shlex.split(match["info"])
    options = dict(word.partition("=")[::2] for word in words)
    unknown = set(options) - set(_OPTIONS)
    if unknown:
        raise BlockError(f"line {_line(page, match)}: a block has no option {unknown.pop()!r}, only {_OPTIONS}")
    return Block(
        language,
        match["code"],
        _line(page, match),
        figure=options.get("figure"),
        file=options.get("file"),
        exit=int(options.get("exit", 0)),
        unrun=options.get("unrun"),
    )


def _after(block: Block, output: Output) -> str:
    parts = []
    if block.unrun:
        parts.append(f"\n*Not run for this page. {block.unrun}*\n")
    if output.text:
        parts.append(f"\n````{{code-block}} text\n:class: output\n\n{output.text.rstrip()}\n````\n")
    if output.html:
        parts.append(f'\n````{{raw}} html\n<div class="output-html">\n{output.html}\n</div>\n````\n')
    if output.picture:
        alternative = " ".join((block.figure or "").split())
        parts.append(f"\n```{{figure}} {output.picture}\n:alt: {alternative}\n\n{alternative}\n```\n")
    return "".join(parts)
