"""What came of many fits: a table, and the numbers and draws of each when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unfunnel.errors import InvalidArgumentError, OutputError
from unfunnel.many.numbers import Columns
from unfunnel.many.place import Manifest, Place
from unfunnel.many.record import Record
from unfunnel.many.settings import Arrays

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Fits:
    """What :func:`unfunnel.fit_many` returns; printing it says how many fits are done, failed, or not sound.

    Parameters
    ----------
    records
        One for each fit that has ended, in the order of the specifications: see :meth:`to_frame`.
    folder
        Where they are, or None if they are in memory.
    """

    records: tuple[Record, ...]
    folder: Path | None = None
    _summaries: Mapping[str, Columns] = field(default_factory=dict, repr=False, compare=False)
    _trees: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _kept: Mapping[str, Arrays] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls, folder: str | Path) -> Fits:
        """What a folder holds, of a run that has ended or that is going on; nothing is done again.

        Raises
        ------
        OutputError
            If it is not a folder of many fits.
        """
        path = Path(folder)
        manifest = Manifest.read(path)
        if manifest is None:
            raise OutputError(
                f"Fits.load: {str(folder)!r} holds no fits; give the folder that unfunnel.fit_many(specs, folder=...)"
                " was given."
            )
        records = (Place(path).record(name) for name in manifest.fits)
        return cls(tuple(record for record in records if record is not None), path)

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __getitem__(self, name: str) -> Record:
        for record in self.records:
            if record.name == name:
                return record
        raise InvalidArgumentError(f"Fits: there is no fit {name!r}; there are {_few([r.name for r in self.records])}.")

    @property
    def failed(self) -> tuple[Record, ...]:
        """The fits without a result, with `error`, `message` and `traceback`."""
        return tuple(record for record in self.records if record.failed)

    @property
    def doubtful(self) -> tuple[Record, ...]:
        """The fits with a result that sampling had to say something about, in `warnings`."""
        return tuple(record for record in self.records if record.warnings and not record.failed)

    def to_frame(self) -> pd.DataFrame:
        """One row a fit.

        Returns
        -------
        pandas.DataFrame
            Indexed by name; columns `status`, `seed`, `min_ess` (smallest bulk effective sample size over every element
            of every free variable), `worst` (which has it), `r_hat` (the largest), `divergences`, `gradients` (of
            pilot, warm-up and draws), `seconds` (of wall time), `processor_seconds`, `compiled`, `warnings` (how many),
            `error`, `message` and `worker`. Numbers of a failed fit are NaN or 0.
        """
        import pandas as pd

        rows = [asdict(record) | {"warnings": len(record.warnings)} for record in self.records]
        return pd.DataFrame(rows, columns=list(Record.__dataclass_fields__)).set_index("name").drop(columns="traceback")

    def summary(self, name: str | None = None) -> pd.DataFrame:
        """The numbers of a fit, or of all that have some.

        Parameters
        ----------
        name
            Of a fit; by default all.

        Returns
        -------
        pandas.DataFrame
            One row an element; columns `mean`, `sd`, `eti89_lb`, `eti89_ub` (an interval of 89 %, equal-tailed),
            `ess_bulk`, `r_hat` and `mcse_mean`, constrained space. Indexed by `element`, of all fits by `name` and
            `element`.

        Raises
        ------
        InvalidArgumentError
            If there is no such fit, or it failed.
        """
        import pandas as pd

        if name is None:
            frames = {record.name: self.summary(record.name) for record in self.records if not record.failed}
            if not frames:
                raise InvalidArgumentError("Fits.summary: no fit has a result; see Fits.failed.")
            return pd.concat(frames, names=["name"])
        self._refuse_failed("summary", name)
        found = self._summaries.get(name) if self.folder is None else Place(self.folder).summary(name)
        return pd.DataFrame(found).set_index("element")

    def draws(self, name: str) -> Any:
        """The draws of a fit.

        Parameters
        ----------
        name
            Of a fit.

        Returns
        -------
        xarray.DataTree
            As :func:`unfunnel.sample` returns it; of a folder it is read when its values are used.

        Raises
        ------
        InvalidArgumentError
            If there is no such fit, it failed, or draws were not kept.
        """
        self._refuse_failed("draws", name)
        if self.folder is None and name in self._trees:
            return self._trees[name]
        path = None if self.folder is None else Place(self.folder).of(name) / "draws.zarr"
        if path is None or not path.is_dir():
            raise InvalidArgumentError(
                f"Fits.draws: the draws of {name!r} were not kept; use fit_many(..., keep='draws')."
            )
        import xarray as xr

        return xr.open_datatree(path, engine="zarr", chunks=None, consolidated=False)

    def kept(self, name: str) -> Arrays:
        """What a function kept of a fit's draws.

        Parameters
        ----------
        name
            Of a fit.

        Returns
        -------
        dict
            Arrays by the names that the function gave them.

        Raises
        ------
        InvalidArgumentError
            If there is no such fit, it failed, or `keep` was no function.
        """
        self._refuse_failed("kept", name)
        found = self._kept.get(name) if self.folder is None else Place(self.folder).kept(name)
        if found is None:
            raise InvalidArgumentError(
                f"Fits.kept: nothing was kept of {name!r} but its summary or draws; use fit_many(..., keep=function)."
            )
        return found

    def _refuse_failed(self, call: str, name: str) -> None:
        record = self[name]
        if record.failed:
            raise InvalidArgumentError(f"Fits.{call}: {name!r} failed with {record.error}: {record.message}")

    def __str__(self) -> str:
        done = len(self.records) - len(self.failed)
        compiled = sum(record.compiled for record in self.records)
        lines = [
            f"{done} fits done, {len(self.failed)} failed, {len(self.doubtful)} doubtful; {compiled} compilations."
        ]
        lines += [f"  {record.name}: {record.error}: {record.message}" for record in self.failed[:_FEW]]
        lines += [f"  {record.name}: {record.warnings[0]}" for record in self.doubtful[:_FEW]]
        return "\n".join(lines)


_FEW = 5


def _few(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:_FEW])) or "none"
    return shown if len(names) <= _FEW else f"{shown} and {len(names) - _FEW} more"
