"""How many labels no model can get right, because rows with equal features have different ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.labels import Labels
    from mldebug.derive.repeats import Repeats
    from mldebug.learners import OutOfFold

FEWEST_REPEATING = 100
IRREDUCIBLE_SHARE = Quantity(
    name="labels.irreducible_share",
    unit="share of the rows that repeat",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "Among the labelled training rows whose features another row has too, the least share that "
        "a model of these features gets wrong: the larger of two lower bounds, Cover and Hart's from "
        "the share of pairs of equal rows that disagree, and the share of rows outside of their "
        f"set's majority. The interval is over sets of equal rows. At least {FEWEST_REPEATING} rows "
        "must repeat; what other rows allow is not known."
    ),
    source="Cover & Hart 1967, doi:10.1109/TIT.1967.1053964",
    details={
        "ceiling": "the best attainable accuracy on these rows",
        "sets": "the number of sets of equal rows",
        "attained": "the accuracy of the best reference model on them, a lower bound; None if unknown",
        "attained_words": "the same in words, or nothing",
    },
)


@checker(IRREDUCIBLE_SHARE, cost="fit")
def disagreement_ceiling(
    train: Table,
    target: Target,
    train_labels: Labels,
    feature_repeats: Repeats,
    encoded: Encoded | None = None,
    reference_predictions: tuple[OutOfFold, ...] | None = None,
) -> Iterator[Measurement]:
    """The share of labels on repeated rows that no model can get right."""
    import numpy as np

    if target.task != "classification":
        raise Unavailable("the target is a number; equal rows may well have different ones")
    members, sets = _repeating(feature_repeats, train_labels)
    if len(members) < FEWEST_REPEATING:
        raise Unavailable(
            f"too few labelled rows repeat the features of another: {len(members):,}, of "
            f"{FEWEST_REPEATING} needed"
        )
    labels = train_labels.values[members].astype(np.int64)
    k = max(len(target.classes), 2)
    counts = np.bincount(sets * k + labels, minlength=(int(sets.max()) + 1) * k).reshape(-1, k)
    value, interval = _least_error(counts)
    attained = _attained(train, members, encoded, reference_predictions)
    words = (
        ""
        if attained is None
        else f"; the best reference model attains {attained:.1%}, a lower bound"
    )
    yield Measurement(
        quantity=IRREDUCIBLE_SHARE.name,
        subject=Subject(),
        value=value,
        n=len(members),
        interval=interval,
        details={
            "ceiling": 1 - value,
            "sets": len(counts),
            "attained": attained,
            "attained_words": words,
        },
        figure=_figure(value, interval, attained),
    )


def _repeating(found: Repeats, labels: Labels) -> tuple[np.ndarray, np.ndarray]:
    """The labelled rows of sets of two and more equal rows, and their sets from 0 on."""
    import numpy as np

    firsts, place = np.unique(found.matches, return_inverse=True)
    members = np.concatenate([firsts, found.rows])
    sets = np.concatenate([np.arange(len(firsts)), place])
    kept = labels.present[members]
    members, sets = members[kept], sets[kept]
    several = np.bincount(sets, minlength=len(firsts))[sets] > 1
    return members[several], np.unique(sets[several], return_inverse=True)[1]


def _least_error(counts: np.ndarray) -> tuple[float, tuple[float, float]]:
    """The larger lower bound of the error, and its interval, from class counts of sets.

    Both are below the error on average, however small the sets: the share of pairs that disagree is
    unbiased and the bound is convex in it; a set's majority fits its own labels.
    """
    from math import sqrt

    import numpy as np

    sizes = counts.sum(axis=1).astype(np.float64)
    agreeing = (counts * (counts - 1.0)).sum(axis=1) / (sizes * (sizes - 1))
    pairs = _mean(1 - agreeing, sizes)
    outside = _mean(1 - counts.max(axis=1) / sizes, sizes)
    k = int(counts.shape[1])

    def bound(share: float) -> float:
        return float(k - 1) / k * (1 - sqrt(max(1 - share * k / (k - 1), 0.0)))

    value, (low, high) = bound(pairs[0]), (bound(pairs[1]), bound(pairs[2]))
    return max((value, (low, high)), (outside[0], (outside[1], outside[2])))


def _mean(shares: np.ndarray, sizes: np.ndarray) -> tuple[float, float, float]:
    """The mean over rows of what sets have, with its 95 % interval over sets."""
    import numpy as np

    from mldebug.stats.intervals import normal, wilson

    rows = sizes.sum()
    mean = float((sizes * shares).sum() / rows)
    error = float(np.sqrt((sizes**2 * (shares - mean) ** 2).sum()) / rows)
    if error == 0:
        low, high = wilson(mean * len(sizes), len(sizes))
        return mean, min(low, mean), max(high, mean)
    return mean, *normal(mean, error, bounds=(0.0, 1.0))


def _attained(
    train: Table,
    members: np.ndarray,
    encoded: Encoded | None,
    reference: tuple[OutOfFold, ...] | None,
) -> float | None:
    import numpy as np

    if encoded is None or reference is None:
        return None
    repeating = np.zeros(train.n_rows, dtype=bool)
    repeating[members] = True
    told = repeating[encoded.rows]
    if not told.any():
        return None
    right = reference[0].predicted[told] == encoded.values[told]
    return float(right.mean())


def _figure(value: float, interval: tuple[float, float], attained: float | None) -> dict[str, Any]:
    def item(label: str, place: float, low: float, high: float) -> dict[str, Any]:
        return {"label": label, "value": place, "low": low, "high": high, "series": "plain"}

    items = [item("attainable at most", 1 - value, 1 - interval[1], 1 - interval[0])]
    if attained is not None:
        items.append(item("attained", attained, attained, attained))
    return {
        "kind": "intervals",
        "title": f"No model is right on more than {1 - value:.1%} of the rows that repeat",
        "description": "The highest attainable accuracy on repeated rows, and what a model attains",
        "x_label": "accuracy on the rows that repeat",
        "items": items,
    }
