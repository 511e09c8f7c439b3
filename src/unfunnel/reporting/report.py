"""The function a person calls for a page to pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unfunnel.diagnosis import Diagnosis
from unfunnel.diagnosis.diagnose import diagnose
from unfunnel.errors import InvalidArgumentError, OutputError
from unfunnel.output import write_text
from unfunnel.plots.pair import plan_of
from unfunnel.reporting.gallery import boxed, exhibits
from unfunnel.reporting.page import Content, render
from unfunnel.reporting.stamp import stamp_of
from unfunnel.reporting.summary import summary_rows

_TITLE = "Report of a fit"


def report(
    dt: Any,
    path: str | Path,
    model: Any = None,
    *,
    diagnosis: Diagnosis | None = None,
    title: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a fit as one HTML page that needs no network: the verdict, what was done, pictures, tables, the stamp.

    The page is whole or not there: nothing half-written has its name. It holds the plan and the diagnosis as JSON too
    (``<script type="application/json" id="data">``), and no name of the machine.

    Parameters
    ----------
    dt : xarray.DataTree
        A fit of any sampler, with a group `posterior`. What :func:`unfunnel.sample` returned has the plan, which the
        page then shows; predictive checks are drawn where there are the groups `posterior_predictive` and
        `observed_data`, priors of scales where there is `prior`.
    path : str or pathlib.Path
        The file to write, such as ``"report.html"``; its folder must be there.
    model : pymc.Model or bambi.Model, optional
        The model, which tells effects from scales; see :func:`unfunnel.diagnose`.
    diagnosis : unfunnel.Diagnosis, optional
        What :func:`unfunnel.diagnose` said of the fit, if it was asked already.
    title : str, optional
        Of the page.
    overwrite : bool, default False
        Whether to write over a file that is there.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InvalidArgumentError
        If `dt` is no fit, or names and draws do not tell effects from scales; the error says how to tell it.
    OutputError
        If the file is there and is not to be written over, or cannot be written.

    Examples
    --------
    >>> import unfunnel as uf
    >>> uf.report(dt, "report.html", model)  # doctest: +SKIP
    PosixPath('report.html')
    """
    file = _file(path, overwrite)
    if not (title is None or isinstance(title, str)):
        raise InvalidArgumentError(f"report: title must be text, got {title!r}.")
    if not (diagnosis is None or isinstance(diagnosis, Diagnosis)):
        raise InvalidArgumentError(
            f"report: diagnosis must be what unfunnel.diagnose returned, got {type(diagnosis).__name__}."
        )
    found = diagnose(dt, model) if diagnosis is None else diagnosis
    rows, cut = summary_rows(dt)
    content = Content(
        title=title or _TITLE,
        diagnosis=found,
        plan=plan_of(dt),
        exhibits=exhibits(dt, found),
        summary=rows,
        cut=cut,
        boxed=boxed(dt),
        stamp=stamp_of(dt, found),
    )
    page = render(content)
    try:
        write_text(file, page)
    except OSError as error:
        raise OutputError(f"report: cannot write {str(file)!r}: {(error.strerror or str(error)).lower()}.") from error
    return file


def _file(path: str | Path, overwrite: bool) -> Path:
    """The file, if it may be written; looked at before any work is done."""
    if path == "" or not isinstance(path, (str, Path)):
        raise InvalidArgumentError(f"report: path must be the name of a file, such as 'report.html', got {path!r}.")
    file = Path(path)
    if file.is_dir():
        raise OutputError(f"report: {str(file)!r} is a folder; give the name of a file in it.")
    if not file.parent.is_dir():
        raise OutputError(f"report: the folder of {str(file)!r} is not there; make it first.")
    if file.exists() and not overwrite:
        raise OutputError(f"report: {str(file)!r} is there already; say overwrite=True to write over it.")
    return file
