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


def matrix(given):
    told, _ = predictions(given)
    return told.values  # noqa: PD011  (no frame)


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


@pytest.mark.parametrize("ending", ["npy", "parquet", "memory"])
def test_single_precision_stays_so(tmp_path, ending):
    given, path = GIVEN.astype(np.float32), tmp_path / f"p.{ending}"
    if ending == "npy":
        np.save(path, given)
    elif ending == "parquet":
        pd.DataFrame(given, columns=list("abc")).to_parquet(path)
    values = matrix(given if ending == "memory" else path)
    assert values.dtype == np.float32
    assert np.array_equal(values, given)


def test_a_matrix_is_not_copied(tmp_path):
    assert np.shares_memory(matrix(GIVEN), GIVEN)
    np.save(tmp_path / "p.npy", GIVEN)
    assert isinstance(matrix(tmp_path / "p.npy").base, np.memmap)


def test_a_matrix_has_the_order_of_the_classes_whatever_they_are_called():
    words = [f"f{one}" for one in range(11)]
    given = RNG.dirichlet(np.ones(11), 44)
    told, _ = predictions(given, pd.DataFrame({"x": np.arange(44), "y": words * 4}))
    assert told.classes == tuple(sorted(words))
    assert np.array_equal(told.values, given)


def test_rows_without_a_prediction_are_no_reason_to_refuse():
    given = GIVEN.copy()
    given[3, 1] = np.nan
    assert np.isnan(matrix(given)[3, 1])


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, -0.5])
def test_what_is_no_probability_is_refused(wrong):
    given = GIVEN.copy()
    given[30] = [wrong, 1.0 - wrong if np.isfinite(wrong) else 0.5, 0.0]
    with pytest.raises(mldebug.InputError, match="the columns must hold probabilities"):
        predictions(given)


@pytest.mark.parametrize("held", [b"no array", b""])
def test_a_damaged_file_is_named(tmp_path, held):
    (tmp_path / "p.npy").write_bytes(held)
    with pytest.raises(mldebug.InputError, match=r"p\.npy"):
        predictions(tmp_path / "p.npy")


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
