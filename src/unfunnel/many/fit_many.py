"""The function a person calls to fit many models, or one model to many data sets."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from unfunnel.errors import InvalidArgumentError
from unfunnel.many.digest import digest_of
from unfunnel.many.fits import Fits
from unfunnel.many.place import Manifest, Place
from unfunnel.many.progress import bar_of
from unfunnel.many.record import Record
from unfunnel.many.rounds import outcomes_of
from unfunnel.many.settings import Keep, Settings, root_seed, seed_of
from unfunnel.many.specification import Fit, checked
from unfunnel.many.worker import Outcome
from unfunnel.output import output_folder
from unfunnel.planning import Request
from unfunnel.sampling.arguments import Seed, refuse_unknown


def fit_many(
    specs: Sequence[Fit],
    draws: int = 1000,
    *,
    folder: str | Path | None = None,
    keep: Keep = "summary",
    n_jobs: int | None = None,
    tune: int | None = None,
    chains: int = 4,
    cores: int = 1,
    random_seed: Seed = None,
    target_accept: float | str = "auto",
    progressbar: bool = True,
    var_names: Sequence[str] | None = None,
    parameterization: Request = None,
    retry_failed: bool = False,
    **unknown: Any,
) -> Fits:
    """Sample many models, or one model with many data sets, on the workers of joblib.

    A worker compiles once what differs in nothing but the values of `pymc.Data`. A fit that fails is recorded, and the
    others go on. With a folder, a run that was killed goes on where it was: the same call does what is not finished.

    Parameters
    ----------
    specs
        The fits: see :class:`unfunnel.Fit`.
    draws
        Draws per chain, after warm-up.
    folder
        Where every fit is written when it ends, whole or not at all; a new one, or that of the same call before. On
        several machines it has to be one that all of them see. By default results are kept in memory. One call at a
        time may write there.
    keep
        "summary": the mean, spread, interval and convergence of every element; "draws": the draws too, as zarr. Or a
        function that takes a fit's draws, as :func:`unfunnel.sample` returns them, and returns arrays by name: they are
        kept beside the summary, and :meth:`Fits.kept` gives them. It goes to the workers, as builders do, and what it
        raises is a failure of the fit.
    n_jobs
        Workers, as joblib takes it: by default those of `joblib.parallel_config`, and otherwise none, which does all in
        this process; -1 for as many as there are cores.
    tune, chains, target_accept, parameterization
        As in :func:`unfunnel.sample`.
    cores
        Chains of a fit that run at once. With as many workers as cores, 1 is best.
    random_seed
        Each fit has a seed of its own, made of this one and its name: neither order nor number of workers matter. By
        default a random one, which the folder remembers.
    progressbar
        Whether to show how many fits have ended.
    var_names
        Variables whose numbers and draws are kept; by default all.
    retry_failed
        Whether fits that failed in a run before, in this folder, are done again.
    **unknown
        Refused by name, with the argument that was probably meant.

    Returns
    -------
    Fits
        A row for every fit, and its numbers and draws.

    Raises
    ------
    InvalidArgumentError
        If an argument cannot be used, or two fits have one name.
    OutputError
        If the folder cannot be written, was made by other specs, or is not seen by a worker.
    SamplingError
        If workers die before they begin with a fit.

    Examples
    --------
    >>> import pymc as pm
    >>> import unfunnel as uf
    >>> def build(y):
    ...     with pm.Model() as model:
    ...         theta = pm.Normal("theta", pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5), shape=3)
    ...         pm.Normal("y", theta, 1.0, observed=pm.Data("values", y))
    ...     return model
    >>> specs = [uf.Fit(f"day {day}", build, {"y": [1.0, 2.0, day]}) for day in range(3)]
    >>> fits = uf.fit_many(specs, draws=100, random_seed=1, progressbar=False)
    >>> fits.to_frame()["compiled"].tolist()
    [True, False, False]
    """
    also = ("folder", "keep", "n_jobs", "parameterization", "retry_failed")
    refuse_unknown("fit_many", unknown, also)
    fits = checked(specs)
    names = None if var_names is None or isinstance(var_names, str) else tuple(var_names)
    if var_names is not None and not names:
        raise InvalidArgumentError(f"fit_many: var_names must be a list of names, got {var_names!r}.")
    settings = Settings(draws, tune, chains, cores, target_accept, parameterization, names, keep)
    with ExitStack() as stack:
        if folder is None:
            marks = Path(stack.enter_context(TemporaryDirectory(prefix="unfunnel-")))
            return _memory(fits, settings, root_seed(random_seed), n_jobs, marks, progressbar)
        place = Place(stack.enter_context(output_folder(folder)).absolute())
        root = _claimed(place, fits, settings, random_seed)
        return _stored(place, fits, settings, root, n_jobs, progressbar, retry_failed)


def _memory(fits: Sequence[Fit], settings: Settings, root: int, n_jobs: int | None, marks: Path, shown: bool) -> Fits:
    found: dict[str, Outcome] = {}
    with bar_of(len(fits), 0, shown=shown) as ended:
        for outcome in outcomes_of([(fit, seed_of(fit, root)) for fit in fits], settings, n_jobs, None, marks):
            found[outcome.record.name] = outcome
            ended(outcome.record)
    records = tuple(found[fit.name].record for fit in fits)
    summaries = {name: outcome.summary for name, outcome in found.items() if outcome.summary is not None}
    trees = {name: outcome.tree for name, outcome in found.items() if outcome.tree is not None}
    kept = {name: outcome.kept for name, outcome in found.items() if outcome.kept is not None}
    return Fits(records, None, summaries, trees, kept)


def _claimed(place: Place, fits: Sequence[Fit], settings: Settings, random_seed: Seed) -> int:
    """The root of all seeds, once the folder is known to be that of these fits."""
    digests = {fit.name: digest_of(fit) for fit in fits}
    had = Manifest.read(place.folder)
    root = root_seed(random_seed) if had is None or random_seed is not None else had.root
    manifest = Manifest(root, settings.digest, digests)
    if had is None:
        _refuse_strangers(place)
        manifest.write(place.folder)
    else:
        had.refuse_other(place.folder, manifest)
    place.clean()
    return root


def _refuse_strangers(place: Place) -> None:
    from unfunnel.errors import OutputError

    if any(place.folder.iterdir()):
        raise OutputError(
            f"fit_many: the folder {str(place.folder)!r} holds something else than many fits; name a new folder."
        )


def _stored(
    place: Place,
    fits: Sequence[Fit],
    settings: Settings,
    root: int,
    n_jobs: int | None,
    shown: bool,
    retry_failed: bool,
) -> Fits:
    marks = place.folder / ".begun"
    marks.mkdir()
    records: dict[str, Record] = {}
    for fit in fits:
        record = place.record(fit.name)
        if record is not None and not (retry_failed and record.failed):
            records[fit.name] = record
    jobs = [(fit, seed_of(fit, root)) for fit in fits if fit.name not in records]
    with bar_of(len(fits), len(records), shown=shown) as ended:
        for outcome in outcomes_of(jobs, settings, n_jobs, place.folder, marks):
            records[outcome.record.name] = outcome.record
            ended(outcome.record)
    place.clean()
    return Fits(tuple(records[fit.name] for fit in fits), place.folder)
