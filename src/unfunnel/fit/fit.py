"""From a table and a formula to a folder: read, build, sample, judge, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.fit.model import bambi_model, check_installed
from unfunnel.fit.table import read_frame
from unfunnel.output import output_folder, write_draws, write_text

STEPS = ("reading", "compiling", "sampling", "writing")
FEWEST_DRAWS = 10
PACKAGES = ("unfunnel", "bambi", "pymc", "nutpie", "arviz", "pandas")

Step = Callable[[str], None]


@dataclass(frozen=True)
class Fit:
    """What a fit produced.

    Parameters
    ----------
    folder
        With ``draws.zarr``, ``plan.json``, ``summary.csv`` and ``summary.json``.
    summary
        As in ``summary.json``.
    text
        The population's parameters as a table of plain text.
    problems
        What the diagnosis objects to, one sentence each.
    complete
        False if it was interrupted.
    """

    folder: Path
    summary: dict[str, Any]
    text: str
    problems: tuple[str, ...]
    complete: bool

    @property
    def good(self) -> bool:
        """Whether the diagnosis objects to nothing."""
        return not self.problems


def fit_table(
    table: str | Path,
    formula: str,
    out: str | Path,
    *,
    family: str = "gaussian",
    seed: int = 1,
    draws: int = 1000,
    step: Step | None = None,
    progress: Callable[[Any], None] | None = None,
) -> Fit:
    """Fit a formula to a table and write the results.

    Parameters
    ----------
    table
        File in CSV or Parquet.
    formula
        In Bambi's notation, such as ``y ~ x + (x|group)``; priors are Bambi's defaults.
    out
        Folder for the results; files of an earlier fit in it are replaced.
    family
        Of the outcome, as Bambi names it.
    seed
        Of all sampling.
    draws
        Per chain, after warm-up; four chains.
    step
        Called with each of ``STEPS`` as it begins.
    progress
        As in :meth:`unfunnel.sampling.compiled.CompiledModel.sample`.

    Returns
    -------
    Fit

    Raises
    ------
    MissingPackageError
        If Bambi is not installed.
    InvalidTableError
        If the table cannot be read, or has not what the formula asks for.
    InvalidArgumentError
        If an argument cannot be used.
    OutputError
        If `out` cannot be written to; found out before any work is done.
    SamplingError
        If the sampler could not begin or go on.
    """
    check_installed()
    if draws < FEWEST_DRAWS:
        raise InvalidArgumentError(f"draws must be at least {FEWEST_DRAWS} per chain, got {draws}.")
    if seed < 0:
        raise InvalidArgumentError(f"seed must not be negative, got {seed}.")
    say = step or (lambda _: None)
    say("reading")
    model = bambi_model(read_frame(table), formula, family)
    asked = {"table": str(table), "formula": formula, "family": family, "seed": seed, "draws": draws, "chains": 4}
    with output_folder(out) as folder:
        tree = _sampled(model, draws, seed, say, progress)
        say("writing")
        return _written(tree, folder, asked)


def _sampled(model: Any, draws: int, seed: int, say: Step, progress: Callable[[Any], None] | None) -> Any:
    from unfunnel.sampling import compile as compile_model

    say("compiling")
    compiled = compile_model(model)
    say("sampling")
    return compiled.sample(draws, chains=4, random_seed=seed, progress=progress)


def _written(tree: Any, folder: Path, asked: dict[str, Any]) -> Fit:
    from unfunnel.fit.summary import as_json, as_text, summarized, summary_table
    from unfunnel.planning import Plan
    from unfunnel.sampling.checks import problems

    plan = Plan.from_datatree(tree)
    found = problems(tree, [choice.site.name for choice in plan.choices])
    table = summary_table(tree)
    complete = bool(tree["posterior"].attrs["complete"])
    summary = summarized(tree, table, found, asked, {package: version(package) for package in PACKAGES})
    write_draws(tree, folder)
    write_text(folder / "plan.json", plan.to_json())
    write_text(folder / "summary.csv", table.to_csv(index_label="variable"))
    write_text(folder / "summary.json", as_json(summary))
    return Fit(folder, summary, as_text(tree, table), tuple(found), complete)
