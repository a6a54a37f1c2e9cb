"""The labels that given probabilities contradict: found in passes that read as little as they can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.executors import threaded
from mldebug.stats.noise import at_labels, label_sums

if TYPE_CHECKING:
    import numpy as np

CELLS_AT_ONCE, ROWS_AT_ONCE = 1 << 20, 1 << 16
LARGEST_TOTAL = 1.02
"""The probabilities of a row add up to no more than this."""


@dataclass(frozen=True, slots=True)
class ContradictedLabels:
    """Labels to look at, as many as the confident joint counts off its diagonal.

    Parameters
    ----------
    rows : numpy.ndarray of shape (n_contradicted,), dtype int64
        Ascending.
    suggested : numpy.ndarray of shape (n_contradicted,), dtype int64
        The likeliest class of each, which is not the label.
    ratios : numpy.ndarray of shape (n_contradicted,), dtype as the probabilities
        The probability of the label, of that of the likeliest class: the smaller, the more doubtful.
    thresholds : numpy.ndarray of shape (n_classes,), dtype float64
        The mean probability of each class in the rows that have its label; infinite where none has.
    """

    rows: np.ndarray
    suggested: np.ndarray
    ratios: np.ndarray
    thresholds: np.ndarray


def contradicted_labels(probabilities: np.ndarray, labels: np.ndarray) -> ContradictedLabels:
    """The labels that fall farthest short of another class.

    Parameters
    ----------
    probabilities : numpy.ndarray of shape (n_rows, n_classes), dtype float32 or float64
        Out of sample; none missing, each row's total at most `LARGEST_TOTAL`.
    labels : numpy.ndarray of shape (n_rows,), dtype int64
        As given, from 0.

    Notes
    -----
    A label is counted if another class is the likeliest, and reaches the mean probability that it
    has in the rows labelled so. As many are listed, those whose ratio is smallest: where labels are
    exchanged for any other class, whatever the row, this orders them by the chance that they are.

    One number a row is read first, the label's; the rest of a row only if that leaves another class
    enough to be likelier. O(n k) at most, and O(n) for predictions that are sure, in blocks of rows
    and with no copy of the probabilities. Of equal ratios the first rows are listed.

    References
    ----------
    Northcutt et al. 2021, Confident learning, doi:10.1613/jair.1.12125.
    """
    import numpy as np

    own, thresholds = _by_label(probabilities, labels)
    half, lowest = LARGEST_TOTAL / 2, float(thresholds.min())
    if lowest <= half:
        rows, likeliest, most = _likelier(probabilities, own, half)
    else:
        # beyond this no class reaches its threshold; such a row is listed only if its ratio is small
        rows, likeliest, most = _likelier(probabilities, own, LARGEST_TOTAL - lowest)
    ratios = own[rows] / most
    count = int(np.sum(most >= thresholds[likeliest]))
    last = np.partition(ratios, count - 1)[count - 1] if count else 0
    if lowest > half and last >= (LARGEST_TOTAL - lowest) / lowest:
        rows, likeliest, most = _likelier(probabilities, own, half)
        ratios = own[rows] / most
        last = np.partition(ratios, count - 1)[count - 1]
    first = ratios < last
    first[np.flatnonzero(ratios == last)[: count - int(first.sum())]] = True
    listed = np.flatnonzero(first)
    return ContradictedLabels(rows[listed], likeliest[listed], ratios[listed], thresholds)


def _blocks(n: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def _by_label(probabilities: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each row's label, and its mean over the rows of each label."""
    import numpy as np

    n, k = probabilities.shape

    def summed(block: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        mine = labels[block]
        own = np.asarray(at_labels(probabilities[block], mine))
        return own, np.asarray(label_sums(own, mine, k)), np.bincount(mine, minlength=k)

    parts, sums, counts = zip(*threaded(summed, _blocks(n, ROWS_AT_ONCE)), strict=True)
    rows = np.sum(counts, axis=0)
    means = np.sum(sums, axis=0) / np.maximum(rows, 1)
    return np.concatenate(parts), np.where(rows > 0, means, np.inf)


def _likelier(
    probabilities: np.ndarray, own: np.ndarray, reach: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the rows whose label's probability is below ``reach``, those of which another is likeliest.

    The rows, their likeliest class and its probability.
    """
    import numpy as np

    def found(block: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        matrix, mine = probabilities[block], own[block]
        rows = np.flatnonzero(mine < reach)
        if len(rows) < len(mine):
            matrix, mine = np.take(matrix, rows, axis=0), np.take(mine, rows)
        likeliest = matrix.argmax(axis=1)
        most = np.asarray(at_labels(matrix, likeliest))
        kept = np.flatnonzero(most > mine)
        return rows[kept] + block.start, likeliest[kept], most[kept]

    n, k = probabilities.shape
    blocks = _blocks(n, max(CELLS_AT_ONCE // k, 1))
    rows, likeliest, most = zip(*threaded(found, blocks), strict=True)
    return np.concatenate(rows), np.concatenate(likeliest), np.concatenate(most)
