"""Train, eval and reference together: kinds, splits, the target and the options' errors."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mldebug.adapters.splits import row_keys
from mldebug.adapters.tables import tables
from mldebug.artefacts import Kind
from mldebug.errors import InputError


@pytest.fixture
def train():
    return pd.DataFrame(
        {
            "x": [1.5, 2.0, 3.0, 4.0] * 5,
            "place": ["north", "south"] * 10,
            "part": (["train"] * 3 + ["Test "]) * 5,
            "when": pd.date_range("2020-01-01", periods=20).astype(str),
            "y": [0, 1] * 10,
        }
    )


def test_kinds_are_those_of_train(train):
    other = pd.DataFrame({"x": ["1", "2.5"], "place": [1, 2], "extra": ["a", "b"]})
    loaded = tables(train, other, target="y")
    assert [(one.name, one.kind.value, one.storage) for one in loaded.eval.columns] == [
        ("x", "number", "string"),
        ("place", "category", "int64"),
        ("extra", "category", "string"),
    ]
    assert "eval lacks the target 'y'" in loaded.remarks[-1]


def test_a_column_that_cannot_be_converted_keeps_its_own_kind(train):
    loaded = tables(train, pd.DataFrame({"x": ["low", "high"], "when": [1, 2]}))
    assert loaded.eval["x"].kind is Kind.CATEGORY
    assert loaded.eval["when"].kind is Kind.NUMBER
    assert loaded.train["when"].kind is Kind.DATE


def test_eval_equal_to_train(train):
    loaded = tables(train, train, target="y", reference=train)
    for one, same in zip(loaded.train.columns, loaded.eval.columns, strict=True):
        assert one.data.equals(same.data)
    assert [loaded.train.role, loaded.eval.role, loaded.reference.role] == [
        "train",
        "eval",
        "reference",
    ]


def test_split_by_share(train):
    loaded = tables(train, 0.25, target="y", seed=3)
    assert (loaded.train.n_rows, loaded.eval.n_rows) == (15, 5)
    positions = [*loaded.train.positions, *loaded.eval.positions]
    assert sorted(positions) == list(range(20))
    assert list(loaded.eval.positions) == sorted(np.argsort(row_keys(20, 3))[:5])
    for table in (loaded.train, loaded.eval):
        expected = train["x"].to_numpy()[table.positions].tolist()
        assert table["x"].data.to_pylist() == expected
    again = tables(train, 0.25, target="y", seed=4)
    assert list(again.eval.positions) != list(loaded.eval.positions)


def test_keys_are_distinct_and_even():
    keys = row_keys(100_000, 0)
    assert len(np.unique(keys)) == 100_000
    assert abs((keys > 2**63).mean() - 0.5) < 0.01
    assert len(np.intersect1d(keys, row_keys(100_000, 1))) == 0


@pytest.mark.parametrize("share", [0, 1, 1.5, -0.1, float("nan")])
def test_a_share_outside_its_bounds(train, share):
    with pytest.raises(InputError, match="above 0 and below 1"):
        tables(train, share)


def test_one_row():
    assert tables(pd.DataFrame({"a": [1], "y": ["b"]}), target="y").train.n_rows == 1
    with pytest.raises(InputError, match="at least two rows"):
        tables(pd.DataFrame({"a": [1]}), 0.5)


def test_split_column(train):
    loaded = tables(train, split_column="part", target="y")
    assert (loaded.train.n_rows, loaded.eval.n_rows) == (15, 5)
    assert "part" not in loaded.train
    assert "part" not in loaded.eval
    assert loaded.eval.positions.tolist() == [3, 7, 11, 15, 19]
    assert loaded.eval.position(1) == 7


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["train", "elsewhere"], "'elsewhere'"),
        (["train", None], "missing"),
        (["train", "train"], "no row into eval"),
        (["dev", "holdout"], "no row into train"),
        ([0, 1], "'0', '1'"),
        ([[1], [2]], "each value must be"),
        ([None, None], "missing"),
    ],
)
def test_split_columns_that_name_no_split(values, told):
    frame = pd.DataFrame({"a": [1, 2], "part": pd.Series(values, dtype=object)})
    with pytest.raises(InputError, match=told):
        tables(frame, split_column="part")


def test_options_that_contradict_each_other(train):
    with pytest.raises(InputError, match="give one of them"):
        tables(train, train, split_column="part")
    with pytest.raises(InputError, match="is the target"):
        tables(train, split_column="part", target="part")
    with pytest.raises(InputError, match="another column"):
        tables(train, target="y", identifier="y")
    with pytest.raises(InputError, match="give one of them"):
        tables(train, identifier="place", kinds={"place": "category"})


def test_a_missing_target_offers_the_nearest(train):
    with pytest.raises(InputError, match=r"--target: there is no column 'plaze'; .*'place'"):
        tables(train, target="plaze")
    with pytest.raises(InputError, match="there are 'x', 'place'"):
        tables(train, target="qqqq")
    with pytest.raises(InputError, match="did you mean 'y'"):
        tables(train, target="Y")
    for option in ("time", "identifier", "split_column"):
        with pytest.raises(InputError, match="no column 'nowhere'"):
            tables(train, **{option: "nowhere"})


def test_given_kinds(train):
    loaded = tables(train, train, kinds={"y": "category", "x": "id"}, identifier="when")
    assert [loaded.eval[name].kind.value for name in ("y", "x", "when")] == ["category", "id", "id"]
    with pytest.raises(InputError, match="'colour' is no kind"):
        tables(train, kinds={"x": "colour"})
    with pytest.raises(InputError, match="is no kind"):
        tables(train, kinds={"x": "unsupported"})
    with pytest.raises(InputError, match="no column 'nowhere'"):
        tables(train, kinds={"nowhere": "number"})
    with pytest.raises(InputError, match="'place' cannot be read as number"):
        tables(train, kinds={"place": "number"})


def test_time(train):
    assert tables(train, time="when").time.name == "when"
    assert tables(train, time="x").time.given
    with pytest.raises(InputError, match="must hold dates or numbers"):
        tables(train, time="place")


def target_of(values, task=None, eval=None):
    frame = pd.DataFrame({"a": range(len(values)), "y": values})
    other = None if eval is None else pd.DataFrame({"y": eval})
    return tables(frame, other, target="y", task=task)


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (["a", "b"] * 5, "classification"),
        ([True, False] * 5, "classification"),
        ([0.0, 1.0] * 5, "classification"),
        ([0, 1], "classification"),
        ([5] * 10, "classification"),
        ([None] * 4, "classification"),
        (list(range(10)) * 20, "classification"),
        (list(range(10)), "regression"),
        ([0.5, 1.5] * 50, "regression"),
        ([1.0, float("inf")] * 50, "regression"),
        (list(range(21)) * 20, "regression"),
        (RNG.poisson(2, 1_000).tolist(), "regression"),
        (RNG.poisson(4, 5_000).tolist(), "regression"),
        (RNG.choice(6, 1_000, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.05]).tolist(), "classification"),
        (RNG.normal(size=500).tolist(), "regression"),
        (pd.date_range("2020", periods=30).tolist(), "regression"),
    ],
)
def test_the_task_is_inferred_and_said(values, task):
    loaded = target_of(values)
    assert loaded.target.task == task
    assert loaded.target.inferred
    other = {"classification": "regression", "regression": "classification"}[task]
    assert f"--task {other}" in loaded.remarks[-1]


@pytest.mark.parametrize(
    ("values", "task", "kind", "classes"),
    [
        ([1, 2, 10], "classification", Kind.CATEGORY, ("1", "2", "10")),
        ([0, 1, 0], "regression", Kind.NUMBER, ()),
        ([True, False, None], "regression", Kind.NUMBER, ()),
        ([0.5, 1.0, 0.5], "classification", Kind.CATEGORY, ("0.5", "1")),
        (["b", "a", None], None, Kind.CATEGORY, ("a", "b")),
    ],
)
def test_the_task_given(values, task, kind, classes):
    loaded = target_of(values, task)
    assert loaded.target.classes == classes
    assert loaded.train["y"].kind is kind
    if task:
        assert not loaded.target.inferred
        assert not loaded.remarks


def test_text_has_no_regression():
    with pytest.raises(InputError, match="--task classification"):
        target_of(["a", "b"], "regression")
    with pytest.raises(InputError, match="is no task"):
        target_of(["a", "b"], "clustering")


@pytest.mark.parametrize("seen", [[0.0, 1.0, 7.0], ["0", "1", "7"], [0, 1, 7]])
def test_whole_and_floating_classes_agree_and_unseen_ones_come_last(seen):
    loaded = target_of([1, 0] * 10, eval=seen)
    assert loaded.target.classes == ("0", "1")
    assert loaded.train["y"].data.chunk(0).dictionary.to_pylist() == ["0", "1"]
    held = loaded.eval["y"].data.chunk(0)
    assert held.dictionary.to_pylist() == ["0", "1", "7"]
    assert held.indices.to_pylist() == [0, 1, 2]
    assert held.indices.type == pa.int32()


def test_booleans_agree_with_zero_and_one():
    loaded = target_of([True, False] * 5, eval=[0, 1])
    assert loaded.eval["y"].data.to_pylist() == ["False", "True"]


def test_classes_that_eval_lacks_stay_in_its_dictionary():
    loaded = target_of(["a", "b", "c"] * 9, eval=["b", None])
    assert loaded.eval["y"].data.chunk(0).dictionary.to_pylist() == ["a", "b", "c"]


def test_floating_classes_are_noted():
    assert "floating" in target_of([0.0, 1.0] * 9).train["y"].note
    assert target_of([0, 1] * 9).train["y"].storage == "int64"


@pytest.mark.parametrize("values", [[None] * 3, ["a"] * 3, [7] * 3])
def test_targets_of_one_class_or_none_are_loaded(values):
    loaded = target_of(values, eval=values)
    assert len(loaded.target.classes) == len(set(values) - {None})
    assert loaded.train["y"].data.to_pylist() == [one and str(one) for one in values]


def test_a_target_that_holds_lists():
    with pytest.raises(InputError, match="cannot be a target"):
        target_of([[1], [2]])


def test_pairs_name_their_target():
    x, y = np.zeros((4, 2)), np.array([0, 1, 1, 0])
    loaded = tables((x, y), (x, y))
    assert loaded.target.name == "target"
    assert loaded.eval["target"].data.to_pylist() == ["0", "1", "1", "0"]
    assert tables((x, y), x, target="label").target.name == "label"
    assert tables((x, y), (x, y), target="label").eval.names == ("f0", "f1", "label")
    with pytest.raises(InputError, match="leave out --target"):
        tables((x, y), target="f0")


@pytest.mark.parametrize("option", ["eval", "reference"])
def test_errors_name_the_option(train, option):
    with pytest.raises(InputError, match=f"^--{option}: there is no file"):
        tables(train, **{option: "nowhere.csv"})


def test_files_and_frames_give_the_same_table(train, tmp_path):
    train.to_csv(tmp_path / "a.csv", index=False)
    train.to_parquet(tmp_path / "a.parquet")
    frame = tables(train, target="y").train
    for name in ("a.csv", "a.parquet"):
        stored = tables(tmp_path / name, target="y").train
        assert len(stored.sha256.result()) == 64
        for one, same in zip(frame.columns, stored.columns, strict=True):
            assert (one.name, one.kind) == (same.name, same.kind)
            assert one.data.equals(same.data)


def test_importing_the_adapters_loads_nothing_heavy():
    code = (
        "import sys, pkgutil, importlib, mldebug.adapters as a\n"
        "[importlib.import_module('mldebug.adapters.' + m.name)"
        " for m in pkgutil.iter_modules(a.__path__)]\n"
        "print([m for m in ('numpy', 'pandas', 'pyarrow', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_columns_that_are_named_by_numbers():
    frame = pd.DataFrame(np.arange(60).reshape(20, 3) % 7)
    loaded = tables(frame, target=2, kinds={0: "category"}, time=1, task="regression")
    assert loaded.target.name == "2"
    assert loaded.train["0"].kind is Kind.CATEGORY
    assert loaded.time.name == "1"
    with pytest.raises(InputError, match=r"--target: there is no column '5'; there are '0', '1'"):
        tables(frame, target=5)


@pytest.mark.parametrize("option", ["target", "time", "identifier", "groups", "split_column"])
def test_an_empty_name_is_no_name(train, option):
    with pytest.raises(InputError, match="the name is empty; give the name of a column"):
        tables(train, **{option: ""})
