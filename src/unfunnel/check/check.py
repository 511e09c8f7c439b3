"""From a model to what was wrong with it as written, and what was done: plan, sample, diagnose, write."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unfunnel.comparison.measure import Measured, measured
from unfunnel.diagnosis import Diagnosis, diagnose
from unfunnel.errors import InvalidArgumentError
from unfunnel.output import output_folder, write_draws, write_text
from unfunnel.planning import Plan
from unfunnel.planning.decide import plan as planned
from unfunnel.reporting.report import report
from unfunnel.sampling import compile as compile_model

AS_WRITTEN, SAMPLED = "as written", "unfunnel"
STEPS = ("compiling as written", "sampling as written", "compiling", "sampling", "writing")
FEWEST_DRAWS = 100
_SHORT = 500
"""Draws a chain of the run as written: enough to see a funnel, not to live in it."""

Step = Callable[[str], None]
Progress = Callable[[Any], None]


@dataclass(frozen=True, eq=False)
class Fitted:
    """One fit of the model.

    Parameters
    ----------
    tree
        As :func:`unfunnel.sample` returns it.
    diagnosis
        Of it.
    numbers
        What it gave and cost.
    """

    tree: Any
    diagnosis: Diagnosis
    numbers: Measured


@dataclass(frozen=True, eq=False)
class Check:
    """What came of a check.

    Parameters
    ----------
    source
        Where the model is from.
    plan
        What was done with every variable; with evidence, where the model was sampled so.
    as_written
        A short run of the model as its author wrote it; None where it was left out, or nothing would differ.
    sampled
        The run in better coordinates; None where only the model as written was asked for.
    folder
        With the results; None where they were not written.
    """

    source: str
    plan: Plan
    as_written: Fitted | None
    sampled: Fitted | None
    folder: Path | None = None

    @property
    def decisive(self) -> Fitted:
        """The fit whose diagnosis counts."""
        found = self.sampled or self.as_written
        assert found is not None
        return found

    @property
    def differs(self) -> bool:
        """Whether any variable was sampled in other coordinates than those of the model as written."""
        return _differs(self.plan)

    @property
    def good(self) -> bool:
        """Whether the diagnosis of that fit objects to nothing."""
        return self.decisive.diagnosis.ok

    @property
    def complete(self) -> bool:
        """False if it was interrupted."""
        return bool(self.decisive.tree["posterior"].attrs.get("complete", True))

    def to_json(self) -> str:
        """The diagnoses and the plan as JSON."""
        fits = {"as_written": self.as_written, "sampled": self.sampled}
        return json.dumps(
            {
                "source": self.source,
                "good": self.good,
                "complete": self.complete,
                **{name: None if fit is None else json.loads(fit.diagnosis.to_json()) for name, fit in fits.items()},
                "plan": json.loads(self.plan.to_json()),
            },
            ensure_ascii=False,
            allow_nan=False,
        )


def check_model(
    model: Any,
    source: str,
    out: str | Path | None,
    *,
    seed: int = 1,
    draws: int = 1000,
    only_as_written: bool = False,
    beside: bool = True,
    step: Step | None = None,
    progress: Progress | None = None,
) -> Check:
    """Check a model: how it samples as written, and how in the coordinates that unfunnel chooses.

    Parameters
    ----------
    model
        A PyMC or Bambi model.
    source
        Where it is from, in words.
    out
        Folder for draws, plan, diagnoses and report; None to write nothing.
    seed
        Of all sampling.
    draws
        Per chain, after warm-up; four chains.
    only_as_written
        Sample the model only as its author wrote it.
    beside
        Whether to sample it so too, with 500 draws a chain at the most, to show what would go wrong.
    step
        Called with each of ``STEPS`` as it begins; those of a run that is left out do not.
    progress
        As in :meth:`unfunnel.sampling.compiled.CompiledModel.sample`.

    Returns
    -------
    Check

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or the model cannot be sampled by NUTS.
    OutputError
        If `out` cannot be written to; found out before any work is done.
    SamplingError
        If the sampler could not begin or go on.
    """
    if draws < FEWEST_DRAWS:
        raise InvalidArgumentError(f"draws must be at least {FEWEST_DRAWS} per chain, got {draws}.")
    if seed < 0:
        raise InvalidArgumentError(f"seed must not be negative, got {seed}.")
    say = step or (lambda _: None)
    chosen = planned(model, {} if only_as_written else None)
    differs = _differs(chosen)
    run = _Runner(model, seed, say, progress)
    if out is None:
        return _checked(run, source, chosen, draws, only_as_written, beside and differs)
    with output_folder(out) as folder:
        check = _checked(run, source, chosen, draws, only_as_written, beside and differs)
        say("writing")
        return _written(check, folder, model)


def _differs(plan: Plan) -> bool:
    return any(choice.coordinates != "as written" for choice in plan.choices)


def _checked(run: _Runner, source: str, chosen: Plan, draws: int, only: bool, beside: bool) -> Check:
    written = (
        run.fit(planned(run.model, {}), AS_WRITTEN, draws if only else min(draws, _SHORT)) if only or beside else None
    )
    if only:
        return Check(source, chosen, written, None)
    sampled = run.fit(chosen, SAMPLED, draws)
    return Check(source, Plan.from_datatree(sampled.tree), written, sampled)


@dataclass(frozen=True)
class _Runner:
    """Samples one model."""

    model: Any
    seed: int
    say: Step
    progress: Progress | None

    def fit(self, plan: Plan, label: str, draws: int) -> Fitted:
        """Compile, sample and diagnose."""
        which = " as written" if label == AS_WRITTEN else ""
        self.say(f"compiling{which}")
        compiled = compile_model(self.model, plan)
        self.say(f"sampling{which}")
        tree = compiled.sample(draws, chains=4, random_seed=self.seed, progress=self.progress)
        diagnosis = diagnose(tree, self.model)
        sites = tuple(choice.site for choice in plan.choices)
        return Fitted(tree, diagnosis, measured(tree, label, self.seed, sites, diagnosis))


def _written(check: Check, folder: Path, model: Any) -> Check:
    decisive = check.decisive
    write_draws(decisive.tree, folder)
    write_text(folder / "plan.json", check.plan.to_json())
    write_text(folder / "check.json", check.to_json())
    report(decisive.tree, folder / "report.html", model, diagnosis=decisive.diagnosis, overwrite=True)
    return replace(check, folder=folder)
