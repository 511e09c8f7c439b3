"""The function a person calls with a fit in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unfunnel.diagnosis import effects, heavy_tail, location_funnel, stuck_chain
from unfunnel.diagnosis.coordinates import Asked
from unfunnel.diagnosis.diagnosis import Diagnosis
from unfunnel.diagnosis.finding import Finding
from unfunnel.diagnosis.pair import Pair
from unfunnel.diagnosis.pairs import Found, pairs_of
from unfunnel.diagnosis.statistics import Statistics, normalised, statistics_of
from unfunnel.diagnosis.view import View
from unfunnel.errors import UnknownVariableError
from unfunnel.sampling.checks import objections

PAIR_DIAGNOSTICS = (location_funnel.found, heavy_tail.found)
"""Of the location and the scale of a pair; a new one is a file and an entry here."""


def diagnose(
    dt: Any,
    model: Any = None,
    *,
    var_names: Sequence[str] | str | None = None,
    pairs: Mapping[str, tuple[str | None, str]] | None = None,
    coordinates: Asked | None = None,
    scores: bool = False,
) -> Diagnosis:
    """Say what is wrong with a fit, where, why, and what mends it.

    For any fit: by unfunnel, PyMC, nutpie, NumPyro, Stan, or whatever ArviZ makes a DataTree of. Every effect of every
    group has one verdict: funnel, inverted funnel, or fine; its location may be a mu-tau funnel, its scale have a heavy
    tail, a chain be stuck. What divergences, R-hat, effective sample size and BFMI object to beside that is listed as
    problems.

    Parameters
    ----------
    dt
        With a group `posterior`, dims (chain, draw) and those of the variable, on the model's own (constrained) scale,
        and `sample_stats` if there are any, under the names of whichever sampler.
    model
        The PyMC or Bambi model that was sampled. Locations and scales may then be any expression. Without it they have
        to be single variables, found by name (``theta``, ``mu``, ``tau``; ``1|g``, ``1|g_sigma``) or by the plan that
        a fit of unfunnel carries.
    var_names
        Effects to look at; all by default.
    pairs
        By the name of an effect, the names of its location (None for zero) and its scale, instead of finding them.
    coordinates
        By the name of an effect, in which coordinates it was sampled ("centered", "noncentered", or a parameterization
        such as ``uf.Mixed(centered=mask)``), where neither the fit nor the model says it. By default an effect was
        sampled as its author wrote it: centered, unless its standardised value is in the posterior too.
    scores
        Where the fit has no evidence of its own, take the weights of the data from gradients of the likelihood at some
        300 draws instead of from the draws alone; needs the model, and a second or two. They are right even where
        chains are stuck.

    Returns
    -------
    Diagnosis

    Raises
    ------
    InvalidArgumentError
        If it is no such tree, or names and draws do not tell effects from scales; the error says how to tell it.
    UnknownVariableError
        If a name is not that of an effect or a variable.

    Notes
    -----
    The weight ``w = E[tau² H / (1 + tau² H)]`` of an effect's data is that of the fit's own evidence where it has one;
    else H is estimated from the draws, by maximum likelihood of the effect given its location and scale
    (``unfunnel.diagnosis.information``). An effect is too centered if its centeredness less its weight is above 0.7,
    too noncentered if it is below -0.7. It is called a funnel only if the fit shows it too: divergences, an R-hat or
    effective sample size that no sound fit has, or more than 50 gradients for an effective draw. A fit without
    statistics of its sampler is judged by its draws.

    Examples
    --------
    >>> import arviz as az
    >>> import numpy as np
    >>> import unfunnel as uf
    >>> rng = np.random.default_rng(1)
    >>> mu, tau = rng.normal(size=(4, 500)), np.exp(0.3 * rng.normal(size=(4, 500)))
    >>> theta = mu[..., None] + tau[..., None] * rng.normal(size=(4, 500, 8))
    >>> uf.diagnose(az.from_dict({"posterior": {"mu": mu, "tau": tau, "theta": theta}})).ok
    True

    References
    ----------
    Betancourt, M. (2020), Hierarchical Modeling. Vehtari, A., Gelman, A., Simpson, D., Carpenter, B. and
    Bürkner, P.-C. (2021), Rank-normalization, folding, and localization: an improved R-hat.
    """
    tree = normalised(dt)
    found = pairs_of(dt, tree["posterior"].to_dataset(), model, pairs, coordinates or {}, scores=scores)
    chosen = _chosen(found.pairs, var_names)
    statistics = statistics_of(tree)
    chains = tree["posterior"]["chain"].values
    findings = tuple(f for pair in chosen for f in _findings(View(pair, statistics), chains, found.library))
    objected = objections(tree, _names(tree["posterior"].to_dataset(), found))
    explained = any(not finding.ok for finding in findings)
    return Diagnosis(
        findings=findings,
        # Where the cause was found, what helps is said there; "take more draws" would lead astray.
        problems=tuple(objection.what if explained else str(objection) for objection in objected),
        notes=_notes(found, statistics),
        chains=statistics.chains,
        draws=statistics.draws,
        divergences=statistics.divergences,
        bfmi=statistics.bfmi,
        capped=statistics.capped,
        gradients=statistics.gradients,
    )


def _findings(view: View, chains: Sequence[Any], library: str) -> list[Finding]:
    others = [found(view, library) for found in PAIR_DIAGNOSTICS]
    stuck = stuck_chain.found(view, chains, library)
    return [*effects.found(view, library), *(f for f in others if f is not None), *stuck]


def _chosen(pairs: tuple[Pair, ...], var_names: Sequence[str] | str | None) -> tuple[Pair, ...]:
    if var_names is None:
        return pairs
    names = [var_names] if isinstance(var_names, str) else list(var_names)
    known = [pair.effect for pair in pairs]
    for name in names:
        if name not in known:
            raise UnknownVariableError(
                f"diagnose: {name!r} in var_names is not an effect that was found; found were"
                f" {', '.join(map(repr, known)) or 'none'}."
            )
    return tuple(pair for pair in pairs if pair.effect in names)


def _names(posterior: Any, found: Found) -> list[str]:
    """Variables whose R-hat and effective sample size are looked at."""
    if found.sampled is not None:
        return [name for name in found.sampled if name in posterior]
    # A Deterministic may be constant, such as the diagonal of a correlation matrix; that is nothing wrong.
    known = {name for pair in found.pairs for name in (pair.effect, pair.location_name, pair.scale_name)}
    return [str(n) for n, array in posterior.data_vars.items() if n in known or _moves(array)]


def _moves(array: Any) -> bool:
    return bool((array.min(("chain", "draw")) < array.max(("chain", "draw"))).all())


def _notes(found: Found, statistics: Statistics) -> tuple[str, ...]:
    notes = list(found.notes)
    if any(pair.weight is None for pair in found.pairs):
        notes.append("The weights of the data were estimated from the draws.")
    if statistics.diverging is None:
        notes.append("The fit has no divergences to look at: it is judged by its draws alone.")
    return tuple(notes)
