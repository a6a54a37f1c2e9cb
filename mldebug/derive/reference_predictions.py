"""What sound models of all features would predict, out of fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebug.artefacts import Target, Task
from mldebug.checker import derived
from mldebug.learners import OutOfFold, gains, predicted_out_of_fold

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.encoded import Encoded
    from mldebug.derive.reference_models import ReferenceModels


@derived()
def reference_predictions(
    encoded: Encoded, target: Target, reference_models: ReferenceModels
) -> tuple[OutOfFold, ...]:
    """The out-of-fold predictions of each reference learner, the best first.

    Rows and folds are those of `mldebug.derive.encoded.Encoded`. The predicted numbers of a
    regression are in the target's own unit.
    """
    import numpy as np

    values, numbers, task = encoded.values, reference_models.values, target.task
    found = [
        predicted_out_of_fold(models, encoded.matrix, encoded.folds, task, learner)
        for learner, models in reference_models.by_learner.items()
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
