"""From draws and gradients of a pilot run to evidence: what the data say about the effects."""

from unfunnel.evidence.normality import logarithmic_is_better, nonlinearity
from unfunnel.evidence.regression import likelihood_scores, regress

__all__ = ["likelihood_scores", "logarithmic_is_better", "nonlinearity", "regress"]
