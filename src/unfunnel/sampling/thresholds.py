"""What the usual diagnostics ask of a fit, in one place."""

from __future__ import annotations

ENOUGH = 100
"""Effective sample size a chain that makes R-hat, and itself, reliable (Vehtari et al. 2021)."""

LARGEST_R_HAT = 1.01
"""Split, rank-normalized and folded (Vehtari et al. 2021)."""

LEAST_BFMI = 0.3
"""Bayesian fraction of missing information of a chain (Betancourt 2016)."""
