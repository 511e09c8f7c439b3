"""What a peer is asked for, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.models.case import Case

CHAINS = 4


class NotAvailableError(Exception):
    """A peer cannot do a case, and why; the page prints the reason."""


@dataclass(frozen=True)
class Effort:
    """How much to do.

    Parameters
    ----------
    draws
        Per chain.
    tune
        Warm-up steps a chain; None: as many as the tool takes by itself.
    variational
        Steps of variational inference, where a peer learns its coordinates by it.
    """

    draws: int = 1000
    tune: int | None = None
    variational: int = 10_000

    @classmethod
    def warming(cls) -> Effort:
        """Just enough to load whatever the first call of a process loads."""
        return cls(draws=20, tune=20, variational=20)


@dataclass(frozen=True)
class Fit:
    """One whole fit of one model.

    Parameters
    ----------
    posterior
        A dataset with dims (chain, draw), by the case's names or its aliases.
    divergences
        Divergent draws.
    gradients
        Gradients of the log density over all chains, by phase: "tuning" (a pilot, or variational inference),
        "warm-up", "draws".
    sampling
        Processor seconds of all these phases together.
    before
        Wall and processor seconds that were spent once for all seeds, such as a compiler's, and belong to each of them.
    """

    posterior: Any
    divergences: int
    gradients: Mapping[str, int]
    sampling: float
    before: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of_tree(cls, tree: Any, sampling: float, posterior: Any = None) -> Fit:
        """Of draws with the statistics of the warm-up beside them, as PyMC and nutpie return them."""
        return cls(
            tree["posterior"].to_dataset() if posterior is None else posterior,
            divergences=int(tree["sample_stats"]["diverging"].sum()),
            gradients={
                "warm-up": int(tree["warmup_sample_stats"]["n_steps"].sum()),
                "draws": int(tree["sample_stats"]["n_steps"].sum()),
            },
            sampling=sampling,
        )


Fitting = Callable[[Case, int, Effort], Fit]


@dataclass(frozen=True)
class Peer:
    """A way of sampling a hierarchical model.

    Parameters
    ----------
    name
        What the command line calls it.
    title
        What the page calls it.
    about
        One sentence: what was called, and with what that is not a default.
    packages
        The packages that it needs, as their index calls them; their versions are recorded.
    fit
        From a case, a seed and an effort to a fit; raises NotAvailableError where there is nothing to run.
    most_seeds
        How many of the seeds it is run with; None for all. For who takes minutes a fit.
    """

    name: str
    title: str
    about: str
    packages: tuple[str, ...]
    fit: Fitting
    most_seeds: int | None = None
