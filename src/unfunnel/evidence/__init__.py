"""From draws and gradients of a pilot run to evidence: what the data say about the effects."""

from unfunnel.evidence.normality import logarithmic_is_better, nonlinearity
from unfunnel.evidence.regression import fit_evidence
from unfunnel.evidence.scores import Point, likelihood_scores

__all__ = ["Point", "fit_evidence", "likelihood_scores", "logarithmic_is_better", "nonlinearity"]
