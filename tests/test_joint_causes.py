"""Two findings from one cause: the cause is ranked first and explains the other."""

import numpy as np
import pandas as pd
import pytest

import mldebug
from tests.runs import course, diverge, logged, rise
from tests.tables import Case, base, split

N = 2_000


def copied_before_the_split(rng):
    """An export wrote a tenth of the rows twice, and the copies fell on both sides."""
    frame = base(rng, N)
    again = frame.iloc[rng.choice(N, N // 10, replace=False)]
    whole = pd.concat([frame, again], ignore_index=True)
    train, held_out = split(whole.sample(frac=1, random_state=rng), rng)
    return Case("copied-before-the-split", train, held_out, "y")


def target_among_the_features(rng):
    """The target was exported twice, so a feature gives it away."""
    frame = base(rng, N)
    frame.insert(int(rng.integers(0, 4)), "outcome", frame["y"])
    train, held_out = split(frame, rng)
    return Case("target-among-the-features", train, held_out, "y")


def nothing_stops_the_run(rng):
    """A run goes on to its last planned epoch while evaluation gets worse, and keeps the end."""
    made = course(rng, 300, cadence=1, gap=0.05, floor=0.3, schedule="constant")
    worse = rise(made, float(rng.uniform(0.5, 0.9)), float(rng.uniform(0.4, 0.6)))
    epochs = int(made.steps[-1] / made.per_epoch) + 1
    run = logged(rng, worse.with_(config={"lr": 0.001, "epochs": epochs}))
    return Case("nothing-stops-the-run", None, options={"run": run})


def rate_beyond_the_usual(rng):
    """Adam at a rate of .5 climbs and does not come back."""
    made = course(rng, 500, schedule="constant", train_noise=0.03)
    high = made.with_(config={"optimizer": "adam", "lr": 0.5}, rate=np.full(500, 0.5))
    run = logged(rng, diverge(high, float(rng.uniform(1.5, 3)), float(rng.uniform(0.3, 0.5))))
    return Case("rate-beyond-the-usual", None, options={"run": run})


def nearly_copied_before_the_split(rng):
    """Rows were entered twice, with another last digit, and fell on both sides."""
    frame = base(rng, N)
    again = frame.iloc[rng.choice(N, N // 10, replace=False)].copy()
    again["x0"] += 1e-6
    whole = pd.concat([frame, again], ignore_index=True)
    train, held_out = split(whole.sample(frac=1, random_state=rng), rng)
    return Case("nearly-copied-before-the-split", train, held_out, "y")


def sorted_file_split_by_position(rng):
    """A file that was sorted by the target, of which the last quarter is held out."""
    frame = base(rng, N, task="regression").sort_values("y", ignore_index=True)
    cut = round(0.75 * N)
    held_out = frame.iloc[cut:].reset_index(drop=True)
    return Case("sorted-file-split-by-position", frame.iloc[:cut], held_out, "y")


def changed_unit(rng):
    """A column that eval has in grams, and train in kilograms."""
    train, held_out = split(base(rng, N), rng)
    return Case("changed-unit", train, held_out.assign(x1=1_000 * held_out["x1"]), "y")


def two_sources_in_other_shares(rng):
    """Two sites of which one leaves a field empty, and eval is mostly of that one."""
    frame = base(rng, 2 * N)
    south = rng.random(2 * N) < 0.5
    frame.insert(0, "site", np.where(south, "south", "north"))
    frame.loc[south & (rng.random(2 * N) < 0.3), "x0"] = np.nan
    held = rng.random(2 * N) < np.where(south, 0.45, 0.1)
    train, held_out = (frame[one].reset_index(drop=True) for one in (~held, held))
    return Case("two-sources-in-other-shares", train, held_out, "y")


def evaluated_on_train(rng):
    """The training table is given as eval too."""
    frame = base(rng, N)
    return Case("evaluated-on-train", frame, frame.sample(frac=1, random_state=rng), "y")


CASES = {
    "nearly-copied-before-the-split": (nearly_copied_before_the_split, "DA107"),
    "sorted-file-split-by-position": (sorted_file_split_by_position, "DA112"),
    "changed-unit": (changed_unit, "DA118"),
    "two-sources-in-other-shares": (two_sources_in_other_shares, "DA113"),
    "evaluated-on-train": (evaluated_on_train, "LK414"),
    "copied-before-the-split": (copied_before_the_split, "DA106"),
    "target-among-the-features": (target_among_the_features, "LB207"),
    "nothing-stops-the-run": (nothing_stops_the_run, "HP613"),
    "rate-beyond-the-usual": (rate_beyond_the_usual, "HP606"),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_cause_is_ranked_first(name, seed):
    make, code = CASES[name]
    diagnosis = mldebug.audit(**make(np.random.default_rng(seed)).audit_arguments())
    assert diagnosis.causes[0].code == code


def test_copied_rows_explain_the_shared_ones():
    case = copied_before_the_split(np.random.default_rng(0))
    diagnosis = mldebug.audit(**case.audit_arguments())
    assert diagnosis.causes[0].explains == ("LK401:{}",)
