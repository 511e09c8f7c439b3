"""Options for a compilation, looked at before anything is compiled."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from unfunnel.errors import InvalidArgumentError

_OPTIONS = {
    "nutpie": ("boundscheck", "debug", "error_model", "fastmath", "nogil"),
    "pymc": ("allow_input_downcast", "mode", "on_unused_input", "profile"),
    "numpyro": (),
}
"""By backend: those of numba's compiler, and those of PyTensor's functions, that leave the result as it is."""

_START = "chains start where the model would, or at draws of the pilot; give variables their initval in the model"
_JAX = "nutpie runs what numba compiles; use the backend='numpyro' of the call to run on JAX"
_NUTPIES_OWN = {
    "backend": _JAX,
    "gradient_backend": _JAX,
    "initial_points": _START,
    "jitter_rvs": _START,
    "default_initialization_strategy": _START,
    "var_names": "name the variables to return with the var_names of the call",
    "freeze_model": "data stay out of what is compiled, so that with_data can change them",
}
"""Options of `nutpie.compile_pymc_model` that are not taken, and what to do instead."""


def check_compile_options(call: str, backend: str, compile_kwargs: object) -> None:
    """Refuse options that a backend's compilation does not have, or that would change more than the compilation.

    Parameters
    ----------
    call
        Name of the function that got them.
    backend, compile_kwargs
        As given to it.

    Raises
    ------
    InvalidArgumentError
        If they are not a dict, or one of them cannot be used; the error says which are.
    """
    if compile_kwargs is None:
        return
    if not isinstance(compile_kwargs, dict):
        raise InvalidArgumentError(
            f"{call}: compile_kwargs must be a dict of options for the compilation, got {compile_kwargs!r}."
        )
    if backend == "numpyro" and compile_kwargs:
        raise InvalidArgumentError(
            f"{call}: JAX compiles for backend='numpyro', and PyMC hands it no compile_kwargs; leave them out."
        )
    for name in compile_kwargs:
        _check_name(call, backend, name)
    if "mode" in compile_kwargs:
        _check_mode(call, compile_kwargs["mode"])


def _check_name(call: str, backend: str, name: object) -> None:
    known = _OPTIONS[backend]
    if name in known:
        return
    if backend == "nutpie" and isinstance(name, str) and name in _NUTPIES_OWN:
        raise InvalidArgumentError(f"{call}: compile_kwargs[{name!r}] is not taken; {_NUTPIES_OWN[name]}.")
    nearest = get_close_matches(name, known, n=1) if isinstance(name, str) else []
    meant = f" (did you mean {nearest[0]!r}?)" if nearest else ""
    raise InvalidArgumentError(
        f"{call}: compile_kwargs has no option {name!r}{meant} with backend={backend!r}; it may have"
        f" {', '.join(map(repr, known))}."
    )


def _check_mode(call: str, mode: Any) -> None:
    from pytensor.compile.mode import get_mode, predefined_modes

    try:
        get_mode(mode)  # type: ignore[no-untyped-call]
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            f"{call}: compile_kwargs['mode'] must be a mode of PyTensor, such as"
            f" {', '.join(map(repr, sorted(predefined_modes)))}, got {mode!r}."
        ) from error
