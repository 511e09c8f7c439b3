"""Evidence by regressing scores on draws (score matching)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from unfunnel.errors import InvalidArgumentError
from unfunnel.evidence.draws import Draws
from unfunnel.evidence.products import both, products, take_out, turn
from unfunnel.evidence.projection import Batches, believed, directions, eigen, in_batches, reliable, symmetric
from unfunnel.parameterization import Evidence

Floats = NDArray[np.float64]

_ROUNDING = 64.0 * float(np.finfo(float).eps)
"""Of sums of an information, relative to the sizes of what is summed."""

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
        Shared parameters B on the unconstrained line; dims (draw, shared), of which the second may be 0.
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
    draws = Draws.of(u, shared, score, shared_score)
    groups, effects = u.shape[1:]
    if draws.left < 1:
        return Evidence.none(groups, effects, shared.shape[1])
    h, H, C = np.zeros((groups, effects)), np.zeros((groups, effects, effects)), np.zeros((groups, effects, draws.rank))
    known, rest = np.zeros((draws.rank, draws.rank)), np.array(shared_score[draws.rows])
    for part in _chunks(groups, draws.count * effects):
        x, y = u[:, part][draws.rows], score[:, part][draws.rows]
        h[part], H[part], C[part], message = _fit_groups(x, y, draws)
        known += message
        rest += x.reshape(len(x), -1) @ draws.in_shared(C[part]).reshape(x[0].size, shared.shape[1])
    D, h_B, lost = _fit_shared(rest, known, draws)
    C = draws.in_shared(C) * ~lost
    return Evidence(h=h + C @ draws.mean, H=H, C=C, D=D, h_B=h_B)


def _fit_groups(u: Floats, score: Floats, draws: Draws) -> tuple[Floats, Floats, Floats, Floats]:
    """Evidence of some groups beside shared parameters of mean zero, with C, and the sum of CᵀH⁺C, in `draws.axes`."""
    u_mean, score_mean = u.mean(axis=0), score.mean(axis=0)
    x, y = u - u_mean, score - score_mean
    whole = np.einsum("nks,nks->ks", x, x)
    x_shared, y_shared = take_out(x, draws.basis), take_out(y, draws.basis)
    axes = directions(products(x, x), whole)
    values, vectors = eigen(-both(axes.into, products(x, y), axes.score))
    axes = axes.turned(vectors)
    x, residual = turn(x, axes.into), turn(y, axes.score)
    residual += values * x
    coupling = -(turn(y_shared, axes.score) + values * turn(x_shared, axes.into))
    noise, coupling_noise = _noise(x, residual, draws)
    share = believed(values, noise, draws.count)
    coupling = coupling * reliable(coupling, coupling_noise) * share
    pull = share * (turn(score_mean[None], axes.score) + values * turn(u_mean[None], axes.into))[0]
    values = values * share
    into = axes.into
    h = np.einsum("ksj,kj->ks", into, pull)
    H = symmetric(np.einsum("ksj,kj,ktj->kst", into, values, into))
    C = np.einsum("ksj,djk->ksd", into, np.swapaxes(coupling, 1, 2))
    root = (coupling / np.sqrt(np.where(values > 0.0, values, np.inf))).reshape(draws.rank, values.size)
    return h, H, C, root @ root.T


def _fit_shared(rest: Floats, known: Floats, draws: Draws) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """D and h_B, from the score that is left of the shared parameters; never less than what the effects tell of them.

    The Schur complement of the effects in the joint information is what is fitted, and clipped. Third are the shared
    parameters whose information is lost to rounding beside that on others: nothing is known of them.
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
    size = np.diagonal(np.abs(into) @ np.abs(information) @ np.abs(into).T)
    lost = np.diagonal(D) <= _ROUNDING * size
    D = np.where(lost[:, None] | lost, 0.0, D)
    return D, np.where(lost, 0.0, into @ (axes @ (axes.T @ pull))), lost


def _noise(x: Floats, residual: Floats, draws: Draws) -> tuple[Floats, Floats]:
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


def _chunks(groups: int, numbers: int) -> Iterator[slice]:
    """Slices of groups with about `CHUNK` numbers, given how many a group has."""
    size = max(1, CHUNK // max(1, numbers))
    return (slice(start, start + size) for start in range(0, groups, size))


def _check(u: Floats, shared: Floats, score: Floats, shared_score: Floats) -> None:
    if u.ndim != 3 or shared.ndim != 2 or len(u) != len(shared):
        raise InvalidArgumentError(
            "fit_evidence: u has dims (draw, group, effect) and shared (draw, shared), with the same draws;"
            f" got {u.shape} and {shared.shape}."
        )
    for name, found, wanted in (("score", score, u), ("shared_score", shared_score, shared)):
        if found.shape != wanted.shape:
            raise InvalidArgumentError(f"fit_evidence: {name} must have shape {wanted.shape}, got {found.shape}.")
