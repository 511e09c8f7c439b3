"""The function a person calls instead of `pm.sample`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.formula import read_model
from unfunnel.planning import Plan, Request
from unfunnel.sampling.arguments import Arguments, Seed, check_compress, refuse_unknown
from unfunnel.sampling.backends import check_backend
from unfunnel.sampling.compiling import compile_written
from unfunnel.sampling.refusals import check_model
from unfunnel.sampling.reuse import COMPILATIONS
from unfunnel.sampling.store import check_store

logger = logging.getLogger("unfunnel")


def sample(
    model: Any,
    draws: int = 1000,
    *,
    tune: int | None = None,
    chains: int = 4,
    cores: int | None = None,
    random_seed: Seed = None,
    target_accept: float | str = "auto",
    progressbar: bool | str = True,
    var_names: Sequence[str] | None = None,
    backend: str = "nutpie",
    compile_kwargs: dict[str, Any] | None = None,
    parameterization: Request = None,
    plan: Plan | None = None,
    compress: bool = False,
    store: str | Path | None = None,
    **unknown: Any,
) -> Any:
    """Sample a PyMC model in coordinates chosen effect by effect.

    The model is compiled once; a short pilot run shows what the data say about every effect; the final run explores
    effects, the parameters that share data with them (population means, fixed effects, smaller crossed factors), scales
    and noise in coordinates that this evidence has whitened. The posterior is that of the model as written, whatever
    the pilot found. If the whitened coordinates mixed worse in the pilot than the noncentered ones, these are taken,
    and a warning says so.

    nutpie's code is kept, of the last eight models of the process: a model that differs from one of these in nothing
    but the values of its `pymc.Data`, or not at all, is not compiled again.

    Parameters
    ----------
    model
        A PyMC model, which is left untouched, or a Bambi model, which is built if it was not. Draws of a Bambi model
        are as its own `fit` returns them: `predict` and `bambi.interpret` take them.
    draws
        Draws per chain, after warm-up.
    tune
        Warm-up steps per chain. By default 100 with informed effects (150 above 100 coordinates), and otherwise the
        sampler's own number: 400 for nutpie, 1000 for the others.
    chains
        Number of chains.
    cores
        Chains run at once; by default as many as there are cores.
    random_seed
        An int, a sequence of ints or a NumPy Generator; the same seed gives the same draws.
    target_accept
        Target acceptance rate; raise it if divergences remain. By default, "auto", it is chosen where a pilot went
        well: the one between 0.5 and 0.8 with which, by the pilot's step size, effective draws cost fewest gradients,
        of those at which trial trajectories with three times the usual momentum stay stable. Otherwise, and for fixed
        parameterizations, it is 0.8. The result's group `parameterization` has it in its attrs.
    progressbar
        Whether to show PyMC's progress bars, with divergences as they come; or which, as in `pymc.sample`.
    var_names
        Variables to return; by default all.
    backend
        The sampler of the final run: "nutpie", "pymc" or "numpyro". The pilot is always nutpie's, which keeps the
        gradients that it reads; with another backend the final run therefore takes a second compilation.
    compile_kwargs
        Options for the compilation: numba's boundscheck, debug, error_model, fastmath and nogil with nutpie; PyTensor's
        allow_input_downcast, mode, on_unused_input and profile with pymc. NumPyro takes none.
    parameterization
        One parameterization for all effects, or a mapping from their names; by default :class:`unfunnel.Informed`.
    plan
        A plan, instead of a parameterization. One that holds evidence skips the pilot, and with it the choice of
        `target_accept`: give the one in the attrs of the fit that the plan is from.
    compress
        Whether to sample the model that :func:`unfunnel.compress` makes: the same posterior, and gradients that cost as
        much as there are cells of rows that are alike. The result goes with `model` as it was written: its data are
        those of the rows, and `pymc.sample_posterior_predictive(result, model=model)` predicts them. It is an error if
        nothing can be compressed.
    store
        A new folder, such as "draws.zarr", to stream the draws to: with nutpie only. What is written (all but the last
        16 draws of each chain, if the process is killed) is read with :func:`unfunnel.load`. The result is read from
        there too, so that a large one never is in memory as a whole.
    **unknown
        Refused by name, with the argument that was probably meant.

    Returns
    -------
    xarray.DataTree
        Groups `posterior` (names and dims of the model, constrained space), `sample_stats` (PyMC's names),
        `observed_data`, `constant_data`, and `parameterization`: for each effect, with its own dims, the weight
        ``w = E[H / (1/scale² + H)]`` of its data (0: the prior dominates, 1: the data do), or its centeredness; for
        each block of effects that are eliminated together, under the name of the first, the evidence h, H, C, D, h_B
        and widths (see :class:`unfunnel.Evidence`); in its attrs the gradients spent by pilot, warm-up and draws (-1
        where NumPyro does not count them), how every round of the pilot went, the target acceptance rate, the seconds,
        and with `compress` the numbers of rows and cells (``compressed``, JSON).

        Ctrl-C during the final run returns the draws so far, with a warning, and ``complete`` in the attrs of
        `posterior` is False; chains are cut to one length. During compilation, the pilot and NumPyro's run it raises
        KeyboardInterrupt, as it does before there are draws.

    Raises
    ------
    UnknownVariableError
        If a name is not a variable of the model.
    InvalidArgumentError
        If an argument cannot be used; the error says why.
    OutputError
        If `store` exists or cannot be written.
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
    also = ("backend", "compile_kwargs", "parameterization", "plan", "compress")
    refuse_unknown("sample", unknown, also)
    check_backend("sample", backend, compile_kwargs)
    check_compress("sample", compress)
    if plan is not None and parameterization is not None:
        raise InvalidArgumentError("sample: give plan or parameterization, not both; a plan holds parameterizations.")
    _check_plan(plan)
    written = read_model(model)
    check_model(written.model)
    options: dict[str, Any] = {
        "tune": tune,
        "chains": chains,
        "cores": cores,
        "random_seed": random_seed,
        "target_accept": target_accept,
        "progressbar": progressbar,
        "var_names": var_names,
        "store": store,
    }
    Arguments(draws, **options).check_names(written.model)
    check_store(store)
    chosen = plan if plan is not None else parameterization
    if backend == "nutpie" and not compress:
        compiled, _ = COMPILATIONS.of(written, chosen, compile_kwargs)
    else:
        compiled = compile_written(written, chosen, backend, compile_kwargs, compress)
    if not compiled.plan.effects and not any(choice.whitened for choice in compiled.plan.choices):
        logger.warning("The model has no group-level variable that unfunnel can chart; it is sampled as written.")
    return compiled.sample(draws, **options)


def _check_plan(plan: object) -> None:
    if plan is None or isinstance(plan, Plan):
        return
    raise InvalidArgumentError(
        f"sample: plan must be an unfunnel.Plan, got {type(plan).__name__}; that of a result is"
        " unfunnel.Plan.from_datatree(result), and unfunnel.plan(model) makes one. The name of a parameterization is"
        " given as parameterization=..."
    )
