from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest


@pytest.fixture(scope="session")
def rows() -> Any:
    """Normal rows in 12 groups of very different sizes."""
    rng = np.random.default_rng(5)
    group = rng.choice(12, 300, p=np.arange(1, 13) / 78)
    return pl.DataFrame({"g": [f"g{j:02}" for j in group], "v": rng.normal(0, 1, 12)[group] + rng.normal(3, 2, 300)})


@pytest.fixture(scope="session")
def schools() -> Any:
    """Eight schools."""
    return pl.DataFrame(
        {"school": list("ABCDEFGH"), "y": [28, 8, -3, 7, -1, 1, 18, 12], "se": [15, 10, 16, 11, 9, 11, 10, 18]}
    )
