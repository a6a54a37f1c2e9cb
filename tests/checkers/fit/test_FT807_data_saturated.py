"""FT807 data-saturated: found where a sample-size curve is level, silent where it still rises."""

from __future__ import annotations

import numpy as np

from tests.audits import audited, only, state
from tests.size_curves import logged_sizes, size_curve
from tests.tables import Case

CODE = "FT807"
SIZES = (20, 26, 32)
MOST = 36
"""Sizes of a curve: so many reach from 16 to 3 million rows."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A curve of n sizes of which twice the rows would take ``dose`` off the error, and no more."""
    floor, power = float(rng.uniform(0.02, 0.2)), float(rng.uniform(0.4, 0.8))
    n = min(n, MOST)
    # A steep law that still gains much at the end would have begun beyond an error of 1.
    steepest = 2 * np.log2(0.7 * (1 - 2.0**-power) / max(dose, 1e-6)) / (n - 1)
    curve = size_curve(rng, n, gain=dose, floor=floor, power=min(power, steepest))
    return Case(
        "saturated", None, options={"run": logged_sizes(rng, curve)}, subject={"run": "run"}
    )


def twin(rng: np.random.Generator, n: int) -> Case:
    """A curve of n sizes that still rises by some points."""
    return plant(rng, n, float(rng.uniform(0.02, 0.04)))


def test_a_level_curve_is_told_with_its_score():
    rng = np.random.default_rng(0)
    run = logged_sizes(rng, size_curve(rng, 16, gain=0.0005, floor=0.1, power=0.6))
    finding = only(audited(CODE, run=run))
    assert finding.severity == "note"
    assert "With 5,792 rows in place of 2,896" in finding.message
    assert finding.measurement.details["score"] > 0.88


def test_a_curve_is_never_both():
    for seed in range(20):
        rng = np.random.default_rng(seed)
        gain = float(10 ** rng.uniform(-4, -1.5))
        run = logged_sizes(rng, size_curve(rng, 14, gain=gain, floor=0.1, power=0.4))
        assert len(audited("FT806,FT807", run=run).findings) <= 1


def test_a_curve_that_falls_is_not_called_saturated():
    rng = np.random.default_rng(1)
    curve = size_curve(rng, 14, gain=0.0, floor=0.1)
    worse = curve.with_(test=np.linspace(0.1, 0.4, 14))
    assert state(audited(CODE, run=logged_sizes(rng, worse))) == "inconclusive"
