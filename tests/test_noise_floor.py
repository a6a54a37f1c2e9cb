import numpy as np
import pytest
from scipy.special import softmax

from mldebug.noise_floor import noise_floor


def labelled(seed, n=1_500, k=3, share=0.0, spread=6.0, *, partner=False, only=None):
    """Scores, and labels drawn from them of which a share was exchanged."""
    rng = np.random.default_rng(seed)
    scores = spread * rng.normal(size=(n, k))
    scores -= scores.mean(axis=1, keepdims=True)
    chances = softmax(scores, axis=1)
    labels = np.minimum((rng.random((n, 1)) > chances.cumsum(axis=1)).sum(axis=1), k - 1)
    candidates = np.arange(n) if only is None else np.flatnonzero(labels == only)
    rows = rng.choice(candidates, round(share * n), replace=False)
    steps = 1 if partner else rng.integers(1, k, len(rows))
    labels[rows] = (labels[rows] + steps) % k
    return [scores], labels


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.2])
@pytest.mark.parametrize("k", [2, 4])
def test_the_interval_holds_the_share(share, k):
    found = [noise_floor(*labelled(seed, k=k, share=share)) for seed in range(12)]
    held = [one.interval[0] <= share <= one.interval[1] for one in found]
    assert sum(held) >= 9
    assert np.mean([one.share for one in found]) == pytest.approx(share, abs=0.01)
    assert all(one.interval[0] <= one.share <= one.interval[1] for one in found)


@pytest.mark.parametrize("spread", [0.5, 1.0, 2.0])
def test_random_labels_are_no_floor(spread):
    found = [noise_floor(*labelled(seed, k=2, spread=spread)) for seed in range(20)]
    assert sum(one.interval[0] > 0.002 for one in found) <= 2


def test_the_weight_does_not_matter():
    scores, labels = labelled(0, share=0.05)
    plain, sharper = (noise_floor([scores[0] * one], labels) for one in (1.0, 3.0))
    assert plain.share == pytest.approx(sharper.share, abs=1e-3)
    assert plain.weights[0] == pytest.approx(3 * sharper.weights[0], rel=0.05)


def test_a_preferred_wrong_class_is_found():
    found = noise_floor(*labelled(1, k=5, share=0.1, partner=True))
    assert found.odds.argmax(axis=1).tolist() == [1, 2, 3, 4, 0]
    assert found.odds.max(axis=1).min() > 0.8
    assert found.share == pytest.approx(0.1, abs=0.02)


def test_one_pair_of_classes_is_found():
    scores, labels = labelled(4, k=6)
    rows = np.flatnonzero(labels == 2)[:60]
    labels[rows] = 5
    found = noise_floor(scores, labels)
    assert found.rates.argmax() == 2
    assert found.odds[2].argmax() == 5
    assert found.share == pytest.approx(60 / 1_500, abs=0.01)
    assert found.gain > 30


def test_a_class_with_more_wrong_labels_is_found():
    found = noise_floor(*labelled(2, k=2, share=0.1, only=0))
    assert found.rates[0] > 5 * found.rates[1]
    assert found.share == pytest.approx(0.1, abs=0.02)
    assert found.channel().sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("n", [2, 5, 20])
def test_a_handful_of_rows_tells_nothing_and_breaks_nothing(n):
    scores, labels = labelled(3, n=n, k=3)
    found = noise_floor(scores, labels)
    assert 0 <= found.interval[0] <= found.share <= found.interval[1] <= 0.5
    assert np.isfinite(found.weights).all()


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_of_many_classes_the_share_is_found_and_no_offset(share):
    found = [noise_floor(*labelled(seed, k=150, share=share)) for seed in range(6)]
    assert sum(one.interval[0] <= share <= one.interval[1] for one in found) >= 5
    assert np.mean([one.share for one in found]) == pytest.approx(share, abs=0.01)
    assert all(not one.offsets.any() for one in found)
    assert found[0].channel().sum(axis=1) == pytest.approx(1)


def test_blocks_of_rows_make_no_difference(monkeypatch):
    scores, labels = labelled(5, share=0.05)
    whole = noise_floor(scores, labels)
    monkeypatch.setattr("mldebug.noise_floor.CELLS_AT_ONCE", 300)
    parts = noise_floor(scores, labels)
    assert parts.share == pytest.approx(whole.share, abs=1e-6)
    assert parts.interval == pytest.approx(whole.interval, abs=1e-4)
