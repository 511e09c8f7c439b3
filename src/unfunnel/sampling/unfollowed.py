"""What the charts of a plan cannot follow, said where it may be why a run diverged."""

from __future__ import annotations

from unfunnel.planning import Plan
from unfunnel.structure import Anatomy, coefficient_parents


def unfollowed(anatomy: Anatomy, chosen: Plan) -> str | None:
    """A sentence on the variables whose coefficients in the data depend on other free variables, or None.

    Evidence holds at the coefficients that the pilot saw, as if they were numbers. Where the data leave what they
    depend on wide open, the posterior of these variables changes its width along with it: a funnel that no chart of
    theirs takes out.

    Parameters
    ----------
    anatomy
        The model's graph.
    chosen
        The plan that was sampled.
    """
    eliminated = [name for block in chosen.blocks for name in block.members]
    found = {name: parents for name in eliminated if (parents := coefficient_parents(anatomy, name))}
    if not found:
        return None
    names = ", ".join(map(repr, found))
    causes = ", ".join(repr(parent) for parent in sorted({parent for some in found.values() for parent in some}))
    return (
        f"A likely cause of the divergences: what {names} is multiplied by in the likelihood depends on {causes} (as"
        " the length scale and amplitude of a latent Gaussian process do), and its coordinates hold for one value of"
        f" that only. Give {causes} priors that keep it from where the data say nothing; a higher target_accept alone"
        " may leave some."
    )
