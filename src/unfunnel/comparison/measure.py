"""One fit in numbers: what it gave, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.diagnosis import Diagnosis
from unfunnel.structure import Role, Site

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One fit of a comparison.

    Parameters
    ----------
    parameterization
        Its label.
    seed
        Of its random numbers.
    divergences
        How many draws diverged, over all chains.
    ess
        Smallest bulk effective sample size over every element of every free variable.
    where
        The element that has it.
    r_hat
        Largest R-hat of them.
    per_1000_gradients, per_second
        That effective sample size for 1000 gradients of the draws, and for a second of pilot, warm-up and draws.
    step_size
        Mean over the draws.
    steps, most_steps
        Leapfrog steps of a draw: mean and maximum.
    gradients, gradients_all
        Leapfrog steps of the draws over all chains, and of pilot, warm-up and draws.
    seconds
        Of pilot, warm-up and draws.
    sound
        Whether the diagnosis (:func:`unfunnel.diagnose`) objects to nothing.
    said
        What it said, in a few words.
    means, errors
        Posterior mean of every element, of scales that of the logarithm, and its Monte Carlo standard error.
    """

    parameterization: str
    seed: int
    divergences: int
    ess: float
    where: str
    r_hat: float
    per_1000_gradients: float
    per_second: float
    step_size: float
    steps: float
    most_steps: int
    gradients: int
    gradients_all: int
    seconds: float
    sound: bool
    said: str
    means: Mapping[str, float] = field(repr=False, compare=False)
    errors: Mapping[str, float] = field(repr=False, compare=False)


def measured(tree: Any, label: str, seed: int, sites: tuple[Site, ...], diagnosis: Diagnosis) -> Measured:
    """The numbers of a fit that :func:`unfunnel.sample` returned."""
    import arviz as az

    draws = checked(tree["posterior"].to_dataset(), sites)
    stats, about = tree["sample_stats"].to_dataset(), tree["parameterization"].attrs
    with np.errstate(invalid="ignore", divide="ignore"):
        sizes, r_hats = _flat(az.ess(draws, method="bulk")), _flat(az.rhat(draws))
        means, errors = _flat(draws.mean(("chain", "draw"))), _flat(az.mcse(draws, method="mean"))
    # NaN, of draws that never moved, is the worst there is.
    where = min(sizes, key=lambda name: -np.inf if np.isnan(sizes[name]) else sizes[name])
    gradients, seconds = int(stats["n_steps"].sum()), float(about["seconds_pilot"]) + float(about["seconds_sampling"])
    return Measured(
        parameterization=label,
        seed=seed,
        divergences=int(stats["diverging"].sum()),
        ess=sizes[where],
        where=where,
        r_hat=max(r_hats.values()),
        per_1000_gradients=1000 * sizes[where] / gradients,
        per_second=sizes[where] / seconds,
        step_size=float(stats["step_size"].mean()),
        steps=float(stats["n_steps"].mean()),
        most_steps=int(stats["n_steps"].max()),
        gradients=gradients,
        gradients_all=gradients + int(about["gradients_pilot"]) + max(0, int(about["gradients_tune"])),
        seconds=seconds,
        sound=diagnosis.ok,
        said=_said(diagnosis),
        means=means,
        errors=errors,
    )


def checked(posterior: Any, sites: tuple[Site, ...]) -> Any:
    """The free variables, of scales and noise the logarithm, whose mean is not that of a heavy tail."""
    scales = [site.name for site in sites if site.role in (Role.SCALE, Role.NOISE)]
    names = [site.name for site in sites if site.name in posterior]
    arrays = {name: posterior[name] for name in names}
    logs = {name: np.log(array) for name, array in arrays.items() if name in scales and bool((array > 0).all())}
    renamed = {f"log {name}" if name in logs else name: logs.get(name, array) for name, array in arrays.items()}
    return type(posterior)(renamed)


def _flat(dataset: Any) -> dict[str, float]:
    """Values by element."""
    found = {}
    for name, array in dataset.data_vars.items():
        labels = [array[dim].values if dim in array.coords else np.arange(array.sizes[dim]) for dim in array.dims]
        for place in np.ndindex(*array.shape):
            called = ", ".join(str(values[i]) for values, i in zip(labels, place, strict=True))
            found[f"{name}[{called}]" if called else str(name)] = float(array.values[place])
    return found


def _said(diagnosis: Diagnosis) -> str:
    found = dict.fromkeys(str(finding.verdict) for finding in diagnosis.wrong)
    return ", ".join(found) or ("fine" if diagnosis.ok else "problems")
