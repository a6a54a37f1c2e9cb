"""FT821 missing-eval-curve: found where only training was logged, silent beside any evaluation."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, reason, state
from tests.runs import NAMINGS, course, logged
from tests.tables import Case

CODE = "FT821"
SIZES = (50, 500, 5_000)
DOSES = {"D1": 0.0}
"""Half a series there is not."""
EVALUATIONS = ("eval", "eval_score", "test_score")
NAMED = ("slashes", "keras", "trainer", "lightning", "boosting")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Log so many evaluation series."""
    naming = NAMED[rng.integers(len(NAMED) - (dose > 1))]
    names = dict(NAMINGS[naming])
    names.pop("test_score", None)
    for key in EVALUATIONS[round(dose) :]:
        names.pop(key, None)
    drawn = course(rng, n, names=names, classes=int(rng.choice([2, 10])))
    return Case("missing-eval-curve", None, options={"run": logged(rng, drawn)}, subject=RUN)


RUN = {"run": "run"}


def twin(rng: np.random.Generator, n: int) -> Case:
    """The loss of evaluation was logged."""
    return plant(rng, n, 1.0)


def value(run: object) -> float:
    return measured(audited(CODE, run=run), run="run").value


@pytest.mark.parametrize(
    ("held", "series"),
    [
        ({"loss": [3.0, 2.0, 1.0]}, 0),
        ({"loss": [3.0, 2.0, 1.0], "accuracy": [0.1, 0.2, 0.3]}, 0),
        ({"loss": [3.0, 2.0, 1.0], "val_loss": [3.0, 2.0, 1.0]}, 1),
        ({"train/loss": [3.0, 2.0, 1.0], "accuracy": [0.1, 0.2, 0.3]}, 1),
        ({"loss": [3.0, 2.0, 1.0], "episode_reward": [1.0, 2.0, 3.0]}, 1),
        ({"loss": [3.0, 2.0, 1.0], "metrics/mAP50(B)": [0.1, 0.2, 0.3]}, 1),
        ({"loss": [3.0, 2.0, 1.0], "val/gpu_memory": [1.0, 1.0, 1.0]}, 0),
    ],
)
def test_what_counts_as_an_evaluation(held, series):
    assert value(held) == series


def test_a_test_score_at_the_end_alone_is_no_curve():
    nan = float("nan")
    once = {"step": [1, 2, 3], "train/loss": [3.0, 2.0, 1.0], "test/accuracy": [nan, nan, 0.5]}
    assert value(once) == 0
    assert value({**once, "test/accuracy": np.array([nan, 0.4, 0.5])}) == 1
    assert state(audited(CODE, run=once)) == "found"


def test_a_run_without_any_curve_is_not_checked():
    assert reason(audited(CODE, run={"gpu_memory": [1.0, 2.0]}), CODE) == (
        "no run logged a loss or a score more than once"
    )


def test_the_message_names_what_was_logged():
    hostile = "<script>loss {value.__class__}"
    found = audited(CODE, run={hostile: [3.0, 2.0, 1.0]}).findings
    assert hostile in found[0].message
