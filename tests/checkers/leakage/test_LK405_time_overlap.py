"""LK405 time-overlap: found where train reaches past eval's beginning, silent after a clean cut."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.tables import Case, base, split

CODE = "LK405"
DOSES = {"D2": 0.4}
"""Twice the error rung of a time column that the user named."""

START = pd.Timestamp("2023-01-01")
DAYS = 365.0
"""Eval covers this many days after the beginning of the year; train those before it."""
QUANTILE = 0.05
"""Eval begins, for this rule, when this share of its rows has passed."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the share ``dose`` of train lie later than the beginning of eval."""
    train, held = split(base(rng, n), rng)
    late = np.arange(len(train)) >= len(train) - round(dose * len(train))
    before = rng.uniform(-3 * DAYS, 0, len(train))
    days = np.where(late, rng.uniform(QUANTILE * DAYS, DAYS, len(train)), before)
    ours, theirs = (
        one.assign(when=when.sort_values(ignore_index=True))
        for one, when in ((train, _dates(days)), (held, _dates(rng.uniform(0, DAYS, len(held)))))
    )
    options = {"time": "when"}
    return Case(
        "time-overlap", ours, theirs, target="y", options=options, subject={"column": "when"}
    )


def _dates(days: np.ndarray) -> pd.Series:
    return pd.Series(START + pd.to_timedelta(np.round(days * 24), unit="h"))


def twin(rng: np.random.Generator, n: int) -> Case:
    """A split by time: all of train is earlier than all of eval."""
    return plant(rng, n, 0.0)
