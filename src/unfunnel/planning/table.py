"""What a reader is told of a plan: its table, its blocks and its reasons in words, whatever they are shown with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unfunnel.planning.blocks import Block
from unfunnel.planning.choice import Choice
from unfunnel.planning.sentences import counted, sentence
from unfunnel.showing.table import Paragraph, Table, printable
from unfunnel.structure import Role, Site

COLUMNS = ("variable", "dims", "family", "role", "parameterization", "reason")


@dataclass(frozen=True)
class Row:
    """A free variable in the table; its fields are the columns.

    Parameters
    ----------
    variable
        Its name.
    dims
        The names of its dims, the size where one has no name; empty for a scalar.
    family
        Its distribution family, "unknown" where unfunnel does not know it.
    role
        What it is for: effect, shared, scale, noise or other.
    parameterization
        The coordinates that it is sampled in.
    reason
        In a word or two, why it is sampled as its author wrote it; empty where it is not.
    """

    variable: str
    dims: str
    family: str
    role: str
    parameterization: str
    reason: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The fields in the order of the columns."""
        return (self.variable, self.dims, self.family, self.role, self.parameterization, self.reason)


def table_of(choices: Sequence[Choice], blocks: Sequence[Block]) -> Table:
    """The table of a plan's choices and blocks."""
    known = {choice.site.name: choice for choice in choices}
    eliminated = [Paragraph("block", printable(sentence(block, known))) for block in blocks]
    title = f"Coordinates of {counted(len(choices), 'free variable')}"
    return Table(title, tuple(map(_row, choices)), (*eliminated, *_reasons(choices)), COLUMNS)


def _row(choice: Choice) -> Row:
    site = choice.site
    reason, _ = _left(choice)
    return Row(
        printable(site.name),
        printable(_dims(site)),
        site.family or "unknown",
        str(site.role),
        choice.coordinates if choice.lead is None else printable(choice.coordinates),
        reason,
    )


def _dims(site: Site) -> str:
    return ", ".join(str(dim or size) for dim, size in zip(site.dims, site.shape, strict=True))


def _reasons(choices: Sequence[Choice]) -> list[Paragraph]:
    """For each reason why variables stay as written: which ones, why, and what to do."""
    left = [(_left(choice), choice.site.name) for choice in choices]
    explained = dict.fromkeys(why for why, _ in left if why[0])
    return [
        Paragraph(word, printable(f"{', '.join(name for why, name in left if why[0] == word)}. {advice}"))
        for word, advice in explained
    ]


def _left(choice: Choice) -> tuple[str, str]:
    """Why a variable is sampled as written, in a word or two and as a paragraph; both empty where it is not."""
    if choice.coordinates != "as written":
        return "", ""
    if choice.reason is not None:
        return choice.reason.name.lower().replace("_", " "), choice.reason.advice
    if choice.site.role in (Role.SCALE, Role.NOISE):
        return "not needed", "No informed effect has it as its scale, or as the noise that its evidence goes by."
    return "not asked for", "It could be given coordinates; name it, as in plan.replace(name='informed')."
