"""Bambi's own fit, as its defaults are: noncentered, PyMC's NUTS."""

from __future__ import annotations

from typing import Any

from benchmarks.models.case import Case
from benchmarks.peers.clock import counting_processor_seconds
from benchmarks.peers.fit import CHAINS, Effort, Fit, NotAvailableError, Peer
from benchmarks.peers.formulas import FORMULAS, Formula
from benchmarks.plain import TARGET_ACCEPT


def fit(case: Case, seed: int, effort: Effort) -> Fit:
    """One call of `bambi.Model.fit`."""
    if (formula := FORMULAS.get(case.name)) is None:
        raise NotAvailableError("not a formula model")
    import xarray as xr

    with counting_processor_seconds("pymc.sampling.mcmc.time.time"):
        tree = built(formula, case).fit(
            effort.draws,
            tune=effort.tune,
            chains=CHAINS,
            cores=1,
            random_seed=seed,
            target_accept=TARGET_ACCEPT,
            discard_tuned_samples=False,
            compute_convergence_checks=False,
            progressbar=False,
        )
    posterior = tree["posterior"].to_dataset()
    named = xr.Dataset({name: of(posterior) for name, of in formula.names.items()})
    return Fit.of_tree(tree, float(tree["posterior"].attrs["sampling_time"]), named)


def built(formula: Formula, case: Case) -> Any:
    """The model with the case's priors, so that its posterior is the case's; predictors as they are, for the same."""
    import bambi
    import pandas as pd

    table = pd.DataFrame(formula.columns(case.data(case.data_seed)))
    factors = [name for name in ("g", "person", "item") if name in table]
    table[factors] = table[factors].astype("category")
    priors = {name: _prior(name, *prior) for name, prior in formula.priors.items()}
    return bambi.Model(formula.formula, table, family=formula.family, priors=priors, center_predictors=False)


def _prior(name: str, family: str, arguments: dict[str, Any]) -> Any:
    import bambi

    prior = bambi.Prior(family, **arguments)
    return bambi.Prior("Normal", mu=0, sigma=prior) if "|" in name else prior


PEERS = (
    Peer(
        "bambi",
        "Bambi's default",
        "`bambi.Model(formula).fit()`, which is PyMC's NUTS on the noncentered form, with the case's priors and"
        " `center_predictors=False`, so that the posterior is the same.",
        ("pymc", "bambi"),
        fit,
    ),
)
