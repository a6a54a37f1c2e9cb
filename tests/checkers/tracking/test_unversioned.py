"""TR952 to TR954, one checker: what a record lacks is told; bare files are not asked."""

from __future__ import annotations

import numpy as np
import pytest

import mldebug
from mldebug.catalogue import rules
from tests.audits import only, reason, state
from tests.checkers.tracking import test_TR952_unversioned_data as data
from tests.checkers.tracking import test_TR953_unversioned_code as code
from tests.checkers.tracking import test_TR954_unpinned_environment as environment
from tests.checkers.tracking.records import whole

RULES = (data, code, environment)


@pytest.mark.parametrize(
    ("rule", "entries", "what", "expected"),
    [
        (data, {}, "all data sets have a digest", "passed"),
        (data, {"data": {}}, "no data set is named", "found"),
        (
            data,
            {"data": {"a": None, "b": "1", "c": ""}},
            "no digest or version of a, c",
            "found",
        ),
        (code, {}, "the code is a commit", "passed"),
        (code, {"code_version": None}, "no commit of the code is named", "found"),
        (code, {"code_dirty": True}, "the code had changes that are in no commit", "found"),
        (environment, {}, "the packages were stored", "passed"),
        (
            environment,
            {"environment": None},
            "no list of packages and no lock file was stored",
            "found",
        ),
    ],
)
def test_what_is_told(rule, entries, what, expected):
    run = whole(np.random.default_rng(0), 50, **entries)
    diagnosis = mldebug.audit(run=run, select=[rule.CODE])
    judged = rules()[rule.CODE].judges
    told = {one.quantity: one.details["what"] for one in diagnosis.measurements}
    assert told[judged] == what
    assert state(diagnosis) == expected


@pytest.mark.parametrize("rule", RULES)
def test_a_bare_file_is_not_asked(rule):
    diagnosis = mldebug.audit(run={"loss": np.linspace(1, 0, 30)}, select=[rule.CODE])
    assert "bare files" in reason(diagnosis, rule.CODE)


@pytest.mark.parametrize("rule", RULES)
def test_of_several_runs_the_worst_is_told_once(rule):
    rng = np.random.default_rng(0)
    runs = [whole(rng, 50), rule.plant(rng, 50, 1).options["run"]]
    finding = only(mldebug.audit(run=runs, select=[rule.CODE]))
    assert finding.measurement.details["where"] == "1 of 2 runs"
    assert finding.severity == "note"
