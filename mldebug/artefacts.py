"""The artefacts: frozen data that adapters make of the user's objects and that checkers ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from concurrent.futures import Future

    import numpy as np
    import pyarrow as pa

GRID = 65_536
"""Rows per chunk. Chunks lie on this grid by absolute row number, whatever the reader's batches."""

Role = Literal["train", "eval", "reference"]
ROLES: tuple[Role, ...] = ("train", "eval", "reference")
Task = Literal["classification", "regression"]


class Kind(StrEnum):
    """What a column is, as a person would see it; each has one Arrow type (see `Column`)."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    CATEGORY = "category"
    TEXT = "text"
    IDENTIFIER = "id"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"


NUMERIC_OR_CATEGORICAL = (Kind.NUMBER, Kind.BOOLEAN, Kind.CATEGORY)
"""The kinds of which distributions are compared; dates and free text have rules of their own."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column in its canonical form.

    Parameters
    ----------
    name : str
        As shown; unique within its table.
    kind : Kind
        Decided on train and kept for the other tables.
    storage : str
        The type as it was given, for example ``int64``, ``string``, ``object``.
    note : str
        What a person should know of the conversion, for example "numbers stored as text".
    data : pyarrow.ChunkedArray of shape (n_rows,)
        ``number``: an integer or a floating type, missing as null, never NaN; ``boolean``: bool;
        ``date``: timestamp[us] in UTC; ``category`` and ``text``: dictionary<int32, string>, one
        dictionary for all chunks; ``id``: an integer type or such a dictionary; ``empty`` and
        ``unsupported``: null.
    forms : pyarrow.ChunkedArray of shape (n_rows,), or None
        Where the cells were given in several forms that ``data`` no longer tells apart, the form of
        each, a dictionary<int32, string>: of objects ``number``, ``text``, ``date``, ``boolean`` or
        ``bytes``; of dates ``with a time zone`` or ``without a time zone``. None elsewhere.
    """

    name: str
    kind: Kind
    storage: str
    note: str
    data: pa.ChunkedArray
    forms: pa.ChunkedArray | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table in canonical form.

    Parameters
    ----------
    role : {"train", "eval", "reference"}
        What the table is in this audit.
    source : str
        The file or the object that it came from, as shown to a person.
    columns : tuple of Column
        In the order as given.
    n_rows : int
        The number of rows.
    positions : numpy.ndarray of shape (n_rows,), dtype int64, or None
        Where each row stood in the file or frame as given; None if it stands there still.
    sha256 : Future of str, or None
        Of the file's bytes, which a thread may still read; None for an object in memory.
    """

    role: Role
    source: str
    columns: tuple[Column, ...]
    n_rows: int
    positions: np.ndarray | None = None
    sha256: Future[str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def of_kind(self, *kinds: Kind) -> tuple[Column, ...]:
        """The columns of these kinds, in order."""
        return tuple(column for column in self.columns if column.kind in kinds)

    def without(self, names: Iterable[str]) -> Table:
        """The same rows without these columns."""
        left_out = set(names)
        kept = tuple(column for column in self.columns if column.name not in left_out)
        return Table(self.role, self.source, kept, self.n_rows, self.positions, self.sha256)

    def chunks(
        self, names: Iterable[str] | None = None
    ) -> Iterator[tuple[int, dict[str, pa.Array]]]:
        """The rows in chunks on the fixed grid.

        Yields
        ------
        tuple of int and dict
            The number of the first row, and for each named column a ``pyarrow.Array`` of at most
            `GRID` rows.
        """
        wanted = [self[name] for name in (self.names if names is None else names)]
        for start in range(0, self.n_rows, GRID):
            size = min(GRID, self.n_rows - start)
            yield start, {one.name: _one_array(one.data.slice(start, size)) for one in wanted}

    def position(self, row: int) -> int:
        """Where a row of this table stood in the file or frame as given."""
        return row if self.positions is None else int(self.positions[row])

    def cells(self, row: int) -> dict[str, Any]:
        """The values of one row, by column; None where missing."""
        from mldebug.columns import readable

        return {column.name: readable(column.data[row]) for column in self.columns}


def _one_array(chunked: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    combined = chunked.combine_chunks()
    if not isinstance(combined, pa.ChunkedArray):
        return combined
    return combined.chunk(0) if combined.num_chunks else pa.array([], chunked.type)


@dataclass(frozen=True, slots=True)
class Target:
    """The column that is to be predicted.

    ``classes`` are the class labels of train as strings, sorted, empty for a regression; the
    dictionary of a classification's target column holds just these, whatever its storage.
    """

    name: str
    task: Task
    classes: tuple[str, ...]
    inferred: bool


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """The column that orders the rows in time; ``given`` by the user, or merely detected."""

    name: str
    given: bool


Scheme = Literal["folds", "shuffled", "stratified", "groups", "time", "each", "given"]


@dataclass(frozen=True, slots=True)
class Validation:
    """How the user cross-validates.

    Parameters
    ----------
    scheme : {"folds", "shuffled", "stratified", "groups", "time", "each", "given"}
        Blocks of consecutive rows; rows dealt out at random; the same within each class; whole
        groups; ever longer beginnings, each tested on what follows; each row alone; as listed.
    n_folds : int
        How many folds there are; of ``each``, 0.
    source : str
        What said so, as shown to a person: ``--cv stratified:5``, ``KFold(n_splits=5)``.
    listed : numpy.ndarray of shape (n_rows,), dtype int64, or None
        Of the scheme ``given``, the fold in which each row of train is held out; -1 for never.
    """

    scheme: Scheme
    n_folds: int
    source: str
    listed: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Predictions:
    """Out-of-sample predictions for the rows of train, as the user made them.

    Parameters
    ----------
    source : str
        The file or the object that they came from, as shown to a person.
    classes : tuple of str
        Of a classification, the classes of the columns, in the target's order; else empty.
    values : numpy.ndarray of shape (n_rows, n_classes) or (n_rows,), dtype float32 or float64
        The probability of each class, or the predicted number; NaN where there is none.
    """

    source: str
    classes: tuple[str, ...]
    values: np.ndarray


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity that a run logged, point by point, as it was logged.

    Parameters
    ----------
    name : str
        As logged, for example ``val/acc``.
    metric : str
        Its name without the split, in one spelling: ``accuracy``, ``loss``, ``learning_rate``.
    role : {"loss", "score", "rate", "gradient", "other"}
        The objective or another loss; a measure of quality; a learning rate; a gradient norm.
    split : {"train", "eval", "test", ""}
        The data that it was computed on; ``eval`` is what others call validation.
    direction : {"lower", "higher", ""}
        Which values are better; empty where that cannot be told.
    steps : numpy.ndarray of shape (n_points,), dtype int64
        In the order of the log, which a broken log does not sort. Of a sample-size curve, rows.
    values : numpy.ndarray of shape (n_points,), dtype float64
        With NaN and infinities where the log has them.
    epochs, times : numpy.ndarray of shape (n_points,), dtype float64, or None
        The epoch of each point, and the seconds since 1970, as far as they were logged.
    """

    name: str
    metric: str
    role: Literal["loss", "score", "rate", "gradient", "other"]
    split: Literal["train", "eval", "test", ""]
    direction: Literal["lower", "higher", ""]
    steps: np.ndarray
    values: np.ndarray
    epochs: np.ndarray | None = None
    times: np.ndarray | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded training run, whatever tool recorded it.

    Parameters
    ----------
    name : str
        As shown; unique among the runs of an audit.
    source : str
        The file or folder that it was read from, as shown to a person.
    tracker : str
        The tool that wrote it, for example ``MLflow``, or the form of the file.
    axis : {"step", "size"}
        What the points of the series lie along: steps of training, or the number of rows trained on.
    series : tuple of Series
        In the order of the log.
    config : mapping of str to object
        Hyperparameters by dotted name, for example ``optimizer.lr``: numbers, booleans, texts.
    record : mapping of str to object
        What else the record of the run holds; see `RECORD`. A key that the tool could have kept and
        did not is absent.
    remarks : tuple of str
        What was inferred, each in one sentence.
    """

    name: str
    source: str
    tracker: str
    axis: Literal["step", "size"]
    series: tuple[Series, ...]
    config: Mapping[str, Any]
    record: Mapping[str, Any]
    remarks: tuple[str, ...] = ()

    def of_role(self, role: str, split: str | None = None) -> tuple[Series, ...]:
        """The series of a role, of one split or of any, in order."""
        return tuple(
            one for one in self.series if one.role == role and (split is None or one.split == split)
        )


RECORD: Mapping[str, str] = {
    "user": "who started the run",
    "started": "when it started, ISO 8601",
    "ended": "when it ended, ISO 8601",
    "status": "finished, failed, killed or running",
    "code_version": "the commit of the code",
    "code_dirty": "whether the code had changes that were not committed",
    "data": "the data sets by name, each with its digest or None",
    "environment": "the names of files that pin the environment, or the pinned packages",
    "artifacts": "the names of files that were stored with the run",
    "dropped": "how many values were not numbers and were left out by the tool, by series",
    "study": "the search that the run is a trial of",
    "trial": "the number of the trial in its search, from 0",
    "state": "of a trial: complete, pruned, fail, running or waiting",
    "value": "what the trial reached, a number; of several objectives, a tuple of them",
    "direction": "which values are better, lower or higher; of several objectives, a tuple",
    "space": "by hyperparameter what the search allowed: low, high, log and step, or choices",
    "folds": "the scores of a trial on the folds, in order",
}
"""What the record of a run may hold beside its series and its configuration."""

ARTEFACTS: Mapping[str, str] = {
    "train": "TRAIN",
    "eval": "--eval",
    "reference": "--reference",
    "target": "--target",
    "time": "--time",
    "identifier": "--id",
    "groups": "--groups",
    "cv": "--cv",
    "predictions": "--predictions",
    "runs": "--run",
    "device": "--device",
    "seed": "--seed",
}
"""What adapters provide, by the name that checkers ask for, with the option that gives it."""
