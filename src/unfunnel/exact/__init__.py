"""The normal hierarchical model without MCMC: the truth that sampled posteriors are held against.

Effects and population mean are integrated out in closed form, the scales by adaptive quadrature. Start with
`GroupStatistics` and `fit`.
"""

from unfunnel.exact.model import fit
from unfunnel.exact.moments import Moment
from unfunnel.exact.posterior import ExactPosterior, Population
from unfunnel.exact.statistics import GroupStatistics

__all__ = ["ExactPosterior", "GroupStatistics", "Moment", "Population", "fit"]
