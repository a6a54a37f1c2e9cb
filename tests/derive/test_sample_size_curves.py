import numpy as np
import pytest

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import run_of
from mldebug.checker import Unavailable
from mldebug.derive.sample_size_curves import sample_size_curves
from tests.runs import course, logged
from tests.size_curves import logged_sizes, size_curve


def of(*runs):
    return sample_size_curves.make(tuple(runs), 0)


def made(**columns):
    rows = columns.pop("rows")
    points = tuple(Points(name, np.asarray(one, float), rows) for name, one in columns.items())
    return run_of(Logged("run", "here", "", points, axis="size"))


ROWS = np.array([10, 20, 40, 80, 160, 320, 640])
SCORE = 0.9 - 1.0 * ROWS**-0.5


def test_rows_are_put_in_order_and_what_is_missing_is_left_out():
    order = np.array([3, 0, 6, 1, 5, 2, 4])
    score = SCORE.copy()
    score[1] = np.nan
    (found,) = of(made(rows=ROWS[order], test_accuracy=score[order]))
    assert found.rows.tolist() == [10, 40, 80, 160, 320, 640]
    assert found.values == pytest.approx(SCORE[[0, 2, 3, 4, 5, 6]])
    assert found.errors is None
    assert found.promise.gain == pytest.approx(640**-0.5 - 1280**-0.5, abs=1e-4)


def test_the_standard_errors_are_those_of_the_repeats():
    sd, n = np.full(7, 0.06), np.full(7, 9)
    (found,) = of(made(rows=ROWS, test_accuracy=SCORE, sd_test=sd, n=n))
    assert found.errors == pytest.approx(0.02)
    (sem,) = of(made(rows=ROWS, test_accuracy=SCORE, sem_test=sd))
    assert sem.errors == pytest.approx(0.06)
    (alone,) = of(made(rows=ROWS, test_accuracy=SCORE, sd_test=sd))
    assert alone.errors is None


def test_test_data_go_before_evaluation_data_and_an_error_is_turned():
    both = made(rows=ROWS, val_accuracy=SCORE - 0.1, test_accuracy=SCORE)
    assert of(both)[0].series.name == "test_accuracy"
    (error,) = of(made(rows=ROWS, val_error=1 - SCORE))
    assert (error.scale, error.values[-1]) == (-1.0, pytest.approx(SCORE[-1] - 1))
    (loss,) = of(made(rows=ROWS, val_loss=50 * (1 - SCORE)))
    assert loss.promise.gain == pytest.approx(error.promise.gain / (1 - SCORE[-1]), rel=0.01)


def test_the_runs_by_step_are_none_of_them():
    rng = np.random.default_rng(0)
    with pytest.raises(Unavailable, match="number of training rows"):
        of(logged(rng, course(rng, 50)))
    assert len(of(logged(rng, course(rng, 50)), logged_sizes(rng, size_curve(rng)))) == 1
    with pytest.raises(Unavailable, match="evaluation or test data"):
        of(made(rows=ROWS, train_accuracy=SCORE))
