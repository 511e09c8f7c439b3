"""The final run with NumPyro's NUTS: another compilation, by JAX, with the evidence as constants."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.run import NOT_COUNTED, Run, named_statistics
from unfunnel.sampling.start import Values


def run(
    model: Any, starts: Sequence[Values], given: Arguments, seed: int, compile_kwargs: Mapping[str, Any] | None
) -> Run:
    """Sample a charted model; `starts` holds values of its free variables, constrained, one for each chain."""
    for package in ("jax", "numpyro"):
        if find_spec(package) is None:
            raise InvalidArgumentError(
                f"sample: backend='numpyro' needs the package {package!r}, which is not installed; install"
                " unfunnel[numpyro], or use backend='nutpie'."
            )
    from pymc.sampling.jax import sample_numpyro_nuts

    began = perf_counter()
    with warnings.catch_warnings():
        # JAX runs chains at once on several devices only; one after the other they are the same chains.
        warnings.filterwarnings("ignore", message="There are not enough devices", category=UserWarning)
        tree = sample_numpyro_nuts(
            draws=given.draws,
            tune=given.tune,
            chains=given.chains,
            target_accept=given.target_accept,
            random_seed=seed,
            initvals=[dict(start) for start in starts],
            jitter=False,
            model=model,
            progressbar=bool(given.progressbar),
            quiet=True,
            compute_convergence_checks=False,
        )
    if not np.isfinite(tree["sample_stats"]["lp"].values).all():
        # NumPyro goes on without a word from where the density is not finite.
        raise RuntimeError("NumPyro's log density is not finite")
    posterior, statistics = (tree[name].to_dataset().map(_in_numpy) for name in ("posterior", "sample_stats"))
    # PyMC calls the potential energy `lp` here; elsewhere, and in its own sampler, it is the log density.
    statistics["lp"] = -statistics["lp"]
    return Run(
        posterior.drop_attrs(),
        named_statistics(statistics),
        gradients_tune=NOT_COUNTED,
        gradients_draw=int(statistics["n_steps"].sum()),
        seconds=perf_counter() - began,
        attrs=dict(tree["posterior"].attrs),
    )


def _in_numpy(array: Any) -> Any:
    return array.copy(data=np.asarray(array.values))
