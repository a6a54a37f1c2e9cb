"""Logs as the trackers write them, made here byte by byte, and the run that they should give."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import subprocess
import sys
import zlib
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.runs import course, logged

if TYPE_CHECKING:
    from mldebug.artefacts import Run

PATHS = [str(Path(__file__).resolve().parents[1])]
Rows = dict[int, dict[str, float]]
BEGAN = 1_700_000_000.0
LARGEST = 1.7976931348623157e308


def simulated(n: int = 60) -> Run:
    """A run with a loss of each split, a score of each, and a learning rate."""
    rng = np.random.default_rng(7)
    return logged(rng, course(rng, n, stride=10, cadence=5, classes=10))


def rows_of(run: Run) -> Rows:
    """What a training loop hands to a tracker, step by step."""
    rows: Rows = {}
    for one in run.series:
        for place, step in enumerate(one.steps.tolist()):
            row = rows.setdefault(step, {})
            row[one.name] = float(one.values[place])
            row["epoch"] = float(one.epochs[place])
    return dict(sorted(rows.items()))


def assert_same(read: Run, run: Run, rtol: float = 0.0) -> None:
    """The two runs have the same series."""
    found = {one.name: one for one in read.series}
    assert found.keys() == {one.name for one in run.series}
    for one in run.series:
        other = found[one.name]
        told = (other.metric, other.role, other.split, other.direction)
        assert told == (one.metric, one.role, one.split, one.direction)
        np.testing.assert_array_equal(other.steps, one.steps)
        np.testing.assert_allclose(other.values, one.values, rtol=rtol)
        np.testing.assert_allclose(other.epochs, one.epochs, rtol=rtol)


def by_library(name: str, script: str, folder: Path, rows: Rows | None = None) -> None:
    """Let the real library write into a folder, in a process of its own; skip without it."""
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    (folder / "rows.json").write_text(
        json.dumps({str(key): one for key, one in (rows or {}).items()})
    )
    head = (
        "import json, os\n"
        "rows = {int(k): v for k, v in json.load(open('rows.json')).items()}\n"
        "os.environ.update(WANDB_MODE='offline', WANDB_SILENT='true', DVCLIVE_LOGLEVEL='ERROR',\n"
        "    GIT_PYTHON_REFRESH='quiet', MLFLOW_ALLOW_FILE_STORE='true', DO_NOT_TRACK='1',\n"
        "    MLFLOW_DISABLE_TELEMETRY='true', DVC_NO_ANALYTICS='true')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", head + script],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([*PATHS, os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (folder / "rows.json").unlink()


MLFLOW = """
CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT, lifecycle_stage TEXT);
CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name TEXT, user_id TEXT, status TEXT,
  start_time BIGINT, end_time BIGINT, source_version TEXT, lifecycle_stage TEXT, artifact_uri TEXT,
  experiment_id INTEGER);
CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
  run_uuid VARCHAR(32) NOT NULL, step BIGINT NOT NULL, is_nan BOOLEAN NOT NULL,
  PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
CREATE TABLE datasets (dataset_uuid TEXT, name TEXT, digest TEXT);
CREATE TABLE inputs (input_uuid TEXT, source_type TEXT, source_id TEXT, destination_id TEXT);
CREATE TABLE input_tags (input_uuid TEXT, name TEXT, value TEXT);
INSERT INTO experiments VALUES (1, 'one', 'active'), (2, 'gone', 'deleted');
"""


def mlflow_database(path: Path, rows: Rows, run: str = "abc", stage: str = "active") -> Path:
    """A database of MLflow with one run more."""
    with closing(sqlite3.connect(path)) as base:
        if not base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            base.executescript(MLFLOW)
        base.execute(
            "INSERT INTO runs VALUES (?, ?, 'ann', 'FINISHED', ?, ?, '', ?, '', 1)",
            (run, f"run {run}", int(BEGAN * 1000), int(BEGAN * 1000) + 5000, stage),
        )
        base.executemany("INSERT INTO params VALUES (?, ?, ?)", [("lr", "0.1", run)])
        commit = [("mlflow.source.git.commit", "f00", run), ("mlflow.git.dirty", "True", run)]
        base.executemany("INSERT INTO tags VALUES (?, ?, ?)", commit)
        base.execute("INSERT INTO datasets VALUES (?, 'set', 'd1')", (run,))
        base.execute("INSERT INTO inputs VALUES (?, 'DATASET', ?, ?)", (run, run, run))
        base.execute("INSERT INTO input_tags VALUES (?, 'mlflow.data.context', 'training')", (run,))
        for number, (step, row) in enumerate(rows.items()):
            for key, value in row.items():
                held = 0.0 if np.isnan(value) else float(np.clip(value, -LARGEST, LARGEST))
                time = int(BEGAN * 1000) + number
                base.execute(
                    "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)",
                    (key, held, time, run, step, bool(np.isnan(value))),
                )
        base.commit()
    return path


def mlflow_store(folder: Path, rows: Rows, run: str = "abc") -> Path:
    """A file store of MLflow with one run."""
    home = folder / "1" / run
    for name, text in {
        "tags/mlflow.user": "ann",
        "params/lr": "0.1",
        "artifacts/requirements.txt": "numpy==2\n",
        "meta.yaml": f"artifact_uri: x\nexperiment_id: '1'\nrun_id: {run}\nrun_name: run {run}\n"
        f"status: 3\nstart_time: {int(BEGAN * 1000)}\nuser_id: ann\nlifecycle_stage: active\n",
        "../meta.yaml": "artifact_location: x\nexperiment_id: '1'\nname: one\n",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    for number, (step, row) in enumerate(rows.items()):
        for key, value in row.items():
            place = home / "metrics" / key
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("a") as file:
                file.write(f"{int(BEGAN * 1000) + number} {value!r} {step}\n")
    return folder


def dvclive_folder(folder: Path, rows: Rows) -> Path:
    """A folder of DVCLive."""
    for step, row in rows.items():
        for key, value in row.items():
            place = folder / "plots" / "metrics" / f"{key}.tsv"
            place.parent.mkdir(parents=True, exist_ok=True)
            new = not place.exists()
            with place.open("a") as file:
                file.write(f"step\t{place.stem}\n" * new + f"{step}\t{value!r}\n")
    (folder / "params.yaml").write_text("optimizer:\n  lr: 0.1\n")
    (folder / "metrics.json").write_text("{}")
    return folder


def varint(number: int) -> bytes:
    """A number as the wire format has it."""
    number &= (1 << 64) - 1
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])


def message(*fields: tuple[int, Any]) -> bytes:
    """A message of fields: an int as a varint, a float as eight bytes, texts and bytes as they are."""
    made = b""
    for number, value in fields:
        if isinstance(value, int):
            made += varint(number << 3) + varint(value)
        elif isinstance(value, float):
            made += varint(number << 3 | 1) + struct.pack("<d", value)
        else:
            held = value.encode() if isinstance(value, str) else value
            made += varint(number << 3 | 2) + varint(len(held)) + held
    return made


def crc32c(data: bytes) -> int:
    """The sum bit by bit, as its definition has it."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def framed(event: bytes) -> bytes:
    """A record of a TFRecord file."""

    def sum_of(data: bytes) -> bytes:
        crc = crc32c(data)
        turned = (crc >> 15 | crc << 17) & 0xFFFFFFFF
        return struct.pack("<I", (turned + 0xA282EAD8) & 0xFFFFFFFF)

    length = struct.pack("<Q", len(event))
    return length + sum_of(length) + event + sum_of(event)


def plain(tag: str, value: float) -> bytes:
    """A scalar as PyTorch writes it."""
    return message((1, tag)) + b"\x15" + struct.pack("<f", value)


def tensor(tag: str, value: float) -> bytes:
    """A scalar as TensorFlow 2 writes it."""
    held = message((1, 1), (2, b""), (4, struct.pack("<f", value)))
    return message((1, tag), (8, held), (9, message((1, message((1, "scalars"))))))


def events(path: Path, rows: Rows, scalar: Any = plain) -> Path:
    """An event file of TensorBoard."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = framed(message((1, BEGAN), (3, "brain.Event:2")))
    for number, (step, row) in enumerate(rows.items()):
        for key, value in row.items():
            summary = message((1, scalar(key, value)))
            made += framed(message((1, BEGAN + number), (2, step), (5, summary)))
    path.write_bytes(made)
    return path


def wandb_file(path: Path, rows: Rows, *, ended: bool = True) -> Path:
    """The file of an offline run of W&B."""

    def item(name: str, value: Any) -> bytes:
        told = json.dumps(value) if isinstance(value, str) or np.isfinite(value) else "NaN"
        told = told if isinstance(value, str) or not np.isinf(value) else "Infinity"
        return message((2, name), (16, told))

    began = message((1, int(BEGAN)))
    config = message((1, message((1, "optimizer"), (16, '{"lr": 0.1}'))))
    git = message((2, "f00"))
    records = [
        message(
            (17, message((1, "abc"), (2, "ann"), (8, "nice"), (4, config), (17, began), (21, git)))
        ),
        message(
            (6, message((1, message((1, "requirements.txt"))), (1, message((1, "diff.patch")))))
        ),
        message((8, message((4, "dataset"), (5, "set"), (6, "d1")))),
    ]
    for number, (step, row) in enumerate(rows.items()):
        told = {**row, "_step": step, "_timestamp": BEGAN + number}
        items = [(1, item(name, value)) for name, value in told.items()]
        records.append(message((2, message(*items))))
    if ended:
        records.append(message((18, message((1, 0), (2, 9)))))
    made = bytearray(struct.pack("<4sHB", b":W&B", 0xBEE1, 0))
    for record in records:
        rest, first = record, True
        while first or rest:
            room = 32_768 - len(made) % 32_768 - 7
            if room < 0:
                made += bytes(room + 7)
                continue
            part, rest = rest[:room], rest[room:]
            kind = (1 if not rest else 2) if first else (4 if not rest else 3)
            made += struct.pack("<IHB", zlib.crc32(bytes([kind]) + part), len(part), kind) + part
            first = False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(made))
    return path
