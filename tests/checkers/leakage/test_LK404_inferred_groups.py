"""LK404 inferred-groups: found where eval holds persons of train, silent where rows are independent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason
from tests.tables import Case, base, split

CODE = "LK404"
PERSON = ("age", "height", "sex", "site", "bmi")
ROWS_EACH = 6
BIOPSY = Path(__file__).resolve().parents[4] / "shared/cases/leakage/data/MASS_biopsy.csv"


def visits(rng: np.random.Generator, n: int, rows_each: int = ROWS_EACH) -> pd.DataFrame:
    """Visits of persons, of whom no column tells the name; a person's label is a coin flip."""
    persons = -(-n // rows_each)
    who = rng.permutation(np.repeat(np.arange(persons), rows_each))[:n]
    person = pd.DataFrame(
        {
            "age": rng.integers(20, 80, persons),
            "height": rng.normal(170, 9, persons).round(),
            "sex": rng.choice(["f", "m"], persons),
            "site": rng.choice([f"site {one}" for one in range(8)], persons),
            "bmi": rng.normal(25, 4, persons).round(1),
            "y": rng.integers(0, 2, persons),
        }
    )
    visit = pd.DataFrame(
        {
            "pulse": rng.normal(70, 9, n).round(),
            "pressure": rng.normal(120, 12, n).round(1),
            "glucose": rng.lognormal(1.6, 0.2, n),
            "fasting": rng.random(n) < 0.5,
        }
    )
    return pd.concat([person.iloc[who].reset_index(drop=True), visit], axis=1).assign(who=who)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let the share ``dose`` of the eval rows be visits of persons who are in train as well."""
    case = twin(rng, n)
    assert case.eval is not None
    held = case.eval.copy()
    rows = np.sort(rng.choice(len(held), max(1, round(dose * len(held))), replace=False))
    known = case.train.iloc[rng.choice(len(case.train), len(rows), replace=False)]
    for name in (*PERSON, "y"):
        held.loc[rows, name] = known[name].to_numpy()
    subject = {"columns": tuple(one for one in held if one in PERSON)}
    return replace(case, eval=held, subject=subject, rows=tuple(rows.tolist()), rows_table="eval")


def twin(rng: np.random.Generator, n: int) -> Case:
    """The same visits, split by person."""
    frame = visits(rng, n)
    frame = frame[[*rng.permutation([one for one in frame if one not in ("who", "y")]), "y", "who"]]
    inside = frame["who"] >= 0.75 * frame["who"].max()
    train, held = (
        frame[rows].drop(columns="who").reset_index(drop=True) for rows in (~inside, inside)
    )
    return Case("inferred-groups", train, held, target="y")


def test_a_random_split_of_visits_is_found_with_the_columns_that_tell_the_person():
    rng = np.random.default_rng(0)
    frame = visits(rng, 2_000)
    train, held = split(frame, rng)
    told = only(audited(CODE, train.drop(columns="who"), held.drop(columns="who"), target="y"))
    assert told.severity == "error"
    assert set(told.subject["columns"]) == set(PERSON)
    shared = held["who"].isin(train["who"])
    assert told.measurement.details["shared"] == shared.sum()
    assert told.measurement.details["entities"] == held.loc[shared, "who"].nunique()
    for item in told.measurement.rows.items:
        assert held["who"][item.row] == train["who"][item.match[1]]
    assert "100% of the entities" in told.message


def test_measurements_that_repeat_exactly_tell_a_person_too():
    rng = np.random.default_rng(1)
    who = rng.integers(0, 150, 1_500)
    frame = pd.DataFrame(rng.normal(size=(150, 3))[who]).add_prefix("person")
    frame = frame.join(pd.DataFrame(rng.normal(size=(1_500, 4))).add_prefix("visit"))
    frame["y"] = rng.normal(size=150)[who] + 0.1 * rng.normal(size=1_500)
    train, held = split(frame, rng)
    told = only(audited(CODE, train, held, target="y"))
    assert told.subject["columns"] == ("person0", "person1", "person2")


def test_labels_that_have_nothing_to_do_with_the_person_are_no_leak():
    rng = np.random.default_rng(2)
    frame = visits(rng, 2_000).drop(columns="who").assign(y=rng.integers(0, 2, 2_000))
    assert measured(audited(CODE, *split(frame, rng), target="y")).value == 0


def _coarse(rng, n):
    return pd.DataFrame(rng.integers(0, 4, (n, 9)))


def _tied(rng, n):
    zone = rng.integers(0, 300, n)
    tied = pd.DataFrame({"zone": zone, "town": zone // 5, "state": zone // 30})
    return tied.join(pd.DataFrame(rng.normal(size=(n, 4))).add_prefix("x"))


def _factors(rng, n):
    group = rng.integers(0, 4, (n, 1))
    return pd.DataFrame(np.where(rng.random((n, 8)) < 0.8, group, rng.integers(0, 4, (n, 8))))


def _copies(rng, n):
    frame = base(rng, n // 2, target=None)
    return pd.concat([frame, frame], ignore_index=True)


@pytest.mark.parametrize("make", [_coarse, _tied, _factors, _copies])
@pytest.mark.parametrize("seed", range(2))
def test_repeats_by_chance_or_by_one_column_are_no_entities(make, seed):
    rng = np.random.default_rng(seed)
    frame = make(rng, 3_000)
    frame.columns = [f"c{name}" for name in frame]
    frame["y"] = (pd.factorize(frame["c" + str(frame.columns[0])[1:]])[0] % 2).astype(int)
    assert measured(audited(CODE, *split(frame, rng), target="y")).value == 0


def test_why_it_is_not_checked():
    frame = visits(np.random.default_rng(3), 200)
    told = reason(audited(CODE, frame, frame, target="y", groups="who"), CODE)
    assert told == "--groups names the groups, so none need be inferred"
    told = reason(audited(CODE, frame[["age", "y"]], frame[["age", "y"]], target="y"), CODE)
    assert told == "too few columns could describe an entity that rows share"
    assert audited(CODE, frame).outcomes[CODE].missing == ("--eval",)


@pytest.mark.skipif(not BIOPSY.exists(), reason="the real cases are not here")
@pytest.mark.parametrize("seed", range(5))
def test_coarse_integers_of_biopsy_are_no_entities(seed):
    frame = pd.read_csv(BIOPSY).drop(columns=["ID", "rownames"])
    told = measured(audited(CODE, *split(frame, np.random.default_rng(seed)), target="class"))
    assert told.value == 0
