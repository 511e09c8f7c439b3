"""From a model and a plan to the same model in other coordinates."""

from __future__ import annotations

from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.formula import read_model
from unfunnel.planning import Request, plan
from unfunnel.rewrite.charted import chart
from unfunnel.rewrite.coordinates import constants


def reparameterize(model: Any, parameterization: Request) -> Any:
    """The same PyMC model, explored in other coordinates.

    Every variable is still the random variable its author wrote, with its name, dims, coords and initial value;
    prior, posterior and posterior predictive are the same. Only the value transforms differ. Use it to sample with
    any sampler that takes a PyMC model; :func:`unfunnel.sample` finds the coordinates by itself. Reparameterize last,
    after `pymc.do` and the like.

    Under one seed prior and posterior predictive draws are the original model's, with one exception. PyMC seeds random
    generators in the order in which it comes upon them, and through an informed effect, or a parameter eliminated with
    it, it comes upon those of the scales and of what else is eliminated with them. Such a variable drawn alone (or
    first) therefore has the same distribution and may have other numbers.

    Parameters
    ----------
    model
        A PyMC model, which is left untouched, or a Bambi model, which is built if it was not. Draws of a Bambi model
        go back into Bambi from :func:`unfunnel.sample` only.
    parameterization
        A plan, one parameterization for all effects, or a mapping from names of effects to parameterizations; the
        others then stay as their author wrote them.

    Returns
    -------
    pymc.Model
        A new model.

    Raises
    ------
    UnknownVariableError
        If a name is not a free variable of the model.
    InvalidArgumentError
        If a variable cannot be given coordinates, an array does not fit it, or evidence is missing.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    >>> uf.reparameterize(model, {"theta": uf.Mixed(centered=[True, False, True])})["theta"].name
    'theta'

    References
    ----------
    Papaspiliopoulos, O., Roberts, G. and Sköld, M. (2007), A general framework for the parametrization of
    hierarchical models.
    """
    model = read_model(model).model
    chosen = plan(model, parameterization)
    if chosen.lacking_evidence:
        leads = ", ".join(repr(block.lead) for block in chosen.lacking_evidence)
        raise InvalidArgumentError(
            f"reparameterize: Informed() for {leads} holds no evidence; pass"
            " Informed(evidence=...), or let unfunnel.sample learn it from a pilot run."
        )
    return chart(model, chosen, constants).model
