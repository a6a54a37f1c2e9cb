"""FE303 correlated-features: found among numbers and words alike, told by groups, not by pairs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from mldebug.stats.association_intervals import association_estimate
from tests.audits import audited, only, reason, state
from tests.tables import Case, base

CODE = "FE303"


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Add a companion to a number or a category, associated with it at ``dose``."""
    case = twin(rng, n)
    frame = case.train
    column = str(rng.choice(["x0", "x1", "x2", "grade"]))
    if column == "x2":
        companion = _renamed(rng, frame[column], dose)
    elif column == "grade":
        score = np.floor(8 * (frame[column].rank() - 0.5) / n)
        companion = np.array(list("abcdefgh"))[_stirred(rng, score, _kept(dose)).astype(int)]
    else:
        companion = np.exp(_companion(rng, frame[column].rank() / (n + 1), dose))
    order = [*rng.permutation([*[name for name in frame if name != "y"], "companion"]), "y"]
    frame = frame.assign(companion=companion)[order]
    return replace(case, train=frame, subject={"columns": [column, "companion"]})


def _companion(rng, shares, rank_correlation):
    """Normal values whose rank correlation with these uniform ones is as told."""
    from scipy.special import ndtri

    scores = ndtri(shares)
    linear = 2 * np.sin(np.pi * rank_correlation / 6)
    return linear * scores + np.sqrt(1 - linear**2) * rng.normal(0, 1, len(scores))


def _kept(ratio):
    """The share of rows that keep their eighth, for the correlation ratio to be as told."""
    return ratio / np.sqrt(1 - 1 / 64)


def _stirred(rng, codes, share):
    """Codes of which this share stays and the others are dealt out anew among these rows."""
    codes = np.asarray(codes).copy()
    moved = np.flatnonzero(rng.random(len(codes)) > share)
    codes[moved] = rng.permutation(codes[moved])
    return codes


def _renamed(rng, words, dose):
    """The words under other names, stirred until Theil's U is as told."""
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        told = 1 - _lost(words, middle)
        low, high = (middle, high) if told < dose else (low, middle)
    return pd.Series(_stirred(rng, pd.factorize(words)[0], low)).map("kind {}".format).to_numpy()


def _lost(words, share):
    """The share of the entropy that stirring all but a share of the rows takes away."""
    p = words.value_counts(normalize=True).to_numpy()
    joint = (1 - share) * np.outer(p, p) + share * np.diag(p)
    conditional = -np.sum(joint * np.log(np.maximum(joint, 1e-300) / p[:, None]))
    return conditional / -np.sum(p * np.log(p))


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with a date that rises, an id, and columns of correlation .6."""
    frame = base(rng, n)
    frame.insert(0, "grade", rng.normal(0, 1, n))
    frame.insert(0, "id", np.arange(n))
    frame.insert(0, "when", pd.date_range("2020-01-01", periods=n, freq="h"))
    return Case("correlated-features", frame, target="y")


def test_the_value_is_spearmans_on_the_rows_with_both():
    rng = np.random.default_rng(0)
    frame = base(rng, 600)
    frame["near"] = np.exp(frame["x0"] + rng.normal(0, 0.1, 600))
    frame.loc[rng.random(600) < 0.2, "near"] = np.nan
    finding = only(audited(CODE, frame, target="y"))
    there = frame["near"].notna()
    expected = spearmanr(frame["x0"][there], frame["near"][there]).statistic
    assert dict(finding.subject) == {"columns": ("x0", "near")}
    assert finding.measurement.value == pytest.approx(expected, abs=1e-9)
    assert (
        finding.message == f"The columns x0 and near move together: rank correlation {expected:.3f}"
    )


def test_many_that_move_together_are_one_group():
    rng = np.random.default_rng(1)
    frame = base(rng, 800)
    for one in range(12):
        frame[f"sight{one}"] = frame["x0"] + rng.normal(0, 0.1, 800)
    finding = only(audited(CODE, frame, target="y"))
    assert len(finding.subject["columns"]) == 13
    assert finding.measurement.details["pairs"] == 78
    assert ", and with them " in finding.message
    assert finding.message.endswith(" and 5 more")
    assert len(finding.measurement.figure["rows"]) == 12


def test_copies_are_told_as_copies_and_relatives_of_them_as_relatives():
    rng = np.random.default_rng(2)
    frame = base(rng, 800)
    frame["copy"] = 3 * frame["x0"] + 1
    diagnosis = audited(f"FE302,{CODE}", frame, target="y")
    assert [one.rule.code for one in diagnosis.findings] == ["FE302"]
    assert diagnosis.outcomes[CODE].reason == "explained by FE302"
    frame["near"] = frame["x0"] + rng.normal(0, 0.1, 800)
    diagnosis = audited(f"FE302,{CODE}", frame, target="y")
    told = {one.rule.code: one for one in diagnosis.findings}
    assert set(told) == {"FE302", CODE}
    assert told[CODE].measurement.details["second"] == "near"


@pytest.mark.parametrize("seed", range(3))
def test_independent_and_half_related_columns_are_not_found(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(0, 1, (80, 300))).add_prefix("x")
    words = {f"w{one}": rng.choice(list("abcd"), 80) for one in range(40)}
    assert state(audited(CODE, frame.assign(**words))) == "passed"


def test_a_category_that_is_nearly_unique_determines_nothing():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.normal(0, 1, 300), "w": rng.choice(list("abc"), 300)})
    frame["tag"] = [f"tag {one // 2}" for one in range(300)]
    assert state(audited(CODE, frame)) == "passed"


def test_a_single_feature_has_no_companion():
    frame = pd.DataFrame({"x": np.arange(60) / 7, "c": 1, "y": [0, 1] * 30})
    assert "fewer than two features" in reason(audited(CODE, frame, target="y"), CODE)


KINDS = {"numbers": (False, False), "number and words": (True, False), "words": (True, True)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_near_end_is_rarely_beyond_the_truth(kind):
    """Against the value of 200,000 rows, in 200 samples of 500: 2.5 % are expected above."""
    rng = np.random.default_rng(5)

    def drawn(n):
        x = rng.normal(0, 1, n)
        y = np.where(rng.random(n) < 0.97, x + rng.normal(0, 0.15, n), rng.normal(0, 1, n))
        if kind == "numbers":
            return x, y
        codes = np.clip(np.floor(2 * x + 4), 0, 7)
        return codes, y if kind == "number and words" else np.clip(np.floor(2 * y + 4), 0, 7)

    truth = association_estimate(*drawn(200_000), *KINDS[kind]).value
    lows, highs = zip(
        *(association_estimate(*drawn(500), *KINDS[kind]).interval for _ in range(200)),
        strict=True,
    )
    assert np.mean(np.array(lows) > truth) <= 0.06
    assert np.mean(np.array(highs) < truth) <= 0.06
