"""A record number that predicts the target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.checkers.features.target_by_level import heights, predicted, target_by_level
from mldebug.columns import integers, is_coded
from mldebug.derive.sample import FOR_MODELS, sampled_rows
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.identifiers import Identifier
    from mldebug.derive.labels import Labels

ROWS_A_BIN = 25
MOST_BINS = 64
FEWEST_ROWS = 20
BLOCKS_DRAWN = 20
POSITION_AUC = Quantity(
    name="leakage.position_auc",
    unit="AUC",
    bounds=(0.5, 1.0),
    kind="estimate",
    meaning=(
        "How well a column that numbers the records (unique whole numbers that count, only rise, "
        "fill their range, or are named as an id) predicts the target out of fold, from the class "
        f"shares or the mean in up to {MOST_BINS} bins of {ROWS_A_BIN} rows or more: the area under "
        "the curve, for several classes the largest of each against the rest, for numbers "
        "(1 + rank correlation) / 2. At most 20,000 rows; .5 where no column numbers the records."
    ),
    source="Kaufman et al. 2012; DeLong's and Fisher's intervals",
    details={
        "order": "'rows' if the column repeats the place of the row in the file, else 'numbers'",
        "told": "what it predicts, in words",
    },
)


@checker(POSITION_AUC)
def position_leak(
    train: Table,
    train_labels: Labels,
    target: Target,
    identifiers: tuple[Identifier, ...],
    seed: int,
) -> Iterator[Measurement]:
    """How well each column that numbers the records predicts the target."""
    import numpy as np

    rows = sampled_rows(train.n_rows, seed, FOR_MODELS)
    rows = rows[train_labels.present[rows]]
    values = train_labels.values[rows]
    if len(rows) < FEWEST_ROWS or len(np.unique(values)) < 2:
        raise Unavailable("the target has too few rows, or one value only")
    numbered = [one.column for one in identifiers if not is_coded(train[one.column])]
    for name in numbered:
        found, missing = integers(train[name].data)
        kept = np.ones(len(rows), dtype=bool) if missing is None else ~missing[rows]
        if kept.sum() >= FEWEST_ROWS and len(np.unique(values[kept])) > 1:
            place = np.arange(train.n_rows) if train.positions is None else train.positions
            order = "rows" if len(np.unique(found - place)) == 1 else "numbers"
            yield _measured(name, found[rows][kept], values[kept], target, order, seed)
    if not numbered:
        details = {"order": "numbers", "told": ""}
        none = Subject()
        yield Measurement(
            POSITION_AUC.name, none, 0.5, len(rows), interval=(0.5, 0.5), details=details
        )


def _measured(
    name: str, numbers: np.ndarray, values: np.ndarray, target: Target, order: str, seed: int
) -> Measurement:
    import numpy as np

    from mldebug.derive.encoded import folds_of
    from mldebug.stats.level_scores import best_area

    classes = target.task == "classification"
    folds = folds_of(values if classes else None, np.arange(len(values)), seed)
    ranks = np.argsort(np.argsort(numbers, kind="stable"), kind="stable")
    count = int(np.clip(len(values) // ROWS_A_BIN, 2, MOST_BINS))
    bins = ranks * count // len(values)
    value, interval, code = best_area(bins, values, folds, classes=classes)
    return Measurement(
        quantity=POSITION_AUC.name,
        subject=Subject(column=name),
        value=value,
        n=len(values),
        interval=interval,
        details={"order": order, "told": predicted(target, code)},
        figure=_figure(name, target, code, numbers, heights(values, code)),
    )


def _figure(
    name: str, target: Target, code: int | None, numbers: np.ndarray, shown: np.ndarray
) -> Mapping[str, Any]:
    import numpy as np

    order = np.argsort(numbers, kind="stable")
    bars = [
        (f"{int(numbers[part].min()):,} to {int(numbers[part].max()):,}", float(shown[part].mean()))
        for part in np.array_split(order, min(BLOCKS_DRAWN, len(order)))
    ]
    return target_by_level(name, target, code, bars)
