"""LK409 preprocessing-on-eval: found where both tables were scaled or filled as one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "LK409"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Scale or fill ``dose`` columns over both tables."""
    frame = base(rng, n)
    columns = ["x0", "x4", "x1"][: round(dose)]
    if rng.random() < 0.5:
        frame[columns] = StandardScaler().fit_transform(frame[columns])
    else:
        for name in columns:
            gaps = rng.choice(n, n // 20, replace=False)
            values = frame[name].to_numpy(copy=True)
            values[gaps] = np.nan
            frame[name] = SimpleImputer().fit_transform(values.reshape(-1, 1))[:, 0]
    train, held = split(frame, rng)
    return Case("preprocessing-on-eval", train, held, "y", subject={"columns": columns})


def twin(rng: np.random.Generator, n: int) -> Case:
    """The same, fitted on train."""
    train, held = split(base(rng, n), rng)
    scaler = StandardScaler().fit(train[["x0", "x4"]])
    for table in (train, held):
        table[["x0", "x4"]] = scaler.transform(table[["x0", "x4"]])
    return Case("preprocessing-on-eval", train, held, "y")


@pytest.mark.parametrize("free", [0, 1])
def test_whatever_the_library_divides_by(free):
    rng = np.random.default_rng(0)
    frame = base(rng, 400)
    frame["x0"] = (frame["x0"] - frame["x0"].mean()) / frame["x0"].std(ddof=free)
    finding = only(audited(CODE, *split(frame, rng), target="y"))
    assert dict(finding.subject) == {"columns": ("x0",)}
    assert finding.measurement.details["scaled"] == ["x0"]


def test_a_table_that_is_filled_with_its_own_mean_is_none():
    rng = np.random.default_rng(0)
    train, held = split(base(rng, 400), rng)
    for table in (train, held):
        table["x6"] = table["x6"].fillna(train["x6"].mean())
    told = measured(audited(CODE, train, held, target="y"))
    assert (told.value, told.details["filled"]) == (0, [])


def test_values_whose_squares_overflow_are_not_scaled():
    rng = np.random.default_rng(0)
    far = [pd.DataFrame({"x": 1e300 * rng.normal(size=rows)}) for rows in (200, 80)]
    assert not measured(audited(CODE, far[0], far[1])).value


def test_what_cannot_be_compared():
    frame = pd.DataFrame({"a": list("xyz") * 40, "y": [0, 1] * 60})
    assert "share no column of numbers" in reason(audited(CODE, frame, 0.3, target="y"), CODE)
