from __future__ import annotations

import pytest
import xarray as xr
from tests.plots.trees import labels, tree


@pytest.fixture(scope="package")
def fit() -> xr.DataTree:
    return tree(9, names=labels(9, awkward=True), starts=True)
