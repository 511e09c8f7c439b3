"""The plan of a model's coordinates: an immutable value that can be printed, edited, stored and passed back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from unfunnel.errors import InvalidArgumentError, UnfunnelError, UnknownVariableError
from unfunnel.parameterization import Evidence, Informed, Parameterization
from unfunnel.planning.blocks import MAX_SHARED, Block, blocks_of, checked_size, extent
from unfunnel.planning.choice import Choice, choices_of, requested, unknown
from unfunnel.planning.page import html_of
from unfunnel.planning.stored import Parts, from_json, stored_plan, to_json
from unfunnel.planning.table import table_of
from unfunnel.showing.terminal import plain, renderables
from unfunnel.structure import Site

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType


@dataclass(frozen=True)
class Plan:
    """The coordinates of every free variable of a model; printing it gives a table.

    Parameters
    ----------
    choices
        One for each free variable, in the model's order.
    blocks
        Which effects are eliminated together, and which shared parameters with them.
    max_shared
        How many elements of shared parameters a block may have.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> with pm.Model() as model:
    ...     theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=8)
    >>> uf.plan(model).replace(theta="centered")["theta"].coordinates
    'centered'
    """

    choices: tuple[Choice, ...]
    blocks: tuple[Block, ...] = ()
    max_shared: int = MAX_SHARED

    @classmethod
    def of(cls, sites: tuple[Site, ...], effects: Mapping[str, Parameterization], max_shared: int) -> Plan:
        """The plan in which these effects have these parameterizations, and other variables what follows from it."""
        informed = {name: value for name, value in effects.items() if isinstance(value, Informed)}
        blocks = blocks_of(sites, informed, max_shared)
        _refuse_evidence_elsewhere(informed, blocks)
        return cls(choices_of(sites, effects, blocks), blocks, max_shared)

    def of_same_sites(self, other: Plan) -> bool:
        """Whether another plan was made for a model that reads alike, and eliminates the same together."""
        sites, theirs = ([choice.site for choice in plan.choices] for plan in (self, other))
        return sites == theirs and self.blocks == other.blocks

    def __getitem__(self, name: str) -> Choice:
        found = next((choice for choice in self.choices if choice.site.name == name), None)
        if found is None:
            raise UnknownVariableError(unknown("Plan", name, [choice.site.name for choice in self.choices]))
        return found

    @property
    def effects(self) -> dict[str, Parameterization]:
        """Effects that are given coordinates, with their parameterizations."""
        return {c.site.name: c.parameterization for c in self.choices if c.parameterization is not None}

    @property
    def informed(self) -> dict[str, Informed]:
        """The informed ones among them."""
        return {name: value for name, value in self.effects.items() if isinstance(value, Informed)}

    def extent(self, block: Block) -> tuple[int, int]:
        """Numbers of groups, and of effects per group, of a block."""
        return extent(block, {choice.site.name: choice.site for choice in self.choices})

    def evidence(self, block: Block) -> Evidence | None:
        """What the data say of a block; None where it has yet to be found."""
        return self.informed[block.lead].evidence

    @property
    def lacking_evidence(self) -> tuple[Block, ...]:
        """Blocks whose evidence has yet to be found."""
        return tuple(block for block in self.blocks if self.evidence(block) is None)

    def replace(self, **parameterizations: Parameterization | str) -> Plan:
        """Another plan, in which the named effects have these parameterizations.

        Parameters
        ----------
        **parameterizations
            A parameterization, or the name of one that needs no arrays, by the name of the effect.

        Returns
        -------
        Plan

        Raises
        ------
        UnknownVariableError
            If a name is not a free variable of the model.
        InvalidArgumentError
            If a variable cannot be given coordinates.
        """
        sites = tuple(choice.site for choice in self.choices)
        return Plan.of(sites, {**self.effects, **requested(sites, parameterizations)}, self.max_shared)

    def learned(self, evidence: Mapping[str, Evidence], logarithmic: Mapping[str, bool]) -> Plan:
        """The same plan with what a pilot found: evidence by leading effect, and scales that are better logarithmic."""
        return replace(self, choices=tuple(_learned(choice, evidence, logarithmic) for choice in self.choices))

    def __str__(self) -> str:
        return plain(table_of(self.choices, self.blocks))

    # A session shows what it is told to evaluate; hundreds of fields and arrays would tell a reader nothing.
    __repr__ = __str__

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield from renderables(table_of(self.choices, self.blocks), options.max_width)

    def _repr_html_(self) -> str:
        return html_of(table_of(self.choices, self.blocks))

    @classmethod
    def from_datatree(cls, tree: Any) -> Plan:
        """The plan that a result of :func:`unfunnel.sample` was sampled with, evidence included.

        Parameters
        ----------
        tree
            As :func:`unfunnel.sample` returned it, or as read back from netCDF or zarr.

        Returns
        -------
        Plan
            Passed to :func:`unfunnel.sample`, it skips the pilot.

        Raises
        ------
        InvalidArgumentError
            If the tree holds no plan, or one that someone changed.
        """
        return cls._restored("Plan.from_datatree: the plan in this tree", lambda: stored_plan(tree))

    def to_json(self) -> str:
        """The plan as JSON, evidence included.

        Returns
        -------
        str
        """
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """The plan that :meth:`to_json` wrote.

        Parameters
        ----------
        text
            JSON.

        Returns
        -------
        Plan

        Raises
        ------
        InvalidArgumentError
            If it is not the JSON of a plan, or that of one that someone changed.
        """
        return cls._restored("Plan.from_json: this", lambda: from_json(text))

    @classmethod
    def _restored(cls, what: str, read: Callable[[], Parts]) -> Plan:
        """What was stored, if its parts fit each other; a plan that does not would only fail much later."""
        try:
            stored = cls(*read())
            sites = tuple(choice.site for choice in stored.choices)
            made = cls.of(sites, requested(sites, stored.effects), checked_size("Plan", stored.max_shared))
            fits = len({site.name for site in sites}) == len(sites)
            fits &= all(isinstance(choice.logarithmic, bool) for choice in stored.choices)
            fits &= made == replace(stored, choices=tuple(replace(c, logarithmic=False) for c in stored.choices))
        except UnfunnelError:
            raise
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise InvalidArgumentError(
                f"{what} is not the JSON of a plan ({type(error).__name__}: {error}); Plan.to_json and unfunnel.sample"
                " make it."
            ) from error
        if not fits:
            raise InvalidArgumentError(
                f"{what} is not the JSON of a plan as it was made: its variables, blocks and coordinates do not follow"
                " from each other. Make it anew with unfunnel.plan(model), or sample again."
            )
        return stored


def _learned(choice: Choice, evidence: Mapping[str, Evidence], logarithmic: Mapping[str, bool]) -> Choice:
    name = choice.site.name
    if name in evidence and isinstance(choice.parameterization, Informed):
        return replace(choice, parameterization=Informed(evidence[name]))
    return replace(choice, logarithmic=logarithmic[name]) if name in logarithmic else choice


def _refuse_evidence_elsewhere(informed: Mapping[str, Informed], blocks: tuple[Block, ...]) -> None:
    for block in blocks:
        for name in block.members[1:]:
            if name in informed and informed[name].evidence is not None:
                raise InvalidArgumentError(
                    f"plan: {name!r} is eliminated together with {block.lead!r}; give the evidence on all of"
                    f" {', '.join(map(repr, block.effects))} to {block.lead!r}."
                )
