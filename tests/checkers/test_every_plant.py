"""Every rule finds what its test file plants, names it rightly, and is silent on the twin."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from proving.cases import known_rules, planted_jobs, proofs  # noqa: E402
from proving.run import observed  # noqa: E402
from proving.verdicts import ROWS as ROWS_RIGHT  # noqa: E402
from proving.verdicts import reaches  # noqa: E402

KNOWN = known_rules(ROOT)
PROOFS = {proof.code: proof for proof in proofs(ROOT, KNOWN)}
ROWS = 2_000
SEED = 3


def jobs():
    for code, proof in PROOFS.items():
        size = max(ROWS, min(proof.sizes), KNOWN[code].rule.min_n)
        for job in planted_jobs(ROOT, proof, KNOWN[code], [size], [SEED]):
            yield pytest.param(job, id=f"{code}-{job.level}")


def test_every_rule_has_a_plant():
    assert set(PROOFS) == set(KNOWN)


@pytest.mark.parametrize("job", list(jobs()))
def test_the_planted_dose_has_its_severity_and_is_named(job):
    told = observed(job)
    assert "error" not in told, told["error"]
    assert told["state"] in ("found", "passed", "inconclusive"), told["reason"]
    if job.level == "D1":
        assert reaches(told["right"], job.severity)
    elif job.level == "D2":
        assert told["right"] == "error"
    else:
        assert not reaches(told["worst"], job.severity)
    if job.level in ("D1", "D2"):
        assert told["others"] == 0
        least = ROWS_RIGHT[KNOWN[job.code].quantity.kind]
        assert told["rows"] is None or told["rows"] >= least
