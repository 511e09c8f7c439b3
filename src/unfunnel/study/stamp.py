"""The stamp of a study: what ran where, when and with which seeds."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("unfunnel", "pymc", "nutpie", "pytensor", "numba", "arviz", "numpy", "scipy", "xarray", "matplotlib")


def make_stamp(*, seed: int, draws: int, chains: int) -> dict[str, str | int]:
    """Versions, machine, date and seeds, as the notebook's last cell shows them.

    The name of the machine is left out on purpose: the page is made to be passed on.
    """
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "seed": seed,
        "draws": draws,
        "chains": chains,
        "python": platform.python_version(),
        **{package: _version(package) for package in PACKAGES},
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "cores": os.cpu_count() or 0,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
