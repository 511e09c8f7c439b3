"""What is public changes on purpose only."""

from __future__ import annotations

import difflib

from tests import public_interface

import unfunnel


def test_names_and_signatures_are_those_written_down() -> None:
    written = public_interface.FILE.read_text(encoding="utf-8")
    change = "\n".join(
        difflib.unified_diff(written.splitlines(), public_interface.text().splitlines(), lineterm="", n=0)
    )
    assert not change, (
        f"The public interface changed:\n{change}\nIf that is meant, write it down with"
        " `python -m tests.public_interface`, say it in CHANGELOG.md, and see CONTRIBUTING.md for the steps"
        " in which something may go."
    )


def test_it_has_every_public_name() -> None:
    lines = public_interface.interface().splitlines()
    for name in set(unfunnel.__all__) - {"exact", "study"}:
        assert any(line.startswith(f"unfunnel.{name}") for line in lines), name
    assert "    by_count(counts, threshold=25)" not in lines  # with its first argument, as it is defined
    assert "    by_count(cls, counts, threshold=25)" in lines
