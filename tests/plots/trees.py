"""Fits without sampling, of any number of groups and with any labels, good or bad."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

AWKWARD = (
    "<script>alert(1)</script>",
    "a$b$c_d^e",
    "1|g",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "O'Neill & Søn",
    "St. Mary's <b>bold</b> school for the very long of name, north wing",
)


def labels(groups: int, awkward: bool = False) -> list[str]:
    return [AWKWARD[k] if awkward and k < len(AWKWARD) else f"group {k}" for k in range(groups)]


def tree(
    groups: int,
    *,
    names: Sequence[str] | None = None,
    divergent: int = 20,
    starts: bool = False,
    draws: int = 500,
    weights: bool = True,
    seed: int = 1,
) -> xr.DataTree:
    """Draws of a funnel of which later groups, of more observations, are less and less a part."""
    generator = np.random.default_rng(seed)
    shape = (4, draws)
    log_tau, mu = generator.normal(0.5, 0.9, shape), generator.normal(3, 1, shape)
    tau = np.exp(log_tau)
    counts = (
        np.unique(np.round(np.geomspace(1, 2000, groups)).astype(int))
        if groups < 5
        else np.round(np.geomspace(1, 2000, groups)).astype(int)
    )
    counts = np.resize(counts, groups)
    error = 10 / np.sqrt(counts)
    weight = tau[..., None] ** 2 / (tau[..., None] ** 2 + error**2)
    centre = mu.mean() + generator.normal(0, 3, groups)
    spread = np.sqrt(weight) * error
    noise = generator.normal(size=(*shape, groups))
    theta = mu[..., None] * (1 - weight) + weight * centre + spread * noise
    diverging = np.zeros(shape, bool)
    lowest = np.argsort(log_tau, axis=None)[: divergent * 4]
    diverging.flat[generator.choice(lowest, divergent, replace=False)] = True
    stats: dict[str, object] = {
        "diverging": (("chain", "draw"), diverging),
        "n_steps": (("chain", "draw"), generator.choice([3, 7, 7, 15, 31], shape)),
        "step_size": (("chain", "draw"), np.repeat([[0.31], [0.35], [0.28], [0.4]], draws, axis=1)),
        "energy": (("chain", "draw"), generator.normal(size=shape)),
    }
    coords: dict[str, object] = {"chain": np.arange(4), "draw": np.arange(draws)}
    if starts:
        where = np.concatenate([mu[..., None], log_tau[..., None], theta], axis=-1)
        where[~diverging] = np.nan
        stats["divergence_start"] = (("chain", "draw", "unconstrained_parameter"), where + 0.1)
        coords["unconstrained_parameter"] = ["mu", "tau_log__", *(f"theta_{k}" for k in range(groups))]
    coordinates = {"school": list(names or labels(groups))}
    sampled = {"chain": np.arange(4), "draw": np.arange(draws), **coordinates}
    posterior = xr.Dataset(
        {
            "mu": (("chain", "draw"), mu),
            "tau": (("chain", "draw"), tau),
            "theta": (("chain", "draw", "school"), theta),
        },
        coords=sampled,
    )
    whole = {"posterior": posterior, "sample_stats": xr.Dataset(stats, coords=coords)}
    if weights:
        mean = weight.mean(axis=(0, 1))
        whole["parameterization"] = xr.Dataset(
            {"theta_weight": ("school", mean)},
            coords=coordinates,
            attrs={"parameterization": "informed", "gradients_tune": 4000, "gradients_draw": 20000},
        )
    whole["constant_data"] = xr.Dataset(
        {"n": ("school", counts), "own": ("school", centre), "error": ("school", error)}, coords=coordinates
    )
    return xr.DataTree.from_dict(whole)
