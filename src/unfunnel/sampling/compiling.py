"""Compiling a model once, for any number of runs."""

from __future__ import annotations

import logging
from typing import Any

from unfunnel.compression import compression_of
from unfunnel.formula import Written, read_model
from unfunnel.planning import Request, plan
from unfunnel.sampling.arguments import check_compress
from unfunnel.sampling.backends import check_backend
from unfunnel.sampling.compiled import CompiledModel
from unfunnel.sampling.refusals import check_model

logger = logging.getLogger("unfunnel")


def compile(  # noqa: A001
    model: Any,
    parameterization: Request = None,
    *,
    backend: str = "nutpie",
    compile_kwargs: dict[str, Any] | None = None,
    compress: bool = False,
) -> CompiledModel:
    """Compile a model once, to sample it several times, in several coordinates or with several data sets.

    Parameters
    ----------
    model
        A PyMC model, which is left untouched, or a Bambi model, which is built if it was not.
    parameterization
        As in :func:`unfunnel.sample`. A model compiled for one fixed parameterization serves all of them.
    backend, compile_kwargs
        As in :func:`unfunnel.sample`. What is compiled once is nutpie's; the other samplers compile at every call.
    compress
        As in :func:`unfunnel.sample`. The data are then compiled in.

    Returns
    -------
    CompiledModel

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    >>> compiled = uf.compile(model, uf.Centered())
    >>> tree = compiled.sample(100, random_seed=1, parameterization=uf.NonCentered())
    """
    check_backend("compile", backend, compile_kwargs)
    check_compress("compile", compress)
    return compile_written(read_model(model), parameterization, backend, compile_kwargs, compress)


def compile_written(
    written: Written,
    parameterization: Request,
    backend: str,
    compile_kwargs: dict[str, Any] | None,
    compress: bool,
) -> CompiledModel:
    """As :func:`compile`, of a model that was read already."""
    say_dropped(written)
    chosen = plan(written.model, parameterization)
    check_model(written.model)
    compression = compression_of(written.model, "compress=True") if compress else None
    if compression is not None:
        compression.log()
    options: dict[str, Any] = {"conventions": written.conventions, "compression": compression}
    return CompiledModel(written.model, chosen, backend, compile_kwargs, **options)


def say_dropped(written: Written) -> None:
    """Say where Bambi's own fit is of another model than the one that was written."""
    if written.dropped:
        logger.warning(
            "Bambi's own fit leaves out the prior mean of %s, because its non-centered form has none (its issue 1003)."
            " Here they have their mean; with noncentered=False Bambi's fit agrees.",
            ", ".join(map(repr, written.dropped)),
        )
