"""Two findings from one cause: the cause is ranked first and explains the other."""

import numpy as np
import pandas as pd
import pytest

import mldebug
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


CASES = {
    "copied-before-the-split": (copied_before_the_split, "DA106"),
    "target-among-the-features": (target_among_the_features, "LB207"),
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
