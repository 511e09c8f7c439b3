"""Whether two runs are one run, done by code that was compiled twice."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Of runs that are compared: no pilot, since they take a plan with evidence, and few draws (see below).
FEW: dict[str, Any] = {"tune": 10, "draws": 10, "chains": 2, "random_seed": 3, "target_accept": 0.8}


def assert_same_run(one: Any, other: Any) -> None:
    """Every draw of the posterior agrees to a millionth.

    Not to the last bit: what PyTensor compiles and what it finds in its cache on disk is linked in different ways, and
    sums come out an ulp apart. Trajectories and the metric that is learnt from them let that grow with every draw: on
    five schools to at most a billionth in twenty draws, and without bound in a hundred. So only runs of ``FEW`` draws
    from given evidence say whether two densities are the same.
    """
    assert set(one["posterior"].data_vars) == set(other["posterior"].data_vars)
    for name, draws in one["posterior"].data_vars.items():
        assert draws.dims == other["posterior"][name].dims
        np.testing.assert_allclose(draws, other["posterior"][name], rtol=1e-6, atol=1e-6, err_msg=name)
    for dim, labels in one["posterior"].coords.items():
        assert labels.values.tolist() == other["posterior"][dim].values.tolist()
