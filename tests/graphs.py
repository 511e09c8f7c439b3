"""Compiling graphs for tests: with every rewrite that sampling gets, but run by NumPy, which takes 0.2 seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pytensor import function
from pytensor.compile.mode import Mode
from pytensor.compile.sharedvalue import shared

import unfunnel as uf
from unfunnel.rewrite.charted import Charted, chart

EPS = float(np.finfo(float).eps)

# The excluded rewrites fuse loops or need BLAS or a C++ compiler; none of them changes what is computed.
MODE = Mode(linker="py", optimizer="fast_run").excluding("fusion", "inplace", "BlasOpt", "cxx_only")


def compiled(inputs: Sequence[Any], outputs: Any) -> Any:
    """A function of random variables' values to graph expressions."""
    return function(list(inputs), outputs, mode=MODE, on_unused_input="ignore")


def log_density(model: Any, *, jacobian: bool = True) -> Any:
    """The log density of a model, as a function of the point of its value variables."""
    return model.compile_logp(jacobian=jacobian, mode=MODE)


def charted_with_numbers(model: Any, plan: uf.Plan) -> tuple[Charted, dict[str, Any]]:
    """The charted model, and the numbers of its charts as shared variables, which can be set after compilation."""
    numbers: dict[str, Any] = {}

    def make(values: Mapping[str, Any]) -> dict[str, Any]:
        numbers.update({name: shared(value, name=name, shape=value.shape) for name, value in values.items()})
        return numbers

    return chart(model, plan, make), numbers


def with_settable_charts(model: Any, parameterization: Any) -> tuple[Any, dict[str, Any]]:
    """The same of a parameterization, and of the charted model alone."""
    charted, numbers = charted_with_numbers(model, uf.plan(model, parameterization))
    return charted.model, numbers


def set_numbers(numbers: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Give the charts the numbers of another plan."""
    assert numbers.keys() == values.keys()
    for name, value in values.items():
        numbers[name].set_value(value)
