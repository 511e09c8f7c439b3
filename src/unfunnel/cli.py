"""The command line: parse, call one public function, print."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unfunnel.errors import InvalidArgumentError, TableWarning, UnfunnelError

if TYPE_CHECKING:
    from unfunnel.study.case import Case

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def _root() -> None:
    """Sample hierarchical models without funnels: the same model, better coordinates."""


@app.command()
def study(
    regime: Annotated[
        str | None,
        typer.Option(help="weak, strong, unbalanced, small, eight_schools, adc, multivariate or all (the default)."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for page, figures, draws and summary.")] = Path("study"),
    seed: Annotated[int, typer.Option(help="Seed of all sampling.")] = 1,
    draws: Annotated[int, typer.Option(help="Draws per chain after warm-up; four chains.")] = 1000,
    json: Annotated[bool, typer.Option("--json", help="Print summary.json, and nothing else, on stdout.")] = False,
    table: Annotated[Path | None, typer.Option(help="Study a CSV file of your own instead of the regimes.")] = None,
    group: Annotated[str | None, typer.Option(help="With --table: the column that names a row's group.")] = None,
    value: Annotated[str | None, typer.Option(help="With --table: the column of observations or estimates.")] = None,
    sigma: Annotated[
        float | None, typer.Option(help="With --table: known noise of one observation; unknown if left out.")
    ] = None,
    se: Annotated[
        str | None, typer.Option(help="With --table: column of standard errors; then one row, an estimate, a group.")
    ] = None,
) -> None:
    """Run the case study: every regime centered, non-centered, mixed, informed and exact.

    Exit codes: 0 good; 1 an informed fit is flagged by its own diagnostics; 2 wrong usage; 130 interrupted.
    """
    from unfunnel.study import run
    from unfunnel.study.console import Reporter, conclusion
    from unfunnel.study.console import table as as_table

    regimes = _regimes(regime, table, {"--group": group, "--value": value}, sigma, se)
    with _silent(), Reporter() as report:
        if table is not None:
            report.say(f"Priors: {', '.join(regimes[0].priors.lines())}")
        done = run(regimes, out, seed=seed, draws=draws, progress=report.step)
    typer.echo(conclusion(done), err=True)
    if json:
        from unfunnel.study.page import as_text

        typer.echo(as_text(done.summary), nl=False)
    elif done.finished:
        typer.echo(as_table(done.summary))
    raise typer.Exit(130 if done.unfinished else 0 if done.good else 1)


@app.command()
def fit(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A table: CSV with a header line, or Parquet.")],
    formula: Annotated[str, typer.Argument(metavar="FORMULA", help="In Bambi's notation: 'y ~ x + (x|group)'.")],
    family: Annotated[
        str, typer.Option(help="Of the outcome, as Bambi names it: bernoulli, poisson, ...")
    ] = "gaussian",
    out: Annotated[Path, typer.Option(help="Folder for draws, plan and summary.")] = Path("fit"),
    seed: Annotated[int, typer.Option(help="Seed of all sampling.")] = 1,
    draws: Annotated[int, typer.Option(help="Draws per chain after warm-up; four chains.")] = 1000,
    json: Annotated[bool, typer.Option("--json", help="Print summary.json, and nothing else, on stdout.")] = False,
) -> None:
    """Fit a mixed model, written as a formula, to a table; needs Bambi.

    Exit codes: 0 good; 1 the diagnosis objects to the draws; 2 wrong usage; 130 interrupted.
    """
    from unfunnel.fit import fit_table
    from unfunnel.fit.console import FitReporter, conclusion

    try:
        with FitReporter() as report:
            options: dict[str, Any] = {"step": report.begin, "progress": report.sampled}
            done = fit_table(table, formula, out, family=family, seed=seed, draws=draws, **options)
    except KeyboardInterrupt:
        typer.echo("Interrupted before there were draws; nothing was written.", err=True)
        raise typer.Exit(130) from None
    typer.echo(conclusion(done), err=True)
    if json:
        from unfunnel.fit.summary import as_json

        typer.echo(as_json(done.summary), nl=False)
    else:
        typer.echo(done.text)
    raise typer.Exit(130 if not done.complete else 0 if done.good else 1)


_SOURCE = (
    "FILE.py:model or package.module:model, or a function that returns the model. The file is your own code, and is run"
    " as Python runs it."
)


@app.command()
def check(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help=_SOURCE)],
    out: Annotated[Path, typer.Option(help="Folder for draws, plan, diagnoses and report.")] = Path("check"),
    seed: Annotated[int, typer.Option(help="Seed of all sampling.")] = 1,
    draws: Annotated[int, typer.Option(help="Draws per chain after warm-up; four chains.")] = 1000,
    as_written: Annotated[bool, typer.Option("--as-written", help="Only the model as its author wrote it.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the run as written that shows what was wrong.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print check.json, and nothing else, on stdout.")] = False,
) -> None:
    """Sample a PyMC or Bambi model, and say what was wrong with it as written and what was done.

    SOURCE is your own code and is run as such, with all that it does. Exit codes: 0 good; 1 the diagnosis objects to
    the draws; 2 wrong usage; 130 interrupted.
    """
    from unfunnel.check import check_model, model_from
    from unfunnel.check.console import CheckReporter
    from unfunnel.check.screen import screen

    if as_written and quick:
        raise InvalidArgumentError(
            "--as-written and --quick exclude each other: one asks for what the other leaves out."
        )
    try:
        with _silent(), CheckReporter() as report:
            options: dict[str, Any] = {"step": report.begin, "progress": report.sampled}
            choice: dict[str, Any] = {"only_as_written": as_written, "beside": not quick}
            done = check_model(model_from(source), source, out, seed=seed, draws=draws, **choice, **options)
    except KeyboardInterrupt:
        typer.echo("Interrupted before there were draws; nothing was written.", err=True)
        raise typer.Exit(130) from None
    typer.echo(done.to_json() if json else screen(done))
    raise typer.Exit(130 if not done.complete else 0 if done.good else 1)


@app.command()
def compare(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help=_SOURCE)],
    parameterizations: Annotated[
        str, typer.Option(help="Which, joined by commas: centered, noncentered, mixed, informed.")
    ] = "centered,noncentered,mixed,informed",
    out: Annotated[Path | None, typer.Option(help="Folder for compare.json; nothing is written without.")] = None,
    seed: Annotated[int, typer.Option(help="First seed; the others are the next whole numbers.")] = 1,
    seeds: Annotated[int, typer.Option(help="How many seeds, in turn.")] = 3,
    draws: Annotated[int, typer.Option(help="Draws per chain after warm-up; four chains.")] = 1000,
    json: Annotated[bool, typer.Option("--json", help="Print the comparison as JSON, and nothing else.")] = False,
) -> None:
    """Sample a PyMC or Bambi model in several parameterizations, and say which is best and what is noise.

    SOURCE is your own code and is run as such, with all that it does. Exit codes: 0 good; 1 the diagnosis objects to
    the best one; 2 wrong usage; 130 interrupted.
    """
    from unfunnel.check import model_from
    from unfunnel.check.console import CheckReporter
    from unfunnel.comparison import compare as compare_parameterizations
    from unfunnel.output import output_folder, write_text

    names = [name.strip() for name in parameterizations.split(",") if name.strip()]
    try:
        with _silent(), nullcontext() if out is None else output_folder(out) as folder, CheckReporter() as report:
            options: dict[str, Any] = {"draws": draws, "random_seed": seed, "seeds": seeds, "progress": report.compared}
            done = compare_parameterizations(model_from(source), names, **options)
            if folder is not None:
                write_text(folder / "compare.json", done.to_json())
    except KeyboardInterrupt:
        typer.echo("Interrupted; nothing was written.", err=True)
        raise typer.Exit(130) from None
    typer.echo(done.to_json() if json else str(done))
    raise typer.Exit(0 if done.sound(done.winner) else 1)


@app.command()
def pool(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="A file or a glob: CSV, Parquet or Arrow.")],
    group: Annotated[str, typer.Option(help="The column that names a row's group.")],
    value: Annotated[str, typer.Option(help="The column of observations, estimates, successes or events.")],
    se: Annotated[
        str | None, typer.Option(help="Column of standard errors; then one row, an estimate, a group.")
    ] = None,
    family: Annotated[str, typer.Option(help="Of the values: normal, binomial or poisson.")] = "normal",
    trials: Annotated[str | None, typer.Option(help="Binomial: column of trials; one a row if left out.")] = None,
    exposure: Annotated[str | None, typer.Option(help="Poisson: column of exposures; 1 a row if left out.")] = None,
    sigma: Annotated[
        float | None, typer.Option(help="Normal: known noise of one observation; unknown if left out.")
    ] = None,
    prob: Annotated[float, typer.Option(help="Share of the posterior in intervals.")] = 0.89,
    drop_missing: Annotated[
        bool, typer.Option("--drop-missing", help="Leave out rows without a group or value instead of refusing them.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Folder for groups.csv and summary.json; nothing is written without.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws of the population.")] = 4000,
    store_draws: Annotated[
        bool, typer.Option("--store-draws", help="With --out: draws of population and effects as draws.zarr too.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of draws and ranks; the estimates are quadrature.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print summary and groups as JSON, and nothing else.")] = False,
) -> None:
    """Estimate every group of a table with the help of the others: partial pooling, without MCMC.

    Exit codes: 0 good; 2 wrong usage, or a table that cannot be used; 130 interrupted.
    """
    import warnings

    from unfunnel.pooling.pool import pool as pool_table

    if store_draws and out is None:
        raise InvalidArgumentError("--store-draws needs --out FOLDER to store them in.")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", TableWarning)
        columns: dict[str, Any] = {"se": se, "family": family, "trials": trials, "exposure": exposure, "sigma": sigma}
        options: dict[str, Any] = {"prob": prob, "draws": draws, "random_seed": seed}
        missing: Any = "drop" if drop_missing else "refuse"
        try:
            done = pool_table(table, group, value, missing=missing, **columns, **options)
        except KeyboardInterrupt:
            typer.echo("Interrupted; nothing was written.", err=True)
            raise typer.Exit(130) from None
    for warning in caught:
        typer.echo(f"{warning.category.__name__}: {warning.message}", err=True)
    if out is not None:
        from unfunnel.pooling.write import write_folder

        write_folder(done, out, seed if store_draws else None)
        typer.echo(f"Groups and summary are in {out}.", err=True)
    typer.echo(done.to_json() if json else str(done), nl=not json)


@contextmanager
def _silent() -> Iterator[None]:
    """What would be logged while sampling is in what is printed at the end."""
    import logging

    logger = logging.getLogger("unfunnel")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _regimes(
    regime: str | None, table: Path | None, columns: dict[str, str | None], sigma: float | None, se: str | None
) -> tuple[Case, ...]:
    """The study's regimes, or the one of a table."""
    from unfunnel.study import find_regimes, read_table

    if table is None:
        given = [name for name, value in {**columns, "--sigma": sigma, "--se": se}.items() if value is not None]
        if given:
            raise InvalidArgumentError(f"{', '.join(given)} can only be used with --table FILE.csv.")
        return find_regimes("all" if regime is None else regime)
    if regime is not None:
        raise InvalidArgumentError("--regime and --table exclude each other: a table is a regime of its own.")
    group, value = columns["--group"], columns["--value"]
    if group is None or value is None:
        missing = " and ".join(name for name, given in columns.items() if given is None)
        raise InvalidArgumentError(f"--table needs --group COL and --value COL; missing: {missing}.")
    return (read_table(table, group=group, value=value, sigma=sigma, se=se),)


def main() -> None:
    """Entry point: an error that unfunnel raises on purpose is one sentence and exit code 2."""
    try:
        app()
    except UnfunnelError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
