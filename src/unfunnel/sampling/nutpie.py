"""The nutpie backend: compile a model once, run it with other numbers or data, in memory or streamed to disk."""

from __future__ import annotations

import ctypes
import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unfunnel.sampling.arguments import Arguments
from unfunnel.sampling.arrow import arrow_run
from unfunnel.sampling.frame import Frame
from unfunnel.sampling.interrupt import Interruption
from unfunnel.sampling.points import Points, known_points
from unfunnel.sampling.probe import Density
from unfunnel.sampling.run import Run
from unfunnel.sampling.streamed import streamed_run

Start = Callable[[Any], NDArray[np.float64]]
"""From a seed to a point: the free variables' values in the chart, raveled, in the model's order."""

Progress = Callable[[Any], None]

_NUMBERS = ctypes.POINTER(ctypes.c_double)

SPILL = 2**30
"""Bytes of draws from which on a run goes by way of a temporary folder. nutpie holds in memory every draw of the
warm-up too, and of both the variables and their coordinates; of all this only a part is handed out."""

_NEVER = 10**6
"""Steps; more than the part of any warm-up in which nutpie forgets early and often."""


@dataclass(frozen=True)
class Compiled:
    """A model compiled by nutpie.

    Parameters
    ----------
    model
        What nutpie made.
    frame
        Of the model's variables.
    """

    model: Any
    frame: Frame

    @property
    def sizes(self) -> dict[str, int]:
        """Number of elements of every variable, free variables' coordinates among them, by name."""
        return {name: int(np.prod(shape)) for name, shape in self.model.shapes.items()}

    def with_data(self, data: Mapping[str, NDArray[Any]], frame: Frame) -> Compiled:
        """The same compiled model with other data, as far as its density uses them."""
        used = {variable.name for variable in self.model.shared_var_keys}
        return Compiled(self.model.with_data(**{name: data[name] for name in data if name in used}), frame)

    def density(self) -> Density:
        """The log density that nutpie samples, and its gradient, as a function of the coordinates."""
        function, size, data = self.model.compiled_logp_func.ctypes, self.model.n_dim, self.model.user_data

        def at(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            gradient, value = np.empty(size), np.empty(1)
            places = (array.ctypes.data_as(_NUMBERS) for array in (np.ascontiguousarray(point), gradient, value))
            failed = function(size, *places, data.ctypes.data)
            return -np.inf if failed else float(value[0]), gradient

        return at

    def run(
        self,
        start: Start,
        given: Arguments,
        *,
        seed: int,
        max_treedepth: int = 10,
        store_gradient: bool = False,
        progress: Progress | None = None,
        folder: Path | None = None,
        keep_interrupted: bool = False,
        settled: bool = False,
    ) -> Run:
        """Sample.

        Parameters
        ----------
        start
            Where the chains begin.
        given
            Draws, warm-up, chains, cores and target of the run.
        seed
            Of this run.
        max_treedepth, store_gradient
            As in nutpie.
        progress
            Called now and then with nutpie's list of chain progresses, from another thread.
        folder
            Where to stream the draws to; they are then read from there when they are used.
        keep_interrupted
            Whether Ctrl-C ends the run with the draws so far, and not with KeyboardInterrupt.
        settled
            Whether chains start where the posterior is: the metric then learns from the whole warm-up, of which nutpie
            otherwise forgets the beginning again and again.
        """
        model = dataclasses.replace(self.model, initial_point_func=start, _coords=self._plain_coords())
        settings: dict[str, Any] = {
            "draws": given.draws,
            "chains": given.chains,
            "target_accept": given.target_accept,
            "maxdepth": max_treedepth,
            "store_gradient": store_gradient,
            **({} if given.tune is None else {"tune": given.tune}),
            **({"early_window_switch_freq": _NEVER} if settled else {}),
        }
        width = sum(self.sizes.values()) + (model.n_dim if store_gradient else 0)
        spills = 8 * width * given.chains * (given.draws + (given.tune or 400)) > SPILL
        with _place(folder, temporary=spills and folder is None) as place:
            began = perf_counter()
            trace, complete = _sample(
                model, place, keep_interrupted, cores=given.cores, seed=seed, progress_callback=progress, **settings
            )
            about: dict[str, Any] = {"seconds": perf_counter() - began, "attrs": _attrs(settings)}
            if place is None:
                run = arrow_run(trace.get_arrow_trace(), self.frame, **about)
            else:
                run = streamed_run(place, self.frame, **about)
                run = run if folder is not None else run.loaded()
        if not run.posterior.sizes.get("draw"):
            raise KeyboardInterrupt
        return dataclasses.replace(run, complete=complete)

    def _plain_coords(self) -> dict[str, Any]:
        """Plain numbers: nutpie takes text and some numbers only, and the model's own are put on later."""
        import pandas as pd

        return {name: pd.RangeIndex(len(labels)) for name, labels in self.model.coords.items()}


def compile_model(
    model: Any, frame: Frame, points: Points | None, compile_kwargs: Mapping[str, Any] | None = None
) -> Compiled:
    """Compile a model, the one time that takes seconds; `points` are the shapes of its coordinates, where known."""
    import nutpie

    with known_points(points):
        return Compiled(nutpie.compile_pymc_model(model, **(compile_kwargs or {})), frame)


def _sample(model: Any, folder: Path | None, keep_interrupted: bool, **settings: Any) -> tuple[Any, bool]:
    """The raw trace of nutpie, and whether the run came to its end."""
    import nutpie

    store = None if folder is None else nutpie.zarr_store.LocalStore(str(folder))
    # nutpie may catch Ctrl-C and hand back what it has, which would pass for a whole run.
    with Interruption() as interruption:
        sampler = nutpie.sample(
            model, blocking=False, return_raw_trace=True, progress_bar=False, zarr_store=store, **settings
        )
        try:
            trace = sampler.wait()
        except KeyboardInterrupt:
            trace = sampler.abort()
            if not keep_interrupted:
                raise
            return trace, False
        interruption.check()
    return trace, True


@contextmanager
def _place(folder: Path | None, *, temporary: bool) -> Iterator[Path | None]:
    if not temporary:
        yield folder
        return
    with TemporaryDirectory(prefix="unfunnel-") as made:
        yield Path(made)


def _attrs(settings: Mapping[str, Any]) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "inference_library": "nutpie",
        "inference_library_version": version("nutpie"),
        "inference_library_settings": json.dumps(dict(settings)),
    }
