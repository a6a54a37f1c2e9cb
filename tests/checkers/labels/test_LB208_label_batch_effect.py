"""LB208 label-batch-effect: found where one source's labels are wrong, not where its rows are hard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base, spread

CODE = "LB208"
SIZES = (500, 2_000)
SITES = np.array(["north", "south", "east", "west"], object)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Exchange the share ``dose`` of the labels of one site."""
    case = twin(rng, n)
    site = str(rng.choice(SITES))
    members = np.flatnonzero(case.train["site"] == site)
    rows = rng.choice(members, max(1, round(dose * len(members))), replace=False)
    return replace(
        case,
        train=exchanged(case.train, rows),
        subject={"column": "site"},
        rows=tuple(sorted(rows.tolist())),
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """A table from four sites, whose classes the features decide alike."""
    frame = base(rng, n, strength=12.0)
    frame.insert(0, "site", SITES[spread(rng, n, np.ones(4))])
    return Case("label-batch-effect", frame, target="y")


def exchanged(frame, rows):
    y = frame["y"].to_numpy().copy()
    y[rows] = 1 - y[rows]
    return frame.assign(y=y)


def test_the_site_is_named_with_its_share_and_that_of_the_rest():
    case = plant(np.random.default_rng(0), 2_000, 0.3)
    found = only(audited(CODE, case.train, target="y"))
    told = found.measurement
    assert dict(told.subject) == {"column": "site"}
    wrong = case.train["site"][list(case.rows)].unique()
    assert told.details["part"] == f"site {wrong[0]}"
    assert told.details["share"] == pytest.approx(0.3, abs=0.06)
    assert told.details["rest"] < 0.02
    assert told.details["members"] == 500
    assert found.severity == "error"
    named = [item.row for item in told.rows.items]
    assert len(set(named) & set(case.rows)) >= 0.85 * max(len(named), len(case.rows))
    assert told.figure["items"][0]["label"] == told.details["part"]


def test_a_stretch_of_the_file_is_named_by_its_rows():
    frame = base(np.random.default_rng(1), 2_000, strength=12.0)
    rows = 600 + np.random.default_rng(2).choice(200, 80, replace=False)
    told = only(audited(CODE, exchanged(frame, rows), target="y")).measurement
    assert dict(told.subject) == {"slice": "the order of the rows"}
    assert told.details["part"] == "rows 600 to 799"


def test_a_stretch_of_time_is_named_by_its_dates():
    frame = base(np.random.default_rng(3), 2_000, strength=12.0)
    order = np.random.default_rng(4).permutation(2_000)
    frame["when"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(order, unit="D")
    rows = np.flatnonzero(order < 200)[::2]
    told = only(audited(CODE, exchanged(frame, rows), target="y", time="when")).measurement
    assert dict(told.subject) == {"column": "when"}
    assert told.details["part"] == "2024-01-01 to 2024-07-18"


def test_wrong_labels_everywhere_are_no_batch():
    case = twin(np.random.default_rng(5), 2_000)
    rows = np.random.default_rng(6).choice(2_000, 200, replace=False)
    assert not audited(CODE, exchanged(case.train, rows), target="y").findings


def test_a_site_whose_rows_are_hard_is_no_batch():
    rng = np.random.default_rng(7)
    easy, hard = base(rng, 1_500, strength=12.0), base(rng, 500, strength=1.0)
    frame = pd.concat([easy.assign(site="a"), hard.assign(site="b")], ignore_index=True)
    frame = frame.sample(frac=1, random_state=0, ignore_index=True)
    assert not [one for one in audited(CODE, frame, target="y").findings if one.severity == "error"]


def test_where_the_features_decide_too_little_it_says_so():
    frame = base(np.random.default_rng(8), 500, strength=0.8)
    diagnosis = audited(CODE, frame, target="y")
    assert state(diagnosis) == "inconclusive"
    assert "too few rows" in diagnosis.outcomes[CODE].reason


def test_a_category_of_fewer_rows_is_no_part():
    case = twin(np.random.default_rng(9), 300)
    site = case.train["site"].to_numpy().copy()
    site[:60] = "rare"
    site[:30] = "rarer"
    told = measured(
        audited(CODE, case.train.assign(site=site), target="y", kinds={"site": "category"}),
        column="site",
    )
    assert {one["label"] for one in told.figure["items"]} <= {f"site {one}" for one in SITES}


def test_too_few_rows_and_numbers_are_not_checked():
    frame = base(np.random.default_rng(0), 80)
    assert "too few rows to divide" in reason(audited(CODE, frame, target="y"), CODE)
    frame = base(np.random.default_rng(0), 100, task="regression")
    assert "is a number" in reason(audited(CODE, frame, target="y"), CODE)
