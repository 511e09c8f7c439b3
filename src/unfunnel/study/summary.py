"""The numbers of a fit: its own diagnostics, its cost, and its distance from the exact posterior."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import arviz as az
import numpy as np
import xarray as xr

from unfunnel.sampling.thresholds import ENOUGH, LARGEST_R_HAT, LEAST_BFMI

ESS_LOWEST = 4.0 * ENOUGH
"""The study samples four chains."""


@dataclass(frozen=True)
class Row:
    """One fit in numbers, as in `summary.json`.

    Minima and maxima are over mu, log tau and every theta (and log sigma where the noise is unknown). NaN means
    that a number could not be computed, e.g. from constant draws; it is null in JSON, and the fit is flagged.

    Parameters
    ----------
    divergences
        Number of divergent draws over all chains.
    ess_bulk_min, ess_tail_min, rhat_max
        Worst effective sample size and R-hat (Vehtari et al. 2021).
    bfmi_min
        Lowest Bayesian fraction of missing information of a chain (Betancourt 2016).
    step_size
        Mean over the chains of the step size in use while drawing.
    gradients_tune, gradients_draw
        Leapfrog gradients over all chains: of pilot and warm-up, and of the draws.
    ess_per_1000_gradients
        ``1000 ess_bulk_min / gradients_draw``.
    error_mu_mcse, error_tau_mcse
        Distance of the posterior mean from the exact one in Monte Carlo standard errors; of tau it is the mean of
        log tau, because tau itself has heavy tails. NaN where the exact posterior is not known.
    flagged
        True if the fit's own diagnostics object: see :func:`flags`.
    """

    divergences: int
    ess_bulk_min: float
    ess_tail_min: float
    rhat_max: float
    bfmi_min: float
    step_size: float
    gradients_tune: int
    gradients_draw: int
    ess_per_1000_gradients: float
    error_mu_mcse: float
    error_tau_mcse: float
    flagged: bool

    def as_numbers(self) -> dict[str, Any]:
        """The row as a dict."""
        return asdict(self)

    def as_json(self) -> dict[str, Any]:
        """The row with null for what could not be computed."""
        return {
            key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in asdict(self).items()
        }


def summarize(dt: xr.DataTree, moments: Mapping[str, tuple[Any, Any]] | None, checked_of: Callable[[Any], Any]) -> Row:
    """Summarize one fit.

    Parameters
    ----------
    dt
        The fit.
    moments
        The exact (mean, standard deviation) of "mu" and "log_tau"; None where nothing exact is known.
    checked_of
        From a posterior to the quantities that are checked, as :meth:`unfunnel.study.case.Case.checked`.
    """
    checked = checked_of(dt["posterior"].to_dataset())
    stats = dt["sample_stats"].to_dataset()
    cost = dt["parameterization"].attrs
    numbers: dict[str, Any] = {
        "divergences": int(stats["diverging"].sum()),
        "ess_bulk_min": _over(az.ess(checked, method="bulk"), np.min),
        "ess_tail_min": _over(az.ess(checked, method="tail"), np.min),
        "rhat_max": _over(az.rhat(checked), np.max),
        "bfmi_min": float(np.min(bfmi(dt))),
        "step_size": float(np.mean(step_sizes(dt))),
        "gradients_tune": int(cost["gradients_pilot"]) + int(cost["gradients_tune"]),
        "gradients_draw": int(cost["gradients_draw"]),
    }
    numbers["ess_per_1000_gradients"] = 1000 * numbers["ess_bulk_min"] / numbers["gradients_draw"]
    for key, name in {"error_mu_mcse": "mu", "error_tau_mcse": "log_tau"}.items():
        numbers[key] = np.nan if moments is None else _error(checked[name], float(moments[name][0]))
    return Row(**numbers, flagged=bool(flags(numbers)))


def flags(numbers: dict[str, Any]) -> tuple[str, ...]:
    """What a fit's own diagnostics object to, in words; empty if nothing.

    Any divergence, R-hat above 1.01, BFMI below 0.3, or a bulk or tail effective sample size below 400
    (Vehtari et al. 2021 ask for 100 per chain). NaN counts as an objection.
    """
    found = []
    if count := numbers["divergences"]:
        found.append(f"{count} divergence{'s' if count > 1 else ''}")
    if not numbers["rhat_max"] <= LARGEST_R_HAT:
        found.append(f"R-hat up to {numbers['rhat_max']:.3f}")
    if not numbers["bfmi_min"] >= LEAST_BFMI:
        found.append(f"BFMI down to {numbers['bfmi_min']:.2f}")
    for key, word in {"ess_bulk_min": "bulk", "ess_tail_min": "tail"}.items():
        if not numbers[key] >= ESS_LOWEST:
            found.append(f"{word} ESS down to {numbers[key]:.0f}")
    return tuple(found)


def bfmi(dt: xr.DataTree) -> Any:
    """Bayesian fraction of missing information, dim (chain,)."""
    return np.asarray(az.bfmi(dt["sample_stats"].to_dataset()[["energy"]])["energy"].values, dtype=float)


def step_sizes(dt: xr.DataTree) -> Any:
    """Mean step size while drawing, dim (chain,)."""
    return dt["sample_stats"]["step_size"].mean("draw").values


def _over(dataset: Any, reduce: Any) -> float:
    return float(reduce([reduce(dataset[name].values) for name in dataset.data_vars]))


def _error(draws: xr.DataArray, exact_mean: float) -> float:
    error = az.mcse(draws.to_dataset(name="x"), method="mean")["x"]
    return float(abs(draws.mean() - exact_mean) / error)
