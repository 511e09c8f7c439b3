"""What cannot be sampled, said before or instead of what the sampler would say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from pymc.model.core import Model

from unfunnel.errors import InvalidArgumentError, SamplingError


def check_model(model: Any) -> None:
    """Refuse a model without free variables, or with discrete ones.

    Raises
    ------
    InvalidArgumentError
        If it is such a model; the error says what to do.
    """
    if not isinstance(model, Model):
        raise InvalidArgumentError(
            f"sample: model must be a PyMC model or a Bambi model, got {model!r}; pass what `with pm.Model() as model`"
            " or `bambi.Model(...)` made."
        )
    if not model.free_RVs:
        raise InvalidArgumentError(
            "sample: the model has no free variable, so there is nothing to sample; its prior predictive draws are"
            " all there is (pymc.sample_prior_predictive)."
        )
    discrete = [rv.name for rv in model.free_RVs if not np.issubdtype(rv.dtype, np.floating)]
    if discrete:
        raise InvalidArgumentError(
            f"sample: {', '.join(map(repr, discrete))} is discrete, and NUTS samples continuous variables only;"
            " marginalize it, or use pymc.sample, which has other steps for it."
        )


@contextmanager
def explained_failure(model: Any) -> Iterator[None]:
    """Turn the sampler's failure into a sentence that names the term of the model behind it.

    Raises
    ------
    SamplingError
        In place of the sampler's RuntimeError.
    """
    try:
        yield
    except RuntimeError as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        terms = {name: float(value) for name, value in model.point_logps().items()}
        bad = [f"{name!r} ({value:g})" for name, value in terms.items() if not np.isfinite(value)]
        cause = f"the log density of {', '.join(bad)} is not finite" if bad else "every term is finite"
        raise SamplingError(
            f"sample: the sampler stopped: {first_line}. At the model's initial point {cause}. Give initial values"
            " where the log density is finite (initval=...), and check the data and priors of that term."
        ) from error
