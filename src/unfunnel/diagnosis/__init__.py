"""Diagnosis: what is wrong with a fit, where, why, and what mends it."""

from unfunnel.diagnosis.diagnose import diagnose
from unfunnel.diagnosis.diagnosis import Diagnosis
from unfunnel.diagnosis.finding import Finding
from unfunnel.diagnosis.verdict import Verdict

__all__ = ["Diagnosis", "Finding", "Verdict", "diagnose"]
