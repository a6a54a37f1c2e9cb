"""What a smooth function of all features would predict, out of fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Target
from mldebug.checker import derived

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded

LANDMARKS = 200
WIDTHS = (0.5, 2.0)
"""The kernels fall to exp(-1) at the median squared distance over these."""
MOST_WORDS = 30
MOST_DIMENSIONS = 512
PENALTIES = (1e-2, 1e-1, 1.0, 1e1, 1e2, 1e3)


@derived()
def smooth_predictions(encoded: Encoded, target: Target) -> np.ndarray:
    """The out-of-fold predictions of a ridge regression on linear and Gaussian kernel features.

    Returns
    -------
    numpy.ndarray of shape (n_rows,)
        Class codes, or numbers on the scale of `mldebug.stats.scores.standardised`; the rows are
        those of `mldebug.derive.encoded.Encoded`.

    Notes
    -----
    Numbers enter as normal scores, categories one-hot. The kernel features are those of Nystroem,
    from 200 rows and with two widths; classes are regressed on as indicators. The penalty is chosen
    in each fold by generalised cross-validation. O(n p^2) for p features, some 400 and the columns.

    References
    ----------
    Williams & Seeger 2001, NIPS 13; Golub, Heath & Wahba 1979, Technometrics 21.
    """
    import numpy as np
    from threadpoolctl import threadpool_limits

    from mldebug.stats.scores import standardised

    values = encoded.values
    classes = int(values.max()) + 1 if target.task == "classification" else 0
    wanted = np.eye(classes)[values] if classes else np.asarray(standardised(values))[:, None]
    with threadpool_limits(1):
        found = _out_of_fold(_features(_points(encoded)), wanted, encoded.folds)
    return np.asarray(found.argmax(axis=1) if classes else found[:, 0])


def _points(encoded: Encoded) -> np.ndarray:
    """The features as points: shape (n_rows, n_dimensions)."""
    import numpy as np

    made: list[np.ndarray] = []
    for place, coded in enumerate(encoded.categorical):
        column = encoded.matrix[:, place]
        made += _indicators(column) if coded else [normal_scores(column)]
        if len(made) >= MOST_DIMENSIONS:
            break
    points = np.column_stack(made[:MOST_DIMENSIONS])
    return np.asarray(points - points.mean(axis=0))


def normal_scores(column: np.ndarray) -> np.ndarray:
    """The ranks of numbers of shape (n,) as quantiles of a normal variable; missing ones as 0."""
    import numpy as np
    from scipy.special import ndtri

    from mldebug.stats.ranking import midranks

    present = ~np.isnan(column)
    found = np.zeros(len(column))
    if present.any():
        found[present] = ndtri((midranks(column[present]) - 0.5) / present.sum())
    return found


def _indicators(column: np.ndarray) -> list[np.ndarray]:
    """One dimension for each of the most frequent words, so that two words are at distance 1."""
    import numpy as np

    words, counts = np.unique(column[~np.isnan(column)], return_counts=True)
    kept = words[np.argsort(-counts, kind="stable")[:MOST_WORDS]]
    return [(column == word) / np.sqrt(2) for word in kept]


def _features(points: np.ndarray) -> np.ndarray:
    """A constant, the points themselves, and Nystroem's features of two Gaussian kernels."""
    import numpy as np

    places = np.linspace(0, len(points) - 1, min(LANDMARKS, len(points) // 2)).astype(int)
    marks = points[places]
    between = _squared(marks, marks)
    middle = float(np.median(between[between > 0])) if (between > 0).any() else 1.0
    apart = _squared(points, marks)
    parts = [np.ones((len(points), 1)), points]
    for width in WIDTHS:
        lengths, axes = np.linalg.eigh(np.exp(-width * between / middle))
        root = axes / np.sqrt(np.maximum(lengths, 1e-6))
        parts.append(np.exp(-width * apart / middle) @ root)
    return np.column_stack(parts)


def _squared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    import numpy as np

    sums = np.sum(one**2, axis=1)[:, None] + np.sum(other**2, axis=1)[None, :]
    return np.asarray(np.maximum(sums - 2 * one @ other.T, 0.0))


def _out_of_fold(features: np.ndarray, wanted: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Ridge predictions of each fold from the others, shape (n_rows, n_outputs)."""
    import numpy as np

    products = features.T @ features
    moments = features.T @ wanted
    squares = float(np.sum(wanted**2))
    found = np.empty_like(wanted, dtype=np.float64)
    for fold in np.unique(folds):
        outside = folds == fold
        held, told = features[outside], wanted[outside]
        lengths, axes = np.linalg.eigh(products - held.T @ held)
        lengths = np.maximum(lengths, 0.0)
        turned = axes.T @ (moments - held.T @ told)
        left, n = squares - float(np.sum(told**2)), int(np.sum(~outside))
        penalty = min(PENALTIES, key=lambda one: _cross_validated(one, lengths, turned, left, n))
        found[outside] = (held @ axes) @ (turned / (lengths + penalty)[:, None])
    return found


def _cross_validated(
    penalty: float, lengths: np.ndarray, turned: np.ndarray, squares: float, n: int
) -> float:
    """Golub, Heath and Wahba's score of a penalty, the lower the better."""
    import numpy as np

    energy = np.sum(turned**2, axis=1)
    shrunk = lengths + penalty
    residual = squares - float(np.sum(energy * (2 / shrunk - lengths / shrunk**2)))
    freedom = n - float(np.sum(lengths / shrunk))
    return residual / max(freedom, 1.0) ** 2
