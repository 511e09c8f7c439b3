"""Heavy tail of a scale: large values that the sampler seldom reaches, and seldom comes back from."""

from __future__ import annotations

import numpy as np

from unfunnel.diagnosis.finding import Finding
from unfunnel.diagnosis.pair import Floats
from unfunnel.diagnosis.verdict import Verdict
from unfunnel.diagnosis.view import View
from unfunnel.sampling.thresholds import LEAST_BFMI

HEAVY = 0.5
"""Pareto shape of the upper tail from which on the posterior of the scale has no variance."""

_FAR = 0.9
"""Quantile of the scale beyond which divergences sit in its tail."""


def found(view: View, library: str) -> Finding | None:
    """The finding on the scale of a pair; None where it is not one variable that is a single number.

    It is called heavy if the upper tail has a generalized Pareto shape above 0.5 (a posterior without variance), and
    the sampler shows it: BFMI below 0.3, a scale that mixed as in no sound fit, or divergences in that tail.

    References
    ----------
    Betancourt, M. (2016), Diagnosing suboptimal cotangent disintegrations in Hamiltonian Monte Carlo. Vehtari, A.,
    Simpson, D., Gelman, A., Yao, Y. and Gabry, J. (2024), Pareto smoothed importance sampling.
    """
    if len(view.pair.scales) != 1 or view.pair.scale.shape[-1] != 1:
        return None
    (part,), mixing = view.pair.scales, view.scale_mixing
    shape, quantile = tail_shape(view.pair.scale[..., 0]), float(view.divergence_quantile[0])
    low = min((value for value in view.statistics.bfmi if np.isfinite(value)), default=np.inf)
    seen = low < LEAST_BFMI or bool(mixing.poor[0]) or quantile > _FAR
    wrong = shape > HEAVY and seen
    return Finding(
        variable=part.name,
        verdict=Verdict.HEAVY_TAIL if wrong else Verdict.FINE,
        coordinates=part.coordinates,
        divergences=max(view.statistics.divergences, 0),
        divergence_quantile=quantile,
        start_quantile=float(view.start_quantile[0]),
        ess_bulk=float(mixing.ess_bulk[0]),
        ess_tail=float(mixing.ess_tail[0]),
        r_hat=float(mixing.r_hat[0]),
        severity=shape / HEAVY if wrong else float(np.clip(np.nan_to_num(shape) / HEAVY, 0.0, 0.99)),
        sentence=_sentence(part.name, shape, low) if wrong else "",
        cure=_cure(part.name, part.coordinates, library) if wrong else "",
    )


def tail_shape(draws: Floats) -> float:
    """Shape of a generalized Pareto distribution fitted to the upper tail (ArviZ); NaN of draws that do not differ."""
    import arviz  # noqa: F401 - for the accessor
    import xarray as xr

    if draws.size < 100 or not np.isfinite(draws).all() or not np.ptp(draws):
        return float("nan")
    dataset = xr.Dataset({"x": (("chain", "draw"), draws)})
    return float(dataset.azstats.pareto_khat(tail="right")["x"])


def _sentence(name: str, shape: float, low: float) -> str:
    energy = f" BFMI is down to {low:.2f}." if low < LEAST_BFMI else ""
    return (
        f"The posterior of {name} has a tail so heavy that it has no variance (Pareto shape {shape:.2f}): the sampler"
        f" seldom gets there, and seldom comes back.{energy} The data do not bound {name}; its prior has to."
    )


def _cure(name: str, coordinates: str, library: str) -> str:
    if library == "stan":
        return f"{name} ~ normal(0, ...);  // with lower=0: a prior with a lighter tail"
    lighter = f'pm.HalfNormal("{name}", ...), a prior with a lighter tail'
    return (
        lighter if coordinates == "whitened" else f"{lighter}, or dt = uf.sample(model), which charts it by its prior"
    )
