"""LK413 reused-eval-set: found where the choosing score is the only one, silent beside a test."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audits import audited, measured, only, reason
from tests.compared_runs import by_folds, by_seeds, scored_run
from tests.tables import Case

CODE = "LK413"
SIZES = (200, 600, 2_000)


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Compare ``dose`` models by their scores of evaluation, and log no other."""
    return case(rng, n, int(dose), test=False)


def twin(rng: np.random.Generator, n: int) -> Case:
    """As many models, each with its score on test data too."""
    return case(rng, n, int(rng.integers(10, 30)), test=True)


def case(rng: np.random.Generator, n: int, count: int, *, test: bool) -> Case:
    metric = str(rng.choice(["val/accuracy", "val/loss", "valid_auc"]))
    metric = metric if not test else "val/accuracy"
    points = max(n // (2 * count), 4)
    scores = rng.normal(0.8, 0.02, count)
    runs = by_seeds(rng, scores, 1, 0.01, n=points, metric=metric, test=test)
    return Case("compared", None, options={"run": runs})


def test_the_models_and_the_score_are_told():
    runs = by_seeds(np.random.default_rng(0), np.full(12, 0.8), 2, 0.01)
    finding = only(audited(CODE, run=runs))
    assert finding.severity == "warning"
    assert finding.message == (
        "12 configurations were compared by accuracy on evaluation data, and no score on other data "
        "was logged"
    )


@pytest.mark.parametrize(
    ("count", "severity"), [(4, None), (5, "note"), (9, "note"), (10, "warning")]
)
def test_the_rungs_of_runs(count, severity):
    runs = by_seeds(np.random.default_rng(1), np.full(count, 0.8), 1, 0.01)
    assert audited(CODE, run=runs).worst() == severity


def test_the_trials_of_a_search_are_but_noted():
    runs = by_folds(np.random.default_rng(2), np.full(40, 0.8), 5, 0.01)
    finding = only(audited(CODE, run=runs))
    assert finding.severity == "note"
    assert finding.measurement.details["where"] == "its own folds"


def test_one_run_with_a_test_score_shows_that_there_is_one():
    rng = np.random.default_rng(3)
    runs = by_seeds(rng, np.full(20, 0.8), 1, 0.01)
    chosen = scored_run("chosen", 0.81, {"lr": 1.0}, test=True)
    assert measured(audited(CODE, run=[*runs, chosen])).value == 0


def test_where_only_a_test_score_is_logged_it_was_what_chose():
    runs = by_seeds(np.random.default_rng(4), np.full(12, 0.8), 1, 0.01, metric="test_accuracy")
    finding = only(audited(CODE, run=runs))
    assert finding.measurement.details["where"] == "test data"


def test_one_run_is_no_comparison():
    runs = by_seeds(np.random.default_rng(5), np.full(1, 0.8), 1, 0.01)
    assert "no comparison" in reason(audited(CODE, run=runs), CODE)
