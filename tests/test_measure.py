"""Running checkers: what they are handed, what becomes of those that cannot, and what is kept."""

# ruff: noqa: ARG001  (a need is named by a parameter, whether it is used or not)

from __future__ import annotations

import gc
import weakref

import numpy as np
import pandas as pd
import pytest

import mldebug.measure
import mldebug.resolve
from mldebug.adapters.tables import tables
from mldebug.checker import Checker, Derived, Unavailable, needs_of
from mldebug.measure import measured
from mldebug.measurement import Measurement, Quantity, Row, Rows, Subject
from mldebug.resolve import Recipe, missing_options

QUANTITY = Quantity("data.made_up", "share", (0.0, 1.0), "count", "x.", details={"known": "x"})
GIVEN = {"train": 1, "eval": None, "target": None, "time": None, "seed": 0}


def one(value=0.5, **told):
    return Measurement(QUANTITY.name, told.pop("subject", Subject()), value, 10, **told)


def checker(run, name=None):
    return Checker(name or f"data.{run.__name__}", (QUANTITY,), run, "cheap", needs_of(run))


def works(train):
    yield one(0.25)


def raises(train):
    yield one()
    raise ZeroDivisionError("by nothing\nat all")


@pytest.fixture
def derived(monkeypatch):
    """Declare functions as the only derived artefacts there are."""

    def declare(*functions, **per_table):
        made = {
            name: Recipe(Derived(name, make, False, needs_of(make)), None)
            for name, make in ((make.__name__, make) for make in functions)
        }
        for role, make in per_table.items():
            recipe = Recipe(Derived(make.__name__, make, True, needs_of(make)), role)
            made[f"{role}_{make.__name__}"] = recipe
        for module in (mldebug.measure, mldebug.resolve):
            monkeypatch.setattr(module, "recipes", lambda: made)

    return declare


def ran(*functions, given=None, **options):
    return measured([checker(run) for run in functions], {**GIVEN, **(given or {})}, **options)


def test_what_is_measured_is_kept_with_its_seconds():
    result = ran(works)
    assert [told.value for told in result.measurements] == [0.25]
    assert result.runs["data.works"].state == "ran"
    assert result.seconds["data.works"] >= 0
    assert not result.interrupted


def test_a_checker_that_crashes_fails_alone_and_nothing_of_it_is_kept():
    result = ran(raises, works)
    assert [told.value for told in result.measurements] == [0.25]
    failed = result.runs["data.raises"]
    assert failed.state == "failed"
    assert failed.reason.startswith("data.raises raised ZeroDivisionError: by nothing (")
    assert "test_measure:" in failed.reason
    assert result.runs["data.works"].state == "ran"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (one(1.5), "outside of its bounds"),
        (one(float("nan")), "outside of its bounds"),
        (one(interval=(0.1, float("inf"))), "outside of its bounds"),
        (one(details={"unknown": 1}), "undeclared detail unknown"),
        (Measurement("data.other", Subject(), 0.5, 1), "does not declare"),
    ],
)
def test_a_measurement_that_its_declaration_does_not_cover_is_refused(told, words):
    def strange(train):
        return [told]

    result = ran(strange)
    assert result.runs["data.strange"].state == "failed"
    assert words in result.runs["data.strange"].reason
    assert result.measurements == []


def test_what_is_not_given_is_named_by_its_options():
    def wants(eval, target, time=None):
        raise AssertionError

    run = ran(wants).runs["data.wants"]
    assert (run.state, run.reason) == ("not_checked", "it needs --eval and --target")
    assert run.missing == ("--eval", "--target")


def test_the_options_of_derived_artefacts_are_all_named(derived):
    def second(first, time): ...

    def first(target): ...

    def wants(train, second, eval): ...

    derived(second, first)
    assert set(missing_options(needs_of(wants), GIVEN)) == {"--target", "--time", "--eval"}
    assert set(ran(wants).runs["data.wants"].missing) == {"--target", "--time", "--eval"}
    assert missing_options(needs_of(works), GIVEN) == ()


def test_an_optional_need_is_used_if_it_is_there(derived):
    seen = []

    def helps(target):
        return "help"

    def asks(train, helps=None, time=None):
        seen.append((helps, time))
        return ()

    derived(helps)
    ran(asks)
    ran(asks, given={"target": "y", "time": "when"})
    assert seen == [(None, None), ("help", "when")]


def test_an_artefact_is_made_once_and_freed_after_its_last_consumer(derived):
    class Large: ...

    made = []

    def large(train):
        built = Large()
        made.append(weakref.ref(built))
        return built

    def uses(large):
        return [one()]

    def uses_again(large):
        return [one()]

    def sees(train):
        gc.collect()
        return [one(0.0 if made[0]() is None else 1.0)]

    def sees_again(train):
        return sees(train)

    derived(large)
    told = ran(uses, sees, uses_again, sees_again).measurements
    assert [one.value for one in told[1::2]] == [1.0, 0.0]
    assert len(made) == 1


def test_an_artefact_of_one_table_is_handed_that_table(derived):
    def size(table):
        return len(table)

    def asks(eval_size, train_size):
        return [one(train_size / eval_size)]

    derived(eval=size)
    derived(eval=size, train=size)
    result = ran(asks, given={"train": "ab", "eval": "abcd"})
    assert result.measurements[0].value == 0.5


def test_an_artefact_that_cannot_be_made_gives_its_reason_to_all(derived):
    def lacking(train):
        raise Unavailable("there are no dates", ("--time",))

    def more(lacking):
        raise AssertionError

    def asks(lacking): ...

    def asks_more(more): ...

    def can_do_without(train, lacking=None, more=None):
        return [one(float(lacking is None and more is None))]

    derived(lacking, more)
    result = ran(asks, asks_more, can_do_without)
    for name in ("asks", "asks_more"):
        run = result.runs[f"data.{name}"]
        assert (run.state, run.reason, run.missing) == (
            "not_checked",
            "there are no dates",
            ("--time",),
        )
    assert result.measurements[0].value == 1.0


def test_an_artefact_that_crashes_is_blamed_once(derived):
    def broken(train):
        raise KeyError("x")

    def on_top(broken): ...

    def first(on_top): ...

    def second(broken): ...

    derived(broken, on_top)
    result = ran(first, works, second)
    assert result.runs["data.first"].state == "failed"
    assert "broken could not be made: KeyError" in result.runs["data.first"].reason
    assert result.runs["data.second"].state == "not_checked"
    assert result.runs["data.second"].reason == "it needs broken, which failed for data.first"
    assert result.runs["data.works"].state == "ran"


def test_an_interrupt_keeps_what_is_done():
    def stops(train):
        yield one()
        raise KeyboardInterrupt

    def never(train):
        raise AssertionError

    result = ran(works, stops, never)
    assert result.interrupted
    assert [told.value for told in result.measurements] == [0.25]
    assert {name: (run.state, run.reason) for name, run in result.runs.items()} == {
        "data.works": ("ran", ""),
        "data.stops": ("not_checked", "interrupted"),
        "data.never": ("not_checked", "interrupted"),
    }


def test_progress_is_told_before_each_checker():
    seen = []
    ran(works, raises, progress=lambda *told: seen.append(told))
    assert seen == [("data.works", 0, 2), ("data.raises", 1, 2)]


@pytest.mark.parametrize("redact", [False, True])
def test_rows_are_told_at_their_place_in_the_file_with_cells_for_the_first(redact):
    frame = pd.DataFrame({"x": np.arange(200) / 7, "long": ["w" * 1_000] * 200})
    loaded = tables(frame, 0.5)

    def names(train, eval):
        items = tuple(Row("eval", row, match=("train", row)) for row in range(60))
        return [one(rows=Rows(2_000, items))]

    given = {"train": loaded.train, "eval": loaded.eval}
    rows = ran(names, given=given, redact=redact).measurements[0].rows
    assert rows.total == 2_000
    assert [item.row for item in rows.items] == list(loaded.eval.positions[:60])
    assert [item.match[1] for item in rows.items] == list(loaded.train.positions[:60])
    with_cells = [item for item in rows.items if item.cells is not None]
    assert len(with_cells) == (0 if redact else 20)
    for item in with_cells:
        assert item.cells["x"] == frame["x"][item.row]
        assert len(item.cells["long"]) < 300
        assert item.match_cells["x"] == frame["x"][item.match[1]]


def test_at_most_a_thousand_rows_are_kept():
    frame = pd.DataFrame({"x": np.arange(1_500) / 7})

    def names(train):
        return [one(rows=Rows(1_500, tuple(Row("train", row) for row in range(1_500))))]

    rows = ran(names, given={"train": tables(frame).train}).measurements[0].rows
    assert (rows.total, len(rows.items)) == (1_500, 1_000)


def test_a_default_other_than_none_is_refused():
    def odd(train, depth=3): ...

    with pytest.raises(TypeError, match="default of depth"):
        needs_of(odd)
