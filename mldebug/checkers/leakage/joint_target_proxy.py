"""Columns that give the target away together, though none does alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import checker
from mldebug.derive.joint_candidates import MOST_COLUMNS, complete, outcomes, scales
from mldebug.learners import LEARNERS, gains, out_of_fold
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.joint_candidates import JointCandidates

OWN_SKILL = 0.85
PROMISING, PROMISING_GAIN = 0.6, 0.3
ASSOCIATED = 0.9
JOINT_GAP = Quantity(
    name="leakage.joint_proxy_gap",
    unit="difference of skill",
    bounds=(None, 1.0),
    kind="estimate",
    meaning=(
        "The out-of-fold skill of two or three columns together minus the larger of that of the best "
        f"of them alone and that of all columns unlike them, if theirs is at least {OWN_SKILL:g}, "
        f"else 0. Unlike are columns that are associated with none of them at {ASSOCIATED:g} or more "
        "and that a linear fit on them explains less well than that. The pair is the most promising of "
        "all on a grid of bins, or in linear fits of the values or their logarithms (with a third "
        f"column where it adds much), among at most {MOST_COLUMNS} columns; the fit's combination "
        "counts as a column of theirs. Skill is 1 for perfect predictions and 0 for the best "
        "constant; the better of boosting and a linear model, five folds, at most 20,000 rows."
    ),
    source="Kapoor & Narayanan 2023, kind L2; paired interval over rows",
    details={
        "own": "the skill of the columns together",
        "alone": "the skill of the best of them alone",
        "rest": "the skill of all columns unlike them",
        "members": "the columns in words",
        "cluster": "the columns that were left out of the rest",
    },
)


@dataclass(frozen=True, slots=True)
class _Subset:
    """Columns, and the gains of each row by them together."""

    members: tuple[int, ...]
    gains: np.ndarray


@checker(JOINT_GAP, cost="fit")
def joint_target_proxy(
    target: Target,
    encoded: Encoded,
    column_skills: np.ndarray,
    joint_candidates: JointCandidates,
) -> Iterator[Measurement]:
    """How much more the most promising pair or triple knows than its parts and than the rest."""
    import numpy as np

    from mldebug.stats.scores import standardised

    values = encoded.values if target.task == "classification" else standardised(encoded.values)
    tried: list[_Subset] = []
    for members, score in zip(joint_candidates.subsets, joint_candidates.scores, strict=True):
        alone = float(column_skills[list(members)].max())
        if score >= PROMISING and score - max(alone, 0.0) >= PROMISING_GAIN:
            matrix, coded = _with_combinations(encoded, target, members)
            tried.append(_Subset(members, _gains(matrix, coded, encoded, target, values)))
    best = max(tried, key=lambda one: float(np.mean(one.gains)), default=None)
    if best is None or float(np.mean(best.gains)) < OWN_SKILL:
        yield _nothing(encoded, joint_candidates, column_skills, best)
        return
    cluster = _cluster(encoded, best.members)
    strongest = max(best.members, key=lambda one: float(column_skills[one]))
    groups = [np.arange(len(cluster)) == strongest, ~cluster]
    parts = [
        _gains(encoded.matrix[:, kept], encoded.categorical[kept], encoded, target, values)
        for kept in groups
    ]
    yield _compared(encoded, best, cluster, parts)


def _gains(
    matrix: np.ndarray, coded: np.ndarray, encoded: Encoded, target: Target, values: np.ndarray
) -> np.ndarray:
    """What each row gains by the better learner, whose mean is the skill; zeros if below 0."""
    import numpy as np

    if not matrix.shape[1]:
        return np.zeros(len(values))
    found = [
        out_of_fold(matrix, values, encoded.folds, target.task, learner, coded)
        for learner in LEARNERS
    ]
    tried = [gains(one.predicted, values, target.task) for one in found]
    best = max(tried, key=lambda one: float(np.mean(one)))
    return best if best.mean() > 0 else np.zeros(len(values))


def _with_combinations(
    encoded: Encoded, target: Target, members: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """The columns, and the linear combinations of them and of their logarithms that fit best."""
    import numpy as np

    coded = encoded.categorical[list(members)]
    own = encoded.matrix[:, list(members)]
    parts = [own]
    kept = complete(own)
    if not coded.any():
        for numbers in scales(own):
            design = np.column_stack([_scaled(numbers), np.ones(len(numbers))])
            for y, _ in outcomes(encoded.values, target):
                fitted = design @ np.linalg.lstsq(design[kept], y[kept], rcond=None)[0]
                parts.append(np.where(kept, fitted, np.nan)[:, None])
    matrix = np.concatenate(parts, axis=1)
    return matrix, np.append(coded, np.zeros(matrix.shape[1] - len(coded), dtype=bool))


def _scaled(numbers: np.ndarray) -> np.ndarray:
    import numpy as np

    spread = numbers.std(axis=0)
    return np.asarray((numbers - numbers.mean(axis=0)) / np.where(spread > 0, spread, 1))


def _cluster(encoded: Encoded, members: tuple[int, ...]) -> np.ndarray:
    """The columns, those associated with one of them, and those that a fit on them explains."""
    import numpy as np

    from mldebug.stats.association import associated

    akin = np.zeros(len(encoded.names), dtype=bool)
    for one in members:
        akin |= associated(encoded.matrix, encoded.categorical, one, ASSOCIATED)
    if encoded.categorical[list(members)].any():
        return akin
    numbers = next(scales(encoded.matrix[complete(encoded.matrix[:, list(members)])]))
    design = np.column_stack([_scaled(numbers[:, list(members)]), np.ones(len(numbers))])
    wanted = _scaled(numbers)
    left = wanted - design @ np.linalg.lstsq(design, wanted, rcond=None)[0]
    told = (np.var(left, axis=0) <= 1 - ASSOCIATED) & (np.var(wanted, axis=0) > 0)
    return np.asarray(akin | (told & ~encoded.categorical))


def _nothing(
    encoded: Encoded, candidates: JointCandidates, skills: np.ndarray, best: _Subset | None
) -> Measurement:
    """A gap of 0 for the most promising subset, which does not tell the target."""
    scored = zip(candidates.scores, candidates.subsets, strict=True)
    own, members = max(scored, default=(0.0, (0, 1)))
    if best is not None:
        own, members = float(best.gains.mean()), best.members
    names = [encoded.names[one] for one in members]
    details = {
        "own": max(own, 0.0),
        "alone": max(float(skills[list(members)].max()), 0.0),
        "rest": 0.0,
        "members": " and ".join(names),
        "cluster": names,
    }
    n = len(encoded.values)
    subject = Subject(columns=tuple(names))
    return Measurement(JOINT_GAP.name, subject, 0.0, n, interval=(0.0, 0.0), details=details)


def _compared(
    encoded: Encoded, best: _Subset, cluster: np.ndarray, parts: list[np.ndarray]
) -> Measurement:
    import numpy as np

    from mldebug.stats.intervals import normal

    n, names = len(best.gains), [encoded.names[one] for one in best.members]
    own, alone, rest = (float(np.mean(one)) for one in (best.gains, *parts))
    apart = best.gains - max(parts, key=lambda one: float(np.mean(one)))
    gap = float(np.mean(apart))
    words = ", ".join(names[:-1]) + f" and {names[-1]}"
    bars = []
    told = ("together", best.gains), ("the best alone", parts[0]), ("all others", parts[1])
    for label, found in told:
        value, error = float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(n))
        low, high = normal(value, error, bounds=(None, 1.0))
        bars.append({"label": label, "value": value, "low": low, "high": high, "series": "plain"})
    return Measurement(
        quantity=JOINT_GAP.name,
        subject=Subject(columns=tuple(names)),
        value=gap,
        n=n,
        interval=normal(gap, float(np.std(apart, ddof=1) / np.sqrt(n)), bounds=(None, 1.0)),
        details={
            "own": own,
            "alone": alone,
            "rest": rest,
            "members": words,
            "cluster": [encoded.names[one] for one in np.flatnonzero(cluster)],
        },
        figure={
            "kind": "intervals",
            "title": f"{words} tell together what neither they nor the others tell",
            "description": "Out-of-fold skill of the columns together, alone, and of all others",
            "x_label": "skill (1 is perfect, 0 is a constant guess)",
            "items": bars,
        },
    )
