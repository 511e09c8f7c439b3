"""The parameterization learned from the data, and the evidence it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from numbers import Integral
from typing import ClassVar

import numpy as np

from unfunnel.errors import InvalidArgumentError
from unfunnel.parameterization.arrays import Floats, frozen, real, same
from unfunnel.parameterization.fixed import Parameterization
from unfunnel.parameterization.information import check_information, check_joint
from unfunnel.parameterization.summary import html_of, text_of


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the data say about a group-level variable: a linear-Gaussian stand-in for its likelihood.

    It states ``score of the likelihood in u_k ≈ h_k - H_k u_k - C_k B`` and
    ``score in B ≈ h_B - D B - Σ_k C_kᵀ u_k``, where ``u_k`` are the s effects of group k on the unconstrained line
    and ``B`` the d shared parameters (a population mean, say). It shapes coordinates only; the exact likelihood is
    what is sampled, so poor evidence costs speed and never correctness.

    Parameters
    ----------
    h
        Dims (group, effect), per unit of the effect: information times the location it points to.
    H
        Dims (group, effect, effect), per squared unit: the information (precision) of each group's data.
    C
        Dims (group, effect, shared): how the score in the effects moves with B.
    D
        Dims (shared, shared): the information of the data on B beside the effects.
    h_B
        Dim (shared,).
    noise
        The noise scale (standard deviation of an observation) at which all of this was found, where that is a free
        variable: the information is then proportional to ``(noise / scale of the noise)**2``. 0 where it is not, and
        the information stays as it is.
    widths
        Dims (group, effect), positive: how wide the prior of each effect looks from where its posterior is, in standard
        deviations of the prior's reference. 1 where the prior is normal, and for all by default.

    Raises
    ------
    InvalidArgumentError
        If an array has the wrong shape or is not finite, a width is not positive, or an information is not symmetric,
        or negative somewhere: H of a group, D, or what they and C are together.

    Examples
    --------
    >>> import unfunnel as uf
    >>> evidence = uf.Evidence.of_information(precision=[0.1, 10.0], location=[2.0, 5.0])
    >>> evidence.groups
    2

    References
    ----------
    Osmundsen, K., Kleppe, T. and Liesenfeld, R. (2021); Rue, H., Martino, S. and Chopin, N. (2009) use the same
    Gaussian as an approximation, here it is a change of coordinates.
    """

    h: Floats
    H: Floats
    C: Floats
    D: Floats
    h_B: Floats
    noise: float = 0.0
    widths: Floats = field(default_factory=lambda: np.ones((1, 1)))

    def __post_init__(self) -> None:
        for name in ("h", "H", "C", "D", "h_B"):
            object.__setattr__(self, name, frozen(real("Evidence", name, getattr(self, name))))
        noise = real("Evidence", "noise", self.noise)
        if noise.ndim or noise < 0:
            raise InvalidArgumentError(f"Evidence: noise must be one number, 0 or more, got {self.noise!r}.")
        object.__setattr__(self, "noise", float(noise))
        if self.h.ndim != 2 or self.h_B.ndim != 1:
            raise InvalidArgumentError(
                f"Evidence: h has dims (group, effect) and h_B (shared,), got {self.h.shape} and {self.h_B.shape}."
            )
        (groups, effects), shared = self.h.shape, len(self.h_B)
        for name, shape in {
            "H": (groups, effects, effects),
            "C": (groups, effects, shared),
            "D": (shared, shared),
        }.items():
            if getattr(self, name).shape != shape:
                raise InvalidArgumentError(
                    f"Evidence: {name} must have shape {shape} beside h of {self.h.shape} and h_B of {self.h_B.shape},"
                    f" got {getattr(self, name).shape}."
                )
        object.__setattr__(self, "widths", frozen(self._checked_widths()))
        for name in ("H", "D"):
            check_information(name, getattr(self, name))
        check_joint(self.H, self.C, self.D)

    def _checked_widths(self) -> Floats:
        widths = real("Evidence", "widths", self.widths)
        if widths.shape not in ((1, 1), self.h.shape) or not np.all(widths > 0.0):
            raise InvalidArgumentError(
                f"Evidence: widths must be positive and have shape {self.h.shape} like h, or (1, 1) for all effects;"
                f" got shape {widths.shape} and a least width of {widths.min(initial=np.inf):g}."
            )
        return np.broadcast_to(widths, self.h.shape)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Evidence):
            return NotImplemented
        return all(same(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return text_of(self)

    def _repr_html_(self) -> str:
        return html_of(self)

    @property
    def groups(self) -> int:
        """Number of groups K."""
        return int(self.h.shape[0])

    @classmethod
    def of_information(cls, precision: Floats, location: Floats) -> Evidence:
        """Evidence of one effect per group, known to a precision around a location.

        Parameters
        ----------
        precision
            Dim (group,): the information of each group's data, e.g. ``n / sigma**2`` for n normal observations.
        location
            Dim (group,): where each group's data point, e.g. their mean.

        Returns
        -------
        Evidence
        """
        information = real("Evidence.of_information", "precision", precision).ravel()
        where = real("Evidence.of_information", "location", location).ravel()
        _check_sizes("Evidence.of_information", precision=information, location=where)
        return cls.diagonal(information * where, information)

    @classmethod
    def diagonal(cls, h: Floats, H: Floats) -> Evidence:
        """Evidence of one effect per group that touches the shared parameters only through the effects.

        Parameters
        ----------
        h, H
            Dim (group,), as in :class:`Evidence`.

        Returns
        -------
        Evidence
        """
        pull, information = (real("Evidence.diagonal", name, values).ravel() for name, values in (("h", h), ("H", H)))
        _check_sizes("Evidence.diagonal", h=pull, H=information)
        groups = pull.size
        return cls(
            h=pull.reshape(groups, 1),
            H=information.reshape(groups, 1, 1),
            C=np.zeros((groups, 1, 0)),
            D=np.zeros((0, 0)),
            h_B=np.zeros(0),
        )

    @classmethod
    def none(cls, groups: int, effects: int = 1, shared: int = 0) -> Evidence:
        """Evidence that says nothing: the informed chart is then the noncentered one."""
        _check_counts("Evidence.none", groups=groups, effects=effects, shared=shared)
        return cls(
            h=np.zeros((groups, effects)),
            H=np.zeros((groups, effects, effects)),
            C=np.zeros((groups, effects, shared)),
            D=np.zeros((shared, shared)),
            h_B=np.zeros(shared),
        )

    def with_shared(self, shared: int) -> Evidence:
        """The same evidence, touching none of so many shared parameters; it must not touch any so far."""
        _check_counts("Evidence.with_shared", shared=shared)
        groups, effects = self.h.shape
        return replace(self, C=np.zeros((groups, effects, shared)), D=np.zeros((shared, shared)), h_B=np.zeros(shared))


@dataclass(frozen=True, eq=False)
class Informed(Parameterization):
    """Whiten each effect, and the parameters that share its data, by what the data say about them, given the scales.

    Parameters
    ----------
    evidence
        What the data say (see :class:`Evidence`). Leave it out in :func:`unfunnel.sample`, which learns it from a
        short pilot run; :func:`unfunnel.reparameterize` needs it.

    Examples
    --------
    >>> import unfunnel as uf
    >>> uf.Informed().evidence is None
    True

    References
    ----------
    Osmundsen, K., Kleppe, T. and Liesenfeld, R. (2021), Importance sampling-based transport map Hamiltonian Monte
    Carlo for Bayesian hierarchical models.
    """

    evidence: Evidence | None = None
    name: ClassVar[str] = "informed"

    def __post_init__(self) -> None:
        if not (self.evidence is None or isinstance(self.evidence, Evidence)):
            raise InvalidArgumentError(
                f"Informed: evidence must be an unfunnel.Evidence, got {self.evidence!r}; make one with"
                " Evidence.of_information(precision, location)."
            )


def _check_sizes(call: str, **arrays: Floats) -> None:
    sizes = {name: array.size for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        came = " and ".join(f"{size} for {name}" for name, size in sizes.items())
        raise InvalidArgumentError(f"{call}: give one number per group of each; {came} came.")


def _check_counts(call: str, **counts: object) -> None:
    for name, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, Integral) or count < 0:
            raise InvalidArgumentError(f"{call}: {name} must be a whole number, 0 or more, got {count!r}.")
