"""LK411 resampling-before-split: found where eval holds mixtures of train, silent on honest rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "LK411"
KINDS = ("normal", "skewed", "category", "count", "correlated", "boolean", "normal", "gappy")
FEWEST_NEIGHBOURS = 5


def mixed(frame: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rows between a row and one of its five nearest, as SMOTE makes them; the rest from the first."""
    floats = [name for name in frame if frame[name].dtype.kind == "f"]
    frame = frame.dropna().reset_index(drop=True)
    values = frame[floats].to_numpy()
    scaled = values / values.std(axis=0)
    first = rng.integers(0, len(frame), count)
    apart = ((scaled[first, None, :] - scaled[None]) ** 2).sum(axis=2)
    nearest = np.argsort(apart, axis=1)[:, 1 : FEWEST_NEIGHBOURS + 1]
    second = nearest[np.arange(count), rng.integers(0, FEWEST_NEIGHBOURS, count)]
    part = rng.random((count, 1))
    made = frame.iloc[first].reset_index(drop=True)
    made[floats] = values[first] + part * (values[second] - values[first])
    return made


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Make the share ``dose`` of the eval rows, and as many of train, of train's rare class."""
    case = twin(rng, n)
    assert case.eval is not None
    count = round(dose * len(case.eval))
    if count == 0:  # half a row of a hundred is none
        return replace(case, rows=())
    rare = case.train[case.train["y"] == 0]
    rows = np.sort(rng.choice(len(case.eval), count, replace=False))
    kept = case.eval.drop(index=rows)
    held = pd.concat([kept, mixed(rare, count, rng).set_axis(rows, axis=0)]).sort_index()
    train = pd.concat([case.train, mixed(rare, count, rng)], ignore_index=True)
    return replace(case, train=train, eval=held, rows=tuple(rows.tolist()), rows_table="eval")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split of a table with a rare class."""
    train, held = split(base(rng, n, kinds=KINDS, minority=0.2), rng, stratify="y")
    return Case("resampling-before-split", train, held, target="y")


def test_rows_between_two_are_found_with_their_class():
    case = plant(np.random.default_rng(0), 2_000, 0.2)
    finding = only(audited(CODE, **case.audit_arguments()))
    told = finding.measurement
    assert finding.severity == "error"
    assert told.details["between"] >= 97
    assert {item.row for item in told.rows.items} <= set(case.rows)
    assert (told.details["classes"], told.details["copies"]) == ("0", 0)
    assert told.n <= 500


def test_a_whole_oversampled_table_split_at_random():
    rng = np.random.default_rng(1)
    frame = base(rng, 2_000, kinds=KINDS, minority=0.15)
    more = mixed(frame[frame["y"] == 0], 1_200, rng)
    train, held = split(pd.concat([frame, more], ignore_index=True), rng)
    told = only(audited(CODE, train, held, target="y"))
    assert told.severity == "error"
    assert told.measurement.details["classes"] == "0"


def test_copies_of_one_class_count_and_copies_of_all_do_not():
    rng = np.random.default_rng(2)
    frame = base(rng, 2_000, minority=0.15)
    rare = frame[frame["y"] == 0]
    copies = rare.sample(600, replace=True, random_state=0)
    told = measured(
        audited(CODE, *split(pd.concat([frame, copies], ignore_index=True), rng), target="y")
    )
    assert told.details["copies"] > 100
    assert told.details["by_class"] == {"0": told.details["copies"]}
    any_copies = frame.sample(600, replace=True, random_state=0)
    told = measured(
        audited(CODE, *split(pd.concat([frame, any_copies], ignore_index=True), rng), target="y")
    )
    assert told.value == 0


HONEST = {
    "one factor": lambda rng, n: np.outer(rng.normal(size=n), [1.0, 2.0, -3.0, 0.5]),
    "two factors": lambda rng, n: rng.normal(size=(n, 2)) @ rng.normal(size=(2, 5)),
    "three columns": lambda rng, n: rng.normal(size=(n, 3)),
    "three decimals": lambda rng, n: np.round(rng.normal(size=(n, 3)), 3),
    "heavy": lambda rng, n: rng.standard_t(1.2, (n, 4)),
    "heavier": lambda rng, n: rng.standard_t(1.0, (n, 6)),
    "single precision": lambda rng, n: rng.normal(1_000, 1, (n, 3)).astype(np.float32),
}


@pytest.mark.parametrize("kind", HONEST)
@pytest.mark.parametrize("seed", range(2))
def test_rows_that_lie_in_line_by_chance_do_not_count(kind, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(HONEST[kind](rng, 4_000)).add_prefix("x").assign(y=rng.random(4_000) < 0.3)
    train, held = split(frame, rng)
    assert measured(audited(CODE, train, held, target="y")).value == 0


def test_why_it_is_not_checked():
    rng = np.random.default_rng(3)
    train, held = split(base(rng, 400, kinds=("normal", "skewed", "count")), rng)
    told = reason(audited(CODE, train, held, target="y"), CODE)
    assert told.startswith("only 2 columns hold numbers that hardly repeat")
    train, held = split(base(rng, 400, task="regression"), rng)
    told = reason(audited(CODE, train, held, target="y"), CODE)
    assert told == "the target is a number, and only classes are oversampled"
    assert audited(CODE, train, target="y").outcomes[CODE].missing == ("--eval",)
