"""Stan's NUTS, through PyStan, on programs written centered and noncentered."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.models.case import CENTERED, NONCENTERED, Case
from benchmarks.peers.clock import Clock
from benchmarks.peers.fit import CHAINS, Effort, Fit, NotAvailableError, Peer
from benchmarks.peers.stan_programs import program
from benchmarks.plain import TARGET_ACCEPT

_BUILT: dict[str, tuple[float, float]] = {}
"""What a program took, by its code; programs are compiled without their data, so that several cases share one."""


def fit(case: Case, seed: int, effort: Effort, *, way: str) -> Fit:
    """Build, which takes g++ once for all seeds, and sample."""
    if (written := program(case)) is None:
        raise NotAvailableError("not written in Stan for this benchmark")
    import stan

    code, data = written.code(way), written.data(case.data(case.data_seed))
    before = built(code, data)
    with _quiet():
        model = stan.build(code, data=data, random_seed=seed)
        clock = Clock()
        # PyStan keeps fits by their seed, but in a place that this process made for itself.
        found = model.sample(num_chains=CHAINS, save_warmup=True, delta=TARGET_ACCEPT, **_lengths(effort))
    return as_fit(found, case, effort.draws, clock.processor, before)


def built(code: str, data: Mapping[str, Any]) -> tuple[float, float]:
    """Wall and processor seconds of building a program, the first time in an empty cache."""
    if code not in _BUILT:
        import stan

        _settle()
        clock = Clock()
        with _quiet():
            stan.build(code, data=dict(data))
        _BUILT[code] = (clock.wall, clock.processor)
    return _BUILT[code]


@cache
def _settle() -> str:
    """An empty place for programs and fits, both of which httpstan keeps; and no warnings of Stan's own headers."""
    os.environ["XDG_CACHE_HOME"] = place = tempfile.mkdtemp()
    os.environ["CFLAGS"] = "-w"
    return place


def as_fit(found: Any, case: Case, draws: int, sampling: float, before: tuple[float, float]) -> Fit:
    """Of PyStan's draws, dims (..., iteration and chain), the last of every chain are no warm-up."""
    import xarray as xr

    def of(name: str) -> Any:
        flat = np.asarray(found[name])
        return np.moveaxis(flat.reshape(*flat.shape[:-1], -1, CHAINS), (-1, -2), (0, 1))

    arrays = {name: _squeezed(of(name)[:, -draws:]) for name in case.lines}
    steps = of("n_leapfrog__")
    return Fit(
        xr.Dataset({n: (("chain", "draw", *(f"{n}_{k}" for k in range(a.ndim - 2))), a) for n, a in arrays.items()}),
        divergences=int(of("divergent__")[:, -draws:].sum()),
        gradients={"warm-up": int(steps[:, :-draws].sum()), "draws": int(steps[:, -draws:].sum())},
        sampling=sampling,
        before=before,
    )


def _squeezed(array: Any) -> Any:
    """A number comes with a dim of one."""
    return array[..., 0] if array.ndim == 3 and array.shape[-1] == 1 else array


def _lengths(effort: Effort) -> dict[str, int]:
    return {"num_samples": effort.draws} | ({} if effort.tune is None else {"num_warmup": effort.tune})


@contextmanager
def _quiet() -> Iterator[None]:
    """PyStan talks while it works, and leaves objects of 30 MB where it is called from."""
    with (
        chdir(_settle()),
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stderr(nowhere),
        redirect_stdout(nowhere),
    ):
        yield


PEERS = tuple(
    Peer(
        f"stan-{way}",
        f"Stan, {way}",
        f"PyStan's `build` and `sample` of a program written {way}"
        + (" (with `offset` and `multiplier`)." if way == NONCENTERED else "."),
        ("pystan", "httpstan"),
        partial(fit, way=way),
    )
    for way in (CENTERED, NONCENTERED)
)
