"""DA105 variant-categories: found where spellings differ, silent where signs tell words apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.adapters.tables import tables
from mldebug.checkers.data.variant_categories import bare, levelled
from tests.audits import audited, by_column, measured, only, reason
from tests.tables import Case, base

CODE = "DA105"
TOWNS = ("New York", "São Paulo", "St. Ives", "Stoke-on-Trent", "Lima", "Plan B")
WAYS = (
    str.upper,
    str.lower,
    lambda word: word + " ",
    lambda word: "  " + word,
    lambda word: word + ".",
    lambda word: word.replace("a", "\uff41").replace("e", "\uff45").replace("i", "\uff49"),
    lambda word: word.replace(" ", "  ").replace("-", "_") + "\u00a0",
)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Spell the share ``dose`` of a column's rows in other ways."""
    case = twin(rng, n)
    words = case.train["town"].to_numpy(object).copy()
    rows = np.sort(rng.choice(n, max(1, round(dose * n)), replace=False))
    way = WAYS[int(rng.integers(len(WAYS)))]
    words[rows] = [way(word) for word in words[rows]]
    planted = case.train.assign(town=words)
    return replace(case, train=planted, subject={"column": "town"}, rows=tuple(rows.tolist()))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with towns, and with blood groups, languages and sizes."""
    frame = base(rng, n)
    honest = {
        "town": TOWNS,
        "blood": ("A+", "A-", "AB+", "AB-", "B+", "B-", "0+", "0-"),
        "language": ("C", "C++", "C#", "F", "F#", "Objective-C"),
        "size": ("1-2", "1.2", "12", "1/2", "10", "1.0"),
    }
    made = {name: rng.choice(np.array(words, object), n) for name, words in honest.items()}
    return Case("variant-categories", frame.assign(**made), target="y")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Paris", "paris"),
        ("Paris", " PARIS\t"),
        ("New York", "new  york"),
        ("New-York", "New_York"),
        ("N.Y.", "n y"),
        ("Straße", "STRASSE"),
        ("ﬁne", "fine"),
        ("Type-1", "type 1"),
        ("yes", "Yes."),
        ("a/b", "A-B"),
    ],
)
def test_variants_are_levelled(one, other):
    assert levelled(one) == levelled(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A+", "A-"),
        ("A", "A-"),
        ("C", "C#"),
        ("C", "C++"),
        ("1.0", "10"),
        ("1-2", "1.2"),
        ("1,000", "1.000"),
        ("-5", "5"),
        ("<5", ">5"),
        ("résumé", "resume"),
        ("nowhere", "no where"),
        ("?", "!"),
        (".", ","),
        ("p < .05", "p > .05"),
    ],
)
def test_what_tells_categories_apart_is_kept(one, other):
    assert levelled(one) != levelled(other)


@given(st.lists(st.text("aAäÄß é1 2.-_/\u00a0\u2013\u3000ﬁＡ+#\n", max_size=5), max_size=30))
def test_the_cheap_key_loses_no_variant(words):
    for one in words:
        for other in words:
            if levelled(one) == levelled(other):
                assert bare(one) == bare(other)


def test_the_count_is_that_of_pandas():
    rng = np.random.default_rng(0)
    words = ["Yes", "yes", "YES ", "No", "no", "Maybe"]
    frame = base(rng, 500).assign(answer=rng.choice(words, 500))
    counts = frame["answer"].value_counts()
    rarer = sum(
        counts[group].sum() - counts[group].max()
        for group in (["Yes", "yes", "YES "], ["No", "no"])
    )
    finding = only(audited(CODE, frame, target="y"))
    assert finding.measurement.value == pytest.approx(rarer / 500, rel=1e-11)
    assert finding.measurement.details["groups"] == 2
    assert finding.severity == "error"
    assert len(finding.measurement.figure["rows"]) == 2


def test_the_rows_of_the_rarer_spellings_are_named_also_after_a_split_by_fraction():
    frame = base(np.random.default_rng(1), 400).assign(answer=["Yes", "No", "Yes", "No"] * 100)
    frame.loc[::40, "answer"] = "yes "
    kept = tables(frame, 0.25, target="y").train.positions
    diagnosis = audited(CODE, frame, 0.25, target="y")
    assert sorted(diagnosis.rows(CODE)["train"]) == sorted(row for row in kept if row % 40 == 0)


def test_classes_that_are_spelt_in_two_ways_are_found_too():
    frame = base(np.random.default_rng(2), 200).assign(y=["good", "bad"] * 99 + ["Good", "Bad"])
    finding = only(audited(CODE, frame, target="y"))
    assert dict(finding.measurement.subject) == {"column": "y"}
    assert finding.message == (
        "2 of 200 rows of y hold another spelling of a more frequent category (1.00%): "
        "'bad' = 'Bad'; 'good' = 'Good'"
    )


def test_keys_and_free_text_may_differ_by_case_alone():
    rng = np.random.default_rng(3)
    frame = base(rng, 300)
    letters = rng.choice(list("abAB"), (300, 4))
    frame["key"] = ["".join(row) for row in letters]
    frame["name"] = [f"{word}{row}" for row, word in enumerate(["Ann", "ann"] * 150)]
    frame["comment"] = [" ".join(rng.choice(["One", "one", "two", "TWO"], 9)) for _ in range(300)]
    told = by_column(audited(CODE, frame.assign(key2=frame["key"] * 5), target="y"))
    assert "comment" not in told
    assert told["x2"].value == 0
    name = pd.DataFrame({"name": ["".join(row) for row in rng.choice(list("abAB"), (300, 9))]})
    assert measured(audited(CODE, name), column="name").value == 0


def test_without_categories_it_is_not_checked():
    diagnosis = audited(CODE, pd.DataFrame({"x": np.arange(60) / 7}))
    assert reason(diagnosis, CODE) == "no column holds categories"
