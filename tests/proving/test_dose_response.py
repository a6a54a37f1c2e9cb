"""The dose-response figure: which doses are drawn, and the share of seeds in which a rule spoke."""

from __future__ import annotations

from dataclasses import replace

import pytest
from dose_response import dosed, shares
from proving.cases import proofs
from proving.doses import Doses


def doses_of(known, proof):
    return [dose for dose, jobs in dosed(known, proof) if jobs]


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (None, [0, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.4]),
        ({"D1": 0.005, "D2": 0.02}, [0, 0.005, 0.02, 0.0005, 0.00125, 0.0025]),
        ({"D1": 1.0}, [0, 1]),
        ({"D0": 0.04, "D1": 0.0}, [0, 0, 0.01, 0.02, 0.03, 0.04]),
    ],
)
def test_doses_lie_about_the_rung_and_the_twin_is_nothing(ground, values, wanted):
    root, known = ground
    (proof,) = proofs(root, known)
    if values is not None:
        proof = replace(proof, doses=Doses(values, "warning"))
    assert doses_of(known["DA999"], proof) == pytest.approx(wanted)


def test_each_dose_has_its_own_cases_under_its_own_name(ground):
    root, known = ground
    (proof,) = proofs(root, known)
    jobs = [job for _, made in dosed(known["DA999"], proof) for job in made]
    assert len({job.key for job in jobs}) == len(jobs) == 80


def test_the_share_is_that_of_the_seeds_in_which_the_rule_spoke(ground):
    root, known = ground
    (proof,) = proofs(root, known)
    line = {"code": "DA999", "kind": "plant", "dose": 0.2}
    lines = [line | {"worst": worst} for worst in ("error", "warning", "note", None)]
    lines.append(line | {"kind": "twin", "worst": None})
    lines.append(line | {"code": "DA998", "worst": "error"})
    assert shares(lines, proof) == [(0.0, 0.0), (0.2, 0.5)]
