"""The data of the demo: 442 patients, split as they are, and the same with faults planted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from mldebug.diagnosis import Diagnosis

TARGET = "progressed"
EVAL_SHARE = 0.3
READABLE = {
    "s1": "cholesterol",
    "s2": "ldl",
    "s3": "hdl",
    "s4": "cholesterol/hdl",
    "s5": "triglycerides",
    "s6": "glucose",
}
MMOL_PER_MG = 0.0555
"""Litre and decilitre: what turns a glucose in mg/dL into one in mmol/L."""


@dataclass(slots=True)
class Split:
    """The two tables, each numbered from 0."""

    train: pd.DataFrame
    eval: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, the rule that should find it, and where.

    ``column`` is what the finding must name; ``table`` says in which table the rows lie that
    ``plant`` returns, some of which the finding must name.
    """

    code: str
    told: str
    plant: Callable[[Split, np.random.Generator], list[int]]
    column: str | None = None
    table: str = "train"


@dataclass(slots=True)
class Planted:
    """What was planted: the tables, and the rows of each fault by its code."""

    split: Split
    rows: Mapping[str, list[int]] = field(default_factory=dict)


def patients(rng: np.random.Generator) -> Split:
    """Split scikit-learn's diabetes data at random; the target is the half that progressed more."""
    from sklearn.datasets import load_diabetes

    whole = load_diabetes(as_frame=True, scaled=False).frame.rename(columns=READABLE)
    progress = whole.pop("target")
    whole[TARGET] = (progress > progress.median()).map({True: "more", False: "less"})
    order = rng.permutation(len(whole))
    held_out = round(EVAL_SHARE * len(whole))
    return Split(
        whole.iloc[order[held_out:]].reset_index(drop=True),
        whole.iloc[order[:held_out]].reset_index(drop=True),
    )


def planted(split: Split, rng: np.random.Generator) -> Planted:
    """Plant every fault in a copy of the tables."""
    copy = Split(split.train.copy(), split.eval.copy())
    return Planted(copy, {fault.code: fault.plant(copy, rng) for fault in FAULTS})


def is_found(fault: Fault, diagnosis: Diagnosis, rows: list[int]) -> bool:
    """Whether a diagnosis has the fault's code, at the column or the rows where it was planted."""
    mine = [one for one in diagnosis.findings if one.rule.code == fault.code]
    if fault.column is not None:
        return any(
            fault.column in (one.subject.get("column"), *one.subject.get("columns", ()))
            for one in mine
        )
    named = set(diagnosis.rows(fault.code).get(fault.table, ()))
    return bool(mine) and (not rows or bool(named & set(rows)))


def _constant(split: Split, _: np.random.Generator) -> list[int]:
    for frame in (split.train, split.eval):
        frame.insert(0, "consent", "yes")
    return []


def _clinic(split: Split, rng: np.random.Generator) -> list[int]:
    for frame in (split.train, split.eval):
        frame.insert(0, "clinic", rng.choice(["north", "south", "east"], len(frame)))
    rows = _some(rng, split.eval, 6)
    split.eval.loc[rows, "clinic"] = "west"
    return []


def _date(split: Split, rng: np.random.Generator) -> list[int]:
    import pandas as pd

    for frame in (split.train, split.eval):
        days = pd.to_timedelta(rng.integers(0, 730, len(frame)), unit="D")
        frame.insert(0, "examined", pd.Timestamp("2024-01-01") + days)
    return []


def _proxy(split: Split, rng: np.random.Generator) -> list[int]:
    import numpy as np

    for frame in (split.train, split.eval):
        wrong = rng.random(len(frame)) < 0.01
        told = (frame[TARGET] == "more").to_numpy() ^ wrong
        frame.insert(len(frame.columns) - 1, "follow_up", np.where(told, "intensive", "usual"))
    return []


def _missing(split: Split, rng: np.random.Generator) -> list[int]:
    split.train.loc[_some(rng, split.train, round(0.4 * len(split.train))), "hdl"] = None
    return []


def _unit(split: Split, _: np.random.Generator) -> list[int]:
    split.eval["glucose"] = (split.eval["glucose"] * MMOL_PER_MG).round(1)
    return []


def _left_out(split: Split, _: np.random.Generator) -> list[int]:
    split.eval = split.eval.drop(columns="bp")
    return []


def _repeated(split: Split, rng: np.random.Generator) -> list[int]:
    return _appended(split, split.train.iloc[_some(rng, split.train, 15)])


def _conflict(split: Split, rng: np.random.Generator) -> list[int]:
    copies = split.train.iloc[_some(rng, split.train, 8)].copy()
    copies[TARGET] = copies[TARGET].map({"more": "less", "less": "more"})
    return _appended(split, copies)


def _appended(split: Split, copies: pd.DataFrame) -> list[int]:
    import pandas as pd

    before = len(split.train)
    split.train = pd.concat([split.train, copies], ignore_index=True)
    return list(range(before, len(split.train)))


def _shared(split: Split, rng: np.random.Generator) -> list[int]:
    rows = _some(rng, split.eval, 12)
    copies = split.train.iloc[_some(rng, split.train, len(rows))][list(split.eval.columns)]
    split.eval.loc[rows] = copies.set_axis(rows, axis=0)
    return rows


def _unlabelled(split: Split, rng: np.random.Generator) -> list[int]:
    split.train.loc[_some(rng, split.train, 5), TARGET] = None
    return []


def _numbered(split: Split, _: np.random.Generator) -> list[int]:
    for frame, first in ((split.train, 1), (split.eval, len(split.train) + 1)):
        frame.insert(0, "record", range(first, first + len(frame)))
    return []


def _some(rng: np.random.Generator, frame: pd.DataFrame, count: int) -> list[int]:
    """Draw some rows, in order."""
    return sorted(rng.choice(len(frame), count, replace=False).tolist())


FAULTS = (
    Fault("FE301", "a column with the same value in every row", _constant, "consent"),
    Fault("DA116", "a clinic in eval that train has never seen", _clinic, "clinic"),
    Fault("LK405", "a split at random, though the rows have dates", _date, "examined"),
    Fault("LK406", "a treatment that was chosen once the outcome was known", _proxy, "follow_up"),
    Fault("DA101", "40% of a column missing", _missing, "hdl"),
    Fault("DA113", "glucose in mg/dL in train, in mmol/L in eval", _unit, "glucose"),
    Fault("DA117", "a column that eval lacks", _left_out, "bp"),
    Fault("DA106", "15 rows of train that a join repeated", _repeated),
    Fault("LB204", "8 rows repeated with the other label", _conflict),
    Fault("LK401", "12 rows of train copied into eval", _shared, table="eval"),
    Fault("LB207", "5 rows without a label", _unlabelled, TARGET),
    Fault("FE305", "a record number among the features", _numbered, "record"),
)
"""In the order in which they are planted: what copies rows comes after what changes columns."""
