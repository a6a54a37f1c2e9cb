"""AS503 rough-target: found where the target jumps along a column, silent where it is smooth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.audits import audited, measured, only, reason, state
from tests.clean_tables import interactions
from tests.tables import Case, base

CODE = "AS503"
CYCLES = 6
"""So often the target jumps up and down along x0."""

# Forty seeds fit ten reference models each; at 20,000 rows that takes hours.
SIZES = (500, 2_000)


def wave(column: pd.Series) -> np.ndarray:
    """Minus one and one by turns along the column, equally many rows at each turn."""
    share = (column.rank() - 0.5) / len(column)
    return np.where(np.floor(2 * CYCLES * share) % 2 == 0, 1.0, -1.0)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Let a wave along x0 make the share ``dose`` of a target that two honest columns make else."""
    frame = base(rng, n, target=None)
    smooth = np.where(frame["x5"], 1.0, -1.0) + 0.1 * rng.normal(0, 1, n)
    smooth = (smooth - smooth.mean()) / smooth.std()
    y = np.sqrt(1 - dose) * smooth + np.sqrt(dose) * wave(frame["x0"])
    return Case("rough-target", frame.assign(y=y), target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A target that changes smoothly with the columns, be it by their products."""
    if rng.random() < 0.5:
        task = rng.choice(["classification", "regression"])
        return Case("rough-target", base(rng, n, task=task), target="y")
    return Case("rough-target", interactions(rng, 0).train.head(n), target="y")


def test_classes_that_jump_are_found_and_the_skills_are_told():
    rng = np.random.default_rng(0)
    frame = base(rng, 3_000, target=None)
    y = np.where(rng.random(3_000) < 0.05, -wave(frame["x0"]), wave(frame["x0"])) > 0
    finding = only(audited(CODE, frame.assign(y=y.astype(int)), target="y"))
    told = finding.measurement.details
    assert told["best"] == pytest.approx(0.85, abs=0.1)
    assert told["smooth"] < 0.3
    assert finding.measurement.value == pytest.approx(told["best"] - told["smooth"])


def test_the_neighbours_of_the_own_fold_do_not_vote():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(0, 1, (400, 5))).add_prefix("x")
    frame = pd.concat([frame, frame + 1e-9], ignore_index=True).assign(person=list(range(400)) * 2)
    frame["y"] = np.tile(rng.normal(0, 1, 400), 2)
    told = measured(audited(CODE, frame, target="y", groups="person"))
    assert told.details["neighbours"] < 0.1


def test_no_signal_at_all_is_passed():
    frame = base(np.random.default_rng(2), 2_500, strength=0.0)
    assert state(audited(CODE, frame, target="y")) == "passed"


@pytest.mark.parametrize("seed", range(3))
def test_products_of_columns_are_smooth(seed):
    case = interactions(np.random.default_rng(seed), 0)
    assert audited(CODE, case.train.head(4_000), target="y").worst() is None


def test_a_wave_with_columns_that_do_not_vary_or_lack_values_is_no_obstacle():
    case = plant(np.random.default_rng(3), 2_500, 0.4)
    frame = case.train.assign(same=1.0, rare=np.where(case.train.index < 3, 1.0, np.nan))
    assert only(audited(CODE, frame, target="y")).severity == "warning"


def test_where_nothing_can_be_fitted_it_is_not_checked():
    frame = pd.DataFrame({"x": np.arange(60) / 7, "y": [1] * 60})
    assert "one value only" in reason(audited(CODE, frame, target="y"), CODE)


def test_of_a_large_table_the_rows_whose_neighbours_are_known_are_compared():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(rng.normal(0, 1, (31_000, 2)), columns=["a", "b"])
    told = measured(
        audited(CODE, frame.assign(y=frame["a"] + rng.normal(0, 1, 31_000)), target="y")
    )
    assert 1_000 < told.n < 20_000
    assert told.details["neighbours"] == pytest.approx(0.45, abs=0.03)
