"""What sound models of all features would predict, out of fold; fitted once for all who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Target, Task
from mldebug.checker import derived
from mldebug.learners import LEARNERS, OutOfFold, gains, out_of_fold

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded


@derived()
def reference_predictions(encoded: Encoded, target: Target) -> tuple[OutOfFold, ...]:
    """The out-of-fold predictions of each reference learner, the best first.

    Rows and folds are those of `mldebug.derive.encoded.Encoded`. The predicted numbers of a
    regression are in the target's own unit. One fit a learner and fold.
    """
    import numpy as np

    from mldebug.stats.scores import standardised

    values, task = encoded.values, target.task
    numbers = standardised(values) if task == "regression" else values
    found = [
        out_of_fold(encoded.matrix, numbers, encoded.folds, task, learner, encoded.categorical)
        for learner in LEARNERS
    ]
    ranked = sorted(found, key=lambda one: -float(np.mean(gains(one.predicted, numbers, task))))
    if task == "classification":
        return tuple(ranked)
    return tuple(
        OutOfFold(one.learner, in_unit(one.predicted, numbers, values), None) for one in ranked
    )


def in_unit(predicted: np.ndarray, numbers: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Predictions on the standardised scale on that of the values: a straight line through both."""
    import numpy as np

    low, high = int(np.argmin(numbers)), int(np.argmax(numbers))
    slope = (values[high] - values[low]) / (numbers[high] - numbers[low])
    return np.asarray(values[low] + (predicted - numbers[low]) * slope)


def scaled_gains(predicted: np.ndarray, values: np.ndarray, task: Task) -> np.ndarray:
    """The `mldebug.learners.gains` of predictions in the target's own unit, whatever its size.

    Numbers are brought to one scale first, on which no square overflows; R squared is what it was.
    """
    import numpy as np

    from mldebug.stats.scores import standardised

    if task == "classification":
        return gains(predicted, values, task)
    both = np.asarray(standardised(np.append(values, predicted)))
    return gains(both[len(values) :], both[: len(values)], task)
