"""The function a person calls instead of `pm.sample`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.planning import Plan, Request
from unfunnel.sampling.arguments import Arguments, Seed
from unfunnel.sampling.compiled import compile  # noqa: A004
from unfunnel.sampling.progress import progress_of
from unfunnel.sampling.refusals import check_model

logger = logging.getLogger("unfunnel")


def sample(
    model: Any,
    draws: int = 1000,
    *,
    tune: int | None = None,
    chains: int = 4,
    cores: int | None = None,
    random_seed: Seed = None,
    target_accept: float = 0.8,
    progressbar: bool = True,
    var_names: Sequence[str] | None = None,
    parameterization: Request = None,
    plan: Plan | None = None,
) -> Any:
    """Sample a PyMC model in coordinates chosen effect by effect.

    The model is compiled once; a short pilot run shows what the data say about every effect; the final run explores
    each effect, its population mean and its scale in coordinates that this evidence has whitened. The posterior is
    that of the model as written, whatever the pilot found.

    Parameters
    ----------
    model
        A PyMC model; it is left untouched.
    draws
        Draws per chain, after warm-up.
    tune
        Warm-up steps per chain. By default 300 after a pilot, and nutpie's own default otherwise.
    chains
        Number of chains.
    cores
        Chains run at once; by default as many as there are cores.
    random_seed
        An int, a sequence of ints or a NumPy Generator; the same seed gives the same draws.
    target_accept
        Target acceptance rate; leave it unless divergences remain.
    progressbar
        Whether to show a progress bar.
    var_names
        Variables to return; by default all.
    parameterization
        One parameterization for all effects, or a mapping from their names; by default :class:`unfunnel.Informed`.
    plan
        A plan, instead of a parameterization. One that holds evidence skips the pilot.

    Returns
    -------
    xarray.DataTree
        Groups `posterior` (names and dims of the model, constrained space), `sample_stats` (PyMC's names),
        `observed_data`, `constant_data`, and `parameterization`: for each effect, with its own dims, the weight
        ``w = E[H / (1/scale² + H)]`` of its data (0: the prior dominates, 1: the data do), the evidence h and H (per
        unit and squared unit of the effect on the unconstrained line), or its centeredness; in its attrs the
        gradients spent by pilot, warm-up and draws.

    Raises
    ------
    UnknownVariableError
        If a name is not a variable of the model.
    InvalidArgumentError
        If an argument cannot be used; the error says why.
    SamplingError
        If the sampler could not begin or go on; the error names the term of the model whose density is not finite.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    ...     y = pm.Normal("y", theta, 1.0, observed=[1.0, 2.0, 4.0])
    >>> tree = uf.sample(model, random_seed=1, progressbar=False)

    References
    ----------
    Betancourt, M. (2020), Hierarchical Modeling.
    """
    if plan is not None and parameterization is not None:
        raise InvalidArgumentError("sample: give plan or parameterization, not both; a plan holds parameterizations.")
    check_model(model)
    Arguments(draws, tune, chains, cores, target_accept, random_seed, var_names).check_names(model)
    compiled = compile(model, plan if plan is not None else parameterization)
    if not compiled.plan.effects:
        logger.warning("The model has no group-level variable that unfunnel can chart; it is sampled as written.")
    with progress_of(chains, draws, progressbar) as progress:
        return compiled.sample(
            draws,
            tune=tune,
            chains=chains,
            cores=cores,
            random_seed=random_seed,
            target_accept=target_accept,
            progress=progress,
            var_names=var_names,
        )
