"""Whether two runs are one run, done by code that was compiled twice."""

from __future__ import annotations

from typing import Any

import numpy as np


def assert_same_run(one: Any, other: Any) -> None:
    """Every draw of the posterior agrees to a millionth.

    Not to the last bit: what PyTensor compiles and what it finds in its cache on disk is linked in different ways, and
    sums come out an ulp apart. Where the posterior is near a normal one, chains with the same random numbers draw
    together, and such differences stay where they began: below 1e-9 in a thousand draws of eight schools.
    """
    assert set(one["posterior"].data_vars) == set(other["posterior"].data_vars)
    for name, draws in one["posterior"].data_vars.items():
        assert draws.dims == other["posterior"][name].dims
        np.testing.assert_allclose(draws, other["posterior"][name], rtol=1e-6, atol=1e-6, err_msg=name)
    for dim, labels in one["posterior"].coords.items():
        assert labels.values.tolist() == other["posterior"][dim].values.tolist()
