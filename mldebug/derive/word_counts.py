"""The distinct words of every column of categories, texts or ids, and the rows that hold each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Table
from mldebug.checker import derived
from mldebug.columns import codes, is_coded, levels

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Column


@dataclass(frozen=True, slots=True)
class WordCounts:
    """The words of one column.

    Parameters
    ----------
    words : tuple of str
        Its dictionary, in the order of the codes.
    counts : numpy.ndarray of shape (n_words,), dtype int64
        The rows that hold each; 0 for a word that no row of this table holds.
    """

    words: tuple[str, ...]
    counts: np.ndarray

    @property
    def n_present(self) -> int:
        """The rows that hold a word."""
        return int(self.counts.sum())

    @property
    def present(self) -> dict[str, int]:
        """The words that some row holds, with their codes."""
        counts = self.counts.tolist()
        return {word: code for code, word in enumerate(self.words) if counts[code]}


@derived(per_table=True)
def word_counts(table: Table) -> Mapping[str, WordCounts]:
    """The words of each coded column with their counts, by the column's name.

    Notes
    -----
    One pass over the codes of each: O(n), and memory for the distinct words.
    """
    return {column.name: _counted(column) for column in table.columns if is_coded(column)}


def _counted(column: Column) -> WordCounts:
    import numpy as np

    words = tuple(levels(column.data))
    found = codes(column.data)
    counts = np.bincount(found[found >= 0], minlength=len(words)).astype(np.int64)
    return WordCounts(words, counts)


def rows_of(column: Column, chosen: Sequence[int] | np.ndarray) -> np.ndarray:
    """The rows of a coded column whose code is one of these, in rising order.

    Parameters
    ----------
    column : Column
        Of a dictionary type.
    chosen : sequence of int, of length k
        Codes.
    """
    import numpy as np

    wanted = np.zeros(len(levels(column.data)) + 1, dtype=bool)
    wanted[chosen] = True
    # A missing cell has the code -1, the last place.
    return np.flatnonzero(wanted[codes(column.data)])
