"""The parameterizations that are fixed before sampling: centered, noncentered, mixed and partial."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization.arrays import Flags, Floats, array, frozen, of_shape, real, same


@dataclass(frozen=True, eq=False)
class Parameterization:
    """Base of the five parameterizations; two are equal when they are of one kind and hold equal arrays."""

    name: ClassVar[str]

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    __hash__ = None  # type: ignore[assignment]

    def broadcast(self, shape: tuple[int, ...], variable: str) -> Floats:
        """Centeredness of every element, broadcast to the shape of the effect.

        Parameters
        ----------
        shape
            Shape of the effect.
        variable
            Name of the effect, for the error message.

        Returns
        -------
        ndarray
            1 where an element is centered, 0 where it is noncentered.

        Raises
        ------
        InvalidArgumentError
            If this parameterization was given for an effect of another shape, or has no centeredness.
        """
        raise InvalidArgumentError(
            f"{type(self).__name__} has no centeredness; {variable!r} can take Centered, NonCentered, Mixed or Partial."
        )


@dataclass(frozen=True, eq=False)
class Centered(Parameterization):
    """Explore the effect itself; right where each group is richly observed.

    Examples
    --------
    >>> import unfunnel as uf
    >>> uf.Centered().name
    'centered'

    References
    ----------
    Betancourt, M. and Girolami, M. (2015), Hamiltonian Monte Carlo for hierarchical models.
    """

    name: ClassVar[str] = "centered"

    def broadcast(self, shape: tuple[int, ...], variable: str) -> Floats:
        """One for every element."""
        return np.ones(shape)


@dataclass(frozen=True, eq=False)
class NonCentered(Parameterization):
    """Explore ``(u - location) / scale``; right where each group is sparsely observed.

    Examples
    --------
    >>> import unfunnel as uf
    >>> uf.NonCentered().name
    'noncentered'

    References
    ----------
    Papaspiliopoulos, O., Roberts, G. and Sköld, M. (2007), A general framework for the parametrization of
    hierarchical models.
    """

    name: ClassVar[str] = "noncentered"

    def broadcast(self, shape: tuple[int, ...], variable: str) -> Floats:
        """Zero for every element."""
        return np.zeros(shape)


@dataclass(frozen=True, eq=False)
class Mixed(Parameterization):
    """Centered for some elements of the effect, noncentered for the others.

    Parameters
    ----------
    centered
        Boolean, with the dims of the effect: True where an element is explored centered.

    Examples
    --------
    >>> import unfunnel as uf
    >>> uf.Mixed.by_count([10, 5, 1000], threshold=25).centered.tolist()
    [False, False, True]

    References
    ----------
    Betancourt, M. (2020), Hierarchical Modeling, section 4.2.3.
    """

    centered: Flags
    name: ClassVar[str] = "mixed"

    def __post_init__(self) -> None:
        mask = array("Mixed", "centered", self.centered)
        if mask.dtype != np.bool_:
            raise InvalidArgumentError(
                f"Mixed: centered must hold booleans, got values of type {mask.dtype}; write e.g. `counts > 25`."
            )
        object.__setattr__(self, "centered", frozen(mask))

    @classmethod
    def by_count(cls, counts: ArrayLike, threshold: float = 25) -> Mixed:
        """Centered where a group has more than `threshold` observations: the case study's rule of thumb.

        Parameters
        ----------
        counts
            Observations per group, with the dims of the effect.
        threshold
            Groups with more observations than this are centered. The default is the case study's; what matters is
            the information of a group against the population's spread, which :class:`Informed` measures, so leave
            it only where an observation says about as much as the noise scale of the study's.

        Returns
        -------
        Mixed
        """
        number = real("Mixed.by_count", "counts", counts)
        if np.any(number < 0):
            raise InvalidArgumentError(
                f"Mixed.by_count: counts must not be negative, got {number.min():g}; give observations per group."
            )
        limit = real("Mixed.by_count", "threshold", threshold)
        return cls(centered=number > limit)

    def broadcast(self, shape: tuple[int, ...], variable: str) -> Floats:
        """One where centered, zero elsewhere."""
        return of_shape("Mixed", "centered", self.centered.astype(float), shape, variable)


@dataclass(frozen=True, eq=False)
class Partial(Parameterization):
    """Somewhere between noncentered (0) and centered (1), element by element.

    Parameters
    ----------
    centeredness
        λ in [0, 1], a number or an array with the dims of the effect. The coordinate is
        ``λ location + scale**(λ - 1) (u - location)``.

    Examples
    --------
    >>> import unfunnel as uf
    >>> uf.Partial(0.5).name
    'partial'

    References
    ----------
    Gorinova, M., Moore, D. and Hoffman, M. (2020), Automatic reparameterisation of probabilistic programs.
    """

    centeredness: Floats | float
    name: ClassVar[str] = "partial"

    def __post_init__(self) -> None:
        values = real("Partial", "centeredness", self.centeredness)
        if np.any((values < 0) | (values > 1)):
            raise InvalidArgumentError(
                f"Partial: centeredness must lie in [0, 1], got values from {values.min():g} to {values.max():g}."
            )
        object.__setattr__(self, "centeredness", frozen(values))

    def broadcast(self, shape: tuple[int, ...], variable: str) -> Floats:
        """Centeredness λ of every element."""
        return of_shape("Partial", "centeredness", np.asarray(self.centeredness), shape, variable)
