"""Predictions that the user brings: aligned with the rows, named by class, or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mldebug
from mldebug.adapters.predictions import predictions_of
from mldebug.adapters.tables import tables

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"x": np.arange(40) / 7, "y": ["b", "a", "c", "a"] * 10})
GIVEN = RNG.dirichlet([1, 1, 1], 40)


def predictions(given, frame=FRAME, held=None, **options):
    loaded = tables(frame, held, target="y", **options)
    return predictions_of(given, loaded.train, loaded.target), loaded.train


def test_columns_named_by_class_in_any_order():
    told, _ = predictions(pd.DataFrame(GIVEN[:, [2, 0, 1]], columns=["c", "a", "b"]))
    assert told.classes == ("a", "b", "c")
    assert np.array_equal(told.values, GIVEN)


@pytest.mark.parametrize("ending", ["csv", "npy", "parquet"])
def test_files_with_and_without_headers(tmp_path, ending):
    path = tmp_path / f"p.{ending}"
    if ending == "npy":
        np.save(path, GIVEN)
    elif ending == "parquet":
        pd.DataFrame(GIVEN, columns=list("abc")).to_parquet(path)
    else:
        pd.DataFrame(GIVEN).to_csv(path, index=False, header=False)
    assert np.allclose(predictions(path)[0].values, GIVEN)


def test_predictions_of_the_whole_file_are_cut_to_the_training_rows():
    told, train = predictions(GIVEN, held=0.25)
    assert np.array_equal(told.values, GIVEN[train.positions])


def test_one_column_of_two_classes_is_that_of_the_second():
    frame = FRAME.assign(y=[0, 1] * 20)
    told, _ = predictions(GIVEN[:, 0], frame)
    assert np.allclose(told.values, np.column_stack([1 - GIVEN[:, 0], GIVEN[:, 0]]))


def test_values_of_a_regression():
    frame = FRAME.assign(y=np.arange(40) * 1.5)
    told, _ = predictions(np.arange(40.0), frame)
    assert (told.classes, list(told.values)) == ((), list(range(40)))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (GIVEN[:30], "30 predictions for 40 training rows"),
        (GIVEN[:, :2], "2 columns for 3 classes"),
        (GIVEN * 2, "add up to 1 in every row; one row adds up to 2"),
        (pd.DataFrame({"a": ["x"] * 40, "b": 0.5, "c": 0.5}), "'a'"),
        ("nowhere.npy", "nowhere.npy"),
    ],
)
def test_what_is_refused(given, words):
    with pytest.raises(mldebug.InputError, match="--predictions") as refused:
        predictions(given)
    assert words in str(refused.value)


def test_a_regression_has_one_column_and_predictions_have_a_target():
    frame = FRAME.assign(y=np.arange(40) * 1.5)
    with pytest.raises(mldebug.InputError, match="of a regression there must be one"):
        predictions(GIVEN, frame)
    with pytest.raises(mldebug.InputError, match="--predictions: predictions need --target"):
        mldebug.audit(FRAME[["x"]], predictions=GIVEN)
