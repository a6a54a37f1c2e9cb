"""Columns whose cells were given in several forms keep the form of each."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from mldebug.artefacts import Kind


def column(cells, **options):
    frame = pd.DataFrame({"c": pd.Series(cells, dtype=object), "x": range(len(cells))})
    return tables(frame, **options).train["c"]


def test_objects_of_several_types_are_told_apart():
    found = column([1, "a", None, 2.5, True, date(2024, 1, 1), "b", 3])
    assert found.kind is Kind.CATEGORY
    told = ["number", "text", None, "number", "boolean", "date", "text", "number"]
    assert found.forms.to_pylist() == told


def test_numbers_as_text_among_numbers_keep_their_form():
    found = column([1, "2", 3, "4.5"])
    assert found.kind is Kind.NUMBER
    assert found.data.to_pylist() == [1, 2, 3, 4.5]
    assert found.forms.to_pylist() == ["number", "text", "number", "text"]


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-01-01T10:00:00Z", "2024-01-02T10:00:00", None],
        [datetime(2024, 1, 1, 10, tzinfo=UTC), datetime(2024, 1, 2, 10), None],  # noqa: DTZ001  (that is the fault)
    ],
)
def test_dates_with_and_without_a_zone_are_told_apart(cells):
    found = column(cells)
    assert found.kind is Kind.DATE
    assert found.forms.to_pylist() == ["with a time zone", "without a time zone", None]


@pytest.mark.parametrize(
    "cells",
    [[1, 2.5, None], ["a", "b", None], ["2024-01-01T10:00:00Z"] * 3, [True, None, False]],
)
def test_one_form_is_none(cells):
    assert column(cells).forms is None


def test_a_split_takes_the_forms_along():
    frame = pd.DataFrame({"c": pd.Series([1, "a"] * 50, dtype=object)})
    loaded = tables(frame, 0.3)
    for part in (loaded.train, loaded.eval):
        expected = ["text" if row % 2 else "number" for row in part.positions]
        assert part["c"].forms.to_pylist() == expected
