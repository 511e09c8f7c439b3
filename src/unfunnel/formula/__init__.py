"""Models that were written as formulas in Bambi: the PyMC model behind one, and the draws as Bambi wants them."""

from unfunnel.formula.conventions import Conventions
from unfunnel.formula.read import Written, read_model

__all__ = ["Conventions", "Written", "read_model"]
