"""The matrix of the reference learners and its folds; two tables in one encoding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from mldebug.arrays import device
from mldebug.derive.encoded import encoded, folds_of
from mldebug.derive.encoded_pairs import encoded_split
from mldebug.derive.fingerprints import fingerprints
from mldebug.derive.labels import labels
from mldebug.derive.members import members
from mldebug.derive.repeats import feature_repeats
from mldebug.derive.sample import rows_for_models
from tests.tables import base, split


def test_folds_hold_each_class_to_its_share_and_groups_together():
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 300)
    folds = folds_of(classes, np.arange(300), 0)
    counts = pd.crosstab(classes, folds).to_numpy()
    assert (counts.max(axis=1) - counts.min(axis=1)).max() <= 1
    together = rng.integers(0, 60, 300)
    folds = folds_of(None, together, 0)
    assert pd.Series(folds).groupby(together).nunique().max() == 1
    assert sorted(np.unique(folds)) == [0, 1, 2, 3, 4]


def test_rows_without_a_group_are_alone():
    frame = pd.DataFrame({"who": ["a", None, "a", None, "b"], "x": range(5)})
    found = members.make(tables(frame).train, "who")
    assert found[0] == found[2]
    assert len(set(found.tolist())) == 4


def test_words_that_only_the_second_table_has_get_codes_of_their_own():
    rng = np.random.default_rng(0)
    train, held = split(base(rng, 400), rng)
    held.loc[:9, "x2"] = "new"
    loaded = tables(train, held, target="y")
    pair = encoded_split.make(loaded.train, loaded.eval, frozenset({"y"}), 0)
    place = pair.names.index("x2")
    assert "y" not in pair.names
    mine, theirs = pair.first[:, place], pair.second[:, place]
    assert (theirs[:10] == theirs[0]).all()
    assert theirs[0] not in set(mine)
    for word in train["x2"].unique():
        ours = set(mine[train["x2"] == word])
        assert ours == set(theirs[held["x2"] == word]) or not (held["x2"] == word).any()
        assert len(ours) == 1


@pytest.mark.parametrize(
    ("n_columns", "n_rows"),
    [(1, 20_000), (50, 20_000), (51, 19_607), (128, 7_812), (200, 5_000), (3_000, 5_000)],
)
def test_models_of_many_columns_are_fitted_on_fewer_rows(n_columns, n_rows):
    assert rows_for_models(n_columns) == n_rows


def matrix_of(frame):
    loaded = tables(frame, target="y")
    found = labels.make(loaded.train, loaded.target)
    return encoded.make(loaded.train, loaded.target, found, (), 0)


def test_the_rows_of_a_wide_table_are_among_those_of_a_narrow_one():
    rng = np.random.default_rng(0)
    n = 8_000
    wide = pd.DataFrame(rng.normal(size=(n, 150)).astype(np.float32)).add_prefix("x")
    wide["y"] = rng.integers(0, 2, n)
    few, many = matrix_of(wide), matrix_of(wide[["x0", "x1", "y"]])
    assert len(few.rows) == 1_000_000 // 150
    assert len(many.rows) == n
    assert set(few.rows) < set(many.rows)
    assert (many.matrix[np.searchsorted(many.rows, few.rows), 0] == few.matrix[:, 0]).all()


@pytest.mark.parametrize(("task", "kept"), [("classification", 400), ("regression", 450)])
def test_of_a_classification_rows_that_repeat_beyond_chance_are_told_once(task, kept):
    rng = np.random.default_rng(5)
    frame = base(rng, 400, task=task)
    order = rng.permutation(np.r_[np.arange(400), rng.choice(400, 50)])
    frame = frame.iloc[order].reset_index(drop=True)
    loaded = tables(frame, target="y")
    prints = fingerprints.make(loaded.train, device("cpu"), (), loaded.target)
    repeats = feature_repeats.make(loaded.train, prints)
    told = labels.make(loaded.train, loaded.target)
    found = encoded.make(loaded.train, loaded.target, told, (), 0, None, repeats)
    assert len(found.rows) == kept
    assert (np.diff(found.rows) > 0).all()
    assert frame.iloc[found.rows].duplicated().any() == (task == "regression")
