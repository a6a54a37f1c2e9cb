"""Rows as evidence."""

from __future__ import annotations

import numpy as np

from mldebug.measurement import MOST_ROWS, Row, Rows


def test_rows_carry_their_scores_and_the_rows_that_they_go_with():
    found = Rows.of("eval", np.array([7, 2]), scores=np.array([0.9, 0.5]), matches=[4, None])
    assert found == Rows(2, (Row("eval", 7, 0.9, ("train", 4)), Row("eval", 2, 0.5, None)))
    assert all(type(one.row) is int and type(one.score) is float for one in found.items)


def test_all_rows_are_counted_and_the_first_are_named():
    found = Rows.of("train", np.arange(3_000)[::-1])
    assert found is not None
    assert (found.total, len(found.items)) == (3_000, MOST_ROWS)
    assert [one.row for one in found.items[:2]] == [2_999, 2_998]


def test_no_rows_are_no_evidence():
    assert Rows.of("train", np.array([], dtype=np.int64)) is None
    assert Rows.of("train", []) is None
