import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from mldebug import executors
from mldebug.stats import host_neighbours
from mldebug.stats.host_neighbours import nearest_on_host
from mldebug.stats.neighbours import nearest

KINDS = ("normal", "heavy", "coarse", "copies", "one point", "sorted")
WAYS = ("tree", "products")


def points(kind, rng, n, d):
    if kind == "heavy":
        return np.clip(rng.standard_t(1.5, (n, d)), -8, 8).astype(np.float32)
    if kind == "coarse":
        return rng.integers(0, 3, (n, d)).astype(np.float32)
    if kind == "one point":
        return np.ones((n, d), np.float32)
    drawn = rng.normal(size=(n, d)).astype(np.float32)
    if kind == "copies":
        return drawn[rng.integers(0, n // 3, n)]
    return drawn[np.argsort(drawn[:, 0])] if kind == "sorted" else drawn


def brute(queries, base, k, own=None):
    """All distances in float64, rounded; of equally near rows the smaller first."""
    apart = cdist(queries.astype(np.float64), base.astype(np.float64)).astype(base.dtype)
    if own is not None:
        apart[np.arange(len(own)), own] = np.inf
    rows = np.argsort(apart, axis=1, kind="stable")[:, :k]
    return rows, np.take_along_axis(apart, rows, axis=1)


@pytest.fixture(params=WAYS)
def _way(request, monkeypatch):
    monkeypatch.setattr(host_neighbours, "FEW_POINTS", 0)
    monkeypatch.setattr(host_neighbours, "FEW_DIMENSIONS", 99 if request.param == "tree" else 0)
    monkeypatch.setattr(host_neighbours, "TILE", 64)  # several tiles, also of few rows


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("columns", [1, 3, 20])
def test_the_host_finds_what_all_distances_say(kind, columns):
    rng = np.random.default_rng(columns)
    base = points(kind, rng, 700, columns)
    for queries, own in (
        (base[::2], np.arange(0, 700, 2)),
        (points(kind, rng, 300, columns), None),
    ):
        rows, distances = nearest_on_host(queries, base, 10, own)
        expected = brute(queries, base, 10, own)
        # The last bit of a distance depends on the order in which squares are added up.
        np.testing.assert_allclose(distances, expected[1], rtol=2e-7)
        near = brute(queries, base, 700, own)
        for query, found in enumerate(rows):
            told = dict(zip(near[0][query], near[1][query], strict=True))
            assert len(set(found)) == 10
            np.testing.assert_allclose([told[row] for row in found], expected[1][query], rtol=2e-7)
        if kind in ("coarse", "copies", "one point"):
            assert (rows == expected[0]).all()


def test_both_ways_and_any_number_of_threads_agree_to_the_bit(monkeypatch):
    rng = np.random.default_rng(1)
    for kind in KINDS:
        base = points(kind, rng, 3_000, 4)
        own = np.arange(len(base))
        told = []
        for few, workers in ((0, 1), (0, 2), (99, 1), (99, 2)):
            monkeypatch.setattr(host_neighbours, "FEW_DIMENSIONS", few)
            monkeypatch.setattr(executors, "threads", lambda workers=workers: workers)
            told.append(nearest_on_host(base, base, 10, own))
        for rows, distances in told[1:]:
            assert (rows == told[0][0]).all()
            assert (distances == told[0][1]).all()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(12, 60), st.integers(1, 5), st.integers(1, 10))
def test_the_order_of_the_rows_changes_no_distance(seed, n, columns, k):
    rng = np.random.default_rng(seed)
    base = np.round(rng.normal(size=(n, columns)), 1).astype(np.float32)
    queries = np.round(rng.normal(size=(7, columns)), 1).astype(np.float32)
    rows, distances = nearest_on_host(queries, base, k)
    turned = rng.permutation(n)
    again, same = nearest_on_host(queries, base[turned], k)
    assert (distances == same).all()
    assert (np.diff(distances, axis=1) >= 0).all()
    apart = np.linalg.norm(base[turned][again] - queries[:, None], axis=2)
    np.testing.assert_allclose(apart, distances, rtol=1e-5, atol=1e-6)
    assert (np.diff(rows, axis=1)[np.diff(distances, axis=1) == 0] > 0).all()


@pytest.mark.parametrize("kind", ["normal", "heavy", "sorted"])
def test_the_kernel_of_devices_agrees_with_the_host(on_device, kind):
    rng = np.random.default_rng(2)
    base = points(kind, rng, 400, 6)
    own = np.arange(0, 400, 3)
    rows, distances = on_device(nearest, base[own], base, 10, own)
    expected = nearest_on_host(base[own], base, 10, own)
    assert (rows == expected[0]).mean() > 0.999
    np.testing.assert_allclose(distances, expected[1], rtol=1e-5)
