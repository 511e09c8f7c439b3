"""What docs/many-fits.md shows runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "many-fits.md"


@pytest.mark.sampling
def test_its_first_block_runs_and_the_others_are_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others need a cluster; what they do is in test_fit_many.py, but for Ray."""
    monkeypatch.chdir(tmp_path)
    first, *others = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(first, names)
    assert names["fits"].to_frame()["status"].tolist() == ["done"] * 3
    for block in others:
        compile(block, str(DOCUMENT), "exec")
