"""What a sampled posterior has wrong with it, in one line each: nutpie's path in PyMC says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.sampling import convergence
from unfunnel.sampling.thresholds import ENOUGH, LEAST_BFMI

_CLOSELY = 10
"""Elements of a variable that are looked at closely, for each way in which a quick look can find them worst."""

_BLOCK = 2**28
"""Bytes of draws that are looked at in one go."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Objection:
    """What is not as it should be, and what helps if nothing else is known of the cause; a sentence each."""

    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.what} {self.advice}"


@dataclass(frozen=True)
class _Finding:
    """One value of one element, and what it may be."""

    value: float
    bound: float
    where: str


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
        What, and what helps; empty if nothing is wrong.
    """
    return [str(objection) for objection in objections(tree, var_names)]


def objections(tree: Any, var_names: Sequence[str] | None = None) -> list[Objection]:
    """The same, what is wrong apart from what helps.

    Notes
    -----
    How large R-hat and how small an effective sample size may be depends on the number of elements, see
    :mod:`unfunnel.sampling.convergence`.
    """
    posterior = tree["posterior"].to_dataset()
    if posterior.sizes["draw"] < 4:
        return [Objection("Fewer than 4 draws a chain: nothing can be said about convergence.", "Take more draws.")]
    present = [name for name in posterior.data_vars if var_names is None or name in var_names]
    arrays = [posterior[name] for name in present or posterior.data_vars]
    looks = [look for array in arrays for look in _look(array)]
    if stuck := next((look.stuck for look in looks if look.stuck is not None), None):
        # R-hat and effective sample size are not defined there, and would pass for nothing wrong.
        what = f"{stuck} is not finite or never moved: the chains are stuck."
        return [Objection(what, "Check the model's priors and data.")]
    statistics = tree["sample_stats"] if "sample_stats" in tree.children else {}
    return [*_of_statistics(statistics, settled=_nothing_better(tree)), *_of_elements(looks)]


def _nothing_better(tree: Any) -> bool:
    """Whether unfunnel chose the coordinates, or found nothing to choose."""
    if "parameterization" not in tree.children:
        return False
    used = str(tree["parameterization"].attrs.get("parameterization", ""))
    return "informed" in used or used == "as written"


def _of_statistics(statistics: Any, *, settled: bool) -> Iterator[Objection]:
    if "diverging" in statistics and (divergent := int(statistics["diverging"].sum())):
        yield Objection(
            f"{divergent} divergence{'s' if divergent > 1 else ''} after warm-up: the sampler could not follow the"
            " posterior everywhere.",
            "Raise target_accept." if settled else "Raise target_accept, or sample informed if you have not.",
        )
    if "energy" not in statistics:
        return
    energy = statistics["energy"].transpose("chain", "draw").values
    bfmi = np.square(np.diff(energy, axis=1)).mean(axis=1) / energy.var(axis=1)
    if (failed := np.flatnonzero(bfmi < LEAST_BFMI)).size:
        chains = ", ".join(str(statistics["chain"].values[chain]) for chain in failed)
        yield Objection(
            f"BFMI is {bfmi.min():.2f} (below {LEAST_BFMI}) in chain {chains}: the energy is explored slowly, often"
            " because of a heavy-tailed scale.",
            "Give its prior a lighter tail.",
        )


@dataclass(frozen=True)
class _Look:
    """What a quick look at some elements of a variable says.

    Parameters
    ----------
    suspects
        Draws of those that look worst; dims (chain, draw, element).
    labels
        Their names with coordinates.
    size
        Number of elements that were looked at.
    stuck
        Name of the first that is not finite or never moved.
    """

    suspects: Floats
    labels: list[str]
    size: int
    stuck: str | None


def _look(array: Any) -> Iterator[_Look]:
    """Look at a variable block by block, because a large one is in a folder and does not fit into memory."""
    shape = array.shape[2:]
    step = max(1, _BLOCK // (8 * array.shape[0] * array.shape[1] * max(1, int(np.prod(shape[1:])))))
    for begin in range(0, shape[0] if shape else 1, step):
        block = array.isel({array.dims[2]: slice(begin, begin + step)}) if shape else array
        draws = np.asarray(block.values, dtype=np.float64)
        draws = draws.reshape(*draws.shape[:2], -1)
        if not draws.shape[-1]:
            continue
        low, high = draws.min(axis=(0, 1)), draws.max(axis=(0, 1))
        bad = ~(np.isfinite(low) & np.isfinite(high)) | (low == high)
        if bad.any():
            yield _Look(draws[..., :0], [], draws.shape[-1], _element(block, int(bad.argmax())))
            continue
        worst = _suspects(draws)
        yield _Look(draws[..., worst], [_element(block, i) for i in worst], draws.shape[-1], None)


def _suspects(draws: Floats) -> list[int]:
    """Elements whose mean or spread differs most between chains, or moves most between batches within them."""
    if draws.shape[-1] <= _CLOSELY:
        return list(range(draws.shape[-1]))
    found: set[int] = set()
    batch = max(2, draws.shape[1] // 20)
    count = draws.shape[1] // batch
    for values in (draws, np.abs(draws - draws.mean(axis=(0, 1)))):
        means = values[:, : count * batch].reshape(len(values), count, batch, -1).mean(axis=2)
        variance = values.var(axis=(0, 1))
        for score in (convergence.r_hat(convergence.split(values)), means.var(axis=(0, 1)) / variance):
            found.update(int(i) for i in np.argsort(-score)[:_CLOSELY])
    return sorted(found)


def _of_elements(looks: Sequence[_Look]) -> Iterator[Objection]:
    labels = [label for look in looks for label in look.labels]
    draws = np.concatenate([look.suspects for look in looks], axis=-1)
    # Two values each: for the bulk of the draws and for their spread or tails.
    tests = 2 * sum(look.size for look in looks)
    apart = _apart(draws, labels, tests)
    if apart.value > apart.bound:
        yield Objection(
            f"R-hat is {apart.value:.3f} for {apart.where} (above {apart.bound:.3f}): the chains disagree.",
            "Take more draws.",
        )
    few = _few(draws, labels, tests)
    if few.value < few.bound:
        enough = ENOUGH * len(draws)
        yield Objection(
            f"The effective sample size is {few.value:.0f} for {few.where} (below {few.bound:.0f}, where {enough} are"
            " wanted of every element): its estimates are unreliable.",
            "Take more draws.",
        )


def _apart(draws: Floats, labels: Sequence[str], tests: int) -> _Finding:
    """The element whose R-hat is furthest above what it may be."""
    chains = convergence.split(draws)
    found = []
    for values in (chains, convergence.folded(chains)):
        scores = convergence.rank_normalized(values)
        size = convergence.effective(scores, within=True)
        r_hat, bound = convergence.r_hat(scores), convergence.largest_allowed(size, len(chains), tests)
        # Where every chain stays at a place of its own, draws within a chain are worth nothing.
        bound = np.where(np.isfinite(size), bound, convergence.LARGEST)
        worst = int(np.argmax(r_hat / bound))
        found.append(_Finding(float(r_hat[worst]), float(bound[worst]), labels[worst]))
    return max(found, key=lambda finding: finding.value / finding.bound)


def _few(draws: Floats, labels: Sequence[str], tests: int) -> _Finding:
    """The element with the smallest effective sample size, of its bulk or its tails."""
    bound = convergence.smallest_allowed(ENOUGH * len(draws), draws.shape[0] * draws.shape[1], tests)
    bulk = convergence.effective(convergence.rank_normalized(convergence.split(draws)))
    tails = [convergence.effective(convergence.split(tail)) for tail in convergence.tail_indicators(draws)]
    sizes = np.minimum.reduce([bulk, *tails])
    worst = int(sizes.argmin())
    return _Finding(float(sizes[worst]), bound, labels[worst])


def _element(array: Any, position: int) -> str:
    """Name with coordinates of one element, by its raveled position."""
    dims = array.dims[2:]
    places = np.unravel_index(position, array.shape[2:])
    labels = [str(array[dim].values[i]) for dim, i in zip(dims, places, strict=True)]
    return f"{array.name}[{', '.join(labels)}]" if labels else str(array.name)
