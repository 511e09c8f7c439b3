"""A block of eliminated variables in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from unfunnel.parameterization import Informed
from unfunnel.planning.blocks import Block
from unfunnel.planning.choice import Choice
from unfunnel.structure import Role

Known = Mapping[str, Choice]


def sentence(block: Block, known: Known) -> str:
    """What is eliminated together, with what, given what, and what is known of the evidence."""
    return f"{_elimination(block, known)}. {_noise(block, known)}{_evidence(block, known)}"


def counted(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count or 'no'} {noun}s"


def listed(parts: Iterable[str]) -> str:
    """The parts joined: "a", "a and b", "a, b and c"; "none" of nothing."""
    items = list(parts)
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part) or "none"


def _elimination(block: Block, known: Known) -> str:
    together = "is eliminated" if len(block.effects) == 1 else "are eliminated together"
    lead = known[block.lead].site
    groups = counted(lead.groups, "group") + (f" of {lead.components} effects" if lead.components > 1 else "")
    if lead.sequential:
        steps, series = counted(lead.shape[-1], "step"), lead.size // lead.shape[-1]
        effects = (
            f"{lead.name} is eliminated, step by step ({steps}{f' of each of {series} series' if series > 1 else ''})"
        )
        return effects + _shared(block, known) + _given(block, known)
    effects = f"{listed(block.effects)} {together}, group by group ({groups})"
    return effects + _parents(block, known) + _shared(block, known) + _given(block, known)


def _parents(block: Block, known: Known) -> str:
    if not block.parents:
        return ""
    sizes = listed([f"{name} ({counted(known[name].site.size, 'element')})" for name in block.parents])
    return f", level by level with what it is nested in, {sizes}"


def _shared(block: Block, known: Known) -> str:
    if not block.shared:
        return ", with no shared parameter"
    size = sum(known[name].site.size for name in block.shared)
    plural = "" if len(block.shared) == 1 else "s"
    return f", with the shared parameter{plural} {listed(block.shared)} ({counted(size, 'element')})"


def _given(block: Block, known: Known) -> str:
    """The scales that its charts depend on, in the model's order."""
    scales = {scale for name in block.members for scale in known[name].site.scales}
    named = [name for name in known if name in scales]
    return f", given the scale{'' if len(named) == 1 else 's'} {listed(named)}" if named else ""


def _noise(block: Block, known: Known) -> str:
    if block.noise is None:
        return ""
    roles = (Role.SCALE, Role.NOISE)
    free = [name for name, other in known.items() if other.site.role in roles and block.noise in other.site.terms]
    scale = f"noise scale of {block.noise}" + (f" ({listed(free)})" if free else "")
    return f"The {scale} is free: the evidence weakens as it grows. "


def _evidence(block: Block, known: Known) -> str:
    value = known[block.lead].parameterization
    found = isinstance(value, Informed) and value.evidence is not None
    return "Its evidence is known." if found else "Its evidence is to be found by a pilot run."
