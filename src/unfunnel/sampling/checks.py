"""What a sampled posterior has wrong with it, in one line each: nutpie's path in PyMC says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def problems(tree: Any, var_names: Sequence[str] | None = None) -> list[str]:
    """Divergences, energy, R-hat and effective sample size that are not as they should be.

    Parameters
    ----------
    tree
        As :func:`unfunnel.sample` returns it.
    var_names
        Variables whose R-hat and effective sample size are looked at; all, if the tree has none of them.

    Returns
    -------
    list of str
        One sentence each; empty if nothing is wrong.
    """
    import arviz as az

    if tree["posterior"].sizes["draw"] < 4:
        return ["Fewer than 4 draws a chain: nothing can be said about convergence. Take more draws."]
    chains, draws = (tree["posterior"].sizes[dim] for dim in ("chain", "draw"))
    if stuck := _stuck(tree["posterior"], var_names):
        # R-hat and effective sample size are not defined there, and would pass for nothing wrong.
        return [f"{stuck} is not finite or never moved: the chains are stuck. Check the model's priors and data."]
    present = [name for name in tree["posterior"].data_vars if var_names is None or name in var_names] or None
    _, found = az.diagnose(
        # As a share of the draws: what falls below `ess_threshold` ArviZ prints, but does not return.
        tree,
        var_names=present,
        ess_min_ratio=100 / draws,
        return_diagnostics=True,
        show_diagnostics=False,
    )
    sentences = []
    if found["divergent"]["n_divergent"]:
        sentences.append(
            f"{found['divergent']['n_divergent']} divergences after warm-up: the sampler could not follow the"
            " posterior everywhere. Raise target_accept, or sample informed if you have not."
        )
    if found["bfmi"]["failed_chains"]:
        worst = float(np.min(found["bfmi"]["bfmi_values"]))
        sentences.append(
            f"BFMI is {worst:.2f} (below {found['bfmi']['threshold']}) in chains {found['bfmi']['failed_chains']}:"
            " the energy is explored slowly, often because of a heavy-tailed scale. Give its prior a lighter tail."
        )
    if found["rhat"]["bad_params"]:
        where, value = _worst(found["rhat"]["rhat_values"], largest=True)
        sentences.append(f"R-hat is {value:.3f} for {where} (above 1.01): the chains disagree. Take more draws.")
    if found["ess"]["bad_params"]:
        where, value = _worst(found["ess"]["ess_values"], largest=False)
        sentences.append(
            f"The effective sample size is {value:.0f} for {where} (below {100 * chains}): its estimates are"
            " unreliable. Take more draws."
        )
    return sentences


def _stuck(posterior: Any, var_names: Sequence[str] | None) -> str | None:
    """The first element whose draws are not finite, or are all the same."""
    for name, array in posterior.data_vars.items():
        if var_names is None or name in var_names:
            spread = array.max(("chain", "draw")) - array.min(("chain", "draw"))
            bad = ~np.isfinite(array.sum(("chain", "draw"), skipna=False)) | (spread == 0)
            if bad.any():
                return _element(array.isel(chain=0, draw=0), int(np.argmax(bad.values)))
    return None


def _element(array: Any, position: int) -> str:
    """Name with coordinates of one element, by its raveled position."""
    places = np.unravel_index(position, array.shape)
    labels = [str(array[dim].values[i]) for dim, i in zip(array.dims, places, strict=True)]
    return f"{array.name}[{', '.join(labels)}]" if labels else str(array.name)


def _worst(values: Any, *, largest: bool) -> tuple[str, float]:
    """Name with coordinates, and value, of the worst element of a dataset."""
    worst: tuple[str, float] | None = None
    for array in values.values():
        flat = np.where(np.isnan(array.values), -np.inf if largest else np.inf, array.values)
        position = int(flat.argmax() if largest else flat.argmin())
        value = float(flat.ravel()[position])
        if worst is None or (value > worst[1] if largest else value < worst[1]):
            worst = (_element(array, position), value)
    assert worst is not None
    return worst
