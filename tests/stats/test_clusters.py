"""What rows in groups are worth, against cluster-robust errors of statsmodels and by properties."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from mldebug.stats.clusters import (
    error_of_mean,
    errors_of_means,
    independent_numbers,
    independent_rows,
    independent_words,
)
from mldebug.stats.drift import ks_distance, ks_p

SEEDS = st.integers(0, 10**6)


def sureness(k):
    return (norm.ppf(0.975) / t.ppf(0.975, k - 1)) ** 2


def people(rng, k=30, visits=8, between=0.5):
    sizes = rng.integers(1, 2 * visits, k)
    who = np.repeat(np.arange(k), sizes)
    own = np.sqrt(between) * rng.normal(size=k)[who]
    return own + np.sqrt(1 - between) * rng.normal(size=len(who)), who


@given(SEEDS)
def test_the_error_of_a_mean_is_the_cluster_robust_one(seed):
    values, who = people(np.random.default_rng(seed), between=0.9)
    fit = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": who})
    n, k = len(values), who.max() + 1
    wanted = float(fit.bse[0]) * np.sqrt(n / (n - 1) / sureness(k))
    plain = np.std(values, ddof=1) / np.sqrt(n * sureness(k))
    assert error_of_mean(values, who) == pytest.approx(max(wanted, plain))
    assert errors_of_means(np.column_stack([values, values]), who) == pytest.approx(
        [max(wanted, plain)] * 2
    )


def test_without_groups_every_row_counts():
    values = np.random.default_rng(0).normal(size=50)
    assert independent_rows(values, None) == independent_numbers(values, None) == 50
    assert independent_words(np.arange(50) % 3, None) == 50
    assert error_of_mean(values) == np.std(values, ddof=1) / np.sqrt(50)


@given(st.integers(2, 40), st.integers(1, 20), SEEDS)
def test_people_who_say_the_same_each_time_are_as_many_as_they_are(k, visits, seed):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(k), visits)
    wanted = max((k - 1) * sureness(k), 1.0)
    assert independent_rows(rng.normal(size=k)[who], who) == pytest.approx(wanted)
    assert independent_numbers(rng.normal(size=k)[who], who) == pytest.approx(wanted)
    assert independent_rows(np.zeros(len(who)), who) == pytest.approx(max(k * sureness(k), 1.0))
    assert independent_words(np.zeros(len(who), int), who) == pytest.approx(
        max(k * sureness(k), 1.0)
    )


@given(SEEDS)
def test_two_words_are_worth_what_their_indicator_is(seed):
    values, who = people(np.random.default_rng(seed))
    said = (values > 0.3).astype(np.int64)
    assert independent_words(said, who) == pytest.approx(independent_rows(said.astype(float), who))


@given(SEEDS, st.integers(3, 8))
def test_many_words_weigh_by_their_variance(seed, words):
    values, who = people(np.random.default_rng(seed))
    said = np.digitize(values, np.linspace(-1, 1, words - 1))
    marked = np.eye(words)[said]
    apart = marked - marked.mean(axis=0)
    sums = np.array([apart[who == one].sum(axis=0) for one in np.unique(who)])
    k = who.max() + 1
    effect = (sums**2).sum() / (apart**2).sum() * k / (k - 1)
    wanted = max(len(said) / max(effect, 1) * sureness(k), 1)
    assert independent_words(said, who) == pytest.approx(wanted)


@given(SEEDS, st.integers(1, 5))
def test_groups_may_lack_numbers_and_come_in_any_order(seed, step):
    rng = np.random.default_rng(seed)
    values, who = people(rng)
    order = rng.permutation(len(who))
    found = independent_rows(values[order], who[order] * step + 3)
    assert found == pytest.approx(independent_rows(values, who))


def test_independent_rows_in_groups_keep_most_of_their_worth():
    rng = np.random.default_rng(1)
    found = [independent_rows(*people(rng, 100, between=0.0)) / 800 for _ in range(200)]
    assert 0.75 < np.mean(found) < 1


def test_one_group_is_one_row():
    assert independent_rows(np.arange(9.0), np.zeros(9, np.int64)) == 1
    assert independent_words(np.arange(9) % 2, np.zeros(9, np.int64)) == 1


@pytest.mark.parametrize("between", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("k", [12, 40])
def test_the_distance_of_two_tables_of_people_is_no_surprise_too_often(k, between):
    rng = np.random.default_rng(2)
    found = []
    for _ in range(300):
        (x, mine), (y, theirs) = (
            people(rng, 3 * k, between=between),
            people(rng, k, between=between),
        )
        distance = float(ks_distance(x, y)[0])
        found.append(ks_p(distance, independent_numbers(x, mine), independent_numbers(y, theirs)))
    assert np.mean(np.array(found) < 0.05) < 0.08
