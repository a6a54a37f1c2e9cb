"""LK414 no-eval-set: an error where eval is train, a note where nothing is held out."""

from __future__ import annotations

import numpy as np

from tests.audits import audited, only
from tests.tables import Case, base, split

CODE = "LK414"
DOSES = {"D0": None, "D1": 1, "D2": 1}
"""The rung of the note is no dose: a table by itself has it, and it is no fault."""


def plant(rng: np.random.Generator, n: int, _dose: float) -> Case:
    """Evaluate on the training rows, in another order."""
    frame = base(rng, n)
    return Case("no-eval-set", frame, frame.iloc[rng.permutation(n)], target="y")


def twin(rng: np.random.Generator, n: int) -> Case:
    """A random split."""
    train, held = split(base(rng, n), rng)
    return Case("no-eval-set", train, held, target="y")


def test_train_itself_is_an_error_and_nothing_a_note():
    frame = base(np.random.default_rng(0), 200)
    finding = only(audited(CODE, frame, frame.iloc[::-1], target="y"))
    assert (finding.severity, finding.message) == (
        "error",
        "The evaluation table holds just the rows of the training table",
    )
    assert only(audited(CODE, frame, target="y")).severity == "note"
    assert audited(CODE, frame, target="y", cv=5).worst() is None


def test_one_row_less_is_another_table_and_without_a_target_nothing_is_asked():
    frame = base(np.random.default_rng(0), 200)
    assert audited(CODE, frame, frame.iloc[1:], target="y").worst() is None
    assert audited(CODE, frame).outcomes[CODE].missing == ("--target",)


def test_shared_rows_are_explained_by_it():
    frame = base(np.random.default_rng(0), 200)
    diagnosis = audited(f"LK401,{CODE}", frame, frame, target="y")
    assert diagnosis.causes[0].code == CODE
    assert diagnosis.causes[0].explains == ("LK401:{}",)
