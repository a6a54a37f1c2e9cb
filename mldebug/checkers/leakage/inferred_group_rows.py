"""Evaluation rows of entities that train knows, though no column names them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import checker
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

    from mldebug.derive.inferred_groups import InferredGroups
    from mldebug.derive.labels import Labels

LEVEL = 0.01
FEWEST_ENTITIES = 10
INFERRED_GROUP_SHARE = Quantity(
    name="leakage.inferred_group_share",
    unit="share of eval rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of evaluation rows that belong to an entity with rows in train. An entity is told "
        "by columns in which rows agree together far beyond chance while other columns vary, and that "
        "no single column names. With a target it counts only if rows of one entity are alike in it "
        "beyond chance (p < .01, a pair of rows an entity)."
    ),
    source="Kapoor & Narayanan 2023, kind L3.2",
    details={
        "shared": "the number of such rows",
        "entities": "the number of entities that are on both sides",
        "described_by": "the columns that describe the entities, in words",
        "columns": "these columns",
        "rows_each": "the rows of train that an entity of two or more rows has, on average",
        "memory": "the share of the labels that the other training rows of the entity tell, in words",
    },
)


@checker(INFERRED_GROUP_SHARE)
def inferred_group_rows(
    eval: Table,
    inferred_groups: InferredGroups,
    train_labels: Labels | None = None,
) -> Iterator[Measurement]:
    """The share of eval rows whose entity has rows in train. O(n log n)."""
    import numpy as np

    from mldebug.stats.fingerprints import positions_in

    found = inferred_groups
    mine = np.flatnonzero(found.train_known)
    place = np.asarray(positions_in(found.eval, found.train[mine]))
    rows = np.flatnonzero((place >= 0) & found.eval_known)
    alike, memory = True, "which labels say what is not known"
    if train_labels is not None and len(rows):
        alike, memory = _alike(found, train_labels)
    if not alike:
        rows = rows[:0]
    sizes = np.unique(found.train[mine], return_counts=True)[1]
    yield Measurement(
        quantity=INFERRED_GROUP_SHARE.name,
        subject=Subject(columns=found.columns) if len(rows) else Subject(),
        value=len(rows) / eval.n_rows,
        n=eval.n_rows,
        details={
            "shared": len(rows),
            "entities": len(np.unique(found.eval[rows])),
            "described_by": ", ".join(found.columns),
            "columns": list(found.columns),
            "rows_each": float(sizes[sizes > 1].mean()) if (sizes > 1).any() else 1.0,
            "memory": memory,
        },
        rows=Rows.of("eval", rows, matches=mine[place[rows]]),
    )


def _alike(found: InferredGroups, labels: Labels) -> tuple[bool, str]:
    """Whether rows of one entity are alike in the target, and how much the others tell, in words."""
    import numpy as np
    from scipy.stats import binomtest, spearmanr

    rows = np.flatnonzero(found.train_known & labels.present)
    order = rows[np.argsort(found.train[rows], kind="stable")]
    keys = found.train[order]
    starts = np.flatnonzero(np.diff(keys, prepend=~keys[:1]) != 0)
    starts = starts[starts + 1 < len(keys)]
    starts = starts[keys[starts] == keys[starts + 1]]
    if len(starts) < FEWEST_ENTITIES:
        return False, "there are too few entities to tell"
    one, other = labels.values[order[starts]], labels.values[order[starts + 1]]
    if labels.classes:
        shares = np.bincount(labels.values[rows]) / len(rows)
        hits = int(np.sum(one == other))
        p = binomtest(hits, len(one), float(np.sum(shares**2)), alternative="greater").pvalue
        return p < LEVEL, f"two training rows of one entity have one label in {_share(hits, one)}"
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return False, "the target does not vary"
    rho, p = spearmanr(one, other, alternative="greater")
    return bool(p < LEVEL), f"the targets of two rows of one entity correlate at {rho:.2f}"


def _share(hits: int, values: np.ndarray) -> str:
    return f"{hits / len(values):.0%} of the entities"
