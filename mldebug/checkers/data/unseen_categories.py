"""Categories that evaluation rows have and training rows lack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Kind, Table
from mldebug.checker import Unavailable, checker
from mldebug.columns import codes, is_coded, levels
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column

CHANCE = 0.01
CATEGORIES_NAMED = 10
UNSEEN_SHARE = Quantity(
    name="data.unseen_share",
    unit="share of eval rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of evaluation rows with a category that train lacks, where drawing eval and train "
        "from one population would explain as many such categories of that size with a probability "
        f"below {CHANCE:g} over all columns. Free text and columns that name the rows are left out."
    ),
    details={
        "unseen": "the number of such rows",
        "categories": "the categories, the most frequent first, at most ten",
        "n_categories": "how many there are",
        "chance_unseen": "eval rows whose unseen category is rare enough to be missed by chance",
    },
)


@checker(UNSEEN_SHARE)
def unseen_categories(
    train: Table,
    eval: Table,
    non_features: frozenset[str],
) -> Iterator[Measurement]:
    """The share of eval rows in categories that train surprisingly lacks, a column each.

    The column that names the groups is no feature: split by group, eval's are all unseen.
    """
    compared = [
        (train[name], eval[name])
        for name in train.names
        if name not in non_features and name in eval and train[name].kind is Kind.CATEGORY
    ]
    compared = [(mine, theirs) for mine, theirs in compared if is_coded(mine) and is_coded(theirs)]
    if not compared:
        raise Unavailable("train and eval share no column of categories")
    for mine, theirs in compared:
        yield _measured(mine, theirs, CHANCE / len(compared))


def _measured(mine: Column, theirs: Column, chance: float) -> Measurement:
    import numpy as np

    known = set(levels(mine.data))
    words = np.array(levels(theirs.data), dtype=object)
    seen = codes(theirs.data)
    there = np.bincount(seen[seen >= 0], minlength=len(words))
    here = codes(mine.data)
    in_train = np.bincount(here[here >= 0], minlength=len(known))
    shared = np.array([word in known for word in words], dtype=bool)
    unseen = ~shared & (there > 0)
    n, m = int(in_train.sum()), int(there.sum())
    surprising = np.zeros(len(words), dtype=bool)
    if unseen.any():
        totals = _totals(mine, in_train, words, there)
        fewest = _smallest_surprising(there[unseen], totals, m / max(n + m, 1), chance)
        surprising = unseen & (there >= fewest)
    rows = np.flatnonzero(np.isin(seen, np.flatnonzero(surprising)))
    order = sorted(np.flatnonzero(surprising), key=lambda code: (-there[code], words[code]))
    return Measurement(
        quantity=UNSEEN_SHARE.name,
        subject=Subject(column=mine.name),
        value=len(rows) / len(seen) if len(seen) else 0.0,
        n=len(seen),
        details={
            "unseen": len(rows),
            "categories": ", ".join(words[code] for code in order[:CATEGORIES_NAMED]),
            "n_categories": len(order),
            "chance_unseen": int(there[unseen & ~surprising].sum()),
        },
        rows=Rows.of("eval", rows),
    )


def _totals(mine: Column, in_train: np.ndarray, words: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The rows of each category in train and eval together."""
    import numpy as np

    counts = dict(zip(levels(mine.data), in_train.tolist(), strict=False))
    for word, count in zip(words.tolist(), there.tolist(), strict=True):
        counts[word] = counts.get(word, 0) + count
    return np.array([count for count in counts.values() if count], dtype=np.int64)


def _smallest_surprising(
    unseen: np.ndarray, totals: np.ndarray, eval_share: float, chance: float
) -> float:
    """The rows from which on an unseen category is not explained by chance; inf if all are.

    A category of t rows lies wholly in eval with probability eval_share^t; the number of those with
    at least t rows is about Poisson.
    """
    import numpy as np

    from mldebug.stats.intervals import poisson_tail

    for size in np.unique(unseen):
        mean = float(np.sum(eval_share ** totals[totals >= size].astype(float)))
        if poisson_tail(int(np.sum(unseen >= size)), mean) < chance:
            return float(size)
    return float("inf")
