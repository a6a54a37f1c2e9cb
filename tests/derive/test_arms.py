from dataclasses import replace

import numpy as np
import pytest

from mldebug.checker import Unavailable
from mldebug.derive.arm_noise import arm_noise
from mldebug.derive.arms import arms
from tests.compared_runs import by_folds, by_seeds, scored_run, trial
from tests.size_curves import logged_sizes, size_curve


def of(runs):
    return arms.make(tuple(runs))


def test_seeds_of_one_configuration_are_one_arm_and_the_best_comes_first():
    runs = [
        scored_run("a", 0.7, {"lr": 0.1, "seed": 1}),
        scored_run("b", 0.9, {"lr": 0.2, "training.random_state": 1}),
        scored_run("c", 0.8, {"lr": 0.1, "seed": 2}),
    ]
    found = of(runs)
    assert [arm.label for arm in found.arms] == ["b", "lr=0.1"]
    assert [arm.mean for arm in found.arms] == pytest.approx([0.9, 0.75])
    assert (found.metric, found.split, found.higher) == ("accuracy", "eval", True)
    assert found.varying == (("lr",),)
    assert (found.n_trials, found.left_out) == (3, 0)


def test_of_losses_the_lowest_is_the_best():
    runs = [scored_run(f"{k}", k, {"lr": k}, metric="val/loss") for k in (3.0, 1.0, 2.0)]
    found = of(runs)
    assert not found.higher
    assert [arm.label for arm in found.arms] == ["1.0", "2.0", "3.0"]


def test_names_and_folders_are_no_settings_but_a_models_name_is():
    runs = [
        scored_run(
            name,
            0.8 + place / 100,
            {"run_name": name, "output_dir": f"/x/{name}", "model_name": model, "id": place},
        )
        for place, (name, model) in enumerate([("a", "mlp"), ("b", "mlp"), ("c", "cnn")])
    ]
    found = of(runs)
    assert found.varying == (("model_name",),)
    assert sorted(len(arm.trials) for arm in found.arms) == [1, 2]


def test_a_run_logged_twice_counts_once_and_one_without_settings_is_like_no_other():
    run = scored_run("a", 0.8, {"lr": 1.0, "seed": 1})
    found = of([run, replace(run, name="copy"), scored_run("b", 0.7, {"lr": 1.0, "seed": 2})])
    assert (found.n_trials, found.left_out) == (2, 1)
    bare = of([scored_run("a", 0.8, {}), scored_run("b", 0.7, {"seed": 3})])
    assert [arm.label for arm in bare.arms] == ["a", "b"]


def test_settings_that_change_together_are_one():
    rng = np.random.default_rng(0)
    runs = []
    for place in range(8):
        lr, depth = float(rng.uniform()), int(rng.integers(2, 4))
        config = {
            "lr": lr,
            "warm": lr * 2,
            "depth": depth,
            "width": 2**depth,
            "noise": rng.normal(),
        }
        runs.append(scored_run(str(place), 0.8 + place / 100, config))
    assert of(runs).varying == (("lr", "warm"), ("depth", "width"), ("noise",))
    three = [
        scored_run(str(k), 0.8, {"a": a, "b": b}) for k, a, b in [(1, 1, 1), (2, 2, 5), (3, 3, 6)]
    ]
    assert of(three).varying == (("a",), ("b",))


def test_the_value_of_a_trial_is_its_score_and_pruned_ones_are_left_out():
    runs = [
        trial("a", [0.5, 0.7], {"lr": 1.0}, direction="minimize"),
        trial("b", [0.4, 0.6], {"lr": 2.0}, direction="minimize"),
        trial("c", [0.1, 0.1], {"lr": 3.0}, direction="minimize", state="pruned"),
        trial("d", [0.1, 0.1], {"lr": 3.0}, direction="minimize", study="another"),
        trial("e", [0.2, np.nan], {"lr": 3.0}, direction="minimize", value=None),
    ]
    found = of(runs)
    assert (found.split, found.higher) == ("", False)
    assert [arm.label for arm in found.arms] == ["b", "a"]
    assert found.arms[0].trials[0].folds == (0.4, 0.6)


def test_a_test_score_beside_that_of_evaluation_is_seen():
    rng = np.random.default_rng(1)
    assert of(by_seeds(rng, np.ones(3), 1, 0.1, test=True)).tested
    assert not of(by_seeds(rng, np.ones(3), 1, 0.1)).tested
    assert not of(by_seeds(rng, np.ones(3), 1, 0.1, metric="test_acc")).tested


def test_what_is_no_comparison():
    rng = np.random.default_rng(2)
    run = scored_run("a", 0.8, {"lr": 1.0})
    sized = [logged_sizes(rng, size_curve(rng), f"{k}") for k in range(3)]
    for runs in ([run], [run, *sized], sized):
        with pytest.raises(Unavailable, match="one run is no comparison"):
            of(runs)
    other = scored_run("b", 0.8, {"lr": 1.0}, metric="val/f1")
    with pytest.raises(Unavailable, match="the same score"):
        of([run, other])


def test_the_order_of_the_runs_changes_nothing():
    rng = np.random.default_rng(3)
    runs = by_seeds(rng, rng.normal(0.8, 0.1, 6), 3, 0.01)
    one, other = of(runs), of(runs[::-1])
    assert [arm.mean for arm in one.arms] == pytest.approx([arm.mean for arm in other.arms])
    assert arm_noise.make(one).noise.sd == pytest.approx(arm_noise.make(other).noise.sd)


def test_ten_thousand_trials_are_compared_at_once():
    rng = np.random.default_rng(4)
    runs = by_folds(rng, rng.normal(0.8, 0.1, 10_000), 5, 0.01)
    found = of(runs)
    assert len(found.arms) == 10_000
    assert arm_noise.make(found).n == 50_000
