"""Letting linkers know the fused operations, when the first graph that has one is compiled for them and not before.

Loading numba's and JAX's versions takes seconds; a graph for another linker needs neither.
"""

from __future__ import annotations

from typing import Any

from pytensor.compile.mode import optdb
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter

from unfunnel.charts.block import Block, BlockPullback
from unfunnel.charts.fused import OPERATIONS


@node_rewriter([Block, BlockPullback, *OPERATIONS])  # type: ignore[untyped-decorator]
def register_with_numba(fgraph: Any, node: Any) -> None:
    """Let numba know the operations, when the first graph that has one is compiled for it; change nothing."""
    from unfunnel.charts import block_numba, fused_numba  # noqa: F401


@node_rewriter([Block, BlockPullback, *OPERATIONS])  # type: ignore[untyped-decorator]
def register_with_jax(fgraph: Any, node: Any) -> None:
    """Let JAX know the operations, when the first graph that has one is compiled for it; change nothing."""
    from unfunnel.charts import fused_jax  # noqa: F401


for linker, registration in (("numba", register_with_numba), ("jax", register_with_jax)):
    optdb.register(  # type: ignore[no-untyped-call]
        f"unfunnel_{registration.__name__}", dfs_rewriter(registration), linker, position=100
    )
