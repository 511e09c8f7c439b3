"""Models compiled once for all tests of the room."""

from __future__ import annotations

from typing import Any

import pytest
from tests.models import CASES

import unfunnel as uf

SEED = 20


@pytest.fixture(scope="session")
def eight_schools() -> Any:
    return CASES["eight_schools"].build()


@pytest.fixture(scope="session")
def informed(eight_schools: Any) -> Any:
    return uf.compile(eight_schools, "informed")


@pytest.fixture(scope="session")
def fixed(eight_schools: Any) -> Any:
    return uf.compile(eight_schools, "centered")


@pytest.fixture(scope="session")
def tree(informed: Any) -> Any:
    return informed.sample(random_seed=SEED)
