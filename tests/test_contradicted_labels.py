import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug import contradicted_labels as module
from mldebug.contradicted_labels import contradicted_labels


def drawn(seed, n=200, k=4, spread=3.0, share=0.1):
    """Probabilities, and labels drawn from them of which a share was exchanged."""
    rng = np.random.default_rng(seed)
    chances = np.exp(spread * rng.normal(size=(n, k)))
    chances /= chances.sum(axis=1, keepdims=True)
    labels = np.minimum((rng.random((n, 1)) > chances.cumsum(axis=1)).sum(axis=1), k - 1)
    wrong = rng.random(n) < share
    return chances, np.where(wrong, (labels + 1) % k, labels)


def by_hand(chances, labels):
    """The thresholds and the listed rows, one by one."""
    k = chances.shape[1]
    thresholds = [
        np.mean(chances[labels == one, one]) if (labels == one).any() else np.inf
        for one in range(k)
    ]
    ratios, count = {}, 0
    for row, label in enumerate(labels):
        likeliest = int(chances[row].argmax())
        if chances[row, likeliest] > chances[row, label]:
            ratios[row] = chances[row, label] / chances[row, likeliest]
            count += chances[row, likeliest] >= thresholds[likeliest]
    return thresholds, sorted(sorted(ratios, key=lambda row: ratios[row])[:count])


@given(
    st.integers(0, 10_000),
    st.integers(1, 60),
    st.integers(2, 6),
    st.sampled_from([0.0, 0.3, 1.0, 3.0, 9.0]),
    st.sampled_from([np.float32, np.float64]),
)
def test_it_lists_what_the_definition_lists(seed, n, k, spread, dtype):
    chances, labels = drawn(seed, n, k, spread)
    chances = chances.astype(dtype)
    found = contradicted_labels(chances, labels)
    thresholds, rows = by_hand(chances, labels)
    assert found.thresholds == pytest.approx(np.array(thresholds), rel=1e-5)
    assert found.rows.tolist() == rows
    assert found.suggested.tolist() == chances[found.rows].argmax(axis=1).tolist()
    own = chances[found.rows, labels[found.rows]]
    assert found.ratios == pytest.approx(own / chances[found.rows].max(axis=1))
    assert found.ratios.dtype == dtype


def test_rows_that_reach_no_threshold_are_read_again_if_they_are_needed():
    chances = np.array([[0.95, 0.05]] * 20 + [[0.05, 0.95]] * 20 + [[0.3, 0.7]] + [[0.02, 0.98]])
    labels = np.array([0] * 20 + [1] * 20 + [0, 0])
    chances[19], labels[19] = [0.0, 1.0], 0
    found = contradicted_labels(chances, labels)
    assert found.thresholds.min() > 0.5
    assert found.rows.tolist() == by_hand(chances, labels)[1]
    # the row with .4 is likelier class 1, short of its threshold, and yet among the smallest ratios
    chances[:19], chances[20:40] = [0.99, 0.01], [0.01, 0.99]
    chances[40], chances[41], chances[19] = [0.4, 0.6], [0.497, 0.503], [0.498, 0.502]
    assert contradicted_labels(chances, labels).rows.tolist() == by_hand(chances, labels)[1]


def test_blocks_of_rows_make_no_difference(monkeypatch):
    chances, labels = drawn(1)
    whole = contradicted_labels(chances, labels)
    monkeypatch.setattr(module, "CELLS_AT_ONCE", 40)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 7)
    parts = contradicted_labels(chances, labels)
    assert len(whole.rows)
    for one in ("rows", "suggested", "ratios"):
        assert np.array_equal(getattr(whole, one), getattr(parts, one))


def test_of_equal_ratios_the_first_rows_are_listed():
    chances = np.array([[0.9, 0.1]] * 10 + [[0.2, 0.8]] * 10)
    labels = np.array([0] * 8 + [1] * 12)
    labels[15:] = 0
    assert contradicted_labels(chances, labels).rows.tolist() == by_hand(chances, labels)[1]


def test_exchanged_labels_are_listed_where_predictions_are_sure():
    chances, right = drawn(3, 4_000, 5, 40.0, 0.0)
    rng = np.random.default_rng(4)
    wrong = np.sort(rng.choice(4_000, 200, replace=False))
    labels = right.copy()
    labels[wrong] = (right[wrong] + rng.integers(1, 5, 200)) % 5
    found = contradicted_labels(chances, labels)
    assert np.isin(found.rows, wrong).mean() > 0.9
    assert np.mean(found.suggested == right[found.rows]) > 0.9
