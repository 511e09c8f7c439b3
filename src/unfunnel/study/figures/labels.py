"""How groups are named: in pictures short and in the font's characters, beside them as the user wrote them."""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font

from unfunnel.study.case import Case
from unfunnel.study.result import Result
from unfunnel.study.words import number

LONGEST = 20


def describe(regime: Case, group: int) -> str:
    """How much is known of a group: its count, or its standard error where a row is an estimate."""
    if regime.estimates:
        return f"s.e. {number(float(regime.standard_errors[group]))}"
    return f"n = {regime.counts[group]}"


def named(regime: Case, group: int) -> str:
    """Name and information, for the text beside a picture: the name as the user wrote it."""
    name = regime.labels[group]
    if name.isdigit() or len(name) == 1:
        name = f"{regime.group_word} {name}"
    return f"{name} ({describe(regime, group)})"


def within(result: Result) -> str:
    """The beginning of a sentence on how things are: exactly, or as far as the informed fit tells."""
    if result.exact is None:
        doubt = ", which its own diagnostics flag," if result.rows["informed"].flagged else ""
        return f"There is no exact density of this model. By the informed fit{doubt}"
    return "In the exact posterior"


def label(regime: Case, group: int) -> str:
    """The group's name for a picture, different from that of every other group."""
    return _labels(regime)[group]


def title(regime: Case, group: int) -> str:
    """Name and information, for the title of a panel; on two lines if it is long."""
    name, known = label(regime, group), describe(regime, group)
    if name.isdigit() or len(name) == 1:
        name = f"{clean(regime.group_word, 'group', 12)} {name}"
    return f"{name} ({known})" if len(name) + len(known) < 21 else f"{name}\n({known})"


def value_word(regime: Case) -> str:
    """What the observations are, for an axis."""
    return clean(regime.value_word, "value", 40)


def renamed(regime: Case) -> str:
    """A sentence that says so if names in the pictures are not what the user wrote; else empty."""
    if all(shown == " ".join(text.split()) for shown, text in zip(_labels(regime), regime.labels, strict=True)):
        return ""
    return (
        "Names that are too long for the pictures, or in characters that their font lacks, are shortened there or"
        " replaced by the group's number in order of appearance."
    )


def clean(text: str, otherwise: str, longest: int = LONGEST) -> str:
    """A user's text, fit for a picture: short, and in characters that the font has, or else something other."""
    words = " ".join(text.split())
    if not words or any(ord(c) not in _characters() for c in words):
        words = otherwise
    if len(words) > longest:
        # Names in a list often differ only at their end, so both ends are kept.
        tail = longest // 3
        words = f"{words[: longest - 1 - tail].rstrip()}…{words[-tail:].lstrip()}"
    return words


@lru_cache(maxsize=4)
def _labels(regime: Case) -> tuple[str, ...]:
    short = [clean(text, f"group {k + 1}") for k, text in enumerate(regime.labels)]
    often = Counter(short)
    return tuple(
        name if often[name] == 1 else f"{name[: LONGEST - 7].split('…')[0].rstrip()}… #{k + 1}"
        for k, name in enumerate(short)
    )


@cache
def _characters() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())
