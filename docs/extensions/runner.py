"""Running the blocks of a page: one namespace, one folder, what is printed, and the figures."""

from __future__ import annotations

import ast
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extensions.blocks import Block, BlockError, Output

ROOT = Path(__file__).parents[2]
_WIDTH = "100"


def run(name: str, blocks: tuple[Block, ...], pictures: Path) -> list[Output]:
    """Run the blocks of the page `name` in order; figures are written to the folder `pictures`."""
    import matplotlib as mpl

    mpl.use("agg")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    outputs = []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), _strict():
        for number, block in enumerate(blocks, start=1):
            try:
                outputs.append(_run(block, namespace, pictures / f"{name}-{number}.png"))
            except Exception as error:
                raise BlockError(f"{name}, line {block.line}: {type(error).__name__}: {error}") from error
    return outputs


@contextlib.contextmanager
def _strict() -> Iterator[None]:
    """Warnings are errors, as in the tests; progress bars are not for pages."""
    before = dict(os.environ)
    os.environ.update({"COLUMNS": _WIDTH, "NO_COLOR": "1", "PYTHONPATH": str(ROOT / "src"), "MPLBACKEND": "agg"})
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", "PyTensor could not link to a BLAS installation", UserWarning)
            # How Bambi uses pandas is not for this page to mend.
            warnings.filterwarnings("ignore", module=r"(bambi|formulae)\.")
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(block: Block, namespace: dict[str, Any], picture: Path) -> Output:
    if block.unrun is not None:
        return Output()
    if block.file is not None:
        Path(block.file).write_text(block.code, encoding="utf-8")
    return _console(block) if block.language == "console" else _python(block, namespace, picture)


def _console(block: Block) -> Output:
    """The output of commands; what they say on stderr is shown only where they fail."""
    printed = ""
    for number, command in enumerate(block.commands, start=1):
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=1800, check=False)
        wanted = block.exit if number == len(block.commands) else 0
        if done.returncode != wanted:
            raise BlockError(f"{command!r} gave exit code {done.returncode}, not {wanted}: {done.stderr}{done.stdout}")
        printed += done.stdout
    return Output(text=_trimmed(printed))


def _python(block: Block, namespace: dict[str, Any], picture: Path) -> Output:
    import matplotlib.pyplot as plt

    plt.close("all")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        value = _last_value(block, namespace)
    html = "" if value is None or plt.get_fignums() else _html(value)
    text = printed.getvalue() + ("" if value is None or html or plt.get_fignums() else f"{value!r}\n")
    return Output(_trimmed(text), html, _saved(block, picture))


def _last_value(block: Block, namespace: dict[str, Any]) -> Any:
    """Run the block; the value of its last line, where that is an expression without a semicolon."""
    tree = ast.parse(block.code)
    ast.increment_lineno(tree, block.line)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"<line {block.line}>", "exec"), namespace)
    if last is None:
        return None
    value = eval(compile(ast.Expression(last.value), f"<line {block.line}>", "eval"), namespace)
    return None if block.code.rstrip().endswith(";") else value


def _html(value: Any) -> str:
    as_html = getattr(value, "_repr_html_", None)
    return "" if as_html is None else str(as_html() or "")


def _saved(block: Block, picture: Path) -> str:
    """The name of the picture; a block draws one if and only if it says so."""
    import matplotlib.pyplot as plt

    numbers = plt.get_fignums()
    if bool(numbers) != bool(block.figure) or len(numbers) > 1:
        raise BlockError(f"drew {len(numbers)} figures, and its option `figure` says {block.figure!r}")
    if not numbers:
        return ""
    picture.parent.mkdir(parents=True, exist_ok=True)
    plt.figure(numbers[0]).savefig(picture, dpi=140, bbox_inches="tight", metadata={"Software": None})
    plt.close("all")
    return picture.name


def _trimmed(text: str) -> str:
    """Without empty lines around it, and spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
