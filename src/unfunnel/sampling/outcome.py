"""What a call hands out: the tree of its result, in memory or in a store, and sentences on what is wrong with it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unfunnel.formula import Conventions
from unfunnel.planning import Plan
from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.checks import problems
from unfunnel.sampling.engine import Engine
from unfunnel.sampling.frame import Frame
from unfunnel.sampling.pilot import Pilot
from unfunnel.sampling.result import data_of, parameterization_of, posterior_attrs, tree_of
from unfunnel.sampling.run import Run
from unfunnel.sampling.store import add_attrs, begin, end, load
from unfunnel.sampling.unfollowed import unfollowed

logger = logging.getLogger("unfunnel")


@dataclass(frozen=True)
class Outcome:
    """The result of one call.

    Parameters
    ----------
    engine
        What samples.
    given
        The arguments of the final run.
    final, pilot
        Its plan, and the pilot that found it, if there was one.
    folder
        The store, or None for a result in memory.
    conventions
        Of a formula package's model, by which a result is to be named.
    """

    engine: Engine
    given: Arguments
    final: Plan
    pilot: Pilot | None
    folder: Path | None
    conventions: Conventions | None

    def begin(self) -> None:
        """Write what is known before the run to the store, if there is one."""
        if self.folder is None:
            return
        wanted, frame = self.given.var_names, self.engine.frame
        names = [name for name in frame.names if wanted is None or name in wanted]
        groups = {"parameterization": self._described(None), **data_of(self.engine.model)}
        begin(self.folder, frame, names, groups, self.conventions)

    def tree(self, run: Run) -> Any:
        """The result, in memory or as it is read from the store; what is wrong with it is logged."""
        tree = self._tree(run)
        if not run.complete:
            _say_interrupted(tree, self.given)
        frame = self.engine.frame
        for problem in problems(_with_sampled(tree, run, frame), frame.free):
            logger.warning(problem)
        if tree["sample_stats"]["diverging"].any():
            cause = unfollowed(self.engine.charted.anatomy, self.final)
            if cause or self.final.effects:
                logger.warning(cause or "unfunnel.diagnose(result, model) says which variable and groups diverge.")
        return tree

    def add(self, tree: Any, attrs: Mapping[str, Any]) -> None:
        """Add what is known in the end to the result, and to the store."""
        tree["parameterization"].attrs.update(attrs)
        if self.folder is not None:
            add_attrs(self.folder, "parameterization", dict(attrs))

    def _tree(self, run: Run) -> Any:
        described = self._described(run)
        if self.folder is None:
            groups = {"parameterization": described, **data_of(self.engine.model)}
            return tree_of(run, self.given, groups, self.conventions)
        end(self.folder, described, posterior_attrs(run, self.given) | run.attrs)
        return load(self.folder)

    def _described(self, run: Run | None) -> Any:
        return parameterization_of(self.engine.frame, self.final, run, self.pilot, self.engine.reader)


def _with_sampled(tree: Any, run: Run, frame: Frame) -> Any:
    """A result with all that was sampled: chains that disagree do so whether or not a variable is wanted back."""
    if all(name in tree["posterior"] for name in frame.free):
        return tree
    import xarray as xr

    groups = {name: tree[name].to_dataset() for name in ("sample_stats", "parameterization")}
    return xr.DataTree.from_dict({"posterior": run.posterior[list(frame.free)], **groups})


def _say_interrupted(tree: Any, given: Arguments) -> None:
    sizes = tree["posterior"].sizes
    logger.warning(
        f"Interrupted: {sizes['draw']} of {given.draws} draws of {sizes['chain']} of {given.chains} chains are"
        " returned; result['posterior'].attrs['complete'] is False."
    )
