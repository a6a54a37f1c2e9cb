"""How many labels are wrong, and which: what sound models say of each label as it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Predictions, Target
from mldebug.checker import Unavailable, derived
from mldebug.noise_floor import NoiseFloor, noise_floor

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.labels import Labels
    from mldebug.learners import OutOfFold

SMALLEST = 1e-4
"""Surer than this no model is taken to be."""
FITTED_CELLS = 40_000
FEWEST_FITTED = 4_000
"""The floor is fitted on so many rows times classes, but on this many rows at least."""
LEAST_SHARE = 1e-3
"""Rows are ranked as if at least so many labels were wrong."""
BLOCK = 65_536
SURE = 0.9
DECIDED, NEARLY, STRONG = 0.9, 0.8, 30.0
"""Where the features decide fewer rows' classes than `DECIDED`, a misfit of the models can look like
wrong labels: nothing is claimed then, unless they decide `NEARLY` as many and the log likelihood
gains `STRONG`."""


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
    attained : float
        The share of these rows that the models would get right, were no label wrong.
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
    attained: float
    source: str

    @property
    def decided(self) -> bool:
        """Whether the features decide enough rows to tell wrong labels from random ones."""
        nearly = self.attained >= NEARLY and self.floor.gain >= STRONG
        return self.attained >= DECIDED or nearly

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share of wrong labels; from 0 on where it is not decided."""
        low, high = self.floor.interval
        return (low, high) if self.decided else (0.0, high)

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
    train_labels: Labels,
    seed: int,
    predictions: Predictions | None = None,
    encoded: Encoded | None = None,
    reference_predictions: tuple[OutOfFold, ...] | None = None,
) -> LabelNoise:
    """The noise in the labels, by the user's predictions or by the reference learners' out of fold.

    The floor is fitted on a sample of at most `FITTED_CELLS` rows x classes, then one pass over all
    rows: O(n k).
    """
    import numpy as np

    from mldebug.stats.noise import centred_logs, weighted_softmax

    if target.task != "classification":
        raise Unavailable("the target is a number, and this asks about classes")
    rows, given, matrices, source = _predicted(
        train_labels, predictions, encoded, reference_predictions
    )
    k = matrices[0].shape[1]
    if k < 2 or len(np.unique(given)) < 2:
        raise Unavailable("the target has one class only, so no label can be told from another")
    size = max(FITTED_CELLS // k, FEWEST_FITTED)
    chosen = np.arange(len(rows))
    if len(rows) > size:
        chosen = np.sort(np.random.default_rng(seed).choice(len(rows), size, replace=False))
    scores = [np.asarray(centred_logs(one[chosen], SMALLEST)) for one in matrices]
    floor = noise_floor(scores, given[chosen])
    surest = np.asarray(weighted_softmax(scores, floor.weights, floor.offsets)).max(axis=1)
    suggested, belief, counts = _judged(matrices, given, floor)
    return LabelNoise(
        rows,
        given,
        suggested,
        belief,
        counts,
        floor,
        len(chosen),
        int(np.sum(surest >= SURE)),
        float(surest.mean()),
        source,
    )


def _predicted(
    labels: Labels,
    predictions: Predictions | None,
    encoded: Encoded | None,
    reference: tuple[OutOfFold, ...] | None,
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], str]:
    """The rows, their labels, and each model's probabilities of the classes."""
    import numpy as np

    if predictions is not None:
        told = labels.present & ~np.isnan(predictions.values).any(axis=1)
        rows = np.flatnonzero(told)
        if not len(rows):
            raise Unavailable("no row has both a label and a prediction")
        given = labels.values[rows].astype(np.int64)
        return rows, given, [predictions.values[rows]], predictions.source
    if encoded is None or reference is None:
        raise Unavailable("no model could be fitted to the table", ("--predictions",))
    matrices = [one.probabilities for one in reference if one.probabilities is not None]
    return encoded.rows, encoded.values.astype(np.int64), matrices, "out-of-fold predictions"


def _judged(
    matrices: list[np.ndarray], given: np.ndarray, floor: NoiseFloor
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The likeliest other class, the chance that the label is right, and the expected counts."""
    import numpy as np

    from mldebug.stats.noise import centred_logs, meant, meant_given_counts, weighted_softmax

    k = matrices[0].shape[1]
    channel = floor.channel(LEAST_SHARE)
    suggested = np.empty(len(given), dtype=np.int64)
    belief = np.empty(len(given))
    counts = np.zeros((k, k))
    for start in range(0, len(given), BLOCK):
        part = slice(start, start + BLOCK)
        mine = given[part]
        scores = [centred_logs(one[part], SMALLEST) for one in matrices]
        chances = weighted_softmax(scores, floor.weights, floor.offsets)
        posterior = np.asarray(meant(chances, mine, channel)[0])
        counts += np.asarray(meant_given_counts(posterior, mine))
        places = np.arange(len(mine))
        belief[part] = posterior[places, mine]
        posterior[places, mine] = -1
        suggested[part] = posterior.argmax(axis=1)
    return suggested, belief, counts
