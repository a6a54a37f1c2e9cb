"""Any log in columns or records: forms, axes, several runs in one file, and what is broken."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from mldebug.adapters.runs import runs
from mldebug.errors import InputError

STEPS = [10, 20, 30, 40]
LOSSES = [4.0, 3.0, 2.5, 2.0]


def written(folder, content, name="my.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(path):
    (run,) = runs(path)
    return run, {one.name: one for one in run.series}


def rows(*lines):
    return "\n".join(lines) + "\n"


FORMS = {
    "my.csv": lambda: rows("step,loss", *(f"{a},{b}" for a, b in zip(STEPS, LOSSES, strict=True))),
    "my.tsv": lambda: rows(
        "Step\tloss", *(f"{a}\t{b}" for a, b in zip(STEPS, LOSSES, strict=True))
    ),
    "my.txt": lambda: rows("step;loss", *(f"{a};{b}" for a, b in zip(STEPS, LOSSES, strict=True))),
    "my.csv.gz": lambda: gzip.compress(FORMS["my.csv"]().encode()),
    "my.jsonl": lambda: rows(
        *(json.dumps({"step": a, "loss": b}) for a, b in zip(STEPS, LOSSES, strict=True))
    ),
    "metrics.json": lambda: FORMS["my.jsonl"]() + "\n",
    "my.json": lambda: json.dumps(
        [{"global_step": a, "loss": b} for a, b in zip(STEPS, LOSSES, strict=True)], indent=1
    ),
    "lists.json": lambda: json.dumps({"iteration": STEPS, "loss": LOSSES}),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_run(tmp_path, name):
    run, found = only(written(tmp_path, FORMS[name](), name))
    assert run.name == (tmp_path.name if name == "metrics.json" else name.partition(".")[0])
    assert list(found["loss"].steps) == STEPS
    assert list(found["loss"].values) == LOSSES


def test_parquet(tmp_path):
    table = pa.table(
        {"step": STEPS, "loss": LOSSES, "val_loss": [None, 3.5, None, 2.5], "note": ["a"] * 4}
    )
    parquet.write_table(table, tmp_path / "my.parquet")
    _, found = only(tmp_path / "my.parquet")
    assert list(found) == ["loss", "val_loss"]
    assert list(found["val_loss"].steps) == [20, 40]


def test_a_mark_and_padding_and_quotes(tmp_path):
    content = b"\xef\xbb\xbf" + b'"step" , "train loss"\n 1 , 2.0 \n 2 , 1.5 \n'
    _, found = only(written(tmp_path, content))
    assert list(found["train loss"].values) == [2.0, 1.5]


def test_whole_epochs_are_the_steps_and_fractions_are_not(tmp_path):
    _, found = only(written(tmp_path, rows("epoch,loss", "1,3", "2,2", "3,1")))
    assert list(found["loss"].steps) == [1, 2, 3]
    _, found = only(written(tmp_path, rows("epoch,loss", "0.5,3", "1.0,2", "1.5,1")))
    assert list(found["loss"].steps) == [0, 1, 2]
    assert list(found["loss"].epochs) == [0.5, 1.0, 1.5]


def test_a_batch_within_its_epoch_is_no_step(tmp_path):
    lines = [
        f"{epoch},{batch},{1 / (epoch + batch + 1)}" for epoch in range(4) for batch in range(5)
    ]
    _, found = only(written(tmp_path, rows("epoch,batch,loss", *lines)))
    assert list(found["loss"].steps) == list(range(20))


def test_times(tmp_path):
    _, found = only(
        written(tmp_path, rows("Wall time,Step,Value", "1700000000.5,1,3", "1700000001.5,2,2"))
    )
    assert list(found["Value"].times) == [1700000000.5, 1700000001.5]
    _, found = only(
        written(
            tmp_path,
            rows("timestamp,step,loss", "2023-11-14 22:13:20,1,3", "2023-11-14 22:13:21,2,2"),
        )
    )
    assert list(found["loss"].times) == [1.7e9, 1.7e9 + 1]
    _, found = only(written(tmp_path, rows("time,epoch,loss", "1.5,1,3", "3.0,2,2")))
    assert list(found["time"].values) == [1.5, 3.0]


def test_a_column_of_runs_tells_them_apart(tmp_path):
    lines = [f"{name},{step},{value}" for step in range(3) for name, value in (("b", 1), ("a", 2))]
    found = runs(written(tmp_path, rows("run_id,step,loss", *lines)))
    assert [run.name for run in found] == ["my: b", "my: a"]
    assert [list(run.series[0].values) for run in found] == [[1] * 3, [2] * 3]
    lines = [f"{seed},{step},0.5" for seed in (7, 8) for step in range(3)]
    found = runs(written(tmp_path, rows("seed,step,loss", *lines)))
    assert [(run.name, run.config["seed"]) for run in found] == [
        ("my: seed 7", "seed 7"),
        ("my: seed 8", "seed 8"),
    ]


def test_a_column_of_metrics_is_a_long_log(tmp_path):
    lines = [
        f"{name},{value},{step}"
        for step in range(4)
        for name, value in (("loss", 1), ("val_acc", 0.5))
    ]
    _, found = only(written(tmp_path, rows("key,value,step", *lines)))
    assert {name: list(one.steps) for name, one in found.items()} == {
        "loss": [0, 1, 2, 3],
        "val_acc": [0, 1, 2, 3],
    }


def test_two_runs_without_such_a_column_stay_as_they_were_logged(tmp_path):
    lines = [f"{step},{3 - step / 10}" for _ in range(2) for step in range(20)]
    _, found = only(written(tmp_path, rows("step,loss", *lines)))
    assert list(found["loss"].steps) == [*range(20), *range(20)]


def test_steps_out_of_order_and_values_that_are_not_finite_are_kept(tmp_path):
    _, found = only(written(tmp_path, rows("step,loss", "3,1", "1,nan", "2,inf", "2,-inf", "5,")))
    assert list(found["loss"].steps) == [3, 1, 2, 2]
    assert np.array_equal(found["loss"].values, [1, np.nan, np.inf, -np.inf], equal_nan=True)


def test_mixed_metrics_at_steps_of_their_own(tmp_path):
    content = rows("step,loss,acc,text", "0,2,,start", "1,,0.5,", "2,1,,", "3,,0.75,end")
    _, found = only(written(tmp_path, content))
    assert {name: list(one.steps) for name, one in found.items()} == {"loss": [0, 2], "acc": [1, 3]}


def test_a_line_that_is_cut_off_is_told(tmp_path):
    run, found = only(written(tmp_path, "step,loss,acc\n0,2,0.1\n1,1,0.2\n2,0"))
    assert len(found["loss"].values) == 2
    assert any("1 line of" in remark for remark in run.remarks)
    run, found = only(written(tmp_path, '{"step": 0, "loss": 2}\n{"step": 1, "lo', "my.jsonl"))
    assert len(found["loss"].values) == 1
    assert any("1 line of" in remark for remark in run.remarks)


def test_cells_that_are_no_numbers_are_told(tmp_path):
    content = rows(
        "step,loss", "0,2.5", "1,oops", "step,loss", "2,\"tensor(0.5, device='cuda:0')\""
    )
    run, found = only(written(tmp_path, content))
    assert list(found["loss"].values) == [2.5, 0.5]
    assert any("2 cells are no numbers" in remark for remark in run.remarks)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [("step,größe,loss\n1,2,3\n2,3,4\n", "cp1252"), ("step,größe,loss\n1,2,3\n2,3,4\n", "utf-16")],
)
def test_other_encodings(tmp_path, content, encoding):
    _, found = only(written(tmp_path, content.encode(encoding)))
    assert list(found) == ["größe", "loss"]


def test_a_wrong_byte_late_in_the_file(tmp_path):
    lines = [f"{step},{step / 2},fine" for step in range(30_000)]
    content = rows("step,loss,run", *lines).encode() + b"30000,\xff\xfe,\xff\n"
    found = runs(written(tmp_path, content))
    assert len(found[0].series[0].values) == 30_000


def test_a_huge_header(tmp_path):
    names = [f"layer.{number}.{'w' * 20}" for number in range(5_000)]
    content = rows(",".join(["step", *names]), *(",".join(["1"] * 5_001) for _ in range(3)))
    run, _ = only(written(tmp_path, content))
    assert len(run.series) == 5_000


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"step,loss\n", "has a header but no rows"),
        (
            "a.csv",
            b"step,note\n1,x\n2,y\n",
            "holds no series of numbers|holds no column of numbers",
        ),
        (
            "a.csv",
            b"age,income,churned\n1,2,3\n",
            "has no column step, epoch or iteration .*'age', 'income'",
        ),
        ("a.csv", b"\x00\x01\x02" * 100, "is no log of a run"),
        ("a.csv", b"x," * 3_000_000, "is no log of a run"),
        ("a.json", b'[{"step": 1, "loss": 2}, {"st', "is cut off at line 1"),
        ("a.json", b'{"learning_rate": 0.1, "epochs": 3}', "is no log of a run"),
        ("a.jsonl", b'{"step": 1}\n{"step": 2}\n', "holds no column of numbers"),
        ("a.parquet", b"PAR1 and no more", "is no log of a run"),
        ("a.png", b"\x89PNG", "is no log of a run"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        runs(written(tmp_path, content, name))
    told = str(caught.value)
    assert told.startswith(f"--run: {tmp_path / name} ")
    assert "\n" not in told


def test_every_missing_word_is_no_value(tmp_path):
    content = rows("step,loss", "0,1", "1,NA", "2,None", "3,null", "4,-", "5,2")
    run, found = only(written(tmp_path, content))
    assert list(found["loss"].steps) == [0, 5]
    assert not any("no number" in remark for remark in run.remarks)


def test_enormous_steps_are_held(tmp_path):
    _, found = only(written(tmp_path, rows("step,loss", "0,1", "1e300,2", "-inf,3")))
    assert list(found["loss"].values) == [1, 2, 3]


def test_a_frame_that_was_written_with_its_index(tmp_path):
    pd.DataFrame({"epoch": [0, 1], "loss": [2.0, 1.0]}).to_csv(tmp_path / "my.csv")
    _, found = only(tmp_path / "my.csv")
    assert list(found) == ["loss"]


GROWTH = """
import sys
import pyarrow.csv, pyarrow.compute, numpy
from mldebug.adapters.runs import runs
def peak():
    # Not ru_maxrss: of a process that was started by another, it begins with the other's peak.
    told = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(told[0].split()[1]) / 1024
runs(sys.argv[1])
before = peak()
(run,) = runs(sys.argv[2])
assert len(run.series[0].values) == 2_000_000
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="its peak is read from /proc")
def test_a_long_log_takes_little_more_memory_than_its_numbers(tmp_path):
    """Its numbers take 31 MB; read as a whole, its texts alone would take five times as much."""
    content = pa.table(
        {"step": np.arange(2_000_000), "loss": np.random.default_rng(0).random(2_000_000)}
    )
    arrow_csv.write_csv(content, tmp_path / "long.csv")
    arrow_csv.write_csv(content.slice(0, 300_000), tmp_path / "short.csv")
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, tmp_path / "short.csv", tmp_path / "long.csv"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < 110
