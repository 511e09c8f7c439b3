"""The diagnosis of a fit: an immutable value that can be printed, stored and built upon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unfunnel.diagnosis.finding import Finding
from unfunnel.diagnosis.stored import from_json, to_json
from unfunnel.diagnosis.table import table_of
from unfunnel.diagnosis.verdict import Verdict
from unfunnel.planning.page import html_of
from unfunnel.showing.terminal import plain, renderables

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, ConsoleOptions, RenderableType


@dataclass(frozen=True)
class Diagnosis:
    """What :func:`unfunnel.diagnose` found; printing it gives a table.

    Parameters
    ----------
    findings
        One for every effect of every group, then for their location, their scale, and chains that are stuck.
    problems
        What the usual diagnostics (divergences, BFMI, R-hat, effective sample size) object to, one sentence each.
    notes
        What a reader should know of how the findings were come by.
    chains, draws
        How many there are.
    divergences
        How many draws diverged; -1 where the sampler does not say.
    bfmi
        Bayesian fraction of missing information by chain; NaN where the sampler gives no energies.
    capped
        How many trees reached the greatest depth; -1 where the sampler does not say.
    gradients
        Leapfrog steps of all draws; -1 where the sampler does not say.

    Examples
    --------
    >>> import arviz as az
    >>> import numpy as np
    >>> import unfunnel as uf
    >>> draws = np.random.default_rng(1).normal(size=(3, 4, 500))
    >>> mu, tau = draws[0], np.exp(0.3 * draws[1])
    >>> theta = mu[..., None] + tau[..., None] * np.random.default_rng(2).normal(size=(4, 500, 8))
    >>> dt = az.from_dict({"posterior": {"mu": mu, "tau": tau, "theta": theta}})
    >>> uf.diagnose(dt, pairs={"theta": ("mu", "tau")}).ok
    True
    """

    findings: tuple[Finding, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    chains: int = 0
    draws: int = 0
    divergences: int = -1
    bfmi: tuple[float, ...] = ()
    capped: int = -1
    gradients: int = -1

    @property
    def ok(self) -> bool:
        """Whether every finding is fine and the usual diagnostics object to nothing."""
        return not self.problems and all(finding.ok for finding in self.findings)

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """The findings that are not fine, the worst first."""
        return tuple(finding for finding in self.worst(len(self.findings)) if not finding.ok)

    def worst(self, count: int) -> tuple[Finding, ...]:
        """The findings of the greatest severity, the worst first."""
        return tuple(sorted(self.findings, key=lambda finding: -finding.severity)[:count])

    def called(self, verdict: Verdict | str) -> tuple[Finding, ...]:
        """The findings of one verdict, such as ``"funnel"``, in their order."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict(verdict))

    def of(self, variable: str) -> tuple[Finding, ...]:
        """The findings on one variable, in their order."""
        return tuple(finding for finding in self.findings if finding.variable == variable)

    def to_frame(self) -> pd.DataFrame:
        """One row a finding, one column a field; `coords` become the column `group`.

        Returns
        -------
        pandas.DataFrame
        """
        import pandas as pd

        rows = [{**finding.as_numbers(), "coords": finding.group} for finding in self.findings]
        return pd.DataFrame(rows, columns=list(Finding.__dataclass_fields__)).rename(columns={"coords": "group"})

    def to_json(self) -> str:
        """The diagnosis as JSON; null is a number that there is not.

        Returns
        -------
        str
        """
        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Diagnosis:
        """The diagnosis that :meth:`to_json` wrote.

        Parameters
        ----------
        text
            JSON.

        Returns
        -------
        Diagnosis

        Raises
        ------
        InvalidArgumentError
            If it is not the JSON of a diagnosis.
        """
        return cls(**from_json(text))

    def __str__(self) -> str:
        return plain(table_of(self))

    # A session shows what it is told to evaluate; thousands of fields would tell a reader nothing.
    __repr__ = __str__

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        yield from renderables(table_of(self), options.max_width)

    def _repr_html_(self) -> str:
        return html_of(table_of(self))

    def __eq__(self, other: Any) -> bool:
        # NaN is not equal to itself, and stands for the same here.
        return self.to_json() == other.to_json() if isinstance(other, Diagnosis) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.to_json())
