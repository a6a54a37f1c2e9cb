"""How the user cross-validates: a few words, a number, a splitter, index pairs, a file of folds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, get_args

from mldebug.artefacts import Scheme, Table, Target, Validation
from mldebug.errors import InputError

if TYPE_CHECKING:
    import numpy as np

SCHEMES: tuple[Scheme, ...] = get_args(Scheme)[:-1]
FORMS = "a number of folds, " + ", ".join(
    "each" if scheme == "each" else f"{scheme}:5" for scheme in SCHEMES
)
SPLITTERS: dict[str, Scheme] = {
    "StratifiedKFold": "stratified",
    "RepeatedStratifiedKFold": "stratified",
    "StratifiedShuffleSplit": "stratified",
    "StratifiedGroupKFold": "groups",
    "GroupKFold": "groups",
    "GroupShuffleSplit": "groups",
    "LeaveOneGroupOut": "groups",
    "LeavePGroupsOut": "groups",
    "TimeSeriesSplit": "time",
    "LeaveOneOut": "each",
    "ShuffleSplit": "shuffled",
    "RepeatedKFold": "shuffled",
}
"""What scikit-learn's splitters do, by the names of their classes; KFold depends on ``shuffle``."""


def validation_of(cv: Any, train: Table, target: Target | None) -> Validation:
    """What a user's ``cv`` says.

    Parameters
    ----------
    cv : int, str, path, splitter, array of shape (n_rows,), or iterable of (train, test) rows
        A number of folds means what it does in scikit-learn: stratified for classes, else blocks
        of consecutive rows. Words are such as ``shuffled:5``; a path names a file with one column
        of fold numbers, one row for each row of the training file.
    train : Table
        The rows; where these were split off a file, folds are given for the whole file.
    target : Target or None
        For what a bare number means.

    Raises
    ------
    InputError
        One sentence: what cannot be understood, and what would be right.
    """
    if isinstance(cv, int) and not isinstance(cv, bool):
        return _by_words(str(cv), target)
    if isinstance(cv, str) and (re.fullmatch(r"\d+|[a-z]+(:\d+)?", cv.strip().lower())):
        return _by_words(cv.strip().lower(), target)
    if isinstance(cv, str | os.PathLike):
        return _by_file(os.fspath(cv), train)
    if hasattr(cv, "split") and hasattr(cv, "get_n_splits"):
        return _by_splitter(cv)
    return _by_rows(cv, train)


def _by_words(words: str, target: Target | None) -> Validation:
    name, _, count = words.partition(":")
    source = f"--cv {words}"
    if name == "each":
        return Validation("each", 0, source)
    if name.isdigit():
        is_classes = target is not None and target.task == "classification"
        name, count = "stratified" if is_classes else "folds", name
    scheme = next((one for one in SCHEMES if one == name), None)
    if scheme is None:
        raise InputError(
            f"--cv: there is no scheme {name!r}; it must be {FORMS} or a file of folds"
        )
    n_folds = int(count) if count else 5
    if n_folds < 2:
        raise InputError(f"--cv: {n_folds} folds are too few; there must be two at least")
    return Validation(scheme, n_folds, source)


def _by_splitter(cv: Any) -> Validation:
    name = type(cv).__name__
    scheme = SPLITTERS.get(name)
    if name == "KFold":
        scheme = "shuffled" if getattr(cv, "shuffle", False) else "folds"
    if scheme is None:
        raise InputError(
            f"--cv: the splitter {name} is unknown; give the list of its (train, test) rows, or "
            f"{FORMS}"
        )
    n_folds = int(getattr(cv, "n_splits", 0) or getattr(cv, "cvargs", {}).get("n_splits", 0) or 0)
    return Validation(scheme, n_folds, repr(cv))


def _by_file(path: str, train: Table) -> Validation:
    import numpy as np

    from mldebug.adapters.kinds import natural
    from mldebug.adapters.sources import read
    from mldebug.columns import codes, is_coded, numbers

    raw = read(path, "--cv")
    if len(raw.columns) != 1:
        raise InputError(
            f"--cv: {path!r} has {len(raw.columns)} columns; it must have one, the fold of each row"
        )
    column = natural(raw.columns[0])
    if column.kind in {"empty", "unsupported"}:
        raise InputError(f"--cv: {path!r} holds no fold numbers")
    found = codes(column.data) if is_coded(column) else numbers(column.data)
    folds = np.where(np.isnan(found.astype(float)), -1, found).astype(np.int64)
    return _listed(folds, train, path)


def _by_rows(cv: Any, train: Table) -> Validation:
    import numpy as np

    if isinstance(cv, Iterable):
        listed = list(cv)
        if listed and all(isinstance(one, tuple | list) and len(one) == 2 for one in listed):
            return _by_pairs([np.asarray(held) for _, held in listed], train)
        folds = np.asarray(listed)
        if folds.ndim == 1 and folds.dtype.kind in "iu":
            return _listed(folds.astype(np.int64), train, "a list of folds")
    raise InputError(f"--cv: {type(cv).__name__!r} is no way to cross-validate; it must be {FORMS}")


def _by_pairs(held: list[np.ndarray], train: Table) -> Validation:
    import numpy as np

    folds = np.full(train.n_rows, -1, dtype=np.int64)
    for number, rows in enumerate(held):
        if rows.dtype.kind not in "iu" or (
            len(rows) and not 0 <= rows.min() <= rows.max() < len(folds)
        ):
            raise InputError(
                f"--cv: the test rows of fold {number} are no rows of train, which has {len(folds):,}"
            )
        folds[rows] = number
    return Validation("given", len(held), "a list of (train, test) rows", folds)


def _listed(folds: np.ndarray, train: Table, source: str) -> Validation:
    """The folds of train's rows, out of those of all rows of the file that train was split from."""
    import numpy as np

    fits = len(folds) == train.n_rows
    if not fits and train.positions is not None and len(folds) > int(train.positions.max()):
        folds, fits = folds[train.positions], True
    if not fits:
        raise InputError(
            f"--cv: {source} has {len(folds):,} folds; it must have one for each of the "
            f"{train.n_rows:,} training rows"
        )
    names = np.unique(folds[folds >= 0])
    if len(names) < 2:
        raise InputError(f"--cv: {source} names {len(names)} folds; there must be two at least")
    placed = np.where(folds >= 0, np.searchsorted(names, folds), -1)
    return Validation("given", len(names), source, placed)
