"""TR952 unversioned-data: found where a record lacks it; bare files are not asked."""

from __future__ import annotations

import numpy as np
import pytest

import mldebug
from tests.audits import only, reason, state
from tests.checkers.tracking.records import whole
from tests.tables import Case

CODE = "TR952"
SIZES = (50, 500, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Name ``dose`` data sets without a digest, or none at all."""
    held = {f"part-{place}.csv": None for place in range(round(dose))}
    bare = round(dose) == 1 and rng.random() < 0.5
    run = whole(rng, n, data={} if bare else {"train.csv": "sha256:1", **held})
    return Case("record", None, options={"run": run}, subject={"run": "run"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """A record that pins it."""
    return Case("record", None, options={"run": whole(rng, n)}, subject={"run": "run"})


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        ({}, "all data sets have a digest"),
        ({"data": {}}, "no data set is named"),
        ({"data": {"a": None, "b": "1", "c": ""}}, "no digest or version of a, c"),
    ],
)
def test_what_is_told(entries, what):
    run = whole(np.random.default_rng(0), 50, **entries)
    diagnosis = mldebug.audit(run=run, select=[CODE])
    told = {one.quantity: one.details["what"] for one in diagnosis.measurements}
    assert told["tracking.unversioned_data"] == what
    assert state(diagnosis) == ("found" if what.startswith(("no ", "the code had")) else "passed")


def test_a_bare_file_is_not_asked():
    diagnosis = mldebug.audit(run={"loss": np.linspace(1, 0, 30)}, select=[CODE])
    assert "bare files" in reason(diagnosis, CODE)


def test_of_several_runs_the_worst_is_told_once():
    rng = np.random.default_rng(0)
    runs = [whole(rng, 50), plant(rng, 50, 1).options["run"]]
    finding = only(mldebug.audit(run=runs, select=[CODE]))
    assert finding.measurement.details["where"] == "1 of 2 runs"
    assert finding.severity == "note"
