"""Evidence by regressing scores on draws (score matching)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.evidence.projection import (
    Batches,
    Directions,
    believed,
    directions,
    eigen,
    in_batches,
    reliable,
    symmetric,
    variance,
)
from unfunnel.parameterization import Evidence

Floats = NDArray[np.float64]
Rows = slice | NDArray[np.intp]

LARGEST = 1e70
"""A draw with a number beyond this is left out as one that is not finite: squares of products would overflow."""

CHUNK = 2**16
"""Numbers in a temporary array: half a megabyte, so that the passes over some groups stay in the processor's cache."""


def fit_evidence(u: Floats, shared: Floats, score: Floats, shared_score: Floats) -> Evidence:
    """Evidence by least squares of likelihood scores on draws, of every group and of the shared parameters.

    The fit of ``score_k = h_k - H_k u_k - C_k B`` minimises the Fisher divergence of the linear-Gaussian stand-in from
    the likelihood over the draws. Of a normal likelihood a handful of draws gives it exactly. Else each direction of
    each group is believed as far as its standard error allows, so that groups whose data say next to nothing have no
    evidence rather than a noisy one. With fewer than four draws per regressor, only the widest directions of the
    shared parameters are used.

    Parameters
    ----------
    u
        Effects on the unconstrained line; dims (draw, group, effect).
    shared
        Shared parameters B on the unconstrained line; dims (draw, shared); none have width 0.
    score
        Score of the likelihood in the effects, per unit of the effect; dims (draw, group, effect).
    shared_score
        Score of the likelihood in B while the effects stay; dims (draw, shared).

    Returns
    -------
    Evidence
        Draws that hold a number that is not finite are left out. Too few draws that differ say nothing: all zero.

    Raises
    ------
    InvalidArgumentError
        If the shapes do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from unfunnel.evidence.regression import fit_evidence
    >>> u, none = np.random.default_rng(1).normal(size=(20, 3, 1)), np.zeros((20, 0))
    >>> fit_evidence(u, none, 4.0 * (2.0 - u), none).H.ravel().round(6)
    array([4., 4., 4.])

    References
    ----------
    Hyvärinen, A. (2005), Estimation of non-normalized statistical models by score matching.
    """
    _check(u, shared, score, shared_score)
    draws = _Draws.of(u, shared, score, shared_score)
    groups, effects = u.shape[1:]
    if draws.left < 1:
        return _none(groups, effects, shared.shape[1])
    h, H, C = np.zeros((groups, effects)), np.zeros((groups, effects, effects)), np.zeros((groups, effects, draws.rank))
    known, rest = np.zeros((draws.rank, draws.rank)), np.array(shared_score[draws.rows])
    for part in _chunks(groups, draws.count * effects):
        x, y = u[:, part][draws.rows], score[:, part][draws.rows]
        h[part], H[part], C[part], message = _fit_groups(x, y, draws)
        known += message
        rest += x.reshape(len(x), -1) @ _in_shared(C[part], draws).reshape(x[0].size, shared.shape[1])
    D, h_B = _fit_shared(rest, known, draws)
    C = _in_shared(C, draws)
    return Evidence(h=h + C @ draws.mean, H=H, C=C, D=D, h_B=h_B)


@dataclass(frozen=True)
class _Draws:
    """What the regressions of all groups have in common.

    `basis` are the shared parameters, centred, in the orthonormal directions `axes`; dims (draw, direction).
    """

    rows: Rows
    count: int
    distinct: int
    left: int
    mean: Floats
    basis: Floats
    axes: Directions

    @property
    def rank(self) -> int:
        return len(self.basis.T)

    def variance(self, sums: Batches) -> Floats:
        kept = self.count - self.count // len(sums.e)
        return variance(sums, kept, self.distinct, self.left)

    @classmethod
    def of(cls, u: Floats, shared: Floats, score: Floats, shared_score: Floats) -> _Draws:
        finite = np.ones(len(u), dtype=bool)
        for values in (u, shared, score, shared_score):
            finite &= _finite_rows(values)
        rows: Rows = slice(None) if finite.all() else np.flatnonzero(finite)
        count, effects, width = int(finite.sum()), u.shape[2], shared.shape[1]
        # Draws that differ do so everywhere, so a few effects tell.
        distinct = _distinct(u[:, :8][rows], shared[rows])
        most = width if distinct >= 4 * (effects + width) else min(width, max(0, distinct // 4 - effects))
        mean = shared[rows].mean(axis=0) if count else np.zeros(width)
        centred = shared[rows] - mean
        squares = (centred.T @ centred)[None]
        axes = directions(squares, np.diagonal(squares, axis1=1, axis2=2), most)
        left = distinct - 1 - effects - most
        return cls(rows, count, distinct, left, mean, centred @ axes.into[0], axes)


def _fit_groups(u: Floats, score: Floats, draws: _Draws) -> tuple[Floats, Floats, Floats, Floats]:
    """Evidence of some groups beside shared parameters of mean zero, with C, and the sum of CᵀH⁺C, in `draws.axes`."""
    u_mean, score_mean = u.mean(axis=0), score.mean(axis=0)
    x, y = u - u_mean, score - score_mean
    whole = np.einsum("nks,nks->ks", x, x)
    x_shared, y_shared = _take_out(x, draws.basis), _take_out(y, draws.basis)
    axes = directions(_products(x, x), whole)
    values, vectors = eigen(-_both(axes.into, _products(x, y), axes.score))
    axes = axes.turned(vectors)
    x, residual = _turn(x, axes.into), _turn(y, axes.score)
    residual += values * x
    coupling = -(_turn(y_shared, axes.score) + values * _turn(x_shared, axes.into))
    noise, coupling_noise = _noise(x, residual, draws)
    share = believed(values, noise, draws.count)
    coupling = coupling * reliable(coupling, coupling_noise) * share
    pull = share * (_turn(score_mean[None], axes.score) + values * _turn(u_mean[None], axes.into))[0]
    values = values * share
    into = axes.into
    h = np.einsum("ksj,kj->ks", into, pull)
    H = symmetric(np.einsum("ksj,kj,ktj->kst", into, values, into))
    C = np.einsum("ksj,djk->ksd", into, np.swapaxes(coupling, 1, 2))
    root = (coupling / np.sqrt(np.where(values > 0.0, values, np.inf))).reshape(draws.rank, values.size)
    return h, H, C, root @ root.T


def _fit_shared(rest: Floats, known: Floats, draws: _Draws) -> tuple[Floats, Floats]:
    """D and h_B, from the score that is left of the shared parameters; never less than what the effects tell of them.

    The Schur complement of the effects in the joint information is what is fitted, and clipped.
    """
    into, rest_mean = draws.axes.into[0], rest.mean(axis=0)
    y = (rest - rest_mean) @ draws.axes.score[0] + draws.basis @ known
    values, vectors = eigen(-(draws.basis.T @ y)[None])
    vectors = vectors[0]
    x, residual = draws.basis @ vectors, y @ vectors
    residual = residual + values * x
    noise = draws.variance(Batches(*(in_batches(part).sum(axis=1) for part in (x, residual, x * x, x * residual))))
    values = values[0] * believed(values[0], noise, draws.count)
    information = known + (vectors * values) @ vectors.T
    D = symmetric(into @ information @ into.T)
    sizes, axes = np.linalg.eigh(information)
    axes = axes[:, sizes > 1e-12 * max(sizes.max(initial=0.0), 0.0)]
    pull = draws.axes.score[0].T @ (rest_mean + D @ draws.mean)
    return D, into @ (axes @ (axes.T @ pull))


def _noise(x: Floats, residual: Floats, draws: _Draws) -> tuple[Floats, Floats]:
    """Variances of the slopes in the effects, (group, direction), and in the shared axes, (axis, group, direction)."""
    parts, errors, basis = in_batches(x), in_batches(residual), in_batches(draws.basis)
    error = errors.sum(axis=1)
    products, squares = np.einsum("bnks,bnks->bks", parts, errors), np.einsum("bnks,bnks->bks", parts, parts)
    sums = Batches(x=parts.sum(axis=1), e=error, xx=squares, xe=products)
    flat = np.swapaxes(basis, 1, 2) @ errors.reshape(*errors.shape[:2], x[0].size)
    shared = Batches(
        x=basis.sum(axis=1)[:, :, None],
        e=error.reshape(len(error), 1, x[0].size),
        xx=np.square(basis).sum(axis=1)[:, :, None],
        xe=flat,
    )
    return draws.variance(sums), draws.variance(shared).reshape(draws.rank, *x.shape[1:])


def _take_out(x: Floats, basis: Floats) -> Floats:
    """Take the shared parameters out of x, in place; the slopes on them, dims (axis, group, effect)."""
    flat = x.reshape(len(x), -1)
    slopes = basis.T @ flat
    if slopes.size:
        flat -= basis @ slopes
    return slopes.reshape(len(slopes), *x.shape[1:])


def _turn(x: Floats, axes: Floats) -> Floats:
    """From effects to directions; x has dims (..., group, effect)."""
    turned = x[..., :1] * axes[:, 0]
    for effect in range(1, x.shape[-1]):
        turned += x[..., effect : effect + 1] * axes[:, effect]
    return turned


def _products(x: Floats, y: Floats) -> Floats:
    """Sums over draws of every effect's x with every effect's y; dims (group, effect, effect)."""
    groups, effects = x.shape[1:]
    pairs = np.empty((groups, effects, effects))
    for first, second in np.ndindex(effects, effects):
        np.einsum("nk,nk->k", x[..., first], y[..., second], out=pairs[:, first, second])
    return pairs


def _both(left: Floats, matrices: Floats, right: Floats) -> Floats:
    product: Floats = np.swapaxes(left, 1, 2) @ matrices @ right
    return product


def _in_shared(C: Floats, draws: _Draws) -> Floats:
    """From the axes of the shared parameters to themselves; last dimension."""
    turned: Floats = C @ draws.axes.into[0].T
    return turned


def _chunks(groups: int, numbers: int) -> Iterator[slice]:
    """Slices of groups with about `CHUNK` numbers, given how many a group has."""
    size = max(1, CHUNK // max(1, numbers))
    return (slice(start, start + size) for start in range(0, groups, size))


def _finite_rows(x: Floats) -> NDArray[np.bool_]:
    """Whether all of a draw is finite, and small enough to be squared twice."""
    rest = tuple(range(1, x.ndim))
    finite: NDArray[np.bool_] = (x.max(axis=rest, initial=0.0) < LARGEST) & (x.min(axis=rest, initial=0.0) > -LARGEST)
    return finite


def _distinct(u: Floats, shared: Floats) -> int:
    """How many draws differ: a rejected proposal repeats the draw before it."""
    if len(u) == 0:
        return 0
    return len(np.unique(np.concatenate([u.reshape(len(u), u[0].size), shared], axis=1), axis=0))


def _none(groups: int, effects: int, shared: int) -> Evidence:
    return Evidence(
        h=np.zeros((groups, effects)),
        H=np.zeros((groups, effects, effects)),
        C=np.zeros((groups, effects, shared)),
        D=np.zeros((shared, shared)),
        h_B=np.zeros(shared),
    )


def _check(u: Floats, shared: Floats, score: Floats, shared_score: Floats) -> None:
    if u.ndim != 3 or shared.ndim != 2 or len(u) != len(shared):
        raise InvalidArgumentError(
            "fit_evidence: u has dims (draw, group, effect) and shared (draw, shared), with the same draws;"
            f" got {u.shape} and {shared.shape}."
        )
    for name, found, wanted in (("score", score, u), ("shared_score", shared_score, shared)):
        if found.shape != wanted.shape:
            raise InvalidArgumentError(f"fit_evidence: {name} must have shape {wanted.shape}, got {found.shape}.")
