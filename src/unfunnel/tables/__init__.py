"""From a table of any size, in memory, lazy or in files, to a few numbers a group."""

from unfunnel.tables.summaries import Counts, Estimates, Moments
from unfunnel.tables.summarize import counts_of, estimates_of, moments_of

__all__ = ["Counts", "Estimates", "Moments", "counts_of", "estimates_of", "moments_of"]
