"""One run of a sampler, whichever it was: its draws, and its statistics under PyMC's names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import UnfunnelError

NOT_COUNTED = -1
"""Gradients of a phase in which a sampler does not say how many it takes."""

STATISTICS = {
    "diverging": bool,
    "n_steps": np.int64,
    "tree_depth": np.int64,
    "reached_max_treedepth": bool,
    "index_in_trajectory": np.int64,
    "acceptance_rate": np.float64,
    "step_size": np.float64,
    "step_size_bar": np.float64,
    "energy": np.float64,
    "energy_error": np.float64,
    "max_energy_error": np.float64,
    "lp": np.float64,
}
"""Sampler statistics that are handed out, where the sampler has them; PyMC's names."""

NUTPIES_NAMES = {
    "depth": "tree_depth",
    "maxdepth_reached": "reached_max_treedepth",
    "mean_tree_accept": "acceptance_rate",
    "logp": "lp",
}

OTHER_NAMES = {
    "divergent": "diverging",
    "divergent__": "diverging",
    "treedepth": "tree_depth",
    "treedepth__": "tree_depth",
    "energy__": "energy",
    "num_steps": "n_steps",
    "n_leapfrog": "n_steps",
    "n_leapfrog__": "n_steps",
    "stepsize": "step_size",
    "stepsize__": "step_size",
    "accept_prob": "acceptance_rate",
    "accept_stat__": "acceptance_rate",
    "lp__": "lp",
}
"""Names in draws that other samplers made: Stan's own, and NumPyro's."""


@dataclass(frozen=True)
class Run:
    """Draws of one run, without its warm-up.

    Parameters
    ----------
    posterior
        Every variable of the model, constrained; dims (chain, draw, *dims of the variable).
    statistics
        As in `STATISTICS`; dims (chain, draw).
    gradients_tune, gradients_draw
        Gradients spent, over all chains; `NOT_COUNTED` if the sampler does not say.
    seconds
        Spent sampling, warm-up included.
    complete
        False if it was interrupted.
    attrs
        What is known of the sampler: its name, version and settings.
    stored_gradient
        Of the log density in the chart, if it was asked for; dims (chain, draw, coordinate).
    """

    posterior: Any
    statistics: Any
    gradients_tune: int
    gradients_draw: int
    seconds: float
    complete: bool = True
    attrs: dict[str, Any] = field(default_factory=dict)
    stored_gradient: Any = None

    @property
    def gradient(self) -> NDArray[np.float64]:
        """Gradient of the log density in the chart; dims (chain, draw, coordinate)."""
        if self.stored_gradient is None:
            raise UnfunnelError("Run: the gradient was not asked for; run with store_gradient=True.")
        return np.asarray(self.stored_gradient)

    def loaded(self) -> Run:
        """The same run in memory, where its arrays would be read from a folder."""
        gradient = None if self.stored_gradient is None else self.gradient
        posterior, statistics = self.posterior.load(), self.statistics.load()
        return replace(self, posterior=posterior, statistics=statistics, stored_gradient=gradient)


def named_statistics(raw: Any) -> Any:
    """The statistics that are handed out, from a dataset of a sampler's own; lazy arrays stay lazy."""
    names = {old: new for old, new in {**NUTPIES_NAMES, **OTHER_NAMES}.items() if old in raw and new not in raw}
    # Of several names for one thing, the first: a tree may have been through several hands.
    first = {new: old for old, new in reversed(names.items())}
    renamed = raw.rename({old: new for new, old in first.items()})
    kept = {name: _as(renamed[name].variable, kind) for name, kind in STATISTICS.items() if name in renamed}
    return type(raw)(kept, coords=raw.coords)


def _as(variable: Any, kind: Any) -> Any:
    """A variable of some type, and without attrs; xarray's own `drop_attrs` of a dataset takes 60 ms."""
    kept = variable if variable.dtype == kind else variable.astype(kind)
    return kept._replace(attrs={})


def kept_chains(lengths: Sequence[int]) -> tuple[list[int], int]:
    """Which chains of an interrupted run to keep, and to what length to cut them.

    A tree of draws is rectangular, so that every chain is cut to the shortest one kept. Chains are kept so that as
    many draws as possible stay: one that had barely begun would cost the others nearly all of theirs.

    Parameters
    ----------
    lengths
        Draws after warm-up, by chain.

    Returns
    -------
    tuple
        Positions of the chains, in their order, and the number of draws; no chain if there is no draw.
    """
    order = sorted(range(len(lengths)), key=lambda chain: -lengths[chain])
    sizes = [lengths[chain] * (count + 1) for count, chain in enumerate(order)]
    if not sizes or max(sizes) == 0:
        return [], 0
    # Of equal sizes the one with more chains: they tell more about convergence.
    count = max(range(len(sizes)), key=lambda position: (sizes[position], position)) + 1
    return sorted(order[:count]), lengths[order[count - 1]]
