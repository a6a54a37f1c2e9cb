"""TR951 incomplete-record: names what a record lacks; nothing of a whole one."""

from __future__ import annotations

import numpy as np
import pytest

import mldebug
from mldebug.checkers.tracking.incomplete_record import ITEMS
from tests.audits import only, state
from tests.checkers.tracking.records import REMOVABLE, whole, without_entry
from tests.tables import Case

CODE = "TR951"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Take ``dose`` things out of a record that had them all."""
    run = whole(rng, n)
    for item in rng.choice(REMOVABLE, round(dose), replace=False):
        run = without_entry(run, str(item))
    return Case("record", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A record that lacks nothing."""
    return plant(rng, n, 0.0)


@pytest.mark.parametrize("item", REMOVABLE)
def test_each_thing_is_missed_by_its_name(item):
    run = without_entry(whole(np.random.default_rng(0), 50), item)
    finding = only(mldebug.audit(run=run, select=[CODE]))
    assert finding.measurement.details["absent"] == item
    assert finding.measurement.value == 1
    assert finding.severity == "note"


def test_a_bare_curve_lacks_nearly_everything():
    diagnosis = mldebug.audit(run={"loss": np.linspace(1, 0, 30)}, select=[CODE])
    finding = only(diagnosis)
    assert finding.measurement.details["present"] == "loss by step"
    assert finding.measurement.value == ITEMS - 1
    figure = finding.measurement.figure
    assert len(figure["rows"]) == ITEMS
    assert [row for row in figure["rows"] if row[2] == "recorded"] == [
        ["results", "loss by step", "recorded"]
    ]


def test_of_several_runs_one_finding_names_what_any_of_them_lacks():
    rng = np.random.default_rng(0)
    runs = [whole(rng, 50), without_entry(whole(rng, 50), "weights"), whole(rng, 50)]
    finding = only(mldebug.audit(run=runs, select=[CODE]))
    assert finding.measurement.details["where"] == "1 of 3 runs"
    assert "weights" in finding.message


def test_a_whole_record_passes():
    run = whole(np.random.default_rng(1), 50)
    assert state(mldebug.audit(run=run, select=[CODE])) == "passed"
