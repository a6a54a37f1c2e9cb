"""LB202 regression-label-errors: found where values were exchanged, silent on honest heavy tails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "LB202"
SIZES = (5_000, 10_000)
FAR = 14.0
"""Values are exchanged between rows that are so many standard deviations of the noise apart."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Exchange the target between rows far apart, until the share ``dose`` is wrong."""
    case = twin(rng, n)
    y = case.train["y"].to_numpy().copy()
    pairs = max(1, round(dose * n / 2))
    order = rng.permutation(n)
    low = order[y[order] < -FAR / 2][:pairs]
    high = order[y[order] > FAR / 2][: len(low)]
    low = low[: len(high)]
    y[low], y[high] = y[high], y[low]
    rows = tuple(sorted([*low.tolist(), *high.tolist()]))
    return replace(case, train=case.train.assign(y=y), rows=rows)


def twin(rng: np.random.Generator, n: int) -> Case:
    """A table whose target the features tell but for noise of standard deviation 1."""
    kinds = rng.permutation(["normal", "uniform", "rounded", "correlated", "normal", "boolean"])
    frame = base(rng, n, task="regression", strength=10.0, kinds=kinds.tolist())
    return Case("regression-label-errors", frame, target="y")


def test_the_rows_their_values_and_predictions_are_told():
    case = plant(np.random.default_rng(0), 3_000, 0.02)
    diagnosis = audited(CODE, case.train, target="y")
    told = only(diagnosis).measurement
    named = diagnosis.rows(CODE)["train"]
    assert len(set(named) & set(case.rows)) >= 0.9 * max(len(named), len(case.rows))
    assert told.details["largest"] > told.details["reach"]
    first = told.figure["rows"][0]
    assert first[1] == case.train["y"][first[0]]
    assert abs(first[1] - first[2]) > FAR / 2


def test_the_rows_are_named_in_the_file_after_a_split_by_fraction():
    case = plant(np.random.default_rng(1), 4_000, 0.02)
    kept = tables(case.train, 0.25, target="y").train.positions
    named = audited(CODE, case.train, 0.25, target="y").rows(CODE)["train"]
    wanted = set(case.rows) & set(kept)
    assert len(set(named) & wanted) >= 0.9 * max(len(named), len(wanted))


@pytest.mark.parametrize("noise", ["normal", "t", "laplace", "by prediction", "lognormal"])
def test_honest_tails_are_no_errors(noise):
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(3):
        frame = base(rng, 1_500, task="regression", strength=3.0)
        y = frame["y"].to_numpy()
        drawn = {
            "normal": rng.normal(0, 1, 1_500),
            "t": rng.standard_t(2.0, 1_500),
            "laplace": rng.laplace(0, 1, 1_500),
            "by prediction": rng.normal(0, 1, 1_500) * np.exp(y / 4),
            "lognormal": rng.lognormal(0, 1, 1_500),
        }[noise]
        diagnosis = audited(CODE, frame.assign(y=frame["y"] + drawn), target="y")
        found += measured(diagnosis).details["wrong"]
        assert not diagnosis.findings
    assert found <= 3


def test_a_target_that_grows_by_factors_is_judged_by_factors():
    frame = base(np.random.default_rng(3), 2_000, task="regression", strength=3.0)
    diagnosis = audited(CODE, frame.assign(y=100 * np.exp(0.5 * frame["y"])), target="y")
    assert measured(diagnosis).details["scale"] == "logarithm"
    assert not diagnosis.findings


def small(seed, n=240):
    frame = base(np.random.default_rng(seed), n, task="regression", strength=3.0)
    return frame, frame["y"].to_numpy().copy()


def test_one_slip_of_the_decimal_point_stands_alone_in_a_small_table():
    frame, y = small(6)
    y += 40
    y[17] *= 10
    found = only(audited(CODE, frame.assign(y=y), target="y"))
    assert [one.row for one in found.measurement.rows.items] == [17]
    assert found.measurement.value == pytest.approx(1 / 240)
    assert found.measurement.interval[0] == found.measurement.value
    assert "1 of 240 target values (0.4%)" in found.message


def test_two_values_that_were_exchanged_stand_alone_together():
    frame, y = small(7)
    low, high = int(y.argmin()), int(y.argmax())
    y[low], y[high] = 3 * y[high], 3 * y[low]
    found = only(audited(CODE, frame.assign(y=y), target="y"))
    assert {one.row for one in found.measurement.rows.items} == {low, high}


def test_honest_tails_of_small_tables_are_hardly_ever_errors():
    found = 0
    for seed in range(24):
        frame, y = small(100 + seed, 120)
        noise = np.random.default_rng(200 + seed).standard_t(3.0, 120)
        found += bool(audited(CODE, frame.assign(y=y + noise), target="y").findings)
    assert found <= 2


def people(seed, count=60, rows=10):
    """What is measured of people ten times over; the target is the person's, but for a little."""
    rng = np.random.default_rng([count, seed])
    own = rng.normal(0, 1, (count, 6))
    told = 2 * own[:, 0] + own[:, 1] * own[:, 2] + rng.standard_t(4, count)
    who = rng.permutation(np.repeat(np.arange(count), rows))
    frame = pd.DataFrame(own[who] + rng.normal(0, 0.1, (len(who), 6))).add_prefix("x")
    return frame.assign(who=who, y=told[who] + rng.normal(0, 0.05, len(who)))


@pytest.mark.parametrize(("count", "rows"), [(30, 10), (100, 20)])
def test_a_person_that_the_model_mistakes_is_no_heap_of_wrong_values(count, rows):
    for seed in range(5):
        diagnosis = audited(CODE, people(seed, count, rows), target="y", groups="who")
        assert not diagnosis.findings
        assert measured(diagnosis).n == count


def test_values_that_are_wrong_row_by_row_are_found_in_groups_too():
    case = plant(np.random.default_rng(8), 3_000, 0.02)
    who = np.random.default_rng(9).integers(0, 300, 3_000)
    diagnosis = audited(CODE, case.train.assign(who=who), target="y", groups="who")
    told = only(diagnosis).measurement
    assert told.n == 3_000
    assert len(set(diagnosis.rows(CODE)["train"]) & set(case.rows)) >= 0.9 * len(case.rows)


def test_few_rows_are_ranked_all_the_same():
    frame = base(np.random.default_rng(4), 60, task="regression", strength=5.0)
    frame.loc[17, "y"] += 60
    diagnosis = audited(CODE, frame, target="y")
    assert state(diagnosis) == "inconclusive"
    assert measured(diagnosis).rows.items[0].row == 17


def test_classes_have_no_residuals():
    frame = base(np.random.default_rng(5), 100)
    assert "is a class" in reason(audited(CODE, frame, target="y"), CODE)
