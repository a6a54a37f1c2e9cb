"""LB207 unusable-target: found where the target was spoilt, silent where it is sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.tables import Case, base, split, with_gaps

CODE = "LB207"
DOSES = {"D1": 0.005, "D2": 1.0}
"""Shares of rows. Some rows, or the way of storing, are a warning; all rows are an error."""

WARNINGS, ERRORS = ("missing", "unexpected", "decimal"), ("constant", "copied")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Spoil the target of the share ``dose`` of the rows, in one of the five ways."""
    case = twin(rng, n)
    return spoilt(rng, case, str(rng.choice(ERRORS if dose == 1 else WARNINGS)), dose)


def spoilt(rng: np.random.Generator, case: Case, fault: str, dose: float) -> Case:
    """The case with this fault; a target stored as decimals is so in every row."""
    train, held = case.train, case.eval
    assert held is not None
    subject = {"column": "y"}
    if fault == "missing":
        share = max(dose, 1 / len(train))
        train = train.assign(y=with_gaps(rng, train["y"].astype(float), share))
    elif fault == "decimal":
        train = train.assign(y=train["y"].astype(float))
        held = held.assign(y=held["y"].astype(float))
    elif fault == "unexpected":
        rows = rng.choice(len(held), max(1, round(dose * len(held))), replace=False)
        held = held.assign(y=np.where(np.isin(np.arange(len(held)), rows), 7, held["y"]))
        subject = {"table": "eval", "column": "y"}
    elif fault == "constant":
        train, held = train.assign(y=1), held.assign(y=1)
    else:
        train, held = train.assign(outcome=train["y"]), held.assign(outcome=held["y"])
        subject = {"column": "outcome"}
    return replace(case, train=train, eval=held, subject=subject)


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of an honest table with whole numbers for classes."""
    train, held = split(base(rng, n), rng)
    return Case("unusable-target", train, held, target="y")
