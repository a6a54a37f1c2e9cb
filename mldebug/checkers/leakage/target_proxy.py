"""A column that gives the target away: alone it predicts what all others together cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table, Target, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.learners import LEARNERS, gains, out_of_fold
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded

OWN_SKILL = 0.85
ASSOCIATED = 0.9
MANY_STRONG = 0.5
"""Two columns made of the target hide each other if either counts among the rest of the other. Their
association may be low (.87 at most between a number and two classes), so each column of `OWN_SKILL`
goes with the best. Where this share of the columns or more are so strong, the target is an easy one,
and they are evidence for each other."""
PROXY_GAP = Quantity(
    name="leakage.proxy_gap",
    unit="difference of skill",
    bounds=(None, 1.0),
    kind="estimate",
    meaning=(
        "The out-of-fold skill of the best single column minus that of all columns outside of its "
        f"cluster, if it has at least {OWN_SKILL:g} by itself, else 0. Its cluster are the columns "
        f"associated with it at {ASSOCIATED:g} or more, and those that have {OWN_SKILL:g} by "
        f"themselves too, unless these are {MANY_STRONG:.0%} of all or more. Skill is 1 for "
        "perfect predictions and 0 for the best constant: chance-corrected accuracy, or R squared. "
        "The better of boosting and a linear model, five folds, at most 20,000 rows. Dates and the "
        "column of time are not asked: what changes slowly can be filled in between two days."
    ),
    source="Kapoor & Narayanan 2023, kind L2; paired interval over rows",
    details={
        "own": "the skill of the column alone",
        "rest": "the skill of all columns outside of its cluster",
        "cluster": "the columns of its cluster",
        "with": "the other columns of its cluster in words, or nothing",
    },
)


@checker(PROXY_GAP, cost="fit")
def target_proxy(
    train: Table,
    target: Target,
    encoded: Encoded,
    column_skills: np.ndarray,
    time: TimeColumn | None = None,
    train_members: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """How much more the best column knows of the target than all columns unlike it."""
    import numpy as np

    from mldebug.stats.association import associated

    moments = {one.name for one in train.of_kind(Kind.DATE)} | {time.name if time else ""}
    asked = np.array([name not in moments for name in encoded.names], dtype=bool)
    if not asked.any():
        raise Unavailable("train has no feature but dates")
    best = int(np.where(asked, column_skills, -np.inf).argmax())
    own = float(column_skills[best])
    name = encoded.names[best]
    if own < OWN_SKILL:
        details = {"own": own, "rest": 0.0, "cluster": [name], "with": ""}
        n = len(encoded.values)
        yield Measurement(
            PROXY_GAP.name, Subject(column=name), 0.0, n, interval=(0.0, 0.0), details=details
        )
        return
    akin = associated(encoded.matrix, encoded.categorical, best, ASSOCIATED)
    strong = column_skills >= OWN_SKILL
    cluster = akin | strong if strong.mean() < MANY_STRONG else akin
    alone = _best_gains(encoded, target, np.arange(len(cluster)) == best)
    rest = _best_gains(encoded, target, ~cluster)
    groups = None if train_members is None else train_members[encoded.rows]
    yield _compared(encoded, best, cluster, (alone, rest), groups)


def _best_gains(encoded: Encoded, target: Target, kept: np.ndarray) -> np.ndarray:
    """The gains of the better reference learner on these columns; zeros where there are none."""
    import numpy as np

    from mldebug.stats.scores import standardised

    if not kept.any():
        return np.zeros(len(encoded.values))
    matrix, coded, folds = encoded.matrix[:, kept], encoded.categorical[kept], encoded.folds
    values = encoded.values if target.task == "classification" else standardised(encoded.values)
    found = [
        out_of_fold(matrix, values, folds, target.task, learner, coded) for learner in LEARNERS
    ]
    tried = [gains(one.predicted, values, target.task) for one in found]
    return max(tried, key=lambda one: float(np.mean(one)))


def _compared(
    encoded: Encoded,
    best: int,
    cluster: np.ndarray,
    gains: tuple[np.ndarray, np.ndarray],
    groups: np.ndarray | None,
) -> Measurement:
    """The gains of the column alone beside those of the rest."""
    import numpy as np

    from mldebug.stats.clusters import error_of_mean, independent_rows
    from mldebug.stats.intervals import normal

    alone, rest = gains
    name = encoded.names[best]

    def spread(values: np.ndarray) -> float:
        return error_of_mean(values, groups)

    own, others = float(np.mean(alone)), max(float(np.mean(rest)), 0.0)
    gap = own - others
    bars = []
    for label, value, error in ((name, own, spread(alone)), ("all others", others, spread(rest))):
        low, high = normal(value, error, bounds=(None, 1.0))
        bars.append({"label": label, "value": value, "low": low, "high": high, "series": "plain"})
    members = [encoded.names[one] for one in np.flatnonzero(cluster)]
    others_named = ", ".join(one for one in members if one != name)
    return Measurement(
        quantity=PROXY_GAP.name,
        subject=Subject(column=name),
        value=gap,
        n=round(independent_rows(alone - rest, groups)),
        interval=normal(gap, spread(alone - rest), bounds=(None, 1.0)),
        details={
            "own": own,
            "rest": others,
            "cluster": members,
            "with": f" (as does what goes with it: {others_named})" if others_named else "",
        },
        figure={
            "kind": "intervals",
            "title": f"{name} alone beats all other columns together",
            "description": "Out-of-fold skill of the column alone and of all columns unlike it",
            "x_label": "skill (1 is perfect, 0 is a constant guess)",
            "items": bars,
        },
    )
