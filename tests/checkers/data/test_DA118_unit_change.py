"""DA118 unit-change: found where eval is in another unit, silent where it drifted."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from mldebug.stats.units import FACTORS
from tests.audits import audited, by_column, measured, only
from tests.tables import Case, base, split

CODE = "DA118"

# A change of unit is there or not: what the conversion takes away depends on how much the quantity
# varies beside the factor. At .95 most values are beyond those of the other unit.
DOSES = {"D0": None, "D1": 0.95, "D2": None}
DRIFTS = (1.15, 1.3, 1.45, 1.9, 3.0, 4.0, 0.7, 0.55)
"""Factors that are no change of unit; each is 4 % or more from every known one."""


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """A positive column that varies so much that a known factor moves it by ``dose``."""
    case = twin(rng, n, drifting=False)
    assert case.eval is not None
    factor = float(rng.choice(list(FACTORS)))
    spread = np.log(factor) / (2 * NormalDist().inv_cdf((1 + dose) / 2))
    train, held = (rng.lognormal(2, spread, len(one)) for one in (case.train, case.eval))
    scale = factor if rng.random() < 0.5 else 1 / factor
    return replace(
        case,
        train=case.train.assign(size=train),
        eval=case.eval.assign(size=held * scale),
        subject={"column": "size"},
    )


def twin(rng: np.random.Generator, n: int, *, drifting: bool | None = None) -> Case:
    """A random split; every second time columns of eval drift, by a factor or a shift."""
    train, held = split(base(rng, n), rng)
    if drifting is None and rng.random() < 0.5:
        moved = held["x0"] + rng.uniform(0.5, 3)
        held = held.assign(x1=held["x1"] * rng.choice(DRIFTS), x0=moved)
    return Case("unit-change", train, held, target="y")


def heights(n: int = 2_000, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"height": rng.normal(172, 9, n).round(1), "degrees": rng.normal(12, 6, n)}
    )
    return split(frame, rng)


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (0.01, "divided by 100"),
        (10.0, "multiplied by 10"),
        (1 / 2.54, "divided by 2.54 (inches and centimetres)"),
        (1 / 30.48, "divided by 30.48 (feet and centimetres)"),
    ],
)
def test_the_unit_is_named(factor, words):
    train, held = heights()
    finding = only(audited(CODE, train, held.assign(height=held["height"] * factor)))
    assert (finding.severity, dict(finding.subject)) == ("error", {"column": "height"})
    told = finding.measurement
    assert told.details["conversion"] == words
    assert told.details["slope"] == pytest.approx(factor)
    assert told.value > 0.9
    assert finding.message.startswith(f"height looks {words} in eval: the middle value is 17")


@pytest.mark.parametrize(
    ("convert", "words"),
    [
        (lambda x: 1.8 * x + 32, "converted from degrees Celsius to Fahrenheit"),
        (lambda x: x + 273.15, "converted from degrees Celsius to kelvins"),
    ],
)
def test_degrees_are_named(convert, words):
    train, held = heights(4_000)
    there = held.assign(degrees=convert(held["degrees"]))
    assert only(audited(CODE, train, there)).measurement.details["conversion"] == words


def test_degrees_back():
    train, held = heights(4_000)
    there = train.assign(degrees=1.8 * train["degrees"] + 32)
    told = only(audited(CODE, there, held)).measurement
    assert told.details["conversion"] == "converted from degrees Fahrenheit to Celsius"


@pytest.mark.parametrize("factor", DRIFTS)
def test_a_drift_by_a_factor_is_no_unit(factor):
    assert all(not 0.96 < max(factor, 1 / factor) / one < 1.04 for one in FACTORS)
    train, held = heights(8_000)
    assert audited(CODE, train, held.assign(height=held["height"] * factor)).worst() is None


def test_a_known_factor_with_another_shape_is_no_unit():
    train, held = heights(8_000)
    rng = np.random.default_rng(1)
    other = 2.54 * rng.exponential(172, len(held))
    assert audited(CODE, train, held.assign(height=other)).worst() is None


def test_whole_numbers_and_signs_are_no_obstacle():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"age": rng.integers(20, 90, 4_000), "z": rng.normal(-3, 1.5, 4_000)})
    train, held = split(frame, rng)
    held = held.assign(age=held["age"] * 1_000, z=held["z"] / 100)
    told = by_column(audited(CODE, train, held))
    assert told["age"].details["conversion"] == "multiplied by 1,000"
    assert told["z"].details["conversion"] == "divided by 100"


def test_a_target_of_numbers_has_a_unit_too():
    rng = np.random.default_rng(2)
    train, held = split(base(rng, 3_000, task="regression"), rng)
    train, held = (one.assign(y=one["y"] + 20) for one in (train, held))
    diagnosis = audited(CODE, train, held.assign(y=100 * held["y"]), target="y")
    assert dict(only(diagnosis).subject) == {"column": "y"}


def test_it_explains_the_drift():
    train, held = heights()
    diagnosis = audited(f"{CODE},DA113", train, held.assign(height=held["height"] / 100))
    assert [one.code for one in diagnosis.causes] == [CODE]
    assert list(diagnosis.causes[0].explains) == ['DA113:{"column":"height"}']


def test_wild_and_constant_numbers_are_left_alone():
    train, held = heights(400)
    train = train.assign(wild=1e300, flat=1.0, inf=np.inf)
    held = held.assign(wild=1e303, flat=10.0, inf=1.0)
    diagnosis = audited(CODE, train, held)
    assert diagnosis.worst() is None
    assert measured(diagnosis, column="flat").value == 0.0
