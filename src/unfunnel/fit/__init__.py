"""A formula fitted to a table, from the file to a folder of results."""

from unfunnel.fit.fit import Fit, fit_table

__all__ = ["Fit", "fit_table"]
