"""The final run with PyMC's own NUTS: another compilation, with the evidence as constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.run import Run, named_statistics
from unfunnel.sampling.start import Values


def run(
    model: Any, starts: Sequence[Values], given: Arguments, seed: int, compile_kwargs: Mapping[str, Any] | None
) -> Run:
    """Sample a charted model; `starts` holds values of its free variables, constrained, one for each chain."""
    import pymc as pm

    began = perf_counter()
    tree = pm.sample(
        draws=given.draws,
        tune=given.tune,
        chains=given.chains,
        cores=given.cores,
        random_seed=seed,
        target_accept=given.target_accept,
        progressbar=given.progressbar,
        quiet=not given.progressbar,
        # Starts are draws of the posterior already, or jittered where the author's model would jitter them.
        initvals=[dict(start) for start in starts],
        init="adapt_diag",
        nuts_sampler="pymc",
        discard_tuned_samples=False,
        compute_convergence_checks=False,
        compile_kwargs=dict(compile_kwargs or {}),
        model=model,
    )
    seconds = perf_counter() - began
    posterior, statistics = (tree[name].to_dataset() for name in ("posterior", "sample_stats"))
    return Run(
        posterior.drop_attrs(),
        named_statistics(statistics),
        gradients_tune=int(tree["warmup_sample_stats"]["n_steps"].sum()) if "warmup_sample_stats" in tree else 0,
        gradients_draw=int(statistics["n_steps"].sum()),
        seconds=seconds,
        # PyMC hands back what it has when Ctrl-C is pressed.
        complete=posterior.sizes["draw"] == given.draws and posterior.sizes["chain"] == given.chains,
        attrs=dict(posterior.attrs),
    )
