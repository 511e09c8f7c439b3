"""Compiling graphs for tests: with every rewrite that sampling gets, but run by NumPy, which takes 0.2 seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pytensor import function
from pytensor.compile.mode import Mode
from pytensor.compile.sharedvalue import shared

import unfunnel as uf
from unfunnel.rewrite import charted

EPS = float(np.finfo(float).eps)

# The excluded rewrites fuse loops or need BLAS or a C++ compiler; none of them changes what is computed.
MODE = Mode(linker="py", optimizer="fast_run").excluding("fusion", "inplace", "BlasOpt", "cxx_only")


def compiled(inputs: Sequence[Any], outputs: Any) -> Any:
    """A function of random variables' values to graph expressions."""
    return function(list(inputs), outputs, mode=MODE, on_unused_input="ignore")


def log_density(model: Any, *, jacobian: bool = True) -> Any:
    """The log density of a model, as a function of the point of its value variables."""
    return model.compile_logp(jacobian=jacobian, mode=MODE)


def with_settable_charts(model: Any, parameterization: Any) -> tuple[Any, dict[str, Any]]:
    """The charted model, and the numbers of its charts as shared variables, which can be set after compilation."""
    numbers: dict[str, Any] = {}

    def make(name: str, value: Any) -> Any:
        numbers[name] = shared(value, name=name, shape=value.shape)
        return numbers[name]

    return charted(model, uf.plan(model, parameterization), make), numbers
