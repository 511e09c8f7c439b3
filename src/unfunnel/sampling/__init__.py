"""Sampling: pilot, evidence, run."""

from unfunnel.sampling.compiled import CompiledModel, compile  # noqa: A004
from unfunnel.sampling.sample import sample

__all__ = ["CompiledModel", "compile", "sample"]
