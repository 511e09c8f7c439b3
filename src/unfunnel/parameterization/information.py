"""Whether the matrices of evidence are an information: symmetric, and negative in no direction."""

from __future__ import annotations

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization.arrays import Floats

_ROUNDING = 1e-9
"""Of the largest element of a matrix."""

_JOINT_ROUNDING = 1e-6
"""Of the sums whose difference the joint information is. Evidence that is fitted comes from orthonormal directions of
the shared parameters to themselves, which where they are nearly collinear costs half of the digits."""

_NOTHING = 1e-12
"""Share of the largest information on a group's effects below which that on another direction is rounding."""


def check_information(name: str, matrices: Floats) -> None:
    """Refuse a matrix that is not symmetric, or not positive semidefinite, beyond the rounding of its own size.

    Raises
    ------
    InvalidArgumentError
        If it is such a one.
    """
    rounding = _ROUNDING * np.abs(matrices).max(initial=0.0)
    if np.abs(matrices - np.swapaxes(matrices, -1, -2)).max(initial=0.0) > rounding:
        raise InvalidArgumentError(f"Evidence: {name} is an information and must be symmetric; it is not.")
    lowest = np.linalg.eigvalsh(matrices).min(initial=0.0)
    if lowest < -rounding:
        raise InvalidArgumentError(
            f"Evidence: {name} is an information and must not be negative, got an eigenvalue of {lowest:g}."
        )


def check_joint(H: Floats, C: Floats, D: Floats) -> None:
    """Refuse evidence that is negative in some direction of effects and shared parameters together.

    What is left on the shared parameters once the effects are eliminated, ``D - Σ_k C_kᵀ H_k⁻¹ C_k``, must not be
    negative in units in which the shared parameters are of one size.

    Parameters
    ----------
    H, C, D
        As in :class:`unfunnel.Evidence`; H and D are informations.

    Raises
    ------
    InvalidArgumentError
        If it is negative beyond rounding.
    """
    coupled = np.flatnonzero(C.any(axis=(1, 2)))
    if not coupled.size:
        return
    values, vectors = np.linalg.eigh(H[coupled])
    least = np.maximum(_NOTHING * values.max(axis=1, keepdims=True), np.finfo(float).tiny)
    turned = np.swapaxes(vectors, 1, 2) @ C[coupled]
    root = (turned / np.sqrt(np.maximum(values, least))[:, :, None]).reshape(-1, len(D))
    explained = root.T @ root
    size = np.sqrt(np.diagonal(D).clip(min=0.0) + np.diagonal(explained))
    size = np.where(size > 0.0, size, 1.0)
    lowest, *_ = np.linalg.eigvalsh((D - explained) / size / size[:, None])
    if lowest < -_JOINT_ROUNDING:
        worst = int(np.argmin(np.diagonal(D) - np.diagonal(explained)))
        raise InvalidArgumentError(
            "Evidence: H, C and D together are an information and must not be negative, but D - Σ C'H⁻¹C has an"
            f" eigenvalue of {lowest:.2g} (in units of D + Σ C'H⁻¹C); of shared parameter {worst}, D is"
            f" {D[worst, worst]:.3g} and Σ C'H⁻¹C is {explained[worst, worst]:.3g}. Raise D by what the effects tell"
            " of it, or give C of the groups whose H is known."
        )
