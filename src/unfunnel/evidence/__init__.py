"""From draws and gradients of a pilot run to evidence: what the data say about the effects."""

from unfunnel.evidence.nested_scores import NestedPoint, Tree, nested_scores
from unfunnel.evidence.normality import logarithmic_is_better, nonlinearity
from unfunnel.evidence.regression import fit_evidence
from unfunnel.evidence.scores import Point, likelihood_scores
from unfunnel.evidence.sequences import SequenceDraws, sequence_scores, sequence_weight

__all__ = [
    "NestedPoint",
    "Point",
    "SequenceDraws",
    "Tree",
    "fit_evidence",
    "likelihood_scores",
    "logarithmic_is_better",
    "nested_scores",
    "nonlinearity",
    "sequence_scores",
    "sequence_weight",
]
