"""Parameterizations of every kind for the effects of a model, and evidence of every size."""

from __future__ import annotations

from typing import Any

import numpy as np

import unfunnel as uf
from unfunnel.planning import Block
from unfunnel.rewrite.coordinates import has_widths


def some_evidence(shape: tuple[int, ...]) -> uf.Evidence:
    """Evidence of different strength for every element, and on nothing else."""
    size = int(np.prod(shape))
    return uf.Evidence.of_information(precision=np.linspace(0.1, 3.0, size), location=np.linspace(-1.0, 2.0, size))


def block_evidence(plan: uf.Plan, block: Block, seed: int = 1, strength: Any = 1.0, noise: float = 0.7) -> uf.Evidence:
    """Evidence on all effects and shared parameters of a block, such as data have: sums of squares.

    `strength`, a number or one for each group, multiplies the information.
    """
    rng = np.random.default_rng(seed)
    K, s = plan.extent(block)
    d = sum(plan[name].site.size for name in block.shared)
    rows = rng.normal(size=(K, s + d, s + 1))
    joint = np.einsum("kir,kjr->kij", rows, rows) * np.broadcast_to(strength, (K,))[:, None, None]
    pulls = np.einsum("kij,j->ki", joint, rng.uniform(-3.0, 3.0, size=s + d))
    return uf.Evidence(
        h=pulls[:, :s],
        H=joint[:, :s, :s],
        C=joint[:, :s, s:],
        D=joint[:, s:, s:].sum(axis=0),
        h_B=pulls[:, s:].sum(axis=0),
        noise=noise if block.noise else 0.0,
        widths=rng.uniform(0.5, 2.0, size=(K, s)) if has_widths(plan, block) else np.ones((K, s)),
    )


def parameterizations(model: Any, kind: str) -> dict[str, uf.Parameterization]:
    """One of a kind for every effect of a model, with arrays that differ from element to element."""
    plan = uf.plan(model)
    evidence = {block.lead: block_evidence(plan, block) for block in plan.blocks}
    found = {}
    for name in plan.effects:
        shape = plan[name].site.centeredness_shape
        values = np.linspace(0.0, 1.0, int(np.prod(shape))).reshape(shape)
        found[name] = {
            "centered": uf.Centered(),
            "noncentered": uf.NonCentered(),
            "mixed": uf.Mixed(values > 0.4),
            "partial": uf.Partial(values),
            "informed": uf.Informed(evidence.get(name)),
        }[kind]
    return found
