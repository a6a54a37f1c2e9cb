"""How many labels are wrong, and which: what sound models say of each label as it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import Unavailable, derived
from mldebug.contradicted_labels import contradicted_labels
from mldebug.derive.members import of_rows
from mldebug.executors import threaded
from mldebug.noise_floor import NoiseFloor, noise_floor

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.label_chances import LabelChances

SMALLEST = 1e-4
"""Surer than this no model is taken to be."""
FITTED_CELLS = 40_000
FEWEST_FITTED = 4_000
"""The floor is fitted on so many rows times classes, but on this many rows at least."""
LEAST_SHARE = 1e-3
"""Rows are ranked as if at least so many labels were wrong."""
CELLS_AT_ONCE = 1 << 17
MANY_CLASSES = 100
SPANS = 8
"""The rows are divided into so many stretches for any number of threads: sums depend on it."""
SURE = 0.9
DECIDED, NEARLY, STRONG = 0.9, 0.8, 30.0
"""Where the features decide fewer rows' classes than `DECIDED`, a misfit of the models can look like
wrong labels: nothing is claimed then, unless they decide `NEARLY` as many and the log likelihood
gains `STRONG`."""
CONVINCING = 3.939_719
"""Half of the .995 quantile of chi-square with one degree of freedom: with less gain in log likelihood
no wrong labels are claimed. A model that is sure and mistaken of a few dozen rows gains too: of 240
tables of right labels that are hard to learn 9 were called wrong without this, and 1 is with it."""


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """What models that did not see a row's label think of it.

    Parameters
    ----------
    rows, given : numpy.ndarray of shape (n_rows,), dtype int64
        The rows of train that were judged, and their labels.
    suggested : numpy.ndarray of shape (n_rows,), dtype int64
        The class other than the given one that is likeliest.
    belief : numpy.ndarray of shape (n_rows,), dtype float64
        The chance that the given label is right.
    counts : numpy.ndarray of shape (n_classes, n_classes), float64
        The expected number of rows that are of class ``j`` and labelled ``l``, at ``[j, l]``.
    floor : NoiseFloor
        The share of wrong labels, and the noise that was fitted.
    fitted, sure : int
        The rows that it was fitted on, and those of them whose class the features decide at .9.
    alike : float
        Rows of one group share a model's mistakes: how much more the shares of wrong labels of
        groups differ than were their rows independent (the design effect); 1 without groups.
    attained : float
        The share of these rows that the models would get right, were no label wrong.
    contradicted : int
        How many labels are off the diagonal of the confident joint of the best model alone.
    source : str
        Whose predictions these are.
    """

    rows: np.ndarray
    given: np.ndarray
    suggested: np.ndarray
    belief: np.ndarray
    counts: np.ndarray
    floor: NoiseFloor
    fitted: int
    sure: int
    alike: float
    attained: float
    contradicted: int
    source: str

    @property
    def decided(self) -> bool:
        """Whether the features decide enough rows to tell wrong labels from random ones."""
        nearly = self.attained >= NEARLY and self.gain >= STRONG
        return self.attained >= DECIDED or nearly

    @property
    def gain(self) -> float:
        """The log likelihood that wrong labels gain, as of independent rows."""
        return self.floor.gain / self.alike

    @property
    def independent(self) -> int:
        """As many independent rows as tell what the sure rows tell."""
        return int(self.sure / self.alike)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of wrong labels; from 0 on where little speaks for any."""
        share, wider = self.floor.share, self.alike**0.5
        low, high = (share + (end - share) * wider for end in self.floor.interval)
        told = self.decided and self.gain >= CONVINCING
        return max(low, 0.0) if told else 0.0, min(high, 1.0)

    def widened(self, value: float, interval: tuple[float, float]) -> tuple[float, float]:
        """The interval of a share or a gap, wider by how badly wrong labels are told from random.

        That is what the interval of the share of wrong labels is wider than if each wrong label
        were known; relative to the value, and independent of how the rows were drawn.
        """
        from math import hypot, sqrt

        share = self.floor.share
        if share <= 0:
            return min(interval[0], 0.0), interval[1]
        drawn = 1.96 * sqrt((1 - share) / (share * self.fitted))
        least, most = (abs(end / share - 1) for end in self.interval)
        unknown = (sqrt(max(one**2 - drawn**2, 0.0)) * abs(value) for one in (least, most))
        below, above = next(unknown), next(unknown)
        return (
            value - hypot(value - interval[0], below),
            value + hypot(interval[1] - value, above),
        )

    def most_doubtful(self, count: int) -> np.ndarray:
        """The places of so many labels, the one that is least likely to be right first."""
        import numpy as np

        count = min(count, len(self.belief))
        last = np.partition(self.belief, count - 1)[count - 1]
        places = np.flatnonzero(self.belief <= last)
        return places[np.argsort(self.belief[places], kind="stable")[:count]]

    @property
    def undecided(self) -> str:
        """Why there is no telling, if there is none."""
        if self.decided:
            return f"the models are sure of {self.sure:,} rows, which is too few to tell"
        return (
            f"the features decide the class of too few rows: models would be right on "
            f"{self.attained:.0%} were no label wrong, and wrong labels can be told from random ones "
            f"from about {DECIDED:.0%} on"
        )


@derived()
def label_noise(
    target: Target,
    seed: int,
    given_label_chances: LabelChances | None = None,
    fitted_label_chances: LabelChances | None = None,
    train_members: np.ndarray | None = None,
) -> LabelNoise:
    """The noise in the labels, by the user's predictions or by the reference learners' out of fold.

    The floor is fitted on a sample of at most `FITTED_CELLS` rows x classes, then one pass over all
    rows: O(n k), in blocks, with no copy of the probabilities.
    """
    import numpy as np

    from mldebug.stats.noise import centred_logs, design_effect, weighted_softmax

    if target.task != "classification":
        raise Unavailable("the target is a number, and this asks about classes")
    chances = given_label_chances or fitted_label_chances
    if chances is None:
        raise Unavailable("no model could be fitted to the table", ("--predictions",))
    given, n, k = chances.given, len(chances.given), chances.matrices[0].shape[1]
    if not n:
        raise Unavailable("no row has both a label and a prediction")
    if k < 2 or np.all(given == given[0]):
        raise Unavailable("the target has one class only, so no label can be told from another")
    size = max(FITTED_CELLS // k, FEWEST_FITTED)
    chosen = np.arange(n)
    if n > size:
        chosen = np.sort(np.random.default_rng(seed).choice(n, size, replace=False))
    scores = [np.asarray(centred_logs(one[chosen], SMALLEST)) for one in chances.matrices]
    floor = noise_floor(scores, given[chosen])
    surest = np.asarray(weighted_softmax(scores, floor.weights, floor.offsets)).max(axis=1)
    suggested, belief, counts = _judged(chances, floor)
    alike = 1.0
    members = of_rows(train_members, chances.rows)
    if members is not None and np.ptp(belief) > 0:
        alike = max(float(design_effect(1 - belief, members, int(members.max()) + 1)), 1.0)
    return LabelNoise(
        chances.rows,
        given,
        suggested,
        belief,
        counts,
        floor,
        len(chosen),
        int(np.sum(surest >= SURE)),
        alike,
        float(surest.mean()),
        len(contradicted_labels(chances.matrices[0], given).rows),
        chances.source,
    )


def _judged(chances: LabelChances, floor: NoiseFloor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The likeliest other class, the chance that the label is right, and the expected counts."""
    from itertools import pairwise

    import numpy as np

    from mldebug.stats.noise import label_ratios, label_sums, logs, meant_odds

    given, n, k = chances.given, len(chances.given), chances.matrices[0].shape[1]
    ratios = np.asarray(label_ratios(floor.offsets, floor.channel(LEAST_SHARE)))
    suggested, belief = np.empty(n, dtype=np.int64), np.empty(n)
    # of many classes a block of rows in the order of their labels has few, and few sums
    order = np.argsort(given, kind="stable") if k > MANY_CLASSES else np.arange(n)
    size = max(CELLS_AT_ONCE // k, 1)

    def counted(span: range) -> tuple[slice, np.ndarray]:
        labels = given[order[span.start : span.stop]]
        lowest, highest = labels.min(), labels.max() + 1
        counts = np.zeros((k, highest - lowest))
        for start in span[::size]:
            rows = order[start : min(start + size, span.stop)]
            mine = given[rows]
            scores = [logs(one[rows], SMALLEST) for one in chances.matrices]
            odds = np.asarray(meant_odds(scores, floor.weights, mine, ratios))
            right = 1 / (odds @ np.ones(k))
            first, last = mine.min(), mine.max() + 1
            sums = label_sums(odds * right[:, None], mine - first, last - first)
            counts[:, first - lowest : last - lowest] += np.asarray(sums).T
            odds[np.arange(len(mine)), mine] = -1
            suggested[rows], belief[rows] = odds.argmax(axis=1), right
        return slice(lowest, highest), counts

    spans = [range(*ends) for ends in pairwise(n * one // SPANS for one in range(SPANS + 1))]
    total = np.zeros((k, k))
    for labels, counts in threaded(counted, [one for one in spans if one]):
        total[:, labels] += counts
    return suggested, belief, total
