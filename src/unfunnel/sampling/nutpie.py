"""The nutpie backend: compile a model once, run it with other numbers, name its statistics as PyMC does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.rewrite.coordinates import SharedNumbers
from unfunnel.sampling.interrupt import Interruption

Start = Callable[[Any], NDArray[np.float64]]
"""From a seed to a point: the free variables' values in the chart, raveled, in the model's order."""

_STATISTICS = {
    "diverging": "diverging",
    "n_steps": "n_steps",
    "step_size": "step_size",
    "step_size_bar": "step_size_bar",
    "energy": "energy",
    "energy_error": "energy_error",
    "max_energy_error": "max_energy_error",
    "index_in_trajectory": "index_in_trajectory",
    "depth": "tree_depth",
    "maxdepth_reached": "reached_max_treedepth",
    "mean_tree_accept": "acceptance_rate",
    "logp": "lp",
}
"""nutpie's names of sampler statistics, and PyMC's, which are the ones handed out."""


@dataclass(frozen=True)
class Run:
    """Draws of one run, with nutpie's own names.

    Parameters
    ----------
    tree
        What nutpie returned, warm-up included.
    gradients_tune, gradients_draw
        Gradients spent, over all chains.
    seconds
        Spent sampling, warm-up included.
    """

    tree: Any
    gradients_tune: int
    gradients_draw: int
    seconds: float

    @property
    def posterior(self) -> Any:
        """The draws as a dataset."""
        return self.tree["posterior"].to_dataset()

    @property
    def statistics(self) -> Any:
        """Sampler statistics after warm-up, under PyMC's names."""
        raw = self.tree["sample_stats"].to_dataset()
        present = {old: new for old, new in _STATISTICS.items() if old in raw}
        return raw[list(present)].rename({old: new for old, new in present.items() if old != new})

    @property
    def gradient(self) -> NDArray[np.float64]:
        """Gradient of the log density in the chart; dims (chain, draw, coordinate)."""
        return np.asarray(self.tree["sample_stats"]["gradient"].values)


@dataclass(frozen=True)
class Compiled:
    """A model compiled by nutpie."""

    model: Any

    @property
    def sizes(self) -> dict[str, int]:
        """Number of elements of every value variable, by its name."""
        return {name: int(np.prod(shape)) for name, shape in self.model.shapes.items()}

    def with_numbers(self, numbers: NDArray[np.float64]) -> Compiled:
        """The same compiled model with other numbers in its charts."""
        return Compiled(self.model.with_data(**{SharedNumbers.NAME: numbers})) if numbers.size else self

    def run(
        self,
        start: Start | None,
        *,
        draws: int,
        tune: int | None,
        chains: int,
        cores: int | None,
        seed: int,
        target_accept: float,
        max_treedepth: int = 10,
        store_gradient: bool = False,
        progress: Callable[[Any], None] | None = None,
    ) -> Run:
        """Sample; `start` is where the chains begin, by default where the compiled model would."""
        import nutpie

        model = self.model if start is None else dataclasses.replace(self.model, initial_point_func=start)
        began = perf_counter()
        # nutpie may catch Ctrl-C and hand back what it has, which would pass for a whole run.
        with Interruption() as interruption:
            try:
                tree = nutpie.sample(
                    model,
                    draws=draws,
                    tune=tune,
                    chains=chains,
                    cores=cores,
                    seed=seed,
                    target_accept=target_accept,
                    maxdepth=max_treedepth,
                    store_gradient=store_gradient,
                    save_warmup=True,
                    progress_bar=False,
                    progress_callback=progress,
                )
            finally:
                interruption.check()
        return Run(
            tree,
            gradients_tune=int(tree["warmup_sample_stats"]["n_steps"].sum()),
            gradients_draw=int(tree["sample_stats"]["n_steps"].sum()),
            seconds=perf_counter() - began,
        )


def compile_model(model: Any) -> Compiled:
    """Compile a model, the one time that takes seconds."""
    import nutpie

    return Compiled(nutpie.compile_pymc_model(model))
