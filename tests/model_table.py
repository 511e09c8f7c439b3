"""The table of models: what is expected of each one's structure, and how it is entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pymc as pm

from unfunnel.errors import Reason
from unfunnel.planning import Block
from unfunnel.structure import Role

EFFECT, SHARED, SCALE, NOISE, OTHER = Role.EFFECT, Role.SHARED, Role.SCALE, Role.NOISE, Role.OTHER


@dataclass(frozen=True)
class Case:
    """A model, and what its structure is.

    By name: the roles of its free variables in its order, the scales of its effects, and why variables have no chart
    of their own. Then the blocks of its default plan, which of its effects are written by hand, and what is left out
    of the blocks though it shares data with them.
    """

    build: Callable[[], Any]
    roles: Mapping[str, Role]
    scales: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    blocks: Sequence[Block] = ()
    by_hand: Sequence[str] = ()
    left_out: Sequence[str] = ()

    @property
    def effects(self) -> list[str]:
        return [name for name, role in self.roles.items() if role is EFFECT]


POPULATION = Block(("theta",), ("mu",))
CASES: dict[str, Case] = {}


def case(roles: Mapping[str, Role] | None = None, **expected: Any) -> Callable[[Callable[[], None]], Any]:
    """Enter a builder in the table; without roles it has theta ~ (mu, tau), which is the plainest structure."""
    if roles is None:
        roles = {"mu": SHARED, "tau": SCALE, "theta": EFFECT}
        expected = {"scales": {"theta": ("tau",)}, "blocks": [POPULATION], **expected}

    def enter(define: Callable[[], None]) -> Callable[[], Any]:
        def build() -> Any:
            with pm.Model() as model:
                define()
            return model

        CASES[define.__name__] = Case(build, roles, **expected)
        return build

    return enter
