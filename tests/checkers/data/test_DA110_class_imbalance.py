"""DA110 class-imbalance: found where a class is rare, silent where classes are about even."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from tests.audits import audited, measured, only, reason, state
from tests.tables import Case, base

CODE = "DA110"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give class 0 the share ``dose`` of an even share."""
    classes = int(rng.integers(2, 4))
    frame = base(rng, n, classes=classes, minority=dose / classes)
    return Case("class-imbalance", frame, target="y", subject={"column": "y"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Classes of the same chance."""
    return Case("class-imbalance", base(rng, n, classes=int(rng.integers(2, 4))), target="y")


def target_of(**rows: int) -> pd.DataFrame:
    labels = [name for name, count in rows.items() for _ in range(count)]
    return pd.DataFrame({"x": np.arange(len(labels)) / 7, "y": labels})


def test_the_share_is_that_of_pandas_and_the_interval_is_wilsons():
    frame = target_of(a=300, b=150, c=10)
    one = only(audited(CODE, frame, target="y"))
    shares = frame["y"].value_counts(normalize=True)
    ends = binomtest(10, 460).proportion_ci(method="wilson")
    assert one.measurement.value == pytest.approx(shares.min() * 3, rel=1e-12)
    assert one.measurement.interval == pytest.approx((3 * ends.low, 3 * ends.high), rel=1e-9)
    assert one.message == "Class c of y has 10 of 460 rows (2.2%); an even share is 33.3%"


def test_the_far_end_decides_below_a_rung():
    assert audited(CODE, target_of(a=93, b=7), target="y").worst() is None
    assert audited(CODE, target_of(a=930, b=70), target="y").worst() == "warning"


def test_rows_without_a_target_do_not_count():
    frame = target_of(a=300, b=150, c=50)
    told = measured(
        audited(CODE, frame.assign(y=frame["y"].where(frame.index > 9)), target="y"), column="y"
    )
    assert (told.n, told.value) == (490, 50 / 490 * 3)


def test_an_even_split_passes():
    assert state(audited(CODE, target_of(a=100, b=100), target="y")) == "passed"


def test_numbers_and_single_classes_are_not_checked():
    frame = base(np.random.default_rng(0), 200, task="regression")
    assert "number" in reason(audited(CODE, frame, target="y"), CODE)
    assert "fewer than two" in reason(audited(CODE, target_of(a=50), target="y"), CODE)
    assert audited(CODE, frame.drop(columns="y")).outcomes[CODE].missing == ("--target",)


def test_of_many_classes_the_figure_shows_both_ends():
    frame = target_of(**{f"c{one:02d}": 20 + one for one in range(40)})
    told = measured(audited(CODE, frame, target="y"), column="y")
    labels = [item["label"] for item in told.figure["items"]]
    assert labels == [f"c{one:02d}" for one in (*range(39, 33, -1), *range(5, -1, -1))]
    assert [item["label"] for item in told.figure["items"] if item["emphasis"]] == ["c00"]
    assert sum(frame["y"].value_counts()) == told.n
