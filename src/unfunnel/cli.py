"""The command line: parse, call one public function, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unfunnel.errors import InvalidArgumentError, UnfunnelError

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
    import logging

    from unfunnel.study import run
    from unfunnel.study.console import Reporter, conclusion
    from unfunnel.study.console import table as as_table

    # The page shows, beside each fit's numbers, what these warnings would say.
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    regimes = _regimes(regime, table, {"--group": group, "--value": value}, sigma, se)
    with Reporter() as report:
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
