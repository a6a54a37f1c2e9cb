"""Columns that say where a row was collected, and predict the target."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.checkers.features.target_by_level import heights, predicted, target_by_level
from mldebug.columns import codes, is_coded, levels, numbers
from mldebug.derive.sample import FOR_MODELS, sampled_rows
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column
    from mldebug.derive.labels import Labels
    from mldebug.derive.profile import Profile

NAMED = re.compile(
    r"^(?!(n|num|nr|number|number_of|count|total)[_\s.-])"
    r"((.*[_\s.-])?(file|file[_\s-]?name|file[_\s-]?path|folder|directory|batch|scanner|hospital"
    r"|clinic|camera|slide|lab|laboratory|annotator|rater)"
    r"|((audio|data|file|image|img|photo|record|recording|sample|scan|study|video)[_\s.-])?"
    r"(path|source|site|device|operator|plate|instrument|centre|center))"
    r"(?P<plural>s)?([_\s.-]?(id|name|no|nr|code|number))?$"
)
"""A source or a site counts alone or as that of the data: a lead source, a tumour's site do not."""
A_FILE = re.compile(
    r"[\\/].*[\\/.]|\.(jpe?g|png|tiff?|dcm|nii|wav|mp3|mp4|csv|txt|json|xml|pdf|parquet)$"
)
FILES, LOOKED_AT = 0.9, 1_000
MOST_LEVELS = 1_000
FEWEST_ROWS = 20
SHOWN = 10
SHORTCUT_AUC = Quantity(
    name="features.shortcut_auc",
    unit="AUC",
    bounds=(0.5, 1.0),
    kind="estimate",
    meaning=(
        "How well the target is predicted by a column that says where a row was collected: one with "
        "such a name (file, source, batch, site, scanner, hospital, device, camera, operator, plate, "
        "lab ...), or one of paths of files, of which the folder counts. A row's score is the class "
        "share, or the mean rank, of the other folds' rows of its level; told is the area under the "
        "curve, for several classes the largest of each against the rest, for numbers (1 + rank "
        f"correlation) / 2. At most 20,000 rows and {MOST_LEVELS:,} levels; .5 where there is no such "
        "column."
    ),
    source="Geirhos et al. 2020; DeLong's and Fisher's intervals",
    details={"told": "what it predicts, in words", "levels": "the number of levels"},
)


@checker(SHORTCUT_AUC)
def shortcut_feature(
    train: Table, train_profile: Profile, train_labels: Labels, target: Target, seed: int
) -> Iterator[Measurement]:
    """How well each column of the collection predicts the target."""
    import numpy as np

    from mldebug.derive.encoded import folds_of
    from mldebug.stats.level_scores import best_area

    rows = sampled_rows(train.n_rows, seed, FOR_MODELS)
    rows = rows[train_labels.present[rows]]
    values = train_labels.values[rows]
    if len(rows) < FEWEST_ROWS or len(np.unique(values)) < 2:
        raise Unavailable("the target has too few rows, or one value only")
    classes = target.task == "classification"
    folds = folds_of(values if classes else None, np.arange(len(rows)), seed)
    measured = 0
    for column in train.columns:
        if column.name == target.name:
            continue
        found = _levels(column, train_profile)
        if found is None:
            continue
        bins, names = found
        mine = bins[rows]
        value, interval, code = best_area(mine, values, folds, classes=classes)
        measured += 1
        yield Measurement(
            quantity=SHORTCUT_AUC.name,
            subject=Subject(column=column.name),
            value=value,
            n=len(rows),
            interval=interval,
            details={"told": predicted(target, code), "levels": len(np.unique(mine))},
            figure=_figure(column.name, target, code, mine, names, heights(values, code)),
        )
    if not measured:
        details = {"told": "", "levels": 0}
        half = (0.5, 0.5)
        yield Measurement(
            SHORTCUT_AUC.name, Subject(), 0.5, len(rows), interval=half, details=details
        )


def _levels(column: Column, profile: Profile) -> tuple[np.ndarray, list[str]] | None:
    """The level of each row from 1, 0 where missing, and their names; None for another column."""
    import numpy as np

    named = NAMED.search(column.name.lower())
    if is_coded(column):
        words = levels(column.data)
        looked = words[:LOOKED_AT]
        files = sum(bool(A_FILE.search(word)) for word in looked) >= max(FILES * len(looked), 1)
        if not named and not files:
            return None
        folders = [re.split(r"[\\/](?=[^\\/]*$)", word)[0] if files else word for word in words]
        known = {name: place for place, name in enumerate(dict.fromkeys(folders), 1)}
        place = np.array([*(known[name] for name in folders), 0])
        bins, names = place[codes(column.data)], ["missing", *known]
    elif (
        named
        and not named["plural"]
        and column.kind is Kind.NUMBER
        and profile.columns[column.name].integral
    ):
        found = numbers(column.data)
        bins = np.zeros(len(found), dtype=np.int64)
        there = np.isfinite(found)
        held, bins[there] = np.unique(found[there], return_inverse=True)
        bins[there] += 1
        names = ["missing", *(f"{one:g}" for one in held)]
    else:
        return None
    return (bins, names) if 2 <= len(names) - 1 <= min(MOST_LEVELS, len(bins) / 2) else None


def _figure(
    name: str,
    target: Target,
    code: int | None,
    bins: np.ndarray,
    names: list[str],
    shown: np.ndarray,
) -> Mapping[str, Any]:
    import numpy as np

    largest = np.argsort(-np.bincount(bins), kind="stable")[:SHOWN]
    bars = [
        (names[one], float(shown[bins == one].mean())) for one in largest if (bins == one).any()
    ]
    return target_by_level(name, target, code, bars)
