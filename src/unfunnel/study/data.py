"""Simulated observations of individuals drawn from one population, as the case study makes them."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from unfunnel.errors import InvalidArgumentError

MU = 4.5
TAU = 3.5


class GeneratedData(TypedDict):
    """What :func:`generate_data` returns; arrays are in the unit of the observations."""

    N: int
    K: int
    sigma: float
    mu: float
    tau: float
    theta: NDArray[np.float64]
    idx: NDArray[np.intp]
    y: NDArray[np.float64]


def generate_data(
    N: int, K: int, indiv_idx: ArrayLike, sigma: float, seed: int | np.random.RandomState | None = None
) -> GeneratedData:
    """Draw K individuals from Normal(4.5, 3.5), then N observations of them with noise `sigma`.

    Parameters
    ----------
    N
        Number of observations, at least 1.
    K
        Number of individuals.
    indiv_idx
        Dim (observation,): which individual, 0 to K - 1, each observation is of.
    sigma
        Standard deviation of an observation around its individual, not negative.
    seed
        Seed of NumPy's legacy generator, in which the case study's printed numbers were drawn. None draws from
        NumPy's global state, so that a ``np.random.seed(1234)`` before the call counts, as in the notebook.

    Returns
    -------
    GeneratedData
        A dict with N, K, sigma, mu, tau, theta (individual,), idx (observation,) and y (observation,).

    Raises
    ------
    InvalidArgumentError
        If N is below 1, K or sigma is negative, N disagrees with `indiv_idx`, or an index is out of range.

    Examples
    --------
    >>> from unfunnel.study import generate_data
    >>> generate_data(N=2, K=2, indiv_idx=[0, 1], sigma=0.1, seed=1234)["theta"].round(2).tolist()
    [6.15, 0.33]

    References
    ----------
    Betancourt, M. (2020), Hierarchical Modeling, section 3: the data generating program.
    """
    _at_least("N", N, 1)
    _at_least("K", K, 0)
    index = _indices(indiv_idx, N, K)
    if not np.isfinite(sigma) or sigma < 0:
        raise InvalidArgumentError(f"generate_data: sigma must be a finite number of at least 0, got {sigma!r}.")
    # The legacy module functions and a RandomState share one interface, and only they reproduce the notebook.
    generator: Any = np.random if seed is None else _legacy(seed)
    theta = generator.normal(MU, TAU, size=K)
    y = generator.normal(theta[index], sigma)
    return {"N": int(N), "K": int(K), "sigma": sigma, "mu": MU, "tau": TAU, "theta": theta, "idx": index, "y": y}


def _legacy(seed: int | np.random.RandomState) -> np.random.RandomState:
    return seed if isinstance(seed, np.random.RandomState) else np.random.RandomState(seed)


def _at_least(name: str, value: Any, lowest: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < lowest:
        raise InvalidArgumentError(f"generate_data: {name} must be an integer of at least {lowest}, got {value!r}.")


def _indices(indiv_idx: ArrayLike, N: int, K: int) -> NDArray[np.intp]:
    index = np.asarray(indiv_idx)
    if index.ndim != 1 or (index.size and not np.issubdtype(index.dtype, np.integer)):
        raise InvalidArgumentError(
            f"generate_data: indiv_idx must be a flat list of integers, got {index.ndim} dimension(s) of {index.dtype}."
        )
    if len(index) != N:
        raise InvalidArgumentError(
            f"generate_data: N is {N} but indiv_idx has {len(index)} entries; give one individual per observation."
        )
    outside = np.flatnonzero((index < 0) | (index >= K))
    if outside.size:
        first = outside[0]
        allowed = f"0 to {K - 1}" if K else "no index at all, because K is 0"
        raise InvalidArgumentError(
            f"generate_data: indiv_idx[{first}] is {index[first]}, outside the range of K={K} individuals;"
            f" allowed is {allowed}."
        )
    return index.astype(np.intp)
