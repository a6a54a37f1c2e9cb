"""EV904 unstratified: found where folds hold a class to no share, silent where they are stratified."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base

CODE = "EV904"
FOLDS = 5


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Give one fold ``dose`` times its due too many rows of a class of a fifth, beyond rounding."""
    rare = (n // FOLDS) // FOLDS * FOLDS
    y = np.repeat([1, 0], [rare, n - rare])
    folds = np.concatenate([np.arange(rare) % FOLDS, np.arange(n - rare) % FOLDS])
    due = rare // FOLDS
    more = min(round(dose * due) + 1, rare - due)
    ours = rng.choice(np.flatnonzero((y == 1) & (folds != 0)), more, replace=False)
    theirs = rng.choice(np.flatnonzero((y == 0) & (folds == 0)), more, replace=False)
    folds[theirs], folds[ours] = folds[ours], 0
    frame = base(rng, n, target=None).assign(y=y)
    return Case("unstratified", frame, None, "y", {"cv": folds.tolist()}, {"column": "y"})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Folds that scikit-learn makes of classes."""
    return Case("unstratified", base(rng, n, minority=0.2), None, "y", {"cv": "stratified:5"})


def test_a_sorted_file_in_blocks():
    frame = base(np.random.default_rng(0), 500).sort_values("y", ignore_index=True)
    finding = only(audited(CODE, frame, target="y", cv="folds:5"))
    assert finding.severity == "warning"
    assert "(--cv folds:5)" in finding.message
    assert audited(CODE, frame, target="y", cv="stratified:5").worst() is None


def test_the_gap_is_that_of_the_table():
    y, folds = np.repeat([0, 1], [80, 20]), np.tile([0, 1], 50)
    folds[80:86] = 0
    frame = pd.DataFrame({"x": np.arange(100) / 7, "y": y})
    counts = pd.crosstab(folds, y)
    due = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / 100
    wanted = (np.maximum((counts - due).abs() - 1, 0) / due).to_numpy().max()
    told = measured(audited(CODE, frame, target="y", cv=folds.tolist()), column="y")
    assert told.value == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("cv", "words"), [("time:5", "folds of time"), ("each", "no folds of several rows")]
)
def test_what_is_not_compared(cv, words):
    frame = base(np.random.default_rng(0), 300)
    assert words in reason(audited(CODE, frame, target="y", cv=cv), CODE)


def test_what_it_needs():
    frame = base(np.random.default_rng(0), 100)
    assert audited(CODE, frame, target="y").outcomes[CODE].missing == ("--cv",)
