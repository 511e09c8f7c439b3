"""LogitNormal: location and scale of its log odds.

PyMC has no class of its own for it: the density is found anew from the graph of every variable, and a transform is then
shown the inputs of that graph's last operation in place of the parameters. A chart needs the parameters, so a charted
variable has the same random graph with its density written out.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from pymc.distributions.continuous import Normal
from pymc.distributions.custom import CustomSymbolicDistRV
from pymc.logprob.abstract import _logprob
from pymc.logprob.basic import logp
from pytensor.graph.rewriting.basic import PatternNodeRewriter
from pytensor.tensor.math import log, log1p, neg, sigmoid, sub
from pytensor.tensor.rewriting.basic import register_canonicalize

from unfunnel.families.base import Family, parameters_of
from unfunnel.families.support import Support
from unfunnel.families.written_out import written_out

# PyTensor does not know this one. Without it (log odds - μ) / σ would not simplify to the standardised value of a
# chart, and be nothing but rounding where σ is lost beside μ.
register_canonicalize(
    PatternNodeRewriter(
        (sub, (log, (sigmoid, "x")), (log1p, (neg, (sigmoid, "x")))),
        "x",
        allow_multiple_clients=True,
        name="log_odds_of_sigmoid",
    ),
    name="log_odds_of_sigmoid",
)


class WrittenOut:
    """What is added to PyMC's class of a variable, so that it has the density below."""

    inline_logprob = False


@_logprob.register(WrittenOut)  # type: ignore[untyped-decorator]
def density(rv_op: Any, values: Any, *inputs: Any, **_: Any) -> Any:
    """Log density: normal in the log odds, with their derivative 1 / (u (1 - u))."""
    (value,) = values
    mu, sigma = parameters_of(rv_op, inputs)
    log_success, log_failure = log(value), log1p(-value)
    return logp(Normal.dist(mu, sigma), log_success - log_failure) - log_success - log_failure


def is_logit_normal(rv_op: Any) -> bool:
    """Whether an operation is PyMC's; it makes a class of this name for every variable."""
    return isinstance(rv_op, CustomSymbolicDistRV) and type(rv_op).__name__ == "LogitNormal"


FAMILY = Family(
    name="LogitNormal",
    op=is_logit_normal,
    support=Support.UNIT,
    untransformed=True,
    reference=lambda mu, sigma: (mu, sigma),
    prepare=partial(written_out, addition=WrittenOut),
)
