"""The blocks of a documentation page, and what is put after them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs"
sys.path.append(str(PAGES))

from extensions.blocks import Block, BlockError, Output, blocks_of, woven  # noqa: E402
from extensions.runner import run  # noqa: E402

PAGE = """# A title

```python figure="A line." file=model.py
import matplotlib.pyplot as plt
plt.plot([1, 2])
```

```text
not code
```

```console
$ true
```
"""


def test_the_executed_blocks_of_a_page() -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"
    first = Block("python", code, 3, figure="A line.", file="model.py")
    assert blocks_of(PAGE) == (first, Block("console", "$ true\n", 12))


def test_outputs_stand_after_their_blocks() -> None:
    page = woven(PAGE, [Output(picture="line.png"), Output(text="done")])
    assert page.index("plt.plot") < page.index("```{figure} line.png\n:alt: A line.") < page.index("not code")
    assert page.endswith("$ true\n```\n\n````{code-block} text\n:class: output\n\ndone\n````\n\n")
    assert "file=" not in page


@pytest.mark.parametrize("info", ["sh", "pycon", "python hidden"])
def test_a_block_that_nobody_runs_is_refused(info: str) -> None:
    with pytest.raises(BlockError, match="line 2"):
        blocks_of(f"\n```{info}\nx\n```\n")


def test_a_block_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    page = '```python unrun="It needs a cluster."\n1 / 0\n```\n'
    outputs = run("page", blocks_of(page), tmp_path)
    assert outputs == [Output()]
    assert woven(page, outputs).rstrip().endswith("```\n\n*Not run for this page. It needs a cluster.*")


def test_what_blocks_print_draw_and_are_worth(tmp_path: Path) -> None:
    codes = ["x = 2\nprint('said')\nx + 1\n", "import matplotlib.pyplot as plt\nplt.plot([x, 3]);\n", "$ cat a.txt\n"]
    blocks = (
        Block("python", codes[0], 1, file="a.txt"),
        Block("python", codes[1], 5, figure="A line."),
        Block("console", codes[2], 9),
    )
    said, drawn, shown = run("page", blocks, tmp_path)
    assert said.text == "said\n3"
    assert drawn == Output(picture="page-2.png")
    assert (tmp_path / "page-2.png").is_file()
    assert shown.text == codes[0].strip()


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (Block("python", "1 / 0\n", 7), "line 7: ZeroDivisionError"),
        (Block("python", "import warnings; warnings.warn('old', FutureWarning)\n", 7), "FutureWarning: old"),
        (Block("python", "x = 1\n", 7, figure="A line."), "drew 0 figures"),
        (Block("console", "$ exit 1\n", 7), "exit code 1"),
    ],
)
def test_a_block_that_does_not_run_stops_the_build(block: Block, why: str, tmp_path: Path) -> None:
    with pytest.raises(BlockError, match=why):
        run("page", (block,), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("page", sorted(PAGES.rglob("*.md")), ids=lambda page: page.stem)
def test_every_block_of_every_page_is_one_that_is_run(page: Path) -> None:
    blocks_of(page.read_text(encoding="utf-8"))
