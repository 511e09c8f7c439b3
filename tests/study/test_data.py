from __future__ import annotations

import numpy as np
import pytest

from unfunnel.errors import InvalidArgumentError
from unfunnel.study import generate_data

# Printed by the notebook, cells "uniformly weakly-informative" and "uniformly strongly-informative".
PRINTED = {
    1234: (
        10,
        "6.15002307, 0.33158507, 9.51447439, 3.40571836, 1.97793943, 7.60507029, 7.50855945, 2.27216773, 4.5549373",
        "-16.27682647, 11.83194232, 19.43393461, 12.93895964, -18.23460877, 4.26429663, 7.52974309, 6.32670185,"
        " 7.44585671",
    ),
    1235: (
        0.1,
        "6.91283813, 4.38900749, 6.83818764, 6.21093237, 2.12074111, -0.07617784, 9.64606529, 0.19140465, 7.85571339",
        "6.98688709, 4.45933654, 6.83083539, 6.08350102, 2.09762541, -0.02566351, 9.69733848, 0.32184067, 7.92877661",
    ),
}


@pytest.mark.parametrize("seed", PRINTED)
def test_the_notebook_s_numbers_to_all_printed_digits(seed):
    sigma, theta, y = PRINTED[seed]
    data = generate_data(N=9, K=9, indiv_idx=np.arange(9), sigma=sigma, seed=seed)
    for name, printed in {"theta": theta, "y": y}.items():
        assert [round(v, 8) for v in data[name].tolist()] == [float(p) for p in printed.split(", ")]


def test_without_a_seed_it_draws_from_the_global_state_as_the_notebook_does():
    np.random.seed(1234)  # noqa: NPY002
    drawn = generate_data(9, 9, np.arange(9), 10)
    assert drawn["y"].tolist() == generate_data(9, 9, np.arange(9), 10, seed=1234)["y"].tolist()


def test_a_seed_leaves_the_global_state_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    generate_data(9, 9, np.arange(9), 10, seed=1)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_what_comes_back():
    data = generate_data(N=3, K=2, indiv_idx=[0, 1, 1], sigma=0, seed=5)
    assert (data["N"], data["K"], data["sigma"], data["mu"], data["tau"]) == (3, 2, 0, 4.5, 3.5)
    assert data["y"].tolist() == data["theta"][[0, 1, 1]].tolist()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"N": 0, "indiv_idx": []}, r"N must be .* at least 1, got 0"),
        ({"N": True, "indiv_idx": [0]}, r"N must be .* got True"),
        ({"K": -1}, r"K must be .* got -1"),
        ({"N": 4}, r"N is 4 but indiv_idx has 3 entries"),
        ({"indiv_idx": [0, 1, 2]}, r"indiv_idx\[2\] is 2, outside .* allowed is 0 to 1"),
        ({"indiv_idx": [0, -1, 1]}, r"indiv_idx\[1\] is -1"),
        ({"K": 0}, r"no index at all"),
        ({"indiv_idx": [0.0, 1.0, 1.0]}, r"integers, got 1 dimension\(s\) of float64"),
        ({"indiv_idx": [[0, 1, 1]]}, r"flat list"),
        ({"sigma": -0.1}, r"sigma .* got -0.1"),
        ({"sigma": float("nan")}, r"sigma .* got nan"),
    ],
)
def test_refusals(arguments, words):
    good = {"N": 3, "K": 2, "indiv_idx": [0, 1, 1], "sigma": 1.0, "seed": 1}
    with pytest.raises(InvalidArgumentError, match=words):
        generate_data(**{**good, **arguments})
