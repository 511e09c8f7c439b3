"""What the group `parameterization` of a fit says of every group: its weight, its information, its own estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.plots.pair import plan_of

Floats = NDArray[np.float64]


def weights_of(dt: Any, effect: str) -> Any | None:
    """The weight of every element, as a DataArray; None where the fit has none."""
    if "parameterization" not in dt.children:
        return None
    return dt["parameterization"].to_dataset().get(f"{effect}_weight")


@dataclass(frozen=True, eq=False)
class Learned:
    """What a pilot learned of every element of an effect by itself; dim (element,).

    Parameters
    ----------
    H
        The precision of what the data alone say of it, on the unconstrained line.
    estimate
        Where they put it: ``(h - C B) / H`` at the means of the shared parameters B, NaN where H is 0. None where that
        is not a value of the posterior: of an effect that is not real, or that its author wrote non-centered.
    """

    H: Floats
    estimate: Floats | None


def information_of(dt: Any, effect: str) -> Learned | None:
    """What was learned of an effect; None where the fit has no evidence on each of its elements by itself."""
    plan = plan_of(dt)
    if plan is None or effect not in plan.informed:
        return None
    block = next((block for block in plan.blocks if effect in block.effects), None)
    evidence = None if block is None else plan.evidence(block)
    if block is None or evidence is None or plan[effect].site.joint or plan[effect].site.zero_sum_axes:
        return None
    place = block.effects.index(effect)
    H = evidence.H[:, place, place]
    plain = [site.real and not site.by_hand for site in (plan[name].site for name in (*block.effects, *block.shared))]
    if not all(plain):
        return Learned(H, None)
    pull = evidence.h[:, place] - evidence.C[:, place] @ _shared(dt, block.shared, evidence.C.shape[2])
    for other, name in enumerate(block.effects):
        if other != place:
            pull = pull - evidence.H[:, place, other] * _mean(dt, name)
    return Learned(H, np.divide(pull, H, out=np.full_like(pull, np.nan), where=H > 0))


def _shared(dt: Any, names: tuple[str, ...], size: int) -> Floats:
    found = np.concatenate([_mean(dt, name) for name in names]) if names else np.zeros(0)
    return found if found.size == size else np.full(size, np.nan)


def _mean(dt: Any, name: str) -> Floats:
    posterior = dt["posterior"]
    if name not in posterior:
        return np.full(1, np.nan)
    return np.asarray(posterior[name].mean(("chain", "draw")).values, dtype=np.float64).ravel()
