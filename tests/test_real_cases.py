"""Real data with known answers; the tables lie beside the checkout, or the tests are skipped."""

from pathlib import Path

import pytest

import mldebug

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not here")
LEAKS = [
    ("leakage/data/AER_CreditCard.csv", "card", "expenditure", {"expenditure", "share"}),
    ("leakage/data/ISLR_Wage.csv", "wage", "logwage", {"logwage"}),
    ("leakage/data/ISLR_Smarket.csv", "Direction", "Today", {"Today"}),
]
CONTROLS = [
    ("controls/data/datasets_anscombe.csv", "y1"),
    ("controls/data/palmerpenguins_penguins.csv", "species"),
    ("controls/data/wooldridge_phillips.csv", "cinf"),
    ("controls/data/MASS_Pima.tr.csv", "type"),
    ("controls/data/datasets_PlantGrowth.csv", "weight"),
    ("controls/data/sklearn_breast_cancer.csv", "target"),
    ("controls/data/sklearn_wine.csv", "target"),
]


def found(diagnosis, code):
    return [one for one in diagnosis.findings if one.rule.code == code]


@pytest.mark.parametrize("held_out", [None, 0.25])
@pytest.mark.parametrize(("path", "target", "column", "cluster"), LEAKS)
def test_a_column_that_gives_the_target_away_is_found(path, target, column, cluster, held_out):
    diagnosis = mldebug.audit(CASES / path, held_out, target=target)
    (proxy,) = found(diagnosis, "LK406")
    assert proxy.severity in ("warning", "error")
    assert proxy.subject["column"] == column
    assert set(proxy.measurement.details["cluster"]) == cluster


def test_the_duplicate_of_iris_is_found_in_spite_of_its_row_names():
    path = CASES / "leakage/data/datasets_iris.csv"
    diagnosis = mldebug.audit(path, target="Species")
    (duplicates,) = found(diagnosis, "DA106")
    (row,) = duplicates.measurement.rows.items
    assert (row.row, row.match) == (142, ("train", 101))
    assert "rownames" in duplicates.measurement.details["columns_ignored"]


def test_the_duplicates_of_biopsy_are_found_where_chance_does_not_explain_them():
    path = CASES / "leakage/data/MASS_biopsy.csv"
    diagnosis = mldebug.audit(path, target="class")
    (duplicates,) = found(diagnosis, "DA106")
    rows = {row.row for row in duplicates.measurement.rows.items}
    assert rows <= {208, 253, 254, 258, 272, 338, 561, 684}
    assert {253, 254, 272} <= rows
    assert duplicates.measurement.details["chance_repeats"] >= 8 - len(rows)


@pytest.mark.parametrize("held_out", [None, 0.25])
@pytest.mark.parametrize(("path", "target"), CONTROLS)
def test_a_clean_control_gets_no_error(path, target, held_out):
    diagnosis = mldebug.audit(CASES / path, held_out, target=target)
    assert diagnosis.at_least("error") == ()
    assert all(outcome.state != "failed" for outcome in diagnosis.outcomes.values())
