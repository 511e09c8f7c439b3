"""The samplers that can make the final run. A new one is a module with a function `run` like the ones here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.sampling.compile_options import check_compile_options

_MODULES = {
    "nutpie": "unfunnel.sampling.nutpie",
    "pymc": "unfunnel.sampling.pymc",
    "numpyro": "unfunnel.sampling.numpyro",
}
BACKENDS = tuple(_MODULES)

_TUNE = {"nutpie": 400, "pymc": 1000, "numpyro": 1000}
"""Warm-up steps by default: the samplers' own."""

_TUNE_INFORMED, _TUNE_INFORMED_LARGE, _LARGE = 100, 150, 100
"""With evidence a short warm-up does: the coordinates fit the posterior, and a pilot's draws start in it. What is left
is the error of every coordinate's scale, the worst of which counts: above so many coordinates it takes more steps (of
60, 100, 150, 200 and 400, measured on 123 coordinates of a crossed model)."""


def default_tune(backend: str, *, informed: bool, coordinates: int) -> int:
    """Warm-up steps of a final run where none are asked for."""
    if not informed:
        return _TUNE[backend]
    return _TUNE_INFORMED if coordinates <= _LARGE else _TUNE_INFORMED_LARGE


def check_backend(call: str, backend: object, compile_kwargs: object) -> None:
    """Refuse a backend that does not exist, or options that it does not take.

    Raises
    ------
    InvalidArgumentError
        If it is such a one.
    """
    if backend not in BACKENDS:
        raise InvalidArgumentError(
            f"{call}: backend must be one of {', '.join(map(repr, BACKENDS))}, got {backend!r}; it is the sampler that"
            " makes the final run."
        )
    assert isinstance(backend, str)
    check_compile_options(call, backend, compile_kwargs)


def runner(backend: str) -> Callable[..., Any]:
    """The function that makes a final run with a sampler other than nutpie."""
    return import_module(_MODULES[backend]).run  # type: ignore[no-any-return]
