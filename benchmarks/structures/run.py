"""One random model: sampled at default settings, and held against a long plain run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import arviz as az
import numpy as np

from benchmarks.moments import distance, moments_of, worst_ess
from benchmarks.plain import sampled
from benchmarks.structures.build import build
from benchmarks.structures.structure import Structure

SAMPLED, REFUSED, CRASHED = "sampled", "refused", "crashed"
_HEALTHY_R_HAT, _HEALTHY_ESS = 1.01, 400
REFERENCE_DRAWS, REFERENCE_TUNE, REFERENCE_ACCEPT = 2000, 1000, 0.95


@dataclass(frozen=True)
class Found:
    """How a random model went.

    Parameters
    ----------
    structure
        What was sampled.
    outcome
        Sampled, refused with a reason, or crashed.
    reason
        Of a refusal or crash.
    divergences, r_hat, ess
        Of our fit; -1 and NaN where there is none.
    apart, where, compared
        Largest difference from the reference in Monte Carlo standard errors of both, of what, and among how many
        means and standard deviations; NaN where no reference was healthy.
    """

    structure: Structure
    outcome: str
    reason: str = ""
    divergences: int = -1
    r_hat: float = float("nan")
    ess: float = float("nan")
    apart: float = float("nan")
    where: str = ""
    compared: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values; NaN as None."""
        row = asdict(self)
        return {key: None if isinstance(value, float) and np.isnan(value) else value for key, value in row.items()}


def run(structure: Structure, seed: int) -> Found:
    """Sample a model, and compare."""
    import unfunnel as uf

    try:
        tree = uf.sample(build(structure), random_seed=seed, cores=1, progressbar=False)
    except uf.UnfunnelError as error:
        return Found(structure, REFUSED, str(error))
    except Exception as error:  # what this looks for
        return Found(structure, CRASHED, f"{type(error).__name__}: {error}")
    draws = comparable(tree["posterior"].to_dataset())
    found = Found(
        structure,
        SAMPLED,
        divergences=int(tree["sample_stats"]["diverging"].sum()),
        r_hat=float(az.rhat(draws).to_array().max()),
        ess=worst_ess(draws)[0],
    )
    truth = reference(structure, seed)
    if truth is None:
        return found
    names = [name for name in draws.data_vars if name in truth.data_vars]
    apart, where = distance(moments_of(draws[names]), moments_of(truth[names]))
    return replace(found, apart=apart, where=where, compared=2 * sum(draws[name][0, 0].size for name in names))


def reference(structure: Structure, seed: int) -> Any | None:
    """Long draws of the author's model by nutpie, however written; None if neither run was healthy."""
    import nutpie

    for written in ("noncentered", "centered"):
        model = nutpie.compile_pymc_model(build(replace(structure, written=written)))
        tree, _ = sampled(model, 1_000 + seed, REFERENCE_DRAWS, tune=REFERENCE_TUNE, target_accept=REFERENCE_ACCEPT)
        draws = comparable(tree["posterior"].to_dataset())
        healthy = az.rhat(draws).to_array().max() < _HEALTHY_R_HAT and worst_ess(draws)[0] > _HEALTHY_ESS
        if healthy and not tree["sample_stats"]["diverging"].any():
            return draws
    return None


def comparable(posterior: Any) -> Any:
    """Without offsets, and on a line where tails are light: a Cauchy effect has no standard deviation."""
    names = [name for name in posterior.data_vars if not str(name).endswith("_offset") and posterior[name].size]
    kept = [name for name in names if float(posterior[name].std(("chain", "draw")).min()) > 0]
    return np.arcsinh(posterior[kept])
