"""Which effects are eliminated together, and which shared parameters with them.

A block is one elimination: effects that meet group by group (an intercept and a slope: siblings), and below them what
shares their evidence (population means, fixed effects, smaller crossed factors and parent levels), up to a size.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral

from unfunnel.errors import InvalidArgumentError
from unfunnel.structure import Role, Site

MAX_SHARED = 64
"""Elements a block may share by default: the work of a gradient grows with their square for every group."""


MOST_PARENTS_SHARED = 8
"""Elements of the levels above an effect that are eliminated as shared parameters: one matrix for all of them. More
are eliminated level by level, in the same coordinates."""


@dataclass(frozen=True)
class Block:
    """One elimination.

    Parameters
    ----------
    effects
        Names of the effects of its groups, the first one leading.
    shared
        Names of its shared parameters; each one's location may depend on later ones only.
    direct
        Those among them that touch data (or other variables) beside the effects, so that evidence on them is to be
        found; of the others it follows from that on the effects.
    noise
        Name of the observed variable whose free noise scale divides the evidence, if there is one.
    parents
        Names of the effects that the first one is nested in, from its own parents upward; they are eliminated level by
        level, and touch nothing but the level below them.
    """

    effects: tuple[str, ...]
    shared: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()
    noise: str | None = None
    parents: tuple[str, ...] = ()

    @property
    def lead(self) -> str:
        """The effect that the block is named after, and that holds its evidence."""
        return self.effects[0]

    @property
    def members(self) -> tuple[str, ...]:
        """All that is eliminated, in this order."""
        return (*self.effects, *self.parents, *self.shared)


def blocks_of(sites: tuple[Site, ...], informed: Collection[str], max_shared: int) -> tuple[Block, ...]:
    """The blocks of a model in which these effects are informed.

    Parameters
    ----------
    sites
        The model's free variables.
    informed
        Names of the informed effects.
    max_shared
        Elements that a block may share.
    """
    known = {site.name: site for site in sites}
    effects = [site for site in sites if site.name in informed]
    shareable = [site for site in sites if site.role is Role.SHARED]
    blocks: list[Block] = []
    while effects:
        block = _block(effects, shareable, known, max_shared)
        blocks.append(block)
        effects = [site for site in effects if site.name not in block.members]
        shareable = [site for site in shareable if site.name not in block.shared]
    return tuple(blocks)


def extent(block: Block, known: Mapping[str, Site]) -> tuple[int, int]:
    """Numbers of groups, and of effects per group, of a block."""
    return known[block.lead].groups, sum(known[name].components for name in block.effects)


def checked_size(call: str, max_shared: object) -> int:
    """The elements that a block may share, if they are a whole number.

    Raises
    ------
    InvalidArgumentError
        If they are not.
    """
    if isinstance(max_shared, bool) or not isinstance(max_shared, Integral) or max_shared < 0:
        raise InvalidArgumentError(f"{call}: max_shared must be a whole number, 0 or more, got {max_shared!r}.")
    return int(max_shared)


def _block(effects: list[Site], shareable: list[Site], known: Mapping[str, Site], max_shared: int) -> Block:
    """The block of the largest effect."""
    # Of two levels of one length the lower one.
    outer = {name for site in effects for name in site.nested_in}
    lead = max(effects, key=lambda site: (site.size, site.name not in outer))
    siblings = [site for site in effects if site is not lead and _are_siblings(lead, site, known)]
    members = [lead, *siblings]
    upstream = {name for site in members for name in (*site.scales, *_not_affine(site))}
    upstream |= _parents_of_noise(lead, known)
    parents = [] if siblings else _above(lead, effects, upstream, known, max_shared)
    members += parents
    upstream |= {name for site in parents for name in (*site.scales, *_not_affine(site))}
    shared: list[Site] = []
    factors = (
        site for site in effects if site not in members and site.real and not (site.correlated or site.sequential)
    )
    candidates = [*shareable, *sorted(factors, key=lambda site: site.size)]
    # A candidate may share with one that joined before it, so that they are gone through until none joins any more.
    while joining := [
        site
        for site in candidates
        if site not in shared
        and _shares(site, [*members, *shared])
        and sum(other.size for other in shared) + site.size <= max_shared
        and not _is_upstream(site, [*members, *shared], upstream, known)
        and not any(_reaches(effect.name, [site.name], known) for effect in members)
    ]:
        site = joining[0]
        shared.append(site)
        upstream |= {*site.scales, *_not_affine(site)}
    kept = _without_outside(members, shared, known)
    inside = {site.name for site in (*members, *kept)}
    outside = {name for site in known.values() if site.name not in inside for name in (*site.parents, *site.locations)}
    ordered = _children_first(kept)
    direct = tuple(name for name in ordered if known[name].terms or name in outside)
    effects_of = tuple(site.name for site in members if site not in parents)
    above = tuple(site.name for site in parents)
    return Block(effects_of, ordered, direct, _noise([*members, *kept]), above)


def _above(
    lead: Site, effects: Sequence[Site], upstream: set[str], known: Mapping[str, Site], max_shared: int
) -> list[Site]:
    """The levels that an effect is nested in, its own parents first; none if they are few enough to be shared."""
    found: list[Site] = []
    upstream = set(upstream)
    while above := [site for site in effects if _is_above(site, [lead, *found], upstream, known)]:
        found.append(max(above, key=lambda site: site.size))
        upstream |= {*found[-1].scales, *_not_affine(found[-1])}
    return found if sum(site.size for site in found) > min(MOST_PARENTS_SHARED, max_shared) else []


def _is_above(site: Site, chain: Sequence[Site], upstream: set[str], known: Mapping[str, Site]) -> bool:
    """Whether an effect is the next level of a chain: parents of its last one, and of nothing else."""
    child = chain[-1]
    if child.vectors or site.vectors or not site.real or site.zero_sum_axes or site.terms:
        return False
    users = {name for name, other in known.items() if site.name in (*other.parents, *other.locations, *other.scales)}
    return site.name in child.nested_in and users == {child.name} and not _is_upstream(site, chain, upstream, known)


def _without_outside(members: list[Site], shared: list[Site], known: Mapping[str, Site]) -> list[Site]:
    """Without those that a location outside of the block depends on: the charts of the block depend on it in turn."""
    while True:
        inside = {site.name for site in (*members, *shared)}
        outside = {name for site in (*members, *shared) for name in site.affine_in} - inside
        kept = [site for site in shared if not _reaches(site.name, outside, known)]
        if len(kept) == len(shared):
            return kept
        shared = kept


def _are_siblings(lead: Site, site: Site, known: Mapping[str, Site]) -> bool:
    """Whether two effects meet group by group, in the likelihood and not in one another's priors.

    A variable that holds all effects of its groups has no siblings, and neither has a sequence.
    """
    if lead.joint or site.joint:
        return False
    meet = bool(lead.terms) and (lead.line_shape, lead.terms, lead.grouping) == (
        site.line_shape,
        site.terms,
        site.grouping,
    )
    return meet and not _reaches(lead.name, [site.name], known) and not _reaches(site.name, [lead.name], known)


def _shares(site: Site, members: Sequence[Site]) -> bool:
    """Whether a parameter is a location of a member, has a member as location, or touches data that one touches."""
    return any(
        site.name in member.affine_in or member.name in site.affine_in or set(site.terms) & set(member.terms)
        for member in members
    )


def _not_affine(site: Site) -> set[str]:
    return set(site.locations) - set(site.affine_in)


def _is_upstream(site: Site, members: Sequence[Site], upstream: set[str], known: Mapping[str, Site]) -> bool:
    """Whether the chart of the block would depend on a parameter by any way but its own place in it.

    Its graph would then run in a circle: what a scale depends on cannot be charted by what that scale says.
    """
    if _reaches(site.name, upstream, known):
        return True
    brings = {*site.scales, *_not_affine(site)}
    return any(_reaches(member.name, brings, known) for member in members)


def _reaches(name: str, targets: Collection[str], known: Mapping[str, Site]) -> bool:
    """Whether a variable is one of the targets, or an ancestor of one in the model's graph."""
    pending, seen = list(targets), set(targets)
    while pending:
        target = pending.pop()
        if target == name:
            return True
        parents = set(known[target].parents) | set(known[target].locations) | set(known[target].scales)
        pending.extend(parents - seen)
        seen |= parents
    return False


def _parents_of_noise(lead: Site, known: Mapping[str, Site]) -> set[str]:
    return {site.name for site in known.values() if lead.noise in site.terms and site.role in (Role.NOISE, Role.SCALE)}


def _noise(members: Sequence[Site]) -> str | None:
    """The noise behind everything that the data say to a block, or None."""
    noises = {site.noise for site in members if site.terms}
    return next(iter(noises)) if len(noises) == 1 else None


def _children_first(shared: Sequence[Site]) -> tuple[str, ...]:
    """Names in an order in which a location depends on later ones only: factors before their means."""
    ordered: list[Site] = []
    remaining = list(shared)
    while remaining:
        child = next(
            s for s in remaining if not any(s.name in other.locations for other in remaining if other is not s)
        )
        ordered.append(child)
        remaining.remove(child)
    return tuple(site.name for site in ordered)
