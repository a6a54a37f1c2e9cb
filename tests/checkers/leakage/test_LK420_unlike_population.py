"""LK420 unlike-population: found where eval is not drawn from the reference table's rows."""

from __future__ import annotations

import numpy as np
import pytest

from tests.apart import correlation_of, even, moved, turned
from tests.audits import audited, measured, only
from tests.tables import Case, split

CODE = "LK420"

# Forty seeds of each dose fit ten models a size; at 20,000 rows that takes hours.
SIZES = (500, 2_000, 5_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A reference table that the best classifier tells from eval with the area ``dose``."""
    joint = rng.random() < 0.5
    frame = even(rng, n, correlation_of(dose) if joint else 0.0)
    train, rest = split(frame, rng, share=0.7)
    held, reference = split(rest, rng, share=0.5)
    reference = turned(reference, dose) if joint else moved(rng, reference, dose)
    return Case("unlike-population", train, held, "y", {"reference": reference})


def twin(rng: np.random.Generator, n: int) -> Case:
    """Train, eval and the reference table are drawn alike."""
    train, rest = split(even(rng, n, related=0.6), rng, share=0.7)
    held, reference = split(rest, rng, share=0.5)
    return Case("unlike-population", train, held, "y", {"reference": reference})


def test_a_sample_of_the_young_is_told_from_all():
    rng = np.random.default_rng(0)
    train, rest = split(even(rng, 3_000), rng, share=0.7)
    held, reference = split(rest, rng, share=0.5)
    held = held[held["x0"] < held["x0"].median()]
    finding = only(audited(CODE, train, held, target="y", reference=reference))
    assert finding.severity == "warning"
    assert "mostly by x0" in finding.message
    assert finding.measurement.n == len(held) + len(reference)
    assert [one["name"] for one in finding.measurement.figure["series"]] == ["eval", "reference"]


def test_train_does_not_matter():
    rng = np.random.default_rng(0)
    train, rest = split(even(rng, 1_600), rng, share=0.7)
    held, reference = split(rest, rng, share=0.5)
    here = measured(audited(CODE, train, held, target="y", reference=reference))
    moved_train = train.assign(z0=train["z0"] + 5)
    there = measured(audited(CODE, moved_train, held, target="y", reference=reference))
    assert there.value == pytest.approx(here.value)


def test_without_a_reference_table_the_option_is_named():
    rng = np.random.default_rng(0)
    outcome = audited(CODE, *split(even(rng, 400), rng), target="y").outcomes[CODE]
    assert outcome.state == "not_checked"
    assert "--reference" in outcome.missing
