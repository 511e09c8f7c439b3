"""Sampling: pilot, evidence, run."""

from unfunnel.sampling.compiled import CompiledModel
from unfunnel.sampling.compiling import compile  # noqa: A004
from unfunnel.sampling.sample import sample
from unfunnel.sampling.store import load

__all__ = ["CompiledModel", "compile", "load", "sample"]
