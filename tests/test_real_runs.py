"""Real runs and curves with known answers; they lie beside the checkout, or the tests are skipped."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest

import mldebug
from mldebug.stats.power_law import promise_of_rows

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the real cases are not here")


def curves() -> dict[str, Path]:
    """The sample-size curves by their number; those of a group share the first digit."""
    found = {path.name[:2]: path for path in sorted((CASES / "curves" / "lcdb").glob("*.csv"))}
    assert len(found) == 20
    return found


def numbered(group: str) -> list[str]:
    return [f"{group}{number}" for number in range(1, 5)]


def told(number: str, *codes: str) -> mldebug.Diagnosis:
    return mldebug.audit(run=curves()[number], select=codes or None)


def found(diagnosis: mldebug.Diagnosis) -> dict[str, str]:
    return {one.rule.code: one.severity for one in diagnosis.findings}


def test_the_index_says_what_is_expected_here():
    with (CASES / "INDEX.csv").open(encoding="utf-8", newline="") as opened:
        truth = {row["id"]: row["ground_truth"] for row in csv.DictReader(opened)}
    begins = {"0": "overfit", "1": "underfit", "2": "more data", "3": "saturated", "4": "non-mono"}
    for group, words in begins.items():
        assert all(truth[f"CUR-LCDB-{one}"].startswith(words) for one in numbered(group))


@pytest.mark.parametrize("number", numbered("2"))
def test_more_data_helps_where_the_curve_still_rises(number):
    assert found(told(number, "FT806", "FT807")) == {"FT806": "note"}


@pytest.mark.parametrize("number", numbered("3"))
def test_a_healthy_curve_is_saturated_and_has_no_finding_above_a_note(number):
    diagnosis = told(number)
    assert found(diagnosis).get("FT807") == "note"
    assert set(found(diagnosis).values()) == {"note"}


@pytest.mark.parametrize("number", numbered("1"))
def test_more_rows_do_not_help_what_underfits(number):
    assert found(told(number, "FT806", "FT807")) == {"FT807": "note"}


@pytest.mark.parametrize("number", numbered("4"))
def test_no_law_is_carried_on_from_a_curve_that_falls(number):
    diagnosis = told(number, "FT806", "FT807")
    assert found(diagnosis) == {}
    for code in ("FT806", "FT807"):
        outcome = diagnosis.outcomes[code]
        assert outcome.state == "inconclusive"
        assert re.fullmatch(
            r"the curve falls from [\d,]+ to [\d,]+ training rows, so it follows no law that could "
            "be carried on",
            outcome.reason,
        )


def test_the_second_half_of_the_curves_is_foretold_from_the_first():
    """Of the level curves and those that rise, except two that rise ever faster."""
    missed = {}
    for number in [*numbered("2"), *numbered("3")]:
        data = np.genfromtxt(curves()[number], delimiter=",", names=True)
        rows, score = data["size_train"], data["test"]
        errors = data["sd_test"] / np.sqrt(data["n"])
        half = rows <= rows[-1] / 2 + 1
        first = (one[half][-12:] for one in (rows, score, errors))
        law = promise_of_rows(*first, seed=0).law
        missed[number] = float(law.at(rows[-1])[0] - score[-1])
    assert max(abs(missed[number]) for number in numbered("3")) < 0.002
    assert max(abs(missed[number]) for number in ("21", "22")) < 0.01
    # A law that levels out says too little of these, never too much.
    assert all(-0.05 < missed[number] < 0 for number in ("23", "24"))


def test_the_log_of_a_real_run_has_a_gap_but_no_rise():
    """Training ends at .171 and evaluation at .894, its lowest: the loss does not rise."""
    diagnosis = mldebug.audit(run=CASES / "explogs" / "dvclive_nomelt-model")
    assert diagnosis.outcomes["FT801"].state == "passed"
    gap = next(one for one in diagnosis.findings if one.rule.code == "FT826")
    assert gap.severity == "note"
    assert gap.measurement.details["trained"] == pytest.approx(0.171, abs=0.02)
    assert gap.measurement.details["evaluated"] == pytest.approx(0.894, abs=0.02)
    assert not [one.id for one in diagnosis.findings if one.severity == "error"]


@pytest.mark.parametrize("number", numbered("1"))
def test_an_underfitting_curve_alone_cannot_be_told_from_a_hard_task(number):
    outcome = told(number, "FT802").outcomes["FT802"]
    assert outcome.state == "inconclusive"
    assert (
        "a flat curve alone cannot show whether a better learner would do better" in outcome.reason
    )


@pytest.mark.parametrize("number", numbered("0"))
def test_an_overfitting_curve_shows_its_gap(number):
    assert "FT826" in found(told(number))
