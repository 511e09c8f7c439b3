"""The price: leapfrog steps per draw, and step sizes."""

from __future__ import annotations

from unfunnel.planning.sentences import listed
from unfunnel.plots.effort import plot_effort
from unfunnel.study.figures.canvas import WIDTH, Exhibit, drawn, picture
from unfunnel.study.figures.pictured import trees_of
from unfunnel.study.result import Result
from unfunnel.study.words import capital, number, shown, whole


def leapfrog(result: Result) -> Exhibit:
    """Share of draws by number of leapfrog steps, beside each chain's step size."""
    trees = trees_of(result)
    fits = {shown(name): trees[name] for name in result.fits}
    plots = plot_effort(fits, backend="matplotlib", visuals={"heading": False}, figure_kwargs={"figsize": (WIDTH, 3.1)})
    figure = drawn(plots)
    alt = f"Shares of draws by leapfrog steps, and step sizes by chain, for {listed(map(shown, result.fits))}."
    return Exhibit("leapfrog", "Leapfrog steps and step sizes", _words(result), (picture(figure, "leapfrog", alt),))


def _words(result: Result) -> tuple[str, ...]:
    rows = result.rows
    cheap = max(rows, key=lambda name: rows[name].ess_per_1000_gradients)
    means = {name: float(dt["sample_stats"]["n_steps"].mean()) for name, dt in result.fits.items()}
    first = "Mean leapfrog steps per draw: " + listed(f"{shown(n)} {number(m)}" for n, m in means.items()) + "."
    sizes = f"Step sizes: {listed(f'{shown(n)} {number(row.step_size, 2)}' for n, row in rows.items())}."
    second = (
        f"{capital(shown(cheap))} got most for its price, {number(rows[cheap].ess_per_1000_gradients)} effective draws"
        f" per 1000 gradients while drawing; its whole run, pilot and warm-up included, took"
        f" {whole(rows[cheap].gradients_tune + rows[cheap].gradients_draw)} gradients."
        " A short step or a long path is the price of a narrow place in the coordinates; few steps alone are no merit"
        " if the draws repeat each other."
    )
    return f"{first} {sizes}", second
