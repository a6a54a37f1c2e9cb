"""Real data with known answers; the tables lie beside the checkout, or the tests are skipped."""

from pathlib import Path

import pandas as pd
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


@pytest.mark.parametrize("held_out", [None, 0.25])
def test_two_prices_that_make_the_return_are_found_together(held_out):
    path = CASES / "leakage/data/wooldridge_nyse.csv"
    diagnosis = mldebug.audit(path, held_out, target="return")
    (joint,) = found(diagnosis, "LK407")
    assert joint.severity == "error"
    assert joint.subject.label == "price, price_1"
    assert not found(diagnosis, "LK406")


@pytest.mark.parametrize(
    ("path", "target", "row"),
    [
        ("labels/data/carData_Davis.csv", "weight", 11),
        ("labels/data/carData_Davis.csv", "height", 11),
        ("labels/data/MASS_hills.csv", "time", 17),
    ],
)
def test_the_one_value_that_was_written_down_wrongly_is_found(path, target, row):
    frame = pd.read_csv(CASES / path).drop(columns=["rownames", "repwt", "repht"], errors="ignore")
    diagnosis = mldebug.audit(frame, target=target)
    (wrong,) = found(diagnosis, "LB202")
    assert [one.row for one in wrong.measurement.rows.items] == [row]


def test_patients_on_both_sides_of_a_split_are_found():
    path = CASES / "leakage/data/MASS_biopsy.csv"
    diagnosis = mldebug.audit(path, 0.25, target="class", groups="ID")
    (groups,) = found(diagnosis, "LK403")
    assert groups.severity == "error"
    assert found(diagnosis, "LK401")


def test_the_level_of_the_nile_changes():
    path = CASES / "assumptions/datasets_Nile.csv"
    (change,) = found(mldebug.audit(path, target="value", time="time"), "AS502")
    assert change.subject["column"] == "value"
    assert change.severity == "error"


def test_the_course_of_a_series_is_no_leak():
    path = CASES / "assumptions/statsmodels_co2.csv"
    assert mldebug.audit(path, target="co2", select="LK").at_least("warning") == ()


def test_penguins_show_simpsons_paradox():
    path = CASES / "assumptions/palmerpenguins_penguins.csv"
    turned = found(mldebug.audit(path, target="bill_depth_mm"), "AS518")
    assert "bill_length_mm, species" in {one.subject.label for one in turned}


def test_few_who_default_are_an_imbalance_and_nothing_else():
    diagnosis = mldebug.audit(CASES / "assumptions/ISLR_Default.csv", target="default")
    (warned,) = diagnosis.at_least("warning")
    assert warned.rule.code == "DA110"


def test_the_charges_of_a_telephone_bill_follow_from_its_minutes():
    diagnosis = mldebug.audit(CASES / "assumptions/modeldata_mlc_churn.csv", target="churn")
    pairs = {one.subject.label for code in ("FE302", "FE303") for one in found(diagnosis, code)}
    assert {
        f"total_{one}_minutes, total_{one}_charge" for one in ("day", "eve", "night", "intl")
    } <= (pairs)


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


RIGHTLY_WARNED = {
    "datasets_anscombe.csv": {"FE302", "EV901"},  # x1, x2 and x3 are one column
    "sklearn_breast_cancer.csv": {"FE303"},  # means, errors and worst values of the same nuclei
    "wooldridge_phillips.csv": {
        "LB207",
        "EV901",
    },  # cinf is the change of inf, empty in its first row
}
"""What INDEX.csv says of these files beside "clean"; a quarter of a small file is a small eval set."""


@pytest.mark.parametrize("held_out", [None, 0.25])
@pytest.mark.parametrize(("path", "target"), CONTROLS)
def test_a_clean_control_gets_no_error_and_no_warning(path, target, held_out):
    diagnosis = mldebug.audit(CASES / path, held_out, target=target)
    assert diagnosis.at_least("error") == ()
    warned = {one.rule.code for one in diagnosis.at_least("warning")}
    assert warned <= RIGHTLY_WARNED.get(Path(path).name, {"EV901"})
    assert all(outcome.state != "failed" for outcome in diagnosis.outcomes.values())
