"""Letting linkers know the fused operations, when the first graph that has one is compiled for them and not before.

Loading numba's and JAX's versions takes seconds; a graph for another linker needs neither.
"""

from __future__ import annotations

from typing import Any

from pytensor.compile.mode import optdb
from pytensor.graph.rewriting.basic import dfs_rewriter, node_rewriter
from pytensor.tensor.elemwise import Elemwise

from unfunnel.charts.block import Block, BlockPullback
from unfunnel.charts.fused import OPERATIONS
from unfunnel.charts.memory import Memory
from unfunnel.charts.nested import NESTED
from unfunnel.charts.quantiles import LogQuantile
from unfunnel.charts.recurrence import Recurrence
from unfunnel.charts.sequences import OPERATIONS as SEQUENCES


@node_rewriter([Block, BlockPullback, Memory, Recurrence, *OPERATIONS, *NESTED, *SEQUENCES])  # type: ignore[untyped-decorator]
def register_with_numba(fgraph: Any, node: Any) -> None:
    """Let numba know the operations, when the first graph that has one is compiled for it; change nothing."""
    from unfunnel.charts import (  # noqa: F401
        block_numba,
        fused_numba,
        memory_numba,
        nested_numba,
        recurrence_numba,
        sequences_numba,
    )


@node_rewriter([Block, BlockPullback, Recurrence, *OPERATIONS, *NESTED, *SEQUENCES])  # type: ignore[untyped-decorator]
def register_with_jax(fgraph: Any, node: Any) -> None:
    """Let JAX know the operations, when the first graph that has one is compiled for it; change nothing."""
    from unfunnel.charts import fused_jax, nested_jax  # noqa: F401


@node_rewriter([Elemwise])  # type: ignore[untyped-decorator]
def register_quantiles_with_numba(fgraph: Any, node: Any) -> None:
    """The same for the quantiles of scales, before PyTensor hides them in larger operations."""
    if isinstance(node.op.scalar_op, LogQuantile):
        from unfunnel.charts import quantiles_numba  # noqa: F401


@node_rewriter([Elemwise])  # type: ignore[untyped-decorator]
def register_quantiles_with_jax(fgraph: Any, node: Any) -> None:
    """The same for the quantiles of scales, before PyTensor hides them in larger operations."""
    if isinstance(node.op.scalar_op, LogQuantile):
        from unfunnel.charts import quantiles_jax  # noqa: F401


for linker, registration, position in (
    ("numba", register_with_numba, 100),
    ("jax", register_with_jax, 100),
    ("numba", register_quantiles_with_numba, 2.5),
    ("jax", register_quantiles_with_jax, 2.5),
):
    optdb.register(  # type: ignore[no-untyped-call]
        f"unfunnel_{registration.__name__}", dfs_rewriter(registration), linker, position=position
    )
