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


CASES = {
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
