"""Working side by side: the same measurements in the same order, and every artefact made once."""

# ruff: noqa: ARG001  (a need is named by a parameter, whether it is used or not)

from __future__ import annotations

import json
import threading
import time

import clean_tables
import pytest

import mldebug
import mldebug.measure
import mldebug.resolve
from mldebug.artefacts import Table
from mldebug.checker import Checker, Derived, Unavailable, needs_of
from mldebug.measure import measured
from mldebug.measurement import Measurement, Quantity, Subject
from mldebug.resolve import Recipe

QUANTITY = Quantity("data.made_up", "number", (None, None), "count", "x.")
GIVEN = {"train": Table("train", "made.csv", (), 0), "eval": None}


def one(value):
    return Measurement(QUANTITY.name, Subject(), float(value), 10)


@pytest.fixture
def lanes(monkeypatch):
    """Set how many pieces of work run at a time."""

    def put(number):
        monkeypatch.setattr(mldebug.measure, "threads", lambda: number)

    return put


@pytest.fixture
def derived(monkeypatch):
    """Declare functions as the only derived artefacts there are."""

    def declare(*functions):
        made = {
            make.__name__: Recipe(Derived(make.__name__, make, False, needs_of(make)), None)
            for make in functions
        }
        for module in (mldebug.measure, mldebug.resolve):
            monkeypatch.setattr(module, "recipes", lambda: made)

    return declare


def checkers(**functions):
    return [
        Checker(f"data.{name}", (QUANTITY,), run, "cheap", needs_of(run))
        for name, run in functions.items()
    ]


@pytest.mark.parametrize("number", [1, 2, 3, 8])
def test_what_checkers_share_is_made_once_and_they_are_told_in_order(lanes, derived, number):
    made = []

    def shared(train):
        made.append("shared")
        time.sleep(0.02)
        return 10

    def upon(shared):
        made.append("upon")
        return shared + 1

    def absent(shared):
        made.append("absent")
        raise Unavailable("there is none")

    def first(shared):
        time.sleep(0.03)
        return [one(shared)]

    def second(upon):
        return [one(upon)]

    def third(shared, upon, absent=None):
        assert absent is None
        return [one(shared + upon)]

    lanes(number)
    derived(shared, upon, absent)
    asked = checkers(a=first, b=second, d=third)
    result = measured(asked, GIVEN)
    assert [told.value for told in result.measurements] == [10, 11, 21]
    assert sorted(made) == ["absent", "shared", "upon"]
    assert list(result.runs) == [checker.name for checker in asked]
    assert {run.state for run in result.runs.values()} == {"ran"}
    assert not result.interrupted


@pytest.mark.parametrize("number", [1, 2, 3, 8])
def test_what_fails_is_told_by_the_first_in_order_that_asked(lanes, derived, number):
    def failing(train):
        raise ZeroDivisionError

    def fails(failing): ...

    def fails_too(train, failing): ...

    def works(train):
        return [one(3)]

    lanes(number)
    derived(failing)
    result = measured(checkers(a=works, c=fails, e=fails_too, f=works), GIVEN)
    assert [run.state for run in result.runs.values()] == ["ran", "failed", "not_checked", "ran"]
    assert result.runs["data.e"].reason == "it needs failing, which failed for data.c"


@pytest.mark.parametrize("number", [2, 4])
def test_as_many_pieces_run_at_a_time_as_there_are_lanes(lanes, number):
    barrier = threading.Barrier(number, timeout=30)

    def waits(train):
        barrier.wait()
        return [one(1)]

    lanes(number)
    result = measured(checkers(**{f"w{place}": waits for place in range(2 * number)}), GIVEN)
    assert {run.state for run in result.runs.values()} == {"ran"}


def test_the_costly_ones_begin_beside_the_cheap_ones(lanes):
    begun = []

    def run_of(name):
        def run(train):
            return [one(1)]

        run.__name__ = name
        return run

    lanes(2)
    asked = checkers(**{name: run_of(name) for name in "abcdef"})
    measured(asked, GIVEN, progress=lambda name, number, of: begun.append((name, number, of)))
    assert {begun[0][0], begun[1][0]} == {"data.a", "data.f"}
    assert [number for _, number, _ in begun] == list(range(6))
    assert sorted(name for name, _, _ in begun) == [checker.name for checker in asked]


def test_nothing_is_made_for_a_checker_that_cannot_run(lanes, derived):
    def absent(train):
        raise Unavailable("there is none")

    def costly(train):
        raise AssertionError

    def lacks(absent, costly): ...

    def lacks_a_file(costly, eval): ...

    lanes(2)
    derived(absent, costly)
    runs = measured(checkers(a=lacks, b=lacks_a_file), GIVEN).runs
    assert runs["data.a"].reason == "there is none"
    assert runs["data.b"].reason == "it needs --eval"


def test_an_interrupt_lets_what_runs_come_to_its_end(lanes):
    started, stop = threading.Event(), threading.Event()

    def slow(train):
        started.set()
        stop.wait(30)
        return [one(1)]

    def never(train):
        raise AssertionError

    def progress(name, number, of):
        if number == 1:
            started.wait(30)
            threading.Timer(0.05, stop.set).start()
            raise KeyboardInterrupt

    lanes(2)
    result = measured(checkers(b=never, a=never, z=slow), GIVEN, progress=progress)
    assert result.interrupted
    assert [told.value for told in result.measurements] == [1]
    assert result.runs["data.z"].state == "ran"
    assert {result.runs[name].reason for name in ("data.a", "data.b")} == {"interrupted"}


def test_an_interrupt_inside_of_a_checker_ends_the_audit(lanes):
    def stops(train):
        raise KeyboardInterrupt

    lanes(2)
    result = measured(checkers(a=stops, b=stops), GIVEN)
    assert result.interrupted
    assert {run.reason for run in result.runs.values()} == {"interrupted"}


@pytest.mark.parametrize("recipe", ["mixed_classes", "missing_by_another", "regression"])
def test_an_audit_is_the_same_side_by_side(lanes, monkeypatch, recipe):
    case = clean_tables.clean_case(recipe, getattr(clean_tables, recipe), 0, (5, 3))
    told = []
    for number in (1, 2, 5):
        lanes(number)
        monkeypatch.setattr("mldebug.executors.threads", lambda number=number: number)
        diagnosis = mldebug.audit(case.train, case.eval, target=case.target, **case.options)
        document = diagnosis.to_dict()
        del document["provenance"]
        told.append(json.dumps(document, default=str))
    assert len(diagnosis.measurements) > 10
    assert told[0] == told[1] == told[2]
