"""What tells one specification from another across processes: digests of builders, data and settings."""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import toposort

from unfunnel.many.specification import Fit


def digest_of(spec: Fit) -> str:
    """Of a fit's builder and data; its name and seed are kept beside it."""
    return _joined(digest_of_builder(spec.build), joblib.hash(dict(spec.data)), repr(spec.random_seed))


def digest_of_builder(build: Any) -> str:
    """Of a function by its source and what it closes over, of a model by its graph and constants."""
    if hasattr(build, "free_RVs"):
        return _joined("model", *_graph_lines(build))
    if isinstance(build, functools.partial):
        return _joined(digest_of_builder(build.func), joblib.hash((build.args, build.keywords)))
    if inspect.isfunction(build):
        cells = [cell.cell_contents for cell in build.__closure__ or ()]
        return _joined(build.__qualname__, _source(build), *map(_of_value, [*cells, build.__defaults__]))
    return _joined(type(build).__qualname__, joblib.hash(build))


def _of_value(value: Any) -> str:
    if hasattr(value, "free_RVs") or inspect.isfunction(value) or isinstance(value, functools.partial):
        return digest_of_builder(value)
    return str(joblib.hash(value))


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        # Typed at a prompt: there is no source, and the names and constants of its code have to do.
        code = function.__code__
        return repr((code.co_code, code.co_names, [c for c in code.co_consts if not inspect.iscode(c)]))


def _graph_lines(model: Any) -> list[str]:
    """Operations and constants of a model in one order, which is that of its variables."""
    outputs = [*model.basic_RVs, *model.deterministics, *model.potentials]
    values = [model.rvs_to_values[rv] for rv in model.observed_RVs]
    lines = [repr(sorted((name, tuple(dims)) for name, dims in model.named_vars_to_dims.items()))]
    for node in toposort([*outputs, *values]):
        lines.append(str(node.op))
        lines += [_bytes(each.data) for each in node.inputs if isinstance(each, Constant)]
    lines += [_bytes(value.data) for value in values if isinstance(value, Constant)]
    return [*lines, *(f"{data.name} {_bytes(data.get_value(borrow=True))}" for data in model.data_vars)]


def _bytes(value: Any) -> str:
    array = np.asarray(value)
    if array.dtype == object:
        return repr(value)
    return f"{array.dtype}{array.shape}{hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()}"


def _joined(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part.encode()).digest())
    return digest.hexdigest()
