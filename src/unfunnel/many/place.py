"""A folder of many fits: what they are, and what has come of each; every fit is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from unfunnel.errors import OutputError
from unfunnel.many.numbers import Columns
from unfunnel.many.record import Record
from unfunnel.many.settings import Arrays
from unfunnel.output import whole_folder, write_draws, write_text

MANIFEST = "manifest.json"
_KEPT, _ARRAY = "kept.npz", "array "
_FORMAT = 1
_LONGEST = 100
_FEW = 3


@dataclass(frozen=True)
class Manifest:
    """What a folder's fits are.

    Parameters
    ----------
    root
        The number of which the fits' seeds are made.
    settings
        A digest of what they have in common.
    fits
        A digest of each, by name.
    """

    root: int
    settings: str
    fits: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """To a folder, or its parts would not say what they are."""
        content = {"format": _FORMAT, "root": self.root, "settings": self.settings, "fits": dict(self.fits)}
        write_text(folder / MANIFEST, json.dumps(content, indent=1) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Manifest | None:
        """That of a folder, or None where there is none.

        Raises
        ------
        OutputError
            If it cannot be read.
        """
        file = folder / MANIFEST
        if not file.exists():
            return None
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            if content["format"] != _FORMAT:
                raise ValueError(f"its format is {content['format']}, and this version of unfunnel reads {_FORMAT}")
            return cls(int(content["root"]), str(content["settings"]), dict(content["fits"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OutputError(f"fit_many: {str(file)!r} cannot be read: {error}; name a new folder.") from error

    def refuse_other(self, folder: Path, other: Manifest) -> None:
        """Refuse to go on in this folder with fits that are not its own.

        Raises
        ------
        OutputError
            If names, builders, data, settings or seed are others.
        """
        changed = [name for name, digest in other.fits.items() if self.fits.get(name) != digest]
        missing = [name for name in self.fits if name not in other.fits]
        reason = None
        if changed or missing:
            named = [*changed, *missing]
            more = f" and {len(named) - _FEW} more" if len(named) > _FEW else ""
            reason = f"{', '.join(map(repr, named[:_FEW]))}{more} are new, missing, or of another builder or other data"
        elif other.settings != self.settings:
            reason = "draws, tune, chains, target_accept, parameterization, var_names or keep are others"
        elif other.root != self.root:
            reason = "random_seed is another"
        if reason is not None:
            raise OutputError(
                f"fit_many: the folder {str(folder)!r} was made by other specs: {reason}. Give the specs it was made"
                " with to go on there, or name a new folder."
            )


@dataclass(frozen=True)
class Place:
    """The folder of all fits."""

    folder: Path

    def of(self, name: str) -> Path:
        """The folder of one."""
        return self.folder / file_name(name)

    def write(self, record: Record, summary: Columns | None, tree: Any, kept: Arrays | None = None) -> None:
        """Write a fit that has ended, whole or not at all."""
        with whole_folder(self.of(record.name)) as folder:
            if summary is not None:
                write_text(folder / "summary.json", json.dumps(_plain(summary)) + "\n")
            if tree is not None:
                write_draws(tree, folder)
            if kept is not None:
                # With a prefix, or an array that a person names "file" would be taken for the argument of that name.
                arrays: dict[str, Any] = {f"{_ARRAY}{name}": array for name, array in kept.items()}
                np.savez(folder / _KEPT, allow_pickle=False, **arrays)
            write_text(folder / "record.json", record.to_json())

    def record(self, name: str) -> Record | None:
        """What came of a fit, or None if it has not ended."""
        file = self.of(name) / "record.json"
        return Record.from_json(file.read_text(encoding="utf-8")) if file.exists() else None

    def summary(self, name: str) -> Columns | None:
        """Its numbers, or None where there are none."""
        file = self.of(name) / "summary.json"
        if not file.exists():
            return None
        content: Columns = json.loads(file.read_text(encoding="utf-8"))
        return {column: _with_nan(column, values) for column, values in content.items()}

    def kept(self, name: str) -> Arrays | None:
        """What a person's function kept of it, or None if there was none."""
        file = self.of(name) / _KEPT
        if not file.exists():
            return None
        with np.load(file, allow_pickle=False) as arrays:
            return {name.removeprefix(_ARRAY): array for name, array in arrays.items()}

    def clean(self) -> None:
        """Remove what a killed worker left half-written."""
        for path in self.folder.glob(".*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)


class Marks:
    """Which fits have been begun: an empty file each, so that a killed worker shows on which it was.

    Parameters
    ----------
    folder
        Where; a worker that does not see it (on another machine) leaves no marks.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, name: str) -> None:
        """Mark a fit."""
        if self._folder.is_dir():
            (self._folder / file_name(name)).touch()

    def end(self, name: str) -> None:
        """Take its mark away."""
        (self._folder / file_name(name)).unlink(missing_ok=True)

    def begun(self, names: Iterable[str]) -> list[str]:
        """Those of the names that are marked."""
        return [name for name in names if (self._folder / file_name(name)).exists()]


def file_name(name: str) -> str:
    """A name as that of a file; a long one ends in a digest of it."""
    quoted = quote(name, safe=" ()=,+").replace(".", "%2E")
    if len(quoted) <= _LONGEST:
        return quoted
    return f"{quoted[:_LONGEST]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _plain(summary: Columns) -> Columns:
    """Without NaN, which JSON does not have."""
    return {column: [None if value != value else value for value in values] for column, values in summary.items()}


def _with_nan(column: str, values: list[Any]) -> list[Any]:
    return values if column == "element" else [float("nan") if value is None else value for value in values]
