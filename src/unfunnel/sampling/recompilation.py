"""Coordinates that a compiled model cannot be sampled in, because they need a compilation of their own."""

from __future__ import annotations

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization import Informed
from unfunnel.planning import Block, Plan


def refuse_other_kinds(call: str, compiled: Plan, asked: Plan) -> None:
    """Refuse a plan in which an effect has another kind of chart than the one it was compiled with.

    Raises
    ------
    InvalidArgumentError
        If there is such an effect.
    """
    have, want = _kinds(compiled), _kinds(asked)
    for name in have | want:
        had, wanted = (kinds.get(name, "its author's coordinates") for kinds in (have, want))
        if had != wanted:
            raise InvalidArgumentError(
                f"{call}: {name!r} was compiled for {had}, and {wanted} came; these need a compilation each: call"
                " unfunnel.compile(model, parameterization)."
            )


def refuse_other_blocks(call: str, compiled: Plan, asked: Plan) -> None:
    """Refuse a plan that eliminates other variables together than the compiled one; evidence would not fit the charts.

    Raises
    ------
    InvalidArgumentError
        If it is such a plan.
    """
    if asked.blocks != compiled.blocks:
        raise InvalidArgumentError(
            f"{call}: the model was compiled to eliminate {_listed(compiled.blocks)}, and a plan that eliminates"
            f" {_listed(asked.blocks)} came; these need a compilation each: call unfunnel.compile(model, plan)."
        )


def serves(compiled: Plan, asked: Plan) -> bool:
    """Whether a model compiled for one plan can be sampled in another."""
    return _kinds(compiled) == _kinds(asked) and compiled.blocks == asked.blocks


def _kinds(chosen: Plan) -> dict[str, str]:
    return {
        name: "an informed parameterization" if isinstance(value, Informed) else "a fixed parameterization"
        for name, value in chosen.effects.items()
    }


def _listed(blocks: tuple[Block, ...]) -> str:
    groups = (" with ".join(map(repr, block.members)) for block in blocks)
    return "; ".join(groups) or "nothing"
