"""What the sampler says of a fit, under whatever names it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.sampling.run import named_statistics

Flags = NDArray[np.bool_]

_LOG = "_log__"
"""What PyMC ends the name of a logarithm with that it samples."""

UNKNOWN = -1
"""A count that the sampler does not give."""


@dataclass(frozen=True, eq=False)
class Statistics:
    """The statistics of a sampler that a diagnosis needs.

    Parameters
    ----------
    chains, draws
        How many there are.
    diverging
        Which draws diverged; dims (chain, draw). None where the sampler does not say.
    bfmi
        Bayesian fraction of missing information by chain (Betancourt 2016); NaN where there are no energies.
    capped
        How many trees reached the greatest depth; `UNKNOWN` where the sampler does not say.
    gradients
        Leapfrog steps of all draws; `UNKNOWN` likewise.
    log_starts
        By the name of a positive variable, its logarithm where divergent trajectories started, as far as the sampler
        stored it; dims (chain, draw), NaN elsewhere.
    """

    chains: int
    draws: int
    diverging: Flags | None
    bfmi: tuple[float, ...]
    capped: int
    gradients: int
    log_starts: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def divergences(self) -> int:
        """Number of draws that diverged; `UNKNOWN` where the sampler does not say."""
        return UNKNOWN if self.diverging is None else int(self.diverging.sum())


def normalised(tree: Any) -> Any:
    """The tree's posterior and statistics, the latter under PyMC's names, as a tree of its own.

    Raises
    ------
    InvalidArgumentError
        If it is no tree, or has no group `posterior` with dims chain and draw.
    """
    import xarray as xr

    if not hasattr(tree, "children") or "posterior" not in tree.children:
        held = f"a tree with {', '.join(map(repr, tree.children)) or 'no group'}" if hasattr(tree, "children") else ""
        raise InvalidArgumentError(
            "diagnose: dt must be an xarray.DataTree with a group 'posterior', as unfunnel.sample, pymc.sample and"
            f" arviz.from_dict make it; got {held or type(tree).__name__}."
        )
    posterior = tree["posterior"].to_dataset()
    missing = [dim for dim in ("chain", "draw") if dim not in posterior.dims]
    if missing:
        raise InvalidArgumentError(
            f"diagnose: the posterior must have the dims chain and draw, and has no {' and no '.join(missing)}; with"
            " arviz.from_dict arrays have the dims (chain, draw, *dims of the variable)."
        )
    groups = {"posterior": _labelled(posterior)}
    if "sample_stats" in tree.children:
        found = tree["sample_stats"].to_dataset()
        known = named_statistics(found)
        starts = [name for name in ("divergence_start",) if name in found]
        groups["sample_stats"] = _labelled(known.assign({name: found[name] for name in starts}))
    return xr.DataTree.from_dict(groups)


def _labelled(dataset: Any) -> Any:
    """With chain and draw first, and labels for both, which draws that were streamed to a folder come without."""
    missing = [dim for dim in ("chain", "draw") if dim in dataset.dims and dim not in dataset.coords]
    labels = {dim: np.arange(dataset.sizes[dim]) for dim in missing}
    return dataset.assign_coords(labels).transpose("chain", "draw", ...)


def statistics_of(tree: Any) -> Statistics:
    """The statistics of a normalised tree; divergences, tree depth and BFMI are counted by ArviZ."""
    import arviz as az

    sizes = tree["posterior"].sizes
    chains, draws = sizes["chain"], sizes["draw"]
    if "sample_stats" not in tree.children:
        return Statistics(chains, draws, None, (float("nan"),) * chains, UNKNOWN, UNKNOWN)
    stats = tree["sample_stats"].to_dataset()
    known: dict[str, Any] = {}
    if draws >= 4:
        # R-hat and effective sample size are asked for element by element; it has to look at one variable at least.
        smallest = min(tree["posterior"].data_vars, key=lambda name: tree["posterior"][name].size)
        _, known = az.diagnose(tree, var_names=[smallest], return_diagnostics=True, show_diagnostics=False)
    return Statistics(
        chains,
        draws,
        stats["diverging"].values.astype(bool) if "diverging" in stats else None,
        tuple(map(float, known["bfmi"]["bfmi_values"])) if "bfmi" in known else (float("nan"),) * chains,
        int(known["treedepth"]["n_max"]) if "treedepth" in known else UNKNOWN,
        int(stats["n_steps"].sum()) if "n_steps" in stats else UNKNOWN,
        _log_starts(stats),
    )


def _log_starts(stats: Any) -> dict[str, Any]:
    if "divergence_start" not in stats:
        return {}
    starts = stats["divergence_start"]
    names = {str(label): i for i, label in enumerate(starts[starts.dims[-1]].values) if str(label).endswith(_LOG)}
    return {label.removesuffix(_LOG): np.asarray(starts.values[..., i], dtype=float) for label, i in names.items()}
