"""The probabilities that labels are judged by, and what is and is not done where they are given."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mldebug.artefacts import Target
from mldebug.derive.label_chances import LabelChances
from mldebug.derive.label_noise import label_noise
from tests.audits import audited, measured, reason
from tests.tables import base


def predicted(seed, n, k, share=0.05, spread=1.5, pull=9.0):
    """Probabilities, labels of which a share was exchanged, and the rows of these."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, k, n)
    logits = rng.normal(0, spread, (n, k))
    logits[np.arange(n), true] += pull
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    rows = np.sort(rng.choice(n, round(share * n), replace=False))
    labels = true.copy()
    labels[rows] = (true[rows] + rng.integers(1, k, len(rows))) % k
    return chances.astype(np.float32), labels, rows


def judged(matrices, labels, route):
    target = Target("y", "classification", tuple(map(str, range(matrices[0].shape[1]))), False)
    chances = LabelChances(np.arange(len(labels)), labels, tuple(matrices), "told")
    given = (chances, None) if route == "given" else (None, chances)
    return label_noise.make(target, 0, *given)


def refuse(*_, **__):
    raise AssertionError("a model was fitted")


@pytest.mark.parametrize("code", ["LB201", "LB206", "LB208"])
def test_where_predictions_are_given_no_model_is_fitted(monkeypatch, code):
    monkeypatch.setattr("mldebug.derive.reference_models.fold_models", refuse)
    chances, labels, _ = predicted(0, 600, 3)
    frame = pd.DataFrame({"x": np.arange(600) % 7, "y": labels})
    diagnosis = audited(code, frame, target="y", predictions=chances)
    assert diagnosis.measurements
    assert diagnosis.outcomes[code].state in ("found", "inconclusive")
    told = audited(code, frame, target="y").outcomes[code]
    assert "a model was fitted" in told.reason


def test_a_number_is_no_class_and_no_model_is_fitted_to_tell(monkeypatch):
    monkeypatch.setattr("mldebug.derive.reference_models.fold_models", refuse)
    frame = base(np.random.default_rng(0), 100, task="regression")
    assert "is a number" in reason(audited("LB201", frame, target="y"), "LB201")
    told = audited("LB201", frame, target="y", predictions=np.zeros(100))
    assert "is a number" in reason(told, "LB201")


def test_the_same_probabilities_say_the_same_whoever_made_them():
    chances, labels, _ = predicted(1, 800, 4)
    one, other = (judged([chances], labels, route) for route in ("given", "fitted"))
    assert one.floor.share == other.floor.share > 0.03
    assert one.interval == other.interval
    for name in ("belief", "suggested", "counts"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


def test_predictions_of_the_reference_learners_say_what_these_say():
    import mldebug.derive.reference_models as models
    import mldebug.derive.reference_predictions as module

    frame = base(np.random.default_rng(2), 1_500, classes=3, strength=12.0)
    labels = frame["y"].to_numpy().copy()
    rows = np.random.default_rng(3).choice(1_500, 120, replace=False)
    labels[rows] = (labels[rows] + 1) % 3
    frame = frame.assign(y=labels)
    kept = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "LEARNERS", ("boosting",))
        plain = module.predicted_out_of_fold

        def keep(*given):
            kept.append(plain(*given))
            return kept[-1]

        patch.setattr(module, "predicted_out_of_fold", keep)
        own = measured(audited("LB201", frame, target="y"))
    told = measured(audited("LB201", frame, target="y", predictions=kept[0].probabilities))
    assert told.value == pytest.approx(own.value, rel=1e-9)
    assert told.interval == pytest.approx(own.interval, rel=1e-9)
    assert [one.row for one in told.rows.items] == [one.row for one in own.rows.items]
    same = ("wrong", "judged", "listed", "contradicted")
    assert [told.details[one] for one in same] == [own.details[one] for one in same]


def test_more_than_a_hundred_classes_are_judged_by_predictions():
    chances, labels, rows = predicted(4, 6_000, 150)
    frame = pd.DataFrame({"x": np.arange(6_000) % 7, "y": [f"c{one:03d}" for one in labels]})
    diagnosis = audited("LB201", frame, target="y", predictions=chances)
    told = measured(diagnosis)
    assert told.interval[0] <= 0.05 <= told.interval[1]
    assert told.details["judged"] == 6_000
    named = diagnosis.rows("LB201")["train"]
    assert len(set(named) & set(rows.tolist())) >= 0.95 * len(named)
    assert len(set(named) & set(rows.tolist())) >= 0.95 * len(rows)
    assert "no model could be fitted" in reason(audited("LB201", frame, target="y"), "LB201")


@pytest.mark.parametrize("k", [3, 150])
def test_blocks_and_stretches_make_no_difference(monkeypatch, k):
    chances, labels, _ = predicted(5, 900, k)
    whole = judged([chances], labels, "given")
    monkeypatch.setattr("mldebug.derive.label_noise.CELLS_AT_ONCE", 7 * k)
    monkeypatch.setattr("mldebug.derive.label_noise.SPANS", 3)
    parts = judged([chances], labels, "given")
    assert np.array_equal(whole.suggested, parts.suggested)
    assert parts.belief == pytest.approx(whole.belief, rel=1e-9)
    assert parts.counts == pytest.approx(whole.counts, abs=1e-9)
    assert whole.counts.sum(axis=0) == pytest.approx(np.bincount(labels, minlength=k))


def test_rows_without_a_label_or_a_prediction_are_left_out():
    chances, labels, _ = predicted(6, 400, 3)
    chances[7, 1] = np.nan
    words = [None if row == 9 else "abc"[one] for row, one in enumerate(labels)]
    frame = pd.DataFrame({"x": np.arange(400) % 7, "y": words})
    told = measured(audited("LB201", frame, target="y", predictions=chances))
    assert told.details["judged"] == 398
    assert not {7, 9} & {one.row for one in told.rows.items}
    nothing = audited("LB201", frame, target="y", predictions=np.full((400, 3), np.nan))
    assert "no row has both" in reason(nothing, "LB201")


def test_the_most_doubtful_come_first_and_ties_in_their_order():
    chances, labels, _ = predicted(7, 500, 3)
    chances[100:], labels[100:] = chances[99], labels[99]
    noise = judged([chances], labels, "given")
    order = np.argsort(noise.belief, kind="stable")
    for count in (1, 5, 120, 500, 900):
        assert noise.most_doubtful(count).tolist() == order[:count].tolist()
