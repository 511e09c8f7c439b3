"""The pictures of a report: which there are for a fit, with words on what to see."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from unfunnel.diagnosis import Diagnosis
from unfunnel.plots.centering import plot_centering
from unfunnel.plots.effort import plot_effort
from unfunnel.plots.funnel import plot_funnel
from unfunnel.plots.learned import information_of
from unfunnel.plots.scale import plot_scale
from unfunnel.plots.shrinkage import plot_shrinkage
from unfunnel.reporting.picture import Picture, encode

DPI = 110
_PAIRS = 6
"""Effects that are drawn; those of which most is wrong come first."""


@dataclass(frozen=True)
class Exhibit:
    """A heading, words, and pictures."""

    key: str
    title: str
    words: str
    pictures: tuple[Picture, ...]


def exhibits(dt: Any, diagnosis: Diagnosis) -> tuple[Exhibit, ...]:
    """Every picture that the fit has what it takes for, on white paper whatever the caller's style is."""
    from matplotlib import rc_context, rcdefaults

    pairs = _pairs(dt, diagnosis)
    with rc_context(), warnings.catch_warnings():
        rcdefaults()
        # A name in letters that the font lacks is drawn in boxes, which the page says; its tables have the name.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
        found = [
            Exhibit("funnels", "Effects against their scales", _FUNNELS, tuple(_each(pairs, partial(_funnel, dt)))),
            Exhibit(
                "centering",
                "Who leans on the population",
                _CENTERING,
                tuple(_each(pairs, partial(_centering, dt, diagnosis))),
            ),
            Exhibit("shrinkage", "Partial pooling", _SHRINKAGE, tuple(_each(pairs, partial(_shrinkage, dt)))),
            Exhibit("scales", "Scales", _SCALES, tuple(_each(_scales(pairs), partial(_scale, dt)))),
            Exhibit("effort", "What it cost", _EFFORT, tuple(_effort(dt, diagnosis))),
            Exhibit("predictive", "Predictive check", _PREDICTIVE, tuple(_predictive(dt))),
        ]
    return tuple(exhibit for exhibit in found if exhibit.pictures)


def boxed(dt: Any) -> bool:
    """Whether a label is in letters that the font of the pictures lacks."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    letters = set(get_font(findfont(FontProperties(family="DejaVu Sans"))).get_charmap())
    names = [str(name) for name in dt["posterior"].data_vars]
    labels = [str(label) for dim in dt["posterior"].coords.values() for label in dim.values.ravel()]
    return any(ord(letter) not in letters for text in (*names, *labels) for letter in text if letter.isprintable())


_FUNNELS = (
    "Every panel is one group: its effect against the logarithm of the scale, the groups that are most of a"
    " funnel first. A cloud that narrows towards the bottom is a funnel; divergent draws that crowd there are"
    " places that the sampler could not follow."
)
_CENTERING = (
    "The weight of a group is the share of its estimate that its own data decide. Near 0 noncentered coordinates are"
    " right, near 1 centered ones; informed coordinates take each group as it is."
)
_SHRINKAGE = (
    "The hierarchy draws each group from its own estimate (hollow) towards the population, the more the less its own"
    " data say."
)
_SCALES = "The logarithm of a scale after the data, and before them where the fit holds prior draws."
_EFFORT = "Every leapfrog step is one gradient. Small steps, and many of them for a draw, are what a funnel costs."
_PREDICTIVE = "Data drawn from the fit beside the data that were observed."

Pair = tuple[str, str, str]
"""Names of an effect, of its location (empty where it is not one variable) and of its scale."""


def _pairs(dt: Any, diagnosis: Diagnosis) -> list[Pair]:
    posterior = dt["posterior"]
    severity: dict[Pair, float] = {}
    for finding in diagnosis.findings:
        pair = (finding.variable, finding.location, finding.scale)
        if finding.variable in posterior and finding.scale in posterior and finding.variable != finding.scale:
            severity[pair] = max(severity.get(pair, 0.0), finding.severity)
    fitting = [pair for pair in severity if _drawable(posterior, pair)]
    return sorted(fitting, key=lambda pair: -severity[pair])[:_PAIRS]


def _drawable(posterior: Any, pair: Pair) -> bool:
    effect, scale = posterior[pair[0]], posterior[pair[2]]
    return set(scale.dims) <= set(effect.dims) and effect.ndim > 2 and bool((scale > 0).all())


def _scales(pairs: list[Pair]) -> list[Pair]:
    """One pair for each scale."""
    return list({pair[2]: pair for pair in reversed(pairs)}.values())[::-1]


def _each(pairs: list[Pair], draw: Callable[[Pair], Picture | None]) -> Iterator[Picture]:
    for pair in pairs:
        picture = draw(pair)
        if picture is not None:
            yield picture


def _picture(plots: Any, file: str, alt: str) -> Picture:
    from matplotlib import pyplot

    figure = plots.get_viz("figure")
    pyplot.close(figure)
    return Picture(file, encode(figure, DPI), alt)


def _funnel(dt: Any, pair: Pair) -> Picture:
    effect, location, scale = pair
    known = location if location in dt["posterior"] and _beside(dt, location, effect) else None
    plots = plot_funnel(dt, effect, scale, location=known, backend="matplotlib")
    shown = plots.viz["plot"].size
    alt = f"Scatter plots of {effect} against log {scale} for {shown} of {_count(dt, effect)} groups."
    return _picture(plots, f"funnel_{effect}", alt)


def _beside(dt: Any, location: str, effect: str) -> bool:
    return set(dt["posterior"][location].dims) <= set(dt["posterior"][effect].dims)


def _centering(dt: Any, diagnosis: Diagnosis, pair: Pair) -> Picture | None:
    effect, _, scale = pair
    shape = dt["posterior"][effect].shape[2:]
    weight, information = (_numbers(diagnosis, pair, what, shape) for what in ("weight", "information"))
    if weight is None or information is None:
        return None
    plots = plot_centering(dt, effect, scale, weight=weight, precision=information, backend="matplotlib")
    alt = (
        f"Centering weights of {weight.size} groups of {effect} against the information of their data, from"
        f" {weight.min():.2f} to {weight.max():.2f}."
    )
    return _picture(plots, f"centering_{effect}", alt)


def _shrinkage(dt: Any, pair: Pair) -> Picture | None:
    effect = pair[0]
    known = information_of(dt, effect)
    if known is None or known.estimate is None or not np.isfinite(known.estimate).any():
        return None
    plots = plot_shrinkage(dt, effect, backend="matplotlib")
    alt = f"Estimates of groups of {effect}: from their own data alone, and in the hierarchy with 89 % intervals."
    return _picture(plots, f"shrinkage_{effect}", alt)


def _scale(dt: Any, pair: Pair) -> Picture | None:
    array = dt["posterior"][pair[2]]
    if array.ndim > 2 and np.prod(array.shape[2:]) > 9:
        return None
    plots = plot_scale(dt, pair[2], backend="matplotlib")
    middle = float(np.median(array))
    return _picture(plots, f"scale_{pair[2]}", f"Density of log {pair[2]}; the median of {pair[2]} is {middle:.3g}.")


def _effort(dt: Any, diagnosis: Diagnosis) -> Iterator[Picture]:
    from unfunnel.diagnosis.statistics import normalised

    stats = normalised(dt)
    if "sample_stats" in stats.children and {"n_steps", "step_size"} <= set(stats["sample_stats"].data_vars):
        alt = f"Leapfrog steps of all draws, {diagnosis.gradients} in all, and the step size of every chain."
        yield _picture(plot_effort(stats, backend="matplotlib"), "effort", alt)


def _predictive(dt: Any) -> Iterator[Picture]:
    if not {"posterior_predictive", "observed_data"} <= set(dt.children):
        return

    drawing: Any = import_module("arviz_plots")
    plots = drawing.plot_ppc_dist(dt, backend="matplotlib")
    names = ", ".join(map(str, dt["posterior_predictive"].data_vars))
    yield _picture(plots, "predictive", f"Densities of {names} drawn from the posterior, beside the observed data.")


def _numbers(diagnosis: Diagnosis, pair: Pair, what: str, shape: tuple[int, ...]) -> Any:
    """A number of every element of an effect, from its findings; None unless every element has one."""
    found = [getattr(f, what) for f in diagnosis.of(pair[0]) if f.scale == pair[2]]
    array = np.asarray(found, dtype=np.float64)
    return array.reshape(shape) if array.size == np.prod(shape) and np.isfinite(array).all() else None


def _count(dt: Any, effect: str) -> int:
    return int(np.prod(dt["posterior"][effect].shape[2:]))
