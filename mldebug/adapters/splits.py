"""Train and eval out of one source: by a column that names the parts, or by a seeded share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mldebug.adapters.kinds import column
from mldebug.adapters.raw import Raw
from mldebug.artefacts import Kind, Role
from mldebug.errors import InputError

if TYPE_CHECKING:
    import numpy as np

TRAIN_NAMES = ("train", "training")
EVAL_NAMES = (
    "test",
    "testing",
    "eval",
    "evaluation",
    "valid",
    "validation",
    "val",
    "dev",
    "holdout",
)


@dataclass(frozen=True, slots=True)
class Part:
    """A source's rows in one role; ``positions`` of shape (n_rows,) say where they stood."""

    raw: Raw
    positions: np.ndarray | None = None


def parts_by_column(whole: Raw, name: str) -> tuple[dict[Role, Part], str]:
    """The two parts that a column names, without that column, and a remark with their sizes.

    Raises
    ------
    InputError
        A value names neither part, or one part has no rows.
    """
    import numpy as np
    from pyarrow import compute as pc

    words = column(whole[name], Kind.CATEGORY)
    held = [] if words is None or words.kind is Kind.EMPTY else words.data.chunk(0).dictionary
    labels = [str(label) for label in held]
    roles = [_role(label) for label in labels]
    missing = words is None or words.data.null_count > 0
    if missing or None in roles:
        strange = [label for label, role in zip(labels, roles, strict=True) if role is None]
        found = ", ".join(map(repr, strange[:5])) + (", ..." if len(strange) > 5 else "")
        told = f"holds {found}" if strange else "has missing values"
        raise InputError(
            f"--split-column: the column {name!r} {told}; each value must be one of "
            f"{', '.join((*TRAIN_NAMES, *EVAL_NAMES))}"
        )
    assert words is not None
    is_train = np.array([role == "train" for role in roles])[
        pc.fill_null(words.data.chunk(0).indices, 0).to_numpy()
    ]
    parts = _parts(whole.without(name), ~is_train)
    for role, part in parts.items():
        if not part.raw.n_rows:
            raise InputError(
                f"--split-column: the column {name!r} puts no row into {role}; it must name rows "
                "of both parts"
            )
    sizes = f"{parts['train'].raw.n_rows:,} rows train and {parts['eval'].raw.n_rows:,} eval"
    return parts, f"the column {name!r} makes {sizes}"


def parts_by_share(whole: Raw, share: float, seed: int) -> tuple[dict[Role, Part], str]:
    """A seeded random split: the rows with the smallest hash keys are eval.

    Raises
    ------
    InputError
        The share is outside (0, 1), or there is one row only.
    """
    import numpy as np

    if not 0 < share < 1:
        raise InputError(f"--eval: the share {share:g} must be above 0 and below 1")
    n_rows = whole.n_rows
    if n_rows < 2:
        raise InputError("--eval: a table of one row cannot be split; give at least two rows")
    n_eval = min(max(1, round(share * n_rows)), n_rows - 1)
    is_eval = np.zeros(n_rows, dtype=bool)
    is_eval[np.argpartition(row_keys(n_rows, seed), n_eval - 1)[:n_eval]] = True
    told = f"eval is a random {n_eval:,} of {n_rows:,} rows, drawn with the seed {seed}"
    return _parts(whole, is_eval), told


def row_keys(n_rows: int, seed: int) -> np.ndarray:
    """A hash of (seed, row number) for each row, shape (n_rows,), uint64, no two alike.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators,
    doi:10.1145/2714064.2660195 (the finaliser of SplitMix64, a bijection).
    """
    import numpy as np

    with np.errstate(over="ignore"):
        key = np.arange(1, n_rows + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        # the seed passes through the same mixing first, so that near seeds share nothing
        key += _mixed(np.array([seed % 2**64], dtype=np.uint64))
        return _mixed(key)


def _mixed(key: np.ndarray) -> np.ndarray:
    import numpy as np

    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = key ^ (key >> np.uint64(31))
    return mixed


def _parts(whole: Raw, is_eval: np.ndarray) -> dict[Role, Part]:
    import numpy as np

    parts: dict[Role, Part] = {}
    rows: tuple[tuple[Role, np.ndarray], ...] = (("train", ~is_eval), ("eval", is_eval))
    for role, chosen in rows:
        positions = np.flatnonzero(chosen)
        parts[role] = Part(replace(whole.rows(positions), remarks=()), positions)
    return parts


def _role(label: str) -> Role | None:
    told = label.strip().casefold()
    if told in TRAIN_NAMES:
        return "train"
    return "eval" if told in EVAL_NAMES else None
