"""Values of a numeric target that are farther from what the features say than the rest allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.derive.members import of_rows
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.learners import OutOfFold

BODY = 0.8
CENSORED = (0.005, 0.02, 0.06)
"""So many of the largest residuals do not shape the tail: wrong values among them would hide
themselves. Each share is tried, and the one that shows the most is taken."""
TAIL = 0.05
EXPECTED = 0.01
FEWEST_EXCESSES = 12
APART, STEPS, LEVEL = 4.0, (1.25, 1.5, 2.0), 0.025
"""A second heap of residuals is looked for beyond so many deviations, by counts on either side of a
place, up to these factors of it."""
ALONE, FEWEST_NEXT = 4, 4
"""So many values at most may stand alone, beyond a tail that the next tenth of the values tells."""
BLOCK_ROWS, MOST_BLOCKS = 50, 20
ALIKE = 2.0
"""The design effect of the residuals' ranks from which on a group counts as one row."""
DEVIATION_OF_NORMAL = 0.674_489_75
MORE_EVEN = 0.1
SHOWN = 20
VALUE_ERROR_SHARE = Quantity(
    name="labels.value_error_share",
    unit="share of values",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning=(
        "The share of target values whose out-of-fold residual lies beyond the reach of the "
        "residuals' own tail, in a heap beyond a gap, or alone. Residuals are those of the mean "
        "of boosting and a linear model, or of the better one if that shows more, on the scale (as "
        "given, logarithm, or inverse hyperbolic sine) on which they are most even, less their "
        "median and over their median deviation among rows of like predictions. The tail is "
        f"a generalised Pareto fitted to those above the {BODY:.0%} quantile but for the largest "
        f"{CENSORED[0]:.1%}, {CENSORED[1]:.0%} or {CENSORED[2]:.0%}; its reach is where it brings "
        f"fewer than {EXPECTED:g} values at the end of its 95% interval. A gap is a place beyond "
        f"{APART:g} deviations, with at most {CENSORED[-1]:.0%} of the rows behind it, that has more "
        "values behind than before it within a factor: no single tail has, as its density over the "
        f"logarithm falls. Up to {ALONE} values beyond {APART:g} deviations stand alone if they are "
        "farther from the next than a tail of any index has them, as the tenth of the values after "
        "them tells it. The low end of the interval is the share itself, for the values found are no "
        "sample; the high end is Wilson's. Where the residuals of groups are alike (a design effect of "
        f"{ALIKE:g} or more), a group counts as one. At most 20,000 rows."
    ),
    source="Coles 2001, section 4.3, on the residuals of cross-validation",
    details={
        "wrong": "the number of values beyond the reach",
        "judged": "the number of values that were judged",
        "reach": "the reach in median deviations, each as .674 standard deviations of a normal",
        "largest": "the largest residual in the same unit",
        "scale": "the scale of the residuals: as given, logarithm or inverse hyperbolic sine",
    },
)


@checker(VALUE_ERROR_SHARE, cost="fit")
def regression_label_errors(
    train: Table,
    target: Target,
    encoded: Encoded,
    reference_predictions: tuple[OutOfFold, ...],
    train_members: np.ndarray | None = None,
) -> Iterator[Measurement]:
    """The share of target values that the features contradict, the farthest first."""
    import numpy as np

    from mldebug.stats.intervals import wilson

    if target.task != "regression":
        raise Unavailable("the target is a class, and this asks about numbers")
    values = encoded.values.astype(np.float64)
    members = of_rows(train_members, encoded.rows)
    predicted, scale, deviations, reach, independent = _judged(
        values, reference_predictions, members
    )
    far = np.abs(deviations)
    wrong = int(np.sum(far > reach)) if reach is not None else 0
    share = wrong / len(values)
    order = np.argsort(-far, kind="stable")
    listed = order[: wrong or SHOWN]
    yield Measurement(
        quantity=VALUE_ERROR_SHARE.name,
        subject=Subject(),
        value=share,
        n=independent,
        interval=(share, wilson(share * independent, independent)[1]),
        details={
            "wrong": wrong,
            "judged": len(values),
            "reach": reach,
            "largest": float(far[order[0]]),
            "scale": scale,
        },
        rows=Rows.of("train", encoded.rows[listed], scores=far[listed]),
        figure=_table(train, encoded, predicted, deviations, order[: min(wrong, SHOWN)])
        if wrong
        else None,
    )


def _judged(
    values: np.ndarray, reference: tuple[OutOfFold, ...], members: np.ndarray | None
) -> tuple[np.ndarray, str, np.ndarray, float | None, int]:
    """The predictions, the scale, the deviations and their reach, where the most are beyond it.

    Last comes how many independent residuals the reach is of.

    Where one learner fails on a row by itself the mean of both has half its residual, and a wrong
    value is far from both; but where one learner fails on the whole, the better is nearer.
    """
    import numpy as np

    mean = np.asarray(np.mean([one.predicted for one in reference], axis=0))
    tried = []
    for predicted in (mean, reference[0].predicted):
        scale, deviations = _deviations(values, predicted)
        far = np.abs(deviations)
        independent = _independent(far, members)
        reach = _reach(independent)
        wrong = 0 if reach is None else int(np.sum(far > reach))
        tried.append((wrong, (predicted, scale, deviations, reach, len(independent))))
    return max(tried, key=lambda one: one[0])[1]


def _independent(far: np.ndarray, members: np.ndarray | None) -> np.ndarray:
    """The residuals that tell the tail: all, or the middle one of each group whose rows are alike.

    A model that is mistaken of a person is mistaken of each of that person's rows, and these are no
    heap of wrong values.
    """
    import numpy as np

    from mldebug.stats.noise import design_effect

    if members is None or np.ptp(far) == 0:
        return far
    counts = np.bincount(members)
    ranks = np.argsort(np.argsort(far, kind="stable"), kind="stable").astype(np.float64)
    if float(design_effect(ranks, members, len(counts))) < ALIKE:
        return far
    order = np.lexsort((far, members))
    return np.asarray(far[order[np.cumsum(counts) - counts + counts // 2]])


def _deviations(values: np.ndarray, predicted: np.ndarray) -> tuple[str, np.ndarray]:
    """Residuals over their local spread, on the scale that makes them most even."""
    import numpy as np

    middle = float(np.median(values))
    spread = float(np.median(np.abs(values - middle))) or float(np.std(values)) or 1.0

    def sine(given: np.ndarray) -> np.ndarray:
        return np.asarray(np.arcsinh(given / spread - middle / spread))

    scales: list[tuple[str, Callable[[np.ndarray], np.ndarray]]] = [("as given", np.asarray)]
    least = float(values.min())
    if least > 0:

        def logarithm(given: np.ndarray) -> np.ndarray:
            return np.asarray(np.log(np.maximum(given, least / 2)))

        scales.append(("logarithm", logarithm))
    scales.append(("inverse hyperbolic sine", sine))
    best: tuple[float, str, np.ndarray] | None = None
    for name, scale in scales:
        mapped, guess = scale(values), scale(predicted)
        found = _scaled(mapped - guess, guess)
        uneven = _unevenness(found)
        # Another scale must be clearly better: the one as given is what a person reads.
        if best is None or uneven < best[0] - MORE_EVEN:
            best = (uneven, name, found)
    assert best is not None
    return best[1], best[2]


def _scaled(residuals: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Residuals less the median, over the median deviation, of rows with like predictions."""
    import numpy as np

    blocks = int(np.clip(len(residuals) // BLOCK_ROWS, 1, MOST_BLOCKS))
    order = np.argsort(predicted, kind="stable")
    places, centres, spreads = [], [], []
    for members in np.array_split(order, blocks):
        centre = float(np.median(residuals[members]))
        places.append(float(np.median(predicted[members])))
        centres.append(centre)
        spreads.append(float(np.median(np.abs(residuals[members] - centre))))
    overall = float(np.median(np.abs(residuals - np.median(residuals))))
    least = max(overall / 10, 1e-12 * float(np.abs(residuals).max()), 5e-324)
    centred = residuals - np.interp(predicted, places, centres)
    spread = np.maximum(np.interp(predicted, places, spreads), least)
    return np.asarray(centred / spread * DEVIATION_OF_NORMAL)


def _unevenness(deviations: np.ndarray) -> float:
    """How much longer one tail is than the other: the absolute log ratio of their quantiles."""
    import numpy as np

    low, middle, high = np.quantile(deviations, [TAIL, 0.5, 1 - TAIL])
    above, below = max(high - middle, 1e-12), max(middle - low, 1e-12)
    return float(abs(np.log(above / below)))


def _reach(far: np.ndarray) -> float | None:
    """How far the tail of the residuals reaches by itself; None where there are too few."""
    import numpy as np

    from mldebug.stats.tails import tail_reach

    threshold = float(np.quantile(far, BODY))
    excesses = np.sort(far[far > threshold] - threshold)
    found = []
    for share in CENSORED:
        censored = max(round(share * len(far)), 1)
        kept = excesses[: max(len(excesses) - censored, 0)]
        if len(kept) >= FEWEST_EXCESSES and kept[len(kept) // 2] > 0:
            found.append(threshold + float(tail_reach(kept, censored, EXPECTED)))
    found += [one for one in (_gap(far), _alone(far)) if one is not None]
    return min(found, default=None)


def _gap(far: np.ndarray) -> float | None:
    """The place before a second heap of residuals; None where there is none.

    Given the number of values within a factor of a place, half of them or fewer lie behind it if
    the density over the logarithm falls; the binomial tail is corrected for the places and factors.
    """
    import numpy as np
    from scipy.stats import binom

    ordered = np.sort(far)
    most = max(round(CENSORED[-1] * len(far)), 1)
    places = ordered[-most:]
    places = places[places >= APART]
    if not len(places):
        return None
    before = np.searchsorted(ordered, places)
    best, where = 1.0, 0.0
    for factor in STEPS:
        near = before - np.searchsorted(ordered, places / factor)
        behind = np.searchsorted(ordered, places * factor) - before
        tails = np.asarray(binom.sf(behind - 1, near + behind, 0.5))
        if tails.min() < best:
            best, where = float(tails.min()), float(places[tails.argmin()])
    beyond = best < LEVEL / (len(STEPS) * len(places))
    return float(np.nextafter(where, 0)) if beyond else None


def _alone(far: np.ndarray) -> float | None:
    """The place before the few largest residuals, where the others' tail does not reach them.

    One value has three quarters of the level, each further one a quarter of what the last one had:
    a single slip is what is most often met.
    """
    import numpy as np
    from scipy.stats import f

    from mldebug.stats.tails import separations

    ordered = np.sort(far)[::-1]
    tail = max(round((1 - BODY) / 2 * len(far)), FEWEST_NEXT)
    most = min(ALONE, int(np.sum(ordered >= APART)))
    if not most or len(far) <= most + tail or ordered[most + tail] <= 0:
        return None
    numbers = np.arange(1, most + 1)
    chances = f.sf(separations(ordered, most, tail), 2 * numbers, 2 * tail)
    told = np.flatnonzero(chances < LEVEL * 0.75 * 0.25 ** (numbers - 1))
    return float(np.nextafter(ordered[told[0]], 0)) if len(told) else None


def _table(
    train: Table,
    encoded: Encoded,
    predicted: np.ndarray,
    deviations: np.ndarray,
    shown: np.ndarray,
) -> dict[str, Any]:
    return {
        "kind": "table",
        "title": "These values are far from what the features say",
        "description": "The values with the largest residuals, each with its prediction",
        "header": ["row", "value", "predicted", "standard deviations apart"],
        "rows": [
            [
                train.position(int(encoded.rows[one])),
                float(encoded.values[one]),
                float(predicted[one]),
                float(deviations[one]),
            ]
            for one in shown
        ],
    }
