"""Independent draws as an xarray.DataTree, laid out as PyMC and ArviZ lay out theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.exact.arrays import FloatArray, whole
from unfunnel.exact.effects import Effects, Scales
from unfunnel.exact.marginal import Marginal
from unfunnel.exact.quadrature import Quadrature
from unfunnel.exact.statistics import GroupStatistics

if TYPE_CHECKING:
    import xarray as xr

_CALL = "ExactPosterior.sample"


@dataclass(frozen=True, eq=False)
class Source:
    """What draws are made of."""

    statistics: GroupStatistics
    names: Mapping[str, str]
    group_dim: str
    marginal: Marginal
    effects: Effects
    quadrature: Quadrature


def draw_tree(
    source: Source, draws: int, chains: int, random_seed: Any, var_names: Sequence[str] | None
) -> xr.DataTree:
    """Draw tau (and sigma), then mu, then theta; see `ExactPosterior.sample`."""
    import xarray as xr

    shape = (whole(_CALL, "chains", chains), whole(_CALL, "draws", draws))
    rng = _generator(random_seed)
    wanted = _wanted(source, var_names)
    variables = {
        name: (
            ("chain", "draw", source.group_dim)[: values.ndim + 1],
            values.reshape(*shape, *values.shape[1:]),
        )
        for name, values in _draw(source, shape[0] * shape[1], rng, wanted).items()
    }
    labels = {source.group_dim: source.statistics.labels}
    coords = {"chain": np.arange(shape[0]), "draw": np.arange(shape[1])}
    has_groups = source.names["theta"] in variables
    attrs = {"inference_library": "unfunnel", "sampling_method": "exact: independent draws by quadrature"}
    data = {
        name: (source.group_dim, np.array(getattr(source.statistics, name)))
        for name in ("count", "mean", "sum_of_squares")
    }
    return xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(variables, {**coords, **(labels if has_groups else {})}, attrs),
            "observed_data": xr.Dataset(data, labels, {"inference_library": "unfunnel"}),
        }
    )


def _draw(source: Source, size: int, rng: np.random.Generator, wanted: Sequence[str]) -> dict[str, FloatArray]:
    """Draws by name, dims (draw,) or (draw, group)."""
    marginal, names = source.marginal, source.names
    centre = marginal.strata.centre
    log_tau, log_sigma = marginal.split(source.quadrature.sample(rng.random((size, marginal.dim))))
    mean, sd = marginal.mu(log_tau, log_sigma)
    mu = mean + sd * rng.standard_normal(size)
    result = {names["mu"]: centre + mu, names["tau"]: np.exp(log_tau)}
    if marginal.sigma is not None:
        result[names["sigma"]] = np.exp(log_sigma)
    if names["theta"] in wanted:
        theta = np.empty((size, source.statistics.count.size))
        source.effects.draw(Scales(log_tau, log_sigma, mu, sd), rng, theta)
        theta += centre
        result[names["theta"]] = theta
    return {name: result[name] for name in wanted}


def _wanted(source: Source, var_names: Sequence[str] | None) -> list[str]:
    known = [source.names[key] for key in ("mu", "tau", "theta")]
    if source.marginal.sigma is not None:
        known.append(source.names["sigma"])
    if var_names is None:
        return known
    given = [var_names] if isinstance(var_names, str) else list(var_names)
    unknown = [name for name in given if name not in known]
    if unknown or not given:
        what = f"{unknown[0]!r} came" if unknown else "none came"
        raise InvalidArgumentError(f"{_CALL}: var_names must be among {', '.join(known)}, but {what}.")
    return given


def _generator(random_seed: Any) -> np.random.Generator:
    whole = isinstance(random_seed, int | np.integer) and not isinstance(random_seed, bool)
    if random_seed is None or isinstance(random_seed, np.random.Generator) or (whole and random_seed >= 0):
        return np.random.default_rng(random_seed)
    raise InvalidArgumentError(
        f"{_CALL}: random_seed must be an integer >= 0, a numpy Generator or None, but {random_seed!r} came."
    )
