"""Writing results so that nothing half-written ever has a final name."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from unfunnel.errors import OutputError


@contextmanager
def output_folder(path: str | Path) -> Iterator[Path]:
    """The folder, made if needed and shown to be writable; removed again at the end if it was made and stayed empty.

    Raises
    ------
    OutputError
        If it cannot be made or written to, before any work is done.
    """
    folder = Path(path)
    made = _missing(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _remove_empty(made)
        reason = "it is a file" if folder.is_file() else (error.strerror or str(error)).lower()
        raise OutputError(
            f"Cannot write results to {str(folder)!r}: {reason}; give a folder that can be made or written to."
        ) from error
    try:
        yield folder
    finally:
        _remove_empty(made)


def write_text(file: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with whole_file(file) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def whole_file(file: Path) -> Iterator[Path]:
    """A sibling file to write; it takes the place of `file` when the block ends well, else it vanishes."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_draws(tree: Any, folder: Path) -> None:
    """The draws as `draws.zarr` in a folder, whole or not at all; `xarray.open_datatree` reads them."""
    with whole_folder(folder / "draws.zarr") as draws, warnings.catch_warnings():
        # Labels of text have no lasting specification in zarr yet; they are read back by the same libraries.
        warnings.filterwarnings("ignore", message=".*does not have a Zarr V3 specification.*")
        tree.to_zarr(draws, mode="w", consolidated=False)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A sibling folder to write in; it takes the place of `folder` when the block ends well, else it vanishes."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        yield temporary
        temporary.chmod(0o777 & ~_umask())
        _swap(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        _remove_empty([folder.parent])


def _swap(new: Path, old: Path) -> None:
    """Put `new` in the place of `old`; a folder that is not empty cannot be replaced in one step."""
    if not old.exists():
        new.rename(old)
        return
    aside = new.with_name(new.name + ".old")
    old.rename(aside)
    try:
        new.rename(old)
    except BaseException:
        aside.rename(old)
        raise
    if aside.is_dir():
        shutil.rmtree(aside)
    else:
        aside.unlink()


def _missing(folder: Path) -> list[Path]:
    """The folder and its parents that do not exist yet, deepest first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
