"""One clear sentence for everything that cannot be right."""

import re

import numpy as np
import pytest
from scipy import stats

from unfunnel import exact
from unfunnel.errors import InvalidArgumentError, UnfunnelError

G = exact.GroupStatistics
NAN, INF = float("nan"), float("inf")
PRIOR = stats.halfnorm(scale=5)


def observations(**changes):
    return lambda: G.from_observations(**{"y": [1.0, 2.0, 3.0], "group_index": [0, 1, 1]} | changes)


def estimates(**changes):
    return lambda: G.from_estimates(**{"estimate": [1.0, 2.0], "standard_error": [1.0, 1.0]} | changes)


def statistics(**changes):
    return lambda: G(**{"count": [1, 2], "mean": [1.0, 2.0], "sum_of_squares": [0.0, 1.0]} | changes)


def fit(**changes):
    arguments = {"statistics": G([2, 3], [1.0, 2.0], [1.0, 1.0]), "sigma": 1.0, "mu": (0, 5), "tau": PRIOR} | changes
    return lambda: exact.fit(arguments.pop("statistics"), **arguments)


def sample(**arguments):
    return lambda: fit()().sample(**arguments)


TABLE = [
    (observations(y=[1.0, "two", 3.0]), r"from_observations: y must hold numbers, but y\[1\] is 'two'"),
    (observations(y=["1", "2", "3"]), r"from_observations: y must hold numbers, but y\[0\] is '1' \(str\)"),
    (observations(y=[1.0, None, 3.0]), r"y\[1\] is None"),
    (observations(y=[True, False, True]), r"y\[0\] is True \(bool\)"),
    (observations(y=[1.0, 2j, 3.0]), r"y must hold numbers"),
    (observations(y=[1.0, NAN, 3.0]), r"y must hold finite numbers .* but y\[1\] is nan"),
    (observations(y=[1.0, 2.0, -INF]), r"y\[2\] is -inf"),
    (observations(y=[1.0, 2.0, 1e61]), r"magnitude up to 1e\+60, but y\[2\] is 1e\+61"),
    (observations(y="abc"), r"y must be a sequence, but 'abc' came"),
    (observations(y=3.0), r"y must be one-dimensional, but it has shape \(\)"),
    (observations(y=[[1.0, 2.0, 3.0]]), r"y must be one-dimensional, but it has shape \(1, 3\)"),
    (observations(y=[[1.0], [2.0, 3.0]]), r"y must be one-dimensional, but it is ragged"),
    (observations(y=np.ma.masked_array([1.0, 2.0, 3.0], [0, 1, 0])), r"y has masked entries"),
    (observations(y=[1.0, 2.0]), r"group_index has 3 entries and y has 2; they must have the same length"),
    (observations(group_index=[0, 1, -1]), r"group_index must be >= 0, but group_index\[2\] is -1"),
    (observations(group_index=[0.0, 1.0, 1.0]), r"group_index must hold integers, but it holds float64"),
    (
        observations(group_index=[0, 1, 2], groups=2),
        r"group_index must lie between 0 and 1 for 2 group\(s\), but group_index\[2\] is 2",
    ),
    (observations(labels=["a"]), r"group_index must lie between 0 and 0 for 1 group\(s\), but group_index\[1\] is 1"),
    (observations(labels=["a", "a"]), r"labels must be distinct, but 'a' comes more than once"),
    (observations(labels=["a", "b"], groups=3), r"groups is 3, but there are 2 labels"),
    (observations(groups=0), r"groups must be an integer >= 1, but 0 came"),
    (observations(groups=2.0), r"groups must be an integer >= 1, but 2.0 came"),
    (observations(y=[], group_index=[]), r"there are no groups; at least one is needed"),
    (estimates(estimate=[], standard_error=[]), r"there are no groups"),
    (
        estimates(standard_error=[1.0, 0.0]),
        r"from_estimates: standard_error must be > 0 .* but standard_error\[1\] is 0",
    ),
    (estimates(standard_error=[-1.0, 1.0]), r"standard_error\[0\] is -1"),
    (estimates(standard_error=[NAN, 1.0]), r"standard_error\[0\] is nan"),
    (estimates(standard_error=[1.0]), r"standard_error has 1 entries and estimate has 2"),
    (estimates(labels=["a"]), r"labels has 1 entries and count has 2"),
    (statistics(count=[]), r"GroupStatistics: there are no groups"),
    (statistics(count=[1, -2]), r"count must be >= 0, but count\[1\] is -2"),
    (statistics(count=[1.0, 2.0]), r"count must hold integers"),
    (statistics(mean=[1.0]), r"mean has 1 entries and count has 2"),
    (statistics(mean=[1.0, NAN]), r"mean\[1\] is nan"),
    (statistics(sum_of_squares=[0.0, -1.0]), r"sum_of_squares must be >= 0, but sum_of_squares\[1\] is -1"),
    (
        statistics(sum_of_squares=[1.0, 1.0]),
        r"must be 0 for a group of 1 observation\(s\), but sum_of_squares\[0\] is 1",
    ),
    (statistics(sigma=[1.0, -1.0]), r"sigma must be > 0 .* but sigma\[1\] is -1"),
    (statistics(sigma=[1.0]), r"sigma has 1 entries and count has 2"),
    (statistics(labels=[["a", "b"]]), r"labels must be one-dimensional"),
    (fit(statistics=[1.0, 2.0]), r"exact.fit: statistics must be a GroupStatistics, but a list came"),
    (fit(sigma=-1.0), r"exact.fit: sigma must lie between 1e-60 and 1e\+60, but it is -1"),
    (fit(sigma=0), r"sigma must lie between 1e-60 and 1e\+60, but it is 0"),
    (fit(sigma=NAN), r"but it is nan"),
    (fit(sigma="1"), r"sigma must be a number, but '1' came"),
    (fit(sigma=[1.0, -1.0]), r"sigma must be > 0 .* but sigma\[1\] is -1"),
    (fit(sigma=[1.0, 1.0, 1.0]), r"sigma has 3 entries and statistics has 2"),
    (fit(sigma=None), r"sigma must come from exactly one of .* but nothing came"),
    (fit(sigma_prior=PRIOR), r"but sigma and sigma_prior came"),
    (fit(statistics=G.from_estimates([1.0, 2.0], [1.0, 1.0])), r"but sigma and the statistics' own sigma came"),
    (fit(mu=3.0), r"mu must be the pair \(location, scale\) of its normal prior, but 3.0 came"),
    (fit(mu=(0, 0)), r"the scale of mu must lie between 1e-60 and 1e\+60, but it is 0"),
    (fit(mu=(0, INF)), r"the scale of mu must lie between .* but it is inf"),
    (fit(mu=(NAN, 1)), r"the location of mu must lie between -1e\+60 and 1e\+60, but it is nan"),
    (fit(tau=5.0), r"tau must be a frozen continuous distribution .* but 5.0 came"),
    (fit(tau=stats.halfnorm), r"tau must be a frozen distribution, but halfnorm_gen came without its parameters"),
    (fit(tau=stats.poisson(3)), r"tau must be a frozen continuous distribution"),
    (fit(tau=stats.norm(0, 1)), r"tau is the prior of a positive scale, but its support is \(-inf, inf\)"),
    (fit(tau=stats.halfnorm(scale=[1, 2])), r"tau must be one distribution, not an array of them"),
    (fit(tau=stats.uniform(1e150, 1e151)), r"tau has its support outside 1e-140 ... 1e140"),
    (fit(tau=stats.halfnorm(scale=-1)), r"support is \(nan, nan\)"),
    (fit(sigma=None, sigma_prior=stats.norm(3)), r"sigma_prior is the prior of a positive scale"),
    (fit(names={"beta": "b"}), r"names may rename mu, tau, theta, sigma, but 'beta' came"),
    (fit(names={"mu": "tau"}), r"but 'tau' is used twice"),
    (fit(names={"mu": ""}), r"must be non-empty strings, but '' came"),
    (fit(group_dim="draw"), r"but 'draw' is used twice"),
    (sample(draws=0), r"ExactPosterior.sample: draws must be an integer >= 1, but 0 came"),
    (sample(chains=1.5), r"chains must be an integer >= 1, but 1.5 came"),
    (sample(random_seed=-1), r"random_seed must be an integer >= 0, .* but -1 came"),
    (sample(random_seed="1"), r"random_seed must be an integer >= 0, .* but '1' came"),
    (sample(var_names=["beta"]), r"var_names must be among mu, tau, theta, but 'beta' came"),
    (sample(var_names=["sigma"]), r"var_names must be among mu, tau, theta, but 'sigma' came"),
    (sample(var_names=[]), r"but none came"),
    (lambda: fit()().tau_quantile([0.5, 1.5]), r"tau_quantile: p must lie between 0 and 1, but 1.5 came"),
    (lambda: fit()().tau_quantile(NAN), r"but nan came"),
]


@pytest.mark.parametrize(("call", "sentence"), TABLE, ids=[re.sub(r"\W+", " ", sentence) for _, sentence in TABLE])
def test_bad_input_gives_one_clear_sentence(call, sentence):
    with pytest.raises(InvalidArgumentError, match=sentence) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_posterior_that_cannot_be_normalised_is_refused():
    """Equal observations in every group and a prior that does not vanish at 0: all mass runs to sigma = 0."""
    equal = G([3, 3], [1.0, 2.0], [0.0, 0.0])
    with pytest.raises(InvalidArgumentError, match="cannot be normalised under this sigma_prior"):
        exact.fit(equal, sigma_prior=stats.halfcauchy(), mu=(0, 1), tau=stats.halfcauchy())
    proper = exact.fit(equal, sigma_prior=stats.invgamma(2), mu=(0, 1), tau=stats.halfcauchy())
    assert 0 < proper.moments()["sigma"].mean < 1


def test_prior_below_double_precision_is_refused():
    with pytest.raises(InvalidArgumentError, match="cannot be normalised under this tau"):
        exact.fit(G([1], [1.0], [0.0]), sigma=1, mu=(0, 1), tau=stats.gamma(0.01))


def test_data_in_another_unit_than_the_priors_are_refused():
    with pytest.raises(InvalidArgumentError, match="data and priors contradict each other too strongly"):
        exact.fit(G([1, 1], [1e6, 2e12], [0, 0]), sigma=1e-3, mu=(0, 1), tau=stats.halfnorm(scale=1e-3))


def test_prior_that_underflows_where_the_data_are_is_refused_and_an_exact_one_is_not():
    far = G([1, 1], [0.0, 3e4], [0.0, 0.0])
    with pytest.raises(InvalidArgumentError, match="density of tau underflows to 0, which would cut"):
        exact.fit(far, sigma=1, mu=(0, 1), tau=stats.foldnorm(1, scale=3.0))
    assert exact.fit(far, sigma=1, mu=(0, 1), tau=stats.halfnorm(scale=3.0)).moments()["tau"].mean > 3 * 50


def test_prior_without_a_density_somewhere_is_refused():
    class Broken:
        def support(self):
            return 0.0, np.inf

        def ppf(self, q):
            return stats.halfnorm.ppf(q)

        def isf(self, q):
            return stats.halfnorm.isf(q)

        def logpdf(self, x):
            return np.where(np.asarray(x) > 1, np.nan, 0.0)

    with pytest.raises(InvalidArgumentError, match="the log density of tau is nan at"):
        exact.fit(G([1], [1.0], [0.0]), sigma=1, mu=(0, 1), tau=Broken())


def test_prior_too_rough_to_integrate_is_refused():
    class Rough:
        def support(self):
            return 0.0, np.inf

        def ppf(self, q):
            return stats.halfnorm.ppf(q)

        def isf(self, q):
            return stats.halfnorm.isf(q)

        def logpdf(self, x):
            return stats.halfnorm.logpdf(x) + np.sin(1e9 * np.asarray(x))

    with pytest.raises(UnfunnelError, match="does not converge"):
        exact.fit(G([1], [1.0], [0.0]), sigma=1, mu=(0, 1), tau=Rough())
