"""From what a person passes as a model to the PyMC model that is meant."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.formula.centered import centered, dropped_means
from unfunnel.formula.conventions import Conventions, centering_of


@dataclass(frozen=True)
class Written:
    """The PyMC model that is meant, and what else is known of it if it was written in Bambi.

    Parameters
    ----------
    model
        The PyMC model, or what came instead of one.
    conventions
        How Bambi wants the draws; None for a model that is not Bambi's.
    dropped
        Terms whose prior mean Bambi's own non-centered form leaves out (its issue 1003) and `model` does not.
    """

    model: Any
    conventions: Conventions | None = None
    dropped: tuple[str, ...] = ()


def read_model(model: Any) -> Written:
    """The PyMC model of a Bambi model, with every group-specific term as a variable of its own; others as they are.

    Parameters
    ----------
    model
        A `bambi.Model`, which is built if it was not, or anything else, which is passed on.

    Raises
    ------
    InvalidArgumentError
        If the model has a potential on an offset, which only the non-centered form has, or PyMC does not take the name
        of one of its terms.
    """
    if not is_bambi(model):
        return Written(model)
    _refuse_slashes(model)
    if not model.built:
        _build(model)
    double = centered(model)
    found = double.backend.model
    _leave_out(found, set(model.family.likelihood.params))
    return Written(found, Conventions("bambi", version("bambi"), centering_of(double)), dropped_means(model))


def is_bambi(model: Any) -> bool:
    """Whether it is a `bambi.Model`; Bambi is not imported for that."""
    return any(kind.__name__ == "Model" and kind.__module__.split(".")[0] == "bambi" for kind in type(model).__mro__)


def _refuse_slashes(model: Any) -> None:
    """PyMC's own refusal does not say that Bambi has a way around it."""
    for component in model.conditional_parameters.values():
        for name, term in component.terms.items():
            if "/" in (term.alias or name):
                raise InvalidArgumentError(
                    f"sample: the term {name!r} has a slash in its name, which PyMC does not take; give it another with"
                    f" bambi_model.set_alias({{{name!r}: ...}}), or make it a column of the data."
                )


def _build(model: Any) -> None:
    """As Bambi's own `fit` does, because methods such as `plot_priors` ask for it."""
    try:
        model.build()
    except NotImplementedError:
        # Bambi non-centers normal priors only, and refuses others unless noncentered=False. The centered form, which
        # is the one that is sampled here, it can build; so the model stays as it was.
        model.built = False


def _leave_out(model: Any, parameters: set[str]) -> None:
    """Take away Deterministics with a value for every row; `predict` computes them again, and Bambi omits them too."""
    kept = [variable for variable in model.deterministics if variable.name not in parameters]
    omitted = [variable.name for variable in model.deterministics if variable.name in parameters]
    model.deterministics.clear()
    model.deterministics.extend(kept)
    for name in omitted:
        del model.named_vars[name]
        model.named_vars_to_dims.pop(name, None)
