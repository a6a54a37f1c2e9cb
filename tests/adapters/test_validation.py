"""How a user cross-validates: words, numbers, splitters, index pairs, files; and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import model_selection

import mldebug
from mldebug.adapters.tables import tables
from mldebug.adapters.validation import validation_of
from mldebug.derive.cv_folds import cv_folds
from mldebug.derive.members import members

FRAME = pd.DataFrame({"x": np.arange(60) / 7, "y": [0, 1] * 30, "who": np.arange(60) // 6})


def validation(cv, task="classification", frame=FRAME, **options):
    loaded = tables(frame, target="y", task=task, **options)
    return validation_of(cv, loaded.train, loaded.target)


def folds(cv, frame=FRAME, groups=None, labels=None):
    loaded = tables(frame, target="y")
    told = validation_of(cv, loaded.train, loaded.target)
    of = None if groups is None else members.make(loaded.train, groups)
    return cv_folds.make(loaded.train, told, 0, labels, of, None)


@pytest.mark.parametrize(
    ("cv", "scheme", "n_folds"),
    [
        (5, "stratified", 5),
        ("3", "stratified", 3),
        ("folds:4", "folds", 4),
        ("shuffled", "shuffled", 5),
        ("Groups:2", "groups", 2),
        ("time:5", "time", 5),
        ("each", "each", 0),
        (model_selection.KFold(4), "folds", 4),
        (model_selection.KFold(4, shuffle=True), "shuffled", 4),
        (model_selection.StratifiedKFold(3), "stratified", 3),
        (model_selection.GroupKFold(3), "groups", 3),
        (model_selection.TimeSeriesSplit(6), "time", 6),
        (model_selection.LeaveOneOut(), "each", 0),
        (model_selection.RepeatedKFold(n_splits=3, n_repeats=2), "shuffled", 3),
    ],
)
def test_what_is_understood(cv, scheme, n_folds):
    told = validation(cv)
    assert (told.scheme, told.n_folds, told.listed) == (scheme, n_folds, None)


def test_a_number_means_blocks_where_the_target_is_a_number():
    assert validation(5, "regression").scheme == "folds"


def test_folds_in_a_list_an_array_a_file_and_pairs(tmp_path):
    wanted = np.arange(60) % 3
    pd.DataFrame({"fold": wanted}).to_csv(tmp_path / "folds.csv", index=False)
    pairs = [(np.flatnonzero(wanted != one), np.flatnonzero(wanted == one)) for one in range(3)]
    named = np.array(["a", "b", "c"], object)[wanted]
    pd.DataFrame({"fold": named}).to_csv(tmp_path / "named.csv", index=False)
    for cv in (wanted.tolist(), wanted, tmp_path / "folds.csv", pairs, tmp_path / "named.csv"):
        told = validation(cv)
        assert (told.scheme, told.n_folds) == ("given", 3)
        assert told.listed.tolist() == wanted.tolist()


def test_folds_of_a_file_of_which_eval_was_split_off():
    loaded = tables(FRAME, 0.25, target="y")
    told = validation_of(np.arange(60) % 4, loaded.train, loaded.target)
    assert told.listed.tolist() == (loaded.train.positions % 4).tolist()


@pytest.mark.parametrize(
    ("cv", "words"),
    [
        ("leave:5", "no scheme 'leave'"),
        ("folds:1", "1 folds are too few"),
        ([0, 1, 0], "3 folds; it must have one for each of the 60"),
        ([0] * 60, "names 1 folds"),
        ([(range(60), [61])], "no rows of train"),
        (1.5, "'float' is no way to cross-validate"),
        ("nowhere.csv", "nowhere.csv"),
    ],
)
def test_what_is_refused(cv, words):
    with pytest.raises(mldebug.InputError, match="--cv") as refused:
        validation(cv)
    assert words in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_splitter_that_nobody_knows_is_refused():
    class Odd(model_selection.KFold):
        pass

    with pytest.raises(mldebug.InputError, match="the splitter Odd is unknown"):
        validation(Odd(3))


def test_cv_without_a_table_is_refused():
    with pytest.raises(mldebug.InputError, match="--cv: it speaks of the training table"):
        mldebug.audit(run={"loss": [1.0, 0.5]}, cv=5)


def test_blocks_and_series_are_those_of_scikit_learn():
    for cv, splitter in (
        ("folds:4", model_selection.KFold(4)),
        ("time:5", model_selection.TimeSeriesSplit(5)),
    ):
        wanted = np.full(60, -1)
        for number, (_, held) in enumerate(splitter.split(FRAME)):
            wanted[held] = number
        assert folds(cv).tolist() == wanted.tolist()


def test_groups_stay_whole_and_folds_even():
    found = pd.Series(folds("groups:5", groups="who"))
    assert found.groupby(FRAME["who"]).nunique().max() == 1
    assert found.value_counts().tolist() == [12] * 5


def test_shuffled_folds_are_even_and_the_same_each_time():
    found = folds("shuffled:5")
    assert np.bincount(found).tolist() == [12] * 5
    assert found.tolist() == folds("shuffled:5").tolist()
    assert found.tolist() != folds("folds:5").tolist()


def test_groups_without_the_option_are_not_checked():
    diagnosis = mldebug.audit(FRAME, target="y", cv="groups:5", select="EV904")
    assert diagnosis.outcomes["EV904"].state == "not_checked"
    assert "--groups" in diagnosis.outcomes["EV904"].missing
