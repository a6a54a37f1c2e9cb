"""The simulated runs are what they say: they fall, settle, repeat with their seed, and fail on cue."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from tests.clean_runs import COUNTS, RECIPES, clean_runs, healthy, promised
from tests.runs import (
    NAMINGS,
    accuracy_of,
    course,
    cut,
    diverge,
    logged,
    rise,
    scale_of,
    spike,
    stuck,
    swing,
    wandering,
)
from tests.size_curves import dip, logged_sizes, size_curve
from tests.tables import CLEAN_TABLES, clean_cases

EVERY = list(clean_runs(0))
FITTED = "-fitted"


def drawn(seed: int = 0, n: int = 400, **fixed):
    return course(np.random.default_rng(seed), n, **fixed)


def series(run, name):
    return next(one for one in run.series if one.name == name)


@pytest.mark.parametrize("seed", range(20))
def test_a_course_falls_and_evaluation_ends_near_its_lowest(seed):
    made = drawn(seed)
    assert made.train[-1] < 0.9 * made.train[0]
    lowest = made.eval.argmin()
    assert made.eval[-1] - made.eval[lowest] < 0.02 * scale_of(made, "eval", lowest)


@pytest.mark.parametrize("n", [2, 10, 100_000])
def test_a_course_has_as_many_points_as_asked_for(n):
    run = logged(np.random.default_rng(0), drawn(n=n, cadence=1))
    assert len(series(run, "train/loss").values) == n
    assert all(np.isfinite(one.values).all() for one in run.series)


def test_a_log_repeats_with_its_seed():
    one, two, other = (
        logged(np.random.default_rng(seed), drawn(shared=0.9, wander=0.01)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one.series[0].values, two.series[0].values)
    assert not np.array_equal(one.series[0].values, other.series[0].values)


def test_a_warm_restart_takes_the_loss_up_and_the_drop_of_a_rate_takes_it_down():
    made = drawn(1, schedule="restarts", heat=0.1, paced=True)
    up = np.flatnonzero(np.diff(made.rate) > 0)
    assert len(up) >= 1
    assert all(made.train[place + 8] > made.train[place] for place in up)
    dropped = drawn(1, schedule="drops", heat=0.1)
    place = int(np.flatnonzero(np.diff(dropped.rate) < 0)[0])
    falls = -np.diff(dropped.train)
    assert falls[place : place + 5].max() > 2 * falls[place - 5 : place - 1].max()


def test_dropout_and_the_mean_of_an_epoch_hold_the_training_loss_up():
    made = drawn(gap=0.0, train_noise=1e-6, eval_noise=1e-6, cadence=1, classes=0)
    late = made.with_(dropout=0.1, averaged=1.0)
    plain, held_up = (
        series(logged(np.random.default_rng(0), one), "train/loss").values for one in (made, late)
    )
    assert (held_up > 1.0999 * plain).all()
    back = round(made.per_epoch / 2 / made.steps[1])
    assert held_up[200] == pytest.approx(1.1 * plain[200 - back], rel=0.02)


def test_the_same_rows_make_the_noise_of_evaluation_alike():
    made = drawn(floor=0.3, eval_noise=0.1, eval_rows=100, classes=10, cadence=1)
    flat = made.with_(eval=np.full(400, made.eval[-1]))
    spreads = {}
    for shared in (0.0, 0.95):
        run = logged(np.random.default_rng(3), flat.with_(shared=shared))
        spreads[shared] = [series(run, f"val/{one}").values.std() for one in ("loss", "accuracy")]
    assert all(np.array(spreads[0.95]) < 0.4 * np.array(spreads[0.0]))


def test_the_weights_wander_alike_in_training_and_evaluation():
    walked = wandering(np.random.default_rng(0), 100_000, 0.9)
    assert walked.std() == pytest.approx(1, abs=0.05)
    assert np.corrcoef(walked[1:], walked[:-1])[0, 1] == pytest.approx(0.9, abs=0.01)
    made = drawn(wander=0.05, train_noise=1e-6, eval_noise=1e-6, cadence=1)
    run = logged(np.random.default_rng(0), made)
    moved = [
        series(run, f"{key}/loss").values / getattr(made, field)
        for key, field in (("train", "train"), ("val", "eval"))
    ]
    assert np.allclose(moved[0], moved[1], rtol=1e-4)


def test_evaluation_has_steps_of_its_own_and_the_end():
    made = drawn(n=50, stride=10, cadence=7, offbeat=3, last=True)
    steps = series(logged(np.random.default_rng(0), made), "val/loss").steps
    assert steps.tolist() == [63, 133, 203, 273, 343, 413, 483, 493]


@pytest.mark.parametrize("naming", NAMINGS)
def test_every_naming_is_understood(naming):
    made = drawn(names=NAMINGS[naming], test=True)
    found = {(one.role, one.split) for one in logged(np.random.default_rng(0), made).series}
    assert {("loss", "train"), ("loss", "eval")} <= found
    expected = {"train": "train", "eval": "eval", "test": "test"}
    for key in set(NAMINGS[naming]) - {"train", "eval", "rate"}:
        assert ("score", expected[key.split("_")[0]]) in found


@pytest.mark.parametrize(("score", "better"), [("r2", 1), ("rmse", -1)])
def test_measures_of_a_regression_get_better(score, better):
    names = {"train": "loss", "eval": "val_loss", "eval_score": f"val_{score}"}
    run = logged(np.random.default_rng(0), drawn(score=score, classes=0, names=names))
    values = series(run, f"val_{score}").values
    assert better * (values[-20:].mean() - values[:20].mean()) > 0


def test_losses_may_be_negative_and_keep_their_noise():
    run = logged(np.random.default_rng(0), drawn(offset=100.0, classes=0))
    assert series(run, "train/loss").values.max() < 0


@pytest.mark.parametrize("offset", [0.0, 50.0])
def test_a_rise_is_as_high_as_it_says(offset):
    made = rise(drawn(offset=offset), 0.3, 0.6, bend=2)
    lowest = made.eval.argmin()
    assert lowest == pytest.approx(0.6 * 399, abs=1)
    scale = scale_of(made, "eval", lowest)
    assert (made.eval[-1] - made.eval[lowest]) / scale == pytest.approx(0.3)
    assert np.array_equal(made.train, drawn().train)
    both = diverge(drawn(offset=offset), 0.3, 0.6)
    assert both.train[-1] > both.train[239]


def test_the_other_faults_change_what_they_say():
    made = drawn(3)
    tall = spike(made, 2.0, 0.5, 3)
    assert tall.train[200] == pytest.approx(3 * made.train[200], rel=0.1)
    assert np.allclose(tall.train[:199], made.train[:199])
    swung = swing(made, 0.2, 20)
    assert np.ptp(swung.train / made.train) == pytest.approx(0.4, abs=0.01)
    short = cut(made.with_(extra={"x": made.train}, times=made.train), 0.25)
    assert {len(short.steps), len(short.eval), len(short.extra["x"]), len(short.times)} == {100}
    assert np.ptp(stuck(made).train) == 0


def test_accuracy_goes_from_chance_to_all():
    assert accuracy_of(np.array([0.0, 50.0]), 4) == pytest.approx([1, 0.25])


def test_a_size_curve_falls_as_a_power_and_gains_what_it_says():
    rng = np.random.default_rng(0)
    made = size_curve(rng, 12, gain=0.02, power=0.5, floor=0.1)
    above = made.test[-1] - 0.1
    assert above * (1 - 2**-0.5) == pytest.approx(0.02)
    assert (np.diff(made.test) < 0).all()
    assert (made.train <= made.test).all()
    assert (np.diff(dip(made, 0.3).test) > 0).any()
    run = logged_sizes(rng, made)
    assert run.axis == "size"
    assert {one.split for one in run.series if one.role == "score"} >= {"train", "eval", "test"}
    assert run.series[0].steps[0] == 16


def test_there_are_enough_clean_runs_of_either_parity():
    names = [name for name, _ in EVERY]
    assert len(set(names)) == len(names) == sum(COUNTS.values())
    for kind, count in COUNTS.items():
        assert count % 2 == 0
        assert sum(f"-{kind}-" in name for name in names) == count
    made = {name[11:] for name in names}
    assert len(made) == sum(len(set(recipes)) for recipes in RECIPES.values())
    for parity in (0, 1):
        assert {name[11:] for name in names if int(name[6:10]) % 2 == parity} == made


def test_the_runs_come_after_the_tables_and_go_on_counting():
    names = [name for name, _ in clean_cases(0)]
    assert names[CLEAN_TABLES - 1].startswith("clean-0939-")
    assert names[CLEAN_TABLES:][:2] == [
        "clean-0940-single-constant-rate",
        "clean-0941-single-constant-rate",
    ]


@pytest.mark.parametrize("name", sorted({name[11:] for name, _ in EVERY if FITTED not in name}))
def test_a_clean_run_is_a_log_of_finite_numbers_and_repeats(name):
    (full, build), (_, again) = (
        next(islice(((one, make) for one, make in clean_runs(0) if one.endswith(name)), 2, None))
        for _ in range(2)
    )
    case = build()
    assert case.name == full
    assert case.train is None
    runs, repeated = (
        given if isinstance(given, list) else [given]
        for given in (case.options["run"], again().options["run"])
    )
    for run, other in zip(runs, repeated, strict=True):
        assert run.series
        for one, same in zip(run.series, other.series, strict=True):
            assert np.isfinite(one.values).all()
            assert np.array_equal(one.values, same.values)
            assert (np.diff(one.steps) > 0).all()
    assert len({run.name for run in runs}) == len(runs)


def test_few_clean_runs_are_long():
    assert sum(name.endswith("-long") for name, _ in EVERY) <= 30


def test_a_real_fit_falls():
    case = next(make for name, make in EVERY if name.endswith(FITTED))()
    loss = case.options["run"].of_role("loss", "train")[0].values
    assert loss[-1] < 0.8 * loss[0]


def test_a_healthy_course_has_settled_unless_told_not_to():
    made = [healthy(np.random.default_rng(seed), 200) for seed in range(20)]
    assert np.mean([promised(one) < 0.004 for one in made]) >= 0.9
    falls = healthy(
        np.random.default_rng(0), 200, settled=False, decay="power", schedule="constant"
    )
    assert promised(falls) > promised(made[0])
