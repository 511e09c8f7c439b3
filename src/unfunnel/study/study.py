"""The whole study: regime after regime, each written when it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.output import output_folder, whole_folder, write_text
from unfunnel.sampling.interrupt import Interruption
from unfunnel.study.case import Case
from unfunnel.study.runner import CHAINS, STAGES, fit_regime
from unfunnel.study.section import Section, make_section
from unfunnel.study.stamp import make_stamp

STEPS = (*STAGES, "figures", "writing")
FEWEST_DRAWS = 10
Progress = Callable[[str, str, int, int], None]


@dataclass(frozen=True)
class Study:
    """What a study produced.

    Parameters
    ----------
    summary
        As in `summary.json`.
    finished, unfinished
        Names of regimes; `unfinished` is empty unless the study was interrupted.
    good
        True if no informed fit is flagged by its own diagnostics.
    """

    folder: Path
    summary: dict[str, Any]
    finished: tuple[str, ...]
    unfinished: tuple[str, ...]
    good: bool


def run(
    regimes: Sequence[Case],
    out: str | Path,
    *,
    seed: int = 1,
    draws: int = 1000,
    progress: Progress | None = None,
) -> Study:
    """Fit the regimes and write figures, draws, page and summary.

    Each regime appears in `out` when it is done, and never half-written. Ctrl-C ends the study and keeps what is
    done.

    Parameters
    ----------
    regimes
        What to study, e.g. from :func:`~unfunnel.study.find_regimes` or :func:`~unfunnel.study.read_table`.
    out
        Folder for `index.html`, `summary.json`, `figures/<regime>/` and `draws/<regime>/`.
    seed
        Seed of all sampling. The simulated data have seeds of their own.
    draws
        Draws per chain, at least 10; four chains.
    progress
        Called as ``progress(regime, step, done, total)`` when a step begins.

    Returns
    -------
    Study

    Raises
    ------
    InvalidArgumentError
        If there is no regime, two have one name, or `draws` or `seed` is too small.
    OutputError
        If `out` cannot be written to; found out before any work is done.
    """
    names = [regime.name for regime in regimes]
    if not names or len(set(names)) < len(names):
        raise InvalidArgumentError(f"run: regimes must be one or more with different names, got {names}.")
    if draws < FEWEST_DRAWS:
        raise InvalidArgumentError(f"draws must be at least {FEWEST_DRAWS} per chain, got {draws}.")
    if seed < 0:
        raise InvalidArgumentError(f"seed must not be negative, got {seed}.")
    stamp = make_stamp(seed=seed, draws=draws, chains=CHAINS)
    sections: list[Section] = []
    with output_folder(out) as folder, Interruption() as interruption:
        try:
            for place, regime in enumerate(regimes):
                step = _Steps(regime.name, place, len(names), progress, interruption)
                sections.append(_one(regime, folder, draws=draws, seed=seed, step=step))
                _write_page(folder, sections, stamp)
        except BaseException:
            # A sampler that is stopped may raise errors of its own.
            if not interruption.requested:
                raise
            if sections:
                _write_page(folder, sections, stamp, names[len(sections) :])
    return _study(folder, sections, stamp, names)


class _Steps:
    """Turns the steps of one regime into the progress of the whole study."""

    def __init__(
        self, regime: str, place: int, regimes: int, progress: Progress | None, interruption: Interruption
    ) -> None:
        self._regime, self._progress, self._interruption = regime, progress, interruption
        self._done, self._total = place * len(STEPS), regimes * len(STEPS)

    def __call__(self, step: str) -> None:
        self._interruption.check()
        if self._progress is not None:
            self._progress(self._regime, step, self._done + STEPS.index(step), self._total)


def _one(regime: Case, folder: Path, *, draws: int, seed: int, step: _Steps) -> Section:
    from unfunnel.study.figures import draw_figures

    result = fit_regime(regime, draws=draws, seed=seed, stage=step)
    step("figures")
    section = make_section(result, draw_figures(result))
    step("writing")
    with (
        whole_folder(folder / "figures" / regime.name) as figures,
        whole_folder(folder / "draws" / regime.name) as stored,
    ):
        for exhibit in section.exhibits:
            for picture in exhibit.pictures:
                (figures / f"{picture.file}.png").write_bytes(picture.png)
        for name, dt in result.trees.items():
            dt.to_zarr(stored / f"{name}.zarr", mode="w", consolidated=False)
    return section


def _write_page(folder: Path, sections: Sequence[Section], stamp: Any, unfinished: Sequence[str] = ()) -> None:
    from unfunnel.study.page import as_text, render, summary

    write_text(folder / "index.html", render(sections, stamp, unfinished))
    write_text(folder / "summary.json", as_text(summary(sections, stamp)))


def _study(folder: Path, sections: Sequence[Section], stamp: Any, names: Sequence[str]) -> Study:
    from unfunnel.study.page import summary

    return Study(
        folder=folder,
        summary=summary(sections, stamp),
        finished=tuple(names[: len(sections)]),
        unfinished=tuple(names[len(sections) :]),
        good=all(section.good for section in sections),
    )
