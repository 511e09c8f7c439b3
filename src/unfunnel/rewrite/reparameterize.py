"""From a model and a plan to the same model in other coordinates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from unfunnel.charts import EliminatedEffect, EliminatedMean, PartialChart, ScaleChart
from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization import Informed
from unfunnel.planning import Choice, Plan, Request, plan
from unfunnel.rewrite.coordinates import MakeInput, constant, key, numbers_of
from unfunnel.rewrite.fgraph import EditableModel


def reparameterize(model: Any, parameterization: Request) -> Any:
    """The same PyMC model, explored in other coordinates.

    Every variable is still the random variable its author wrote, with its name, dims, coords and initial value;
    prior, posterior and posterior predictive are the same. Only the value transforms differ. Use it to sample with
    any sampler that takes a PyMC model; :func:`unfunnel.sample` finds the coordinates by itself. Reparameterize last,
    after `pymc.do` and the like.

    Under one seed prior and posterior predictive draws are the original model's, with one exception: where a
    population mean is informed, PyMC comes upon its scale's random generator through it, so that the mean drawn alone
    (or first) has the same distribution and other numbers.

    Parameters
    ----------
    model
        A PyMC model; it is left untouched.
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
    chosen = plan(model, parameterization)
    if chosen.lacking_evidence:
        raise InvalidArgumentError(
            f"reparameterize: Informed() for {', '.join(map(repr, chosen.lacking_evidence))} holds no evidence; pass"
            " Informed(evidence=...), or let unfunnel.sample learn it from a pilot run."
        )
    return charted(model, chosen, constant)


def charted(model: Any, chosen: Plan, make_input: MakeInput) -> Any:
    """A new model with the charts of a plan.

    Parameters
    ----------
    model
        A PyMC model.
    chosen
        The plan.
    make_input
        Makes a PyTensor constant or shared variable of each number that the charts are made of.
    """
    inputs = {name: make_input(name, value) for name, value in numbers_of(chosen).items()}
    copy = EditableModel(model)
    for choice in chosen.choices:
        _chart(copy, choice, inputs)
    return copy.build()


def _chart(copy: EditableModel, choice: Choice, inputs: Mapping[str, Any]) -> None:
    name = choice.site.name
    if isinstance(choice.parameterization, Informed):
        context = [inputs[key(name, "h")], inputs[key(name, "H")]]
        copy.chart(name, EliminatedEffect, context)
    elif choice.parameterization is not None:
        copy.chart(name, PartialChart, [inputs[key(name, "centeredness")]])
    elif choice.effect is not None:
        evidence = [inputs[key(choice.effect, "h")], inputs[key(choice.effect, "H")]]
        _, scale = copy.reference(choice.effect)
        copy.chart(name, EliminatedMean, [*evidence, scale])
    elif choice.whitened:
        whitening = copy.whitening(name)
        copy.chart(name, partial(ScaleChart, whitening=whitening), [inputs[key(name, "logarithmic")]])
