"""Draw the picture of the README, `docs/funnel.png`: run `python docs/picture.py`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

import unfunnel as uf
from unfunnel.study.regimes import REGIMES

COLUMNS = {"centered": "Centered", "noncentered": "Non-centered", "informed": "Informed", "exact": "Exact"}
ROWS = {"weak": "Sparsely observed:\n9 groups, σ = 10", "small": "Two groups,\nrichly observed: σ = 0.1"}
SEED = 1


def draws_of(name: str) -> dict[str, tuple[Any, Any, Any]]:
    """Mu, log tau and whether it diverged, for each column."""
    regime = REGIMES[name]()
    model = regime.model()
    fixed = uf.compile(model, uf.Centered())
    trees = {
        way.name: fixed.sample(parameterization=way, random_seed=SEED) for way in (uf.Centered(), uf.NonCentered())
    }
    trees["informed"] = uf.sample(model, random_seed=SEED, progressbar=False)
    trees["exact"] = regime.exact().sample(draws=1000, chains=4, random_seed=SEED)
    return {column: _points(trees[column]) for column in COLUMNS}


def _points(tree: Any) -> tuple[Any, Any, Any]:
    posterior = tree["posterior"].to_dataset()
    diverging = (
        tree["sample_stats"]["diverging"].values if "sample_stats" in tree.children else posterior["mu"].values > np.inf
    )
    return posterior["mu"].values.ravel(), np.log(posterior["tau"].values).ravel(), np.ravel(diverging)


def draw(path: Path) -> None:
    """Draw and save."""
    figure, axes = plt.subplots(
        len(ROWS), len(COLUMNS), figsize=(10, 5), sharex="row", sharey="row", layout="constrained"
    )
    for row, (name, title) in zip(axes, ROWS.items(), strict=True):
        drawn = draws_of(name)
        for axis, (column, heading) in zip(row, COLUMNS.items(), strict=True):
            mu, log_tau, diverging = drawn[column]
            axis.plot(mu, log_tau, ".", ms=1.5, alpha=0.35, color="0.35", rasterized=True)
            axis.plot(mu[diverging], log_tau[diverging], ".", ms=3, color="#d55e00", label="divergence")
            note = (
                f"{diverging.sum()} divergence{'s' * int(diverging.sum() != 1)}"
                if column != "exact"
                else "independent draws"
            )
            axis.text(
                0.97,
                0.03,
                note,
                transform=axis.transAxes,
                ha="right",
                fontsize=8,
                color="#d55e00" if diverging.any() else "0.35",
            )
            axis.set_title(heading if name == "weak" else "", fontsize=11)
        exact_mu, exact_log_tau, _ = drawn["exact"]
        row[0].set_xlim(*np.quantile(exact_mu, (0.0005, 0.9995)))
        row[0].set_ylim(np.quantile(exact_log_tau, 0.001) - 0.5, exact_log_tau.max() + 0.3)
        row[0].set_ylabel(f"{title}\n\nlog τ", fontsize=9)
    for axis in axes[-1]:
        axis.set_xlabel("population mean μ", fontsize=9)
    figure.savefig(path, dpi=130)


if __name__ == "__main__":
    logging.getLogger("unfunnel").setLevel(logging.ERROR)
    draw(Path(__file__).with_name("funnel.png"))
