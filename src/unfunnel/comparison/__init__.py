"""Comparison: one model in several parameterizations, beside each other."""

from unfunnel.comparison.compare import compare
from unfunnel.comparison.comparison import Comparison
from unfunnel.comparison.measure import Measured

__all__ = ["Comparison", "Measured", "compare"]
