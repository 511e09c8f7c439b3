"""What unfunnel raises, and why a variable may be left in its author's own coordinates."""

from __future__ import annotations

from enum import Enum


class UnfunnelError(Exception):
    """Base of every error that unfunnel raises on purpose; its text is one clear sentence."""


class InvalidArgumentError(UnfunnelError, ValueError):
    """An argument has a value that the call cannot use."""


class UnknownVariableError(UnfunnelError, LookupError):
    """A name is not a free variable of the model."""


class InvalidTableError(UnfunnelError, ValueError):
    """A table lacks a column, or holds something that is not what its column is for."""


class SamplingError(UnfunnelError, RuntimeError):
    """The sampler could not begin or go on."""


class MissingPackageError(UnfunnelError, ImportError):
    """Something optional is not installed; the error says how to install it."""


class OutputError(UnfunnelError, OSError):
    """Results cannot be written where they were asked for."""


class TableWarning(UserWarning):
    """Something in a table that is used as it is, and that its owner should know of."""


class SimilarLabelsWarning(TableWarning):
    """Groups have labels that differ only in case or blanks, and are taken as different groups."""


class DroppedRowsWarning(TableWarning):
    """Rows without a value were left out, as was asked."""


class Reason(Enum):
    """Why a variable stays in its author's coordinates, or a likelihood on its rows, with what to do about it."""

    OBSERVED = "It is observed, so the sampler does not explore it. Name the variable that its mean depends on instead."
    NOT_GROUP_LEVEL = (
        "It is neither group-level, nor the scale of an effect or of observations, nor does it share data with effects."
        " Nothing to do: the sampler's metric adapts to its width."
    )
    SCALE = "It is a scale, which is charted together with its effects. Name the effect instead."
    DISCRETE = (
        "It is discrete, and charts are for continuous variables. Marginalize it, or let PyMC choose a step method."
    )
    NO_REFERENCE = (
        "Its family has no location and scale on the unconstrained line that unfunnel knows. It is sampled as its"
        " author wrote it."
    )
    USER_TRANSFORM = (
        "Its author gave it a transform of their own, which is respected. Remove `transform=` or"
        " `default_transform=` from it to let unfunnel choose its coordinates."
    )
    NO_SCALE_CHART = (
        "It is a scale, or a scale is made of it, but its prior has no whitening chart; it keeps its author's"
        " coordinates."
    )
    MANY_COMPONENTS = (
        "Its prior correlates more than 8 effects of a group. Eliminating them together takes time that grows with the"
        " third power of their number, and is done only where it is asked for: plan(model, {name: 'informed'})."
    )
    NOT_SHARED = (
        "It shares data with effects, but is not eliminated with them: more elements than the plan allows"
        " (plan(model, max_shared=...)), or a scale depends on it, or none of its effects is informed. The sampler's"
        " metric adapts to its width."
    )
    NO_STATISTICS = (
        "Its family has no sums over rows that unfunnel knows; Normal, Bernoulli, Binomial and Poisson have. Nothing to"
        " do: it is sampled row by row."
    )
    ROWS_NOT_READ = (
        "Its parameters are not made row by row of elements of the model's variables and of known numbers. Write them"
        " as such, for example theta[group] + beta * x with arrays or pm.Data for group and x."
    )
    MANY_CELLS = (
        "Hardly any two of its rows have the same parameters, so that sums over rows would save nothing. Round"
        " covariates, where that is sound, to have fewer different rows."
    )
    USED_ELSEWHERE = (
        "Something else in the model is made of it, as where it has missing values, which are sampled. Leave rows with"
        " missing values out."
    )
    OUTSIDE_SUPPORT = (
        "It has a row that its family cannot have: NaN or infinite, no count, more successes than trials, or a scale or"
        " exposure that is not positive. The log density of the model is not finite, whatever its parameters. Correct"
        " that row."
    )

    @property
    def advice(self) -> str:
        """One paragraph on why, and on what to do."""
        return str(self.value)


def first_line(error: BaseException) -> str:
    """The first line of what a library says of an error, without its full stop; the error's name if it says nothing."""
    # PyTensor puts the graph behind what was said; the first argument of a UnicodeError is the codec.
    whole = isinstance(error, UnicodeError) or not (error.args and isinstance(error.args[0], str))
    said = error if whole else error.args[0]
    return (str(said).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
