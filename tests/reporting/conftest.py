from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from tests.browser import Browser, executable
from tests.plots.trees import labels, tree

import unfunnel as uf

TITLE = "Schools of <b>Ohio</b> & $x$"


def renamed(groups: int, **given) -> xr.DataTree:
    """A fit as Bambi names its variables, with predictive draws."""
    fit = tree(groups, names=labels(groups, awkward=True), starts=False, **given)
    names = {"theta": "1|g", "tau": "1|g_sigma", "mu": "Intercept"}
    fit["posterior"] = fit["posterior"].to_dataset().rename(names)
    generator = np.random.default_rng(5)
    dims = ("chain", "draw", "row")
    fit["posterior_predictive"] = xr.Dataset({"y": (dims, generator.normal(size=(4, 50, 30)))})
    fit["observed_data"] = xr.Dataset({"y": ("row", generator.normal(size=30))})
    return fit


@pytest.fixture(scope="session")
def bambi_fit() -> xr.DataTree:
    return renamed(9)


@pytest.fixture(scope="session")
def diagnosis(bambi_fit) -> uf.Diagnosis:
    return uf.diagnose(bambi_fit)


@pytest.fixture(scope="session")
def page(bambi_fit, diagnosis, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("report") / "a <i>report & more.html"
    return uf.report(bambi_fit, file, diagnosis=diagnosis, title=TITLE)


@pytest.fixture(scope="session")
def browser(tmp_path_factory) -> Iterator[Browser]:
    program = executable()
    if program is None:
        pytest.skip("no Chromium is installed, in which the page is looked at")
    opened = Browser(program, tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()
