"""Giving a charted variable another density: the same function, written so that charts fare well with it."""

from __future__ import annotations

from typing import Any


def written_out(rv_op: Any, addition: type[Any], **settings: Any) -> Any:
    """The same random graph under a class for which PyMC finds another density.

    Parameters
    ----------
    rv_op
        The operation of a symbolic random variable of PyMC.
    addition
        The class that the density is registered for; it comes before PyMC's own.
    **settings
        What else PyMC's class is made with.
    """
    kind = type(rv_op)
    if issubclass(kind, addition):
        return rv_op
    charted = type(kind.__name__, (addition, kind), {})
    graph = rv_op.fgraph.unfreeze()
    return charted(graph.inputs, graph.outputs, extended_signature=rv_op.extended_signature, **settings)
