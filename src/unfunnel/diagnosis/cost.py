"""What slow exploration cost, in a sentence."""

from __future__ import annotations

from unfunnel.diagnosis.view import View


def cost(view: View) -> str:
    """Gradients for an effective draw, with a blank before it; empty where the pair was not explored slowly."""
    if not view.costly:
        return ""
    return f" An effective draw took {view.gradients_per_effective_draw:.0f} gradients, where 5 to 25 are usual."
