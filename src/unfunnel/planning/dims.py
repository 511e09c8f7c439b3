"""Names of the dims in the group `parameterization` of a result, each of which stands for one thing only."""

from __future__ import annotations

from collections.abc import Iterable

from unfunnel.planning.choice import Choice
from unfunnel.structure import Site

ARRAYS = ("h", "H", "C", "D", "h_B", "widths", "noise", "centered", "centeredness", "weight")
"""What the group may hold of an effect; an array is named after the effect and one of these."""


class GroupDims:
    """The dims of the group, as the model names them where that is possible.

    A dim of the model may be called like an array of the group, or like a dim that the group needs beside it
    (``theta_group``, say). xarray would take the two for one; the group's is then given another underscore.

    Parameters
    ----------
    choices
        Of the plan that is described.
    reserved
        Names of dims of the model that no free variable has.
    """

    def __init__(self, choices: tuple[Choice, ...], reserved: Iterable[str] = ()) -> None:
        own = {dim: None for choice in choices for dim in choice.site.dims if dim is not None}
        arrays = {f"{choice.site.name}_{what}" for choice in choices for what in ARRAYS}
        self._taken = {*own, *reserved, *arrays}
        self._made: dict[str, str] = {}
        self._own = {dim: self._free(dim) if dim in arrays else dim for dim in own}

    @property
    def own(self) -> dict[str, str]:
        """Names in the group of the dims of the model's variables."""
        return dict(self._own)

    def made(self, name: str) -> str:
        """The name of a dim that the group needs, and that is none of the model's."""
        if name not in self._made:
            self._made[name] = self._free(name)
        return self._made[name]

    def of_variable(self, site: Site) -> tuple[str, ...]:
        """Dims of a variable, numbered where they have no name."""
        return tuple(
            self.made(f"{site.name}_dim_{axis}") if dim is None else self._own[dim]
            for axis, dim in enumerate(site.dims)
        )

    def on_line(self, site: Site) -> tuple[str, ...]:
        """Dims of a variable on the unconstrained line, where an axis that sums to zero is one shorter."""
        lines = (line != whole for line, whole in zip(site.line_shape, site.shape, strict=True))
        return tuple(
            self.made(f"{dim}_line") if line else dim for dim, line in zip(self.of_variable(site), lines, strict=True)
        )

    def _free(self, name: str) -> str:
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name
