"""TensorBoard's event files, whole and broken."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from mldebug.adapters.runs import runs, tfrecord
from mldebug.errors import InputError
from tests.tracker_logs import (
    assert_same,
    by_library,
    crc32c,
    events,
    framed,
    message,
    plain,
    rows_of,
    simulated,
    tensor,
)

NAME = "events.out.tfevents.1700000000.host"
SINGLE = 1e-6
WRITER = """
from {module} import SummaryWriter
with SummaryWriter('log') as writer:
    for step, row in rows.items():
        for name, value in row.items():
            writer.add_scalar(name, value, step)
    writer.add_text('note', 'hello', 0)
    writer.add_hparams({{'lr': 0.1, 'opt': 'adam', 'nesterov': True}}, {{'hparam/best': 1.0}})
"""
TENSORS = """
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.summary.writer.event_file_writer import EventFileWriter
writer = EventFileWriter('log')
for step, row in rows.items():
    for name, value in row.items():
        writer.add_event(Event(wall_time=1.0, step=step, summary=scalar_pb(name, value)))
writer.close()
"""
ROWS = {k: {"train/loss": 1.0 / (k + 1)} for k in range(40)}


@pytest.mark.parametrize("scalar", [plain, tensor])
def test_the_events_give_the_run(tmp_path, scalar):
    run = simulated()
    path = events(tmp_path / "log" / NAME, rows_of(run), scalar)
    for place in (path, path.parent, tmp_path):
        (read,) = runs(place)
        assert_same(read, run, SINGLE)
        assert (read.name, read.tracker) == ("log", "TensorBoard")
        assert read.record == {"started": "2023-11-14T22:13:20.000+00:00"}
        assert read.series[0].times[0] >= 1_700_000_000.0
        assert read.remarks == ()


@pytest.mark.parametrize("module", ["tensorboardX", "torch.utils.tensorboard"])
def test_the_library_gives_the_run(tmp_path, module):
    run = simulated()
    library = "tensorboard" if "torch" in module else module
    by_library(library, WRITER.format(module=module), tmp_path, rows_of(run))
    (read,) = runs(tmp_path / "log")
    assert read.config == {"lr": 0.1, "opt": "adam", "nesterov": True}
    kept = type(read)(*(getattr(read, one) for one in read.__slots__))
    best = [one for one in kept.series if one.name == "hparam/best"]
    assert [one.values.tolist() for one in best] == [[1.0]]
    object.__setattr__(kept, "series", tuple(one for one in kept.series if one not in best))
    assert_same(kept, run, SINGLE)


def test_tensors_of_the_library_give_the_run(tmp_path):
    run = simulated()
    by_library("tensorboard", TENSORS, tmp_path, rows_of(run))
    (read,) = runs(tmp_path / "log")
    assert_same(read, run, SINGLE)


def test_files_of_one_folder_are_one_run_in_the_order_in_which_they_were_begun(tmp_path):
    for number, begun in enumerate((900, 10_000)):
        rows = {10 * number + k: {"loss": float(k)} for k in range(10)}
        events(tmp_path / f"events.out.tfevents.{begun}.host", rows)
    (read,) = runs(tmp_path)
    assert read.series[0].steps.tolist() == list(range(20))


def test_folders_named_for_data_sets_are_one_run_and_others_are_not(tmp_path):
    for split in ("train", "validation"):
        events(tmp_path / "keras" / split / NAME, {k: {"epoch_loss": 1.0} for k in range(9)})
    events(tmp_path / "second" / NAME, ROWS)
    first, second = runs(tmp_path)
    assert [(one.name, one.split) for one in first.series] == [
        ("train/epoch_loss", "train"),
        ("validation/epoch_loss", "eval"),
    ]
    assert (first.name, second.name) == ("keras", "second")


def test_values_and_steps_stay_as_they_are(tmp_path):
    values = [1.0, float("nan"), float("inf"), float("-inf")] * 5
    steps = [0, 300, 20, 10, -1, *range(1000, 1015)]
    rows = {step: {"loss": one} for step, one in zip(steps, values, strict=True)}
    (read,) = runs(events(tmp_path / NAME, rows))
    np.testing.assert_array_equal(read.series[0].values, values)
    assert read.series[0].steps.tolist() == steps


@pytest.mark.parametrize("cut", [1, 5, 20, 41])
def test_what_comes_before_a_cut_is_kept_and_told(tmp_path, cut):
    path = events(tmp_path / NAME, ROWS)
    path.write_bytes(path.read_bytes()[:-cut])
    (read,) = runs(path)
    assert len(read.series[0].values) == 39
    assert "is cut off at byte" in read.remarks[0]


@pytest.mark.parametrize("back", [2, 8, -1])
def test_what_comes_before_a_wrong_sum_is_kept_and_told(tmp_path, back):
    path = events(tmp_path / NAME, ROWS)
    whole = bytearray(path.read_bytes())
    last = len(framed(message((1, 1.0), (2, 39), (5, message((1, plain("train/loss", 1.0)))))))
    place = len(whole) - back if back > 0 else len(whole) - last + 2
    whole[place] ^= 0x40
    path.write_bytes(whole)
    (read,) = runs(path)
    assert len(read.series[0].values) == 39
    assert "wrong check sum at byte" in read.remarks[0]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"", "is empty"),
        (b"no events in this file, only a text", "wrong check sum at byte 0"),
        (struct.pack("<Q", 30), "is cut off at byte 0"),
        (framed(message((1, 1.0), (3, "brain.Event:2"))), "holds no scalar"),
    ],
)
def test_a_file_of_which_nothing_can_be_read(tmp_path, held, said):
    (tmp_path / NAME).write_bytes(held)
    with pytest.raises(InputError, match=said):
        runs(tmp_path)


def test_an_event_that_is_no_message_is_left_out_and_told(tmp_path):
    path = events(tmp_path / NAME, ROWS)
    path.write_bytes(path.read_bytes() + framed(b"\x2a\xff\xff"))
    (read,) = runs(path)
    assert len(read.series[0].values) == 40
    assert "1 event of" in read.remarks[0]


def test_links_in_a_loop_are_not_followed(tmp_path):
    events(tmp_path / "log" / NAME, ROWS)
    (tmp_path / "log" / "loop").symlink_to(tmp_path)
    assert len(runs(tmp_path)) == 1


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 100, 4095, 4096, 4097, 20_000])
def test_check_sums(size):
    held = np.random.default_rng(size).integers(0, 256, size + 9, dtype=np.uint8)
    (found,) = tfrecord._sums(held, np.array([9]), np.array([size]))
    assert int(found) == crc32c(held[9:].tobytes()) == tfrecord.checksum(held[9:].tobytes())


def test_check_sums_side_by_side():
    rng = np.random.default_rng(3)
    held = rng.integers(0, 256, 9000, dtype=np.uint8)
    starts, lengths = rng.integers(0, 4000, 50), rng.integers(0, 300, 50)
    found = tfrecord._sums(held, starts, lengths)
    told = [crc32c(held[a : a + n].tobytes()) for a, n in zip(starts, lengths, strict=True)]
    assert found.tolist() == told


def test_records_longer_than_a_block_and_over_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(tfrecord, "BLOCK", 64)
    run = simulated()
    path = events(tmp_path / NAME, rows_of(run))
    path.write_bytes(framed(message((4, b"x" * 10_000))) + path.read_bytes())
    (read,) = runs(path)
    assert_same(read, run, SINGLE)
