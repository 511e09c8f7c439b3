"""What the command line says of a fit: its steps on stderr, with a bar where there is a terminal."""

from __future__ import annotations

import logging
from typing import Any

from unfunnel.fit.fit import STEPS, Fit
from unfunnel.study.console import Reporter


class FitReporter(Reporter):
    """A progress bar over the steps of a fit; `begin` and `sampled` fit :func:`unfunnel.fit.fit_table`.

    While it is open it also says what unfunnel logs, such as the problems that the diagnosis finds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._handler = _Saying(self)

    def __enter__(self) -> FitReporter:
        super().__enter__()
        logging.getLogger("unfunnel").addHandler(self._handler)
        return self

    def __exit__(self, *details: object) -> None:
        logging.getLogger("unfunnel").removeHandler(self._handler)
        super().__exit__(*details)

    def begin(self, step: str) -> None:
        """A step begins."""
        self.step("fit", step, STEPS.index(step), len(STEPS))

    def sampled(self, chains: Any) -> None:
        """The sampler's chains got further; called from another thread."""
        done = sum(chain.finished_draws for chain in chains)
        total = sum(chain.total_draws for chain in chains)
        divergences = sum(chain.divergences for chain in chains)
        self.within(f"fit: sampling, {divergences} divergences", STEPS.index("sampling") + done / max(total, 1))


class _Saying(logging.Handler):
    def __init__(self, reporter: Reporter) -> None:
        super().__init__(logging.WARNING)
        self._reporter = reporter

    def emit(self, record: logging.LogRecord) -> None:
        self._reporter.say(record.getMessage())


def conclusion(fit: Fit) -> str:
    """What is where, and whether it can be relied on."""
    where = f"Draws, plan and summary are in {fit.folder}."
    if not fit.complete:
        return f"Interrupted: the results are of the draws so far. {where}"
    if fit.good:
        return f"The diagnosis found nothing wrong. {where}"
    return f"The diagnosis objects, see above; do not rely on these draws. {where}"
