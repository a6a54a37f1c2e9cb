"""DA114 joint-drift: found where a model tells eval from train, silent where both are alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.apart import correlation_of, even, moved, turned
from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "DA114"

# Forty seeds of each dose fit ten models a size; at 20,000 rows that takes hours.
SIZES = (500, 2_000, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Move eval, or turn a correlation there, so that the best classifier has the area ``dose``."""
    if rng.random() < 0.5:
        train, held = split(even(rng, n), rng)
        return Case("joint-drift", train, moved(rng, held, dose), target="y")
    train, held = split(even(rng, n, correlation_of(dose)), rng)
    return Case("joint-drift", train, turned(held, dose), target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split, with dates by which the sets could be told apart, or with groups."""
    frame = even(rng, n, related=0.6)
    kind = rng.choice(["plain", "dates", "groups"])
    if kind == "groups":
        frame = frame.assign(unit=rng.integers(0, max(n // 10, 10), n))
        held = frame["unit"] % 4 == 0
        sides = (frame[one].reset_index(drop=True) for one in (~held, held))
        return Case("joint-drift", *sides, target="y", options={"groups": "unit"})
    case = Case("joint-drift", *split(frame, rng), target="y")
    if kind == "plain" or case.eval is None:
        return case
    when = pd.date_range("2024-01-01", periods=n, freq="h")
    cut = len(case.train)
    train, held = case.train.assign(when=when[:cut]), case.eval.assign(when=when[cut:])
    return replace(case, train=train, eval=held)


def test_a_turned_correlation_is_found_though_no_column_drifts():
    rng = np.random.default_rng(0)
    train, held = split(even(rng, 2_000, related=0.8), rng)
    held = held.assign(z1=-held["z1"])
    diagnosis = audited(f"{CODE},DA113", train, held, target="y")
    finding = only(diagnosis)
    assert (finding.rule.code, finding.severity) == (CODE, "error")
    assert set(finding.measurement.details["columns"].split(", ")) == {"z0", "z1"}


def test_the_columns_that_tell_are_named():
    rng = np.random.default_rng(0)
    train, held = split(even(rng, 2_000), rng)
    held = held.assign(z2=held["z2"] + 2)
    finding = only(audited(CODE, train, held, target="y"))
    assert finding.severity == "error"
    assert finding.measurement.details["columns"] == "z2"
    assert finding.measurement.n == 2_000
    figure = finding.measurement.figure
    assert [one["name"] for one in figure["series"]] == ["train", "eval"]
    assert [sum(one["shares"]) for one in figure["series"]] == pytest.approx([1, 1])


def test_the_area_is_about_that_of_the_best_classifier():
    rng = np.random.default_rng(1)
    train, held = split(even(rng, 6_000), rng)
    told = measured(audited(CODE, train, moved(rng, held, 0.8), target="y"))
    assert told.interval[0] < 0.8
    assert told.value == pytest.approx(0.78, abs=0.03)


def test_tables_that_are_alike_have_half_on_average():
    values = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        told = measured(audited(CODE, *split(base(rng, 400, columns=4), rng), target="y"))
        values.append(told.value)
        assert told.interval[0] <= 0.5
    assert np.mean(values) == pytest.approx(0.5, abs=0.025)


@pytest.mark.parametrize("options", [{}, {"time": "when"}])
def test_dates_do_not_tell_though_eval_is_later(options):
    rng = np.random.default_rng(3)
    train, held = split(base(rng, 800), rng)
    when = pd.date_range("2024-01-01", periods=800, freq="h")
    train, held = train.assign(when=when[:600]), held.assign(when=when[600:])
    assert audited(CODE, train, held, target="y", **options).worst() is None
    alone = reason(audited(CODE, train[["when"]], held[["when"]]), CODE)
    assert alone == "train and eval share no feature but dates"


def test_rows_that_repeat_within_a_table_do_not_tell():
    rng = np.random.default_rng(5)
    train, held = split(base(rng, 400, columns=4), rng)
    train, held = (pd.concat([one] * 4, ignore_index=True) for one in (train, held))
    assert measured(audited(CODE, train, held, target="y")).value < 0.6


def test_few_groups_that_differ_by_nature_are_not_certain():
    found = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        unit = np.repeat(np.arange(40), 30)
        frame = base(rng, len(unit), columns=4)
        frame = frame.assign(level=rng.normal(0, 1, 40)[unit] + rng.normal(0, 0.3, len(unit)))
        held = unit % 4 == 0
        sides = [frame.assign(unit=unit)[one].reset_index(drop=True) for one in (~held, held)]
        found.append(audited(CODE, *sides, target="y", groups="unit").worst())
    assert found.count(None) >= 5
