"""What a model on cells keeps, what its statistics are, and what is refused."""

from __future__ import annotations

import logging
from typing import Any

import bambi as bmb
import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import pytest
from tests.compression.likelihoods import COUNTS, GROUP, KNOWN, LIKELIHOODS, ROWS, SUCCESSES, X, Y, with_parameters

import unfunnel as uf
from unfunnel.compression import compression_of

PRESENT = range(4)  # the last of five groups has no row


def named(name: str) -> Any:
    return with_parameters(y=LIKELIHOODS[name][0])


def observed(model: Any, name: str = "y") -> np.ndarray:
    return np.asarray(model.rvs_to_values[model[name]].data)


def of_likelihood(write: Any) -> Any:
    """A model whose likelihood `y` is written as a function of theta."""
    with pm.Model() as model:
        theta = pm.Normal("theta", pm.Normal("mu"), pm.HalfNormal("tau"), shape=5)
        write(theta)
    return model


def reason_of(write: Any) -> uf.Reason:
    """Why the likelihood `y` is left, in a model that has another one which is not."""

    def both(theta: Any) -> None:
        pm.Poisson("other", pt.exp(theta[GROUP]), observed=COUNTS)
        write(theta)

    found = compression_of(of_likelihood(both), "compress")
    assert [*found.sizes] == ["other"]
    (reason,) = found.left.values()
    return reason


def test_the_model_keeps_everything_but_its_rows() -> None:
    model = named("mean_of_every_row_named")
    before = {name: str(variable.type) for name, variable in model.named_vars.items()}
    compressed = uf.compress(model)
    assert [rv.name for rv in compressed.free_RVs] == [rv.name for rv in model.free_RVs]
    assert [d.name for d in compressed.deterministics] == ["theta", "row_mean"]
    assert dict(compressed.coords) == dict(model.coords)
    assert {k: v for k, v in model.named_vars_to_dims.items() if k != "y"} == dict(compressed.named_vars_to_dims)
    transforms = [[type(m.rvs_to_transforms[rv]) for rv in m.free_RVs] for m in (model, compressed)]
    assert transforms[0] == transforms[1]
    start, same = model.initial_point(), compressed.initial_point()
    assert start["tau_log__"] == pytest.approx(np.log(0.7))
    for name, value in start.items():
        np.testing.assert_array_equal(same[name], value)
    assert {name: str(variable.type) for name, variable in model.named_vars.items()} == before
    assert model["y"].type.shape == (ROWS,)


def test_it_has_no_cells_to_find_a_second_time() -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^compress: nothing can be compressed\. 'y': Hardly any two"):
        uf.compress(uf.compress(named("normal")))


def test_normal_cells_are_weighted_means_and_what_is_left_within() -> None:
    compressed = uf.compress(named("normal_with_weights"))
    groups = [k == GROUP for k in PRESENT]
    means = [np.average(Y[rows], weights=KNOWN[rows]) for rows in groups]
    np.testing.assert_allclose(observed(compressed), means, rtol=1e-12)
    *_, scale = compressed["y"].owner.inputs
    sigma = 1.7
    scales = scale.eval({compressed["sigma"]: sigma})
    np.testing.assert_allclose(scales, [sigma / np.sqrt(KNOWN[rows].sum()) for rows in groups], rtol=1e-12)
    squares = sum((KNOWN[rows] * (Y[rows] - mean) ** 2).sum() for rows, mean in zip(groups, means, strict=True))
    expected = -(ROWS - 4) * np.log(sigma) - squares / (2 * sigma**2)
    (within,) = compressed.potentials
    assert within.name == "y_within"
    assert within.eval({compressed["sigma"]: sigma}).sum() == pytest.approx(expected, rel=1e-12)


def test_known_noise_leaves_nothing_within() -> None:
    assert uf.compress(named("normal_with_known_noise")).potentials == []


def test_counts_are_sums() -> None:
    binomial = uf.compress(with_parameters(y=LIKELIHOODS["bernoulli"][0]))
    np.testing.assert_array_equal(observed(binomial), [SUCCESSES[k == GROUP].sum() for k in PRESENT])
    np.testing.assert_array_equal(binomial["y"].owner.inputs[2].eval(), [(k == GROUP).sum() for k in PRESENT])
    poisson = uf.compress(with_parameters(y=LIKELIHOODS["poisson_with_exposure"][0]))
    np.testing.assert_array_equal(observed(poisson), [COUNTS[k == GROUP].sum() for k in PRESENT])


def test_present_values_of_data_are_taken_and_the_data_leave_the_model(caplog: Any) -> None:
    model = named("group_in_data")
    with model:
        pm.set_data({"values": Y + 1.0})
    compressed = uf.compress(model)
    assert compressed.data_vars == []
    np.testing.assert_allclose(observed(compressed), [Y[k == GROUP].mean() + 1.0 for k in PRESENT])
    assert "'y': 120 rows became 4 cells." in caplog.text
    assert "Present values of the data 'group_of', 'values' were taken" in caplog.text
    with compressed, pytest.raises(KeyError):
        pm.set_data({"values": Y})


def test_data_that_priors_need_stay_settable() -> None:
    with pm.Model() as model:
        location = pm.Data("location", [0.0, 1.0, 2.0, 3.0, 4.0])
        theta = pm.Normal("theta", location, pm.HalfNormal("tau"), shape=5)
        pm.Normal("y", theta[GROUP], 1.0, observed=Y)
    compressed = uf.compress(model)
    assert [data.name for data in compressed.data_vars] == ["location"]
    with compressed:
        pm.set_data({"location": np.full(5, 7.0)})
    assert model["location"].get_value()[0] == 0.0


def test_the_name_of_the_potential_is_new() -> None:
    def write(theta: Any) -> None:
        pm.Deterministic("y_within", theta + 1.0)
        pm.Normal("y", theta[GROUP], pm.HalfNormal("sigma"), observed=Y)

    assert [term.name for term in uf.compress(of_likelihood(write)).potentials] == ["y_within_"]


def test_what_is_left_is_said_with_its_reason(caplog: Any) -> None:
    def write(theta: Any) -> None:
        pm.StudentT("tailed", nu=4, mu=theta[GROUP], sigma=1.0, observed=Y)
        pm.Normal("y", theta[GROUP], 1.0, observed=Y)

    compressed = uf.compress(of_likelihood(write))
    assert (compressed["y"].type.shape, compressed["tailed"].type.shape) == ((4,), (ROWS,))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == [f"'tailed' was not compressed. {uf.Reason.NO_STATISTICS.advice}"]


LEFT = {
    "covariate": (lambda theta: pm.Normal("y", theta[GROUP] * KNOWN, 1.0, observed=Y), uf.Reason.MANY_CELLS),
    "one_row_a_group": (lambda theta: pm.Normal("y", theta, 1.0, observed=Y[:5]), uf.Reason.MANY_CELLS),
    "cumulated": (lambda theta: pm.Normal("y", pt.cumsum(theta[GROUP]), 1.0, observed=Y), uf.Reason.ROWS_NOT_READ),
    "index_of_a_latent": (
        lambda theta: pm.Normal("y", theta[pt.argsort(theta)[GROUP]], 1.0, observed=Y),
        uf.Reason.ROWS_NOT_READ,
    ),
    "free_trials": (
        lambda theta: pm.Binomial("y", n=pm.Poisson("n", 3.0, shape=5)[GROUP] + 1, p=0.5, observed=SUCCESSES),
        uf.Reason.ROWS_NOT_READ,
    ),
    "used_elsewhere": (
        lambda theta: pm.Deterministic("residual", pm.Normal("y", theta[GROUP], 1.0, observed=Y) - theta[GROUP]),
        uf.Reason.USED_ELSEWHERE,
    ),
    "minibatch": (
        lambda theta: pm.Normal("y", theta[GROUP], 1.0, observed=Y, total_size=1000),
        uf.Reason.NO_STATISTICS,
    ),
    "infinite": (
        lambda theta: pm.Normal("y", theta[GROUP], 1.0, observed=np.where(X > 0, Y, np.inf)),
        uf.Reason.OUTSIDE_SUPPORT,
    ),
    "negative_count": (
        lambda theta: pm.Poisson("y", pt.exp(theta[GROUP]), observed=COUNTS - 1),
        uf.Reason.OUTSIDE_SUPPORT,
    ),
    "no_success_or_failure": (
        lambda theta: pm.Bernoulli("y", logit_p=theta[GROUP], observed=SUCCESSES * 2),
        uf.Reason.OUTSIDE_SUPPORT,
    ),
    "more_successes_than_trials": (
        lambda theta: pm.Binomial("y", n=np.full(ROWS, 2), logit_p=theta[GROUP], observed=SUCCESSES * 3),
        uf.Reason.OUTSIDE_SUPPORT,
    ),
    "no_noise": (
        lambda theta: pm.Normal("y", theta[GROUP], np.where(X > 0, 1.0, 0.0), observed=Y),
        uf.Reason.OUTSIDE_SUPPORT,
    ),
    "events_without_exposure": (
        lambda theta: pm.Poisson("y", X * pt.exp(theta[GROUP]), observed=COUNTS),
        uf.Reason.OUTSIDE_SUPPORT,
    ),
    "nothing_observed": (lambda theta: pm.Normal("y", theta[:0], 1.0, observed=Y[:0]), uf.Reason.MANY_CELLS),
}


@pytest.mark.parametrize("name", LEFT)
def test_likelihoods_that_are_left(name: str) -> None:
    write, reason = LEFT[name]
    assert reason_of(write) is reason


def test_missing_values_are_left_with_what_to_do() -> None:
    def write(theta: Any) -> None:
        with pytest.warns(UserWarning, match="missing values"):
            pm.Normal("y", theta[GROUP], 1.0, observed=np.where(X > 0, Y, np.nan))

    with pytest.raises(uf.InvalidArgumentError, match=r"'y_observed': .*Leave rows with missing values out\.$"):
        uf.compress(of_likelihood(write))


def test_a_discrete_latent_variable_is_no_obstacle() -> None:
    def write(theta: Any) -> None:
        kind = pm.Bernoulli("kind", 0.5, shape=5)
        pm.Normal("y", (theta + kind)[GROUP], 1.0, observed=Y)

    assert uf.compress(of_likelihood(write))["y"].type.shape == (4,)


@pytest.mark.parametrize(
    "name", ["intercepts_and_slopes", "crossed", "columns_summed", "columns_by_number", "grid", "poisson_with_exposure"]
)
def test_what_is_eliminated_together_stays_together(name: str) -> None:
    """The structure of the new model reads as that of the old one."""
    model = named(name)
    rows, cells = uf.plan(model), uf.plan(uf.compress(model))
    assert rows.blocks
    assert cells.blocks == rows.blocks


def test_a_bambi_model() -> None:
    table = pd.DataFrame({"y": Y, "g": pd.Categorical(GROUP), "x": X})
    compressed = uf.compress(bmb.Model("y ~ x + (x|g)", table))
    assert compressed["y"].type.shape == (len({*zip(GROUP, X, strict=True)}),)


def test_refusals() -> None:
    with pytest.raises(uf.InvalidArgumentError, match=r"^compress: the model has no observed variable"):
        uf.compress(of_likelihood(lambda theta: None))
    with pytest.raises(uf.InvalidArgumentError, match=r"^compress: model must be a PyMC model, got 3"):
        uf.compress(3)
    outside = of_likelihood(lambda theta: pm.Normal("y", theta[GROUP + 3], 1.0, observed=Y))
    with pytest.raises(uf.InvalidArgumentError, match=r"^compress: the parameters of 'y' pick elements"):
        uf.compress(outside)
    with pm.Model(name="outer") as outer, pm.Model(name="inner") as inner:
        pm.Normal("y", pm.Normal("x"), 1.0, observed=Y)
    assert outer is not inner
    with pytest.raises(uf.InvalidArgumentError, match=r"^compress: the model .* is nested"):
        uf.compress(inner)
