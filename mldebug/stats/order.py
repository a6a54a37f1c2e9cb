"""How alike the rows are that follow each other."""

from __future__ import annotations

from typing import Any

from mldebug.arrays import namespace

Array = Any


def number_alikeness(before: Array, after: Array) -> Array:
    """How alike the two numbers of each pair are, by their ranks.

    Parameters
    ----------
    before, after : array of shape (n_pairs,), floating
        Without NaN.

    Returns
    -------
    array of shape (n_pairs,), float64
        With the ranks z standardised over all values of both, ``1 - (z - z')^2 / 2``, whose mean r is
        1 if all pairs are equal, 0 if they are drawn at random, and their correlation in between;
        plus ``(1 - r) ((z^2 + z'^2) / 2 - 1)``, whose mean is 0: what the pair adds to the error of r
        by way of the spread. 0 where all values are one.

    Notes
    -----
    The mean is one less half of von Neumann's ratio of ranks. O(n log n).

    References
    ----------
    Bartels 1982, J. Am. Stat. Assoc. 77, 40-46.
    """
    xp = namespace(before, after)
    values = xp.concat([before, after])
    order = xp.argsort(values, stable=False)
    ordered = xp.take(values, order)
    # Looked up in rising order, each search begins where the last one ended.
    low = xp.astype(xp.searchsorted(ordered, ordered, side="left"), xp.float64)
    high = xp.astype(xp.searchsorted(ordered, ordered, side="right"), xp.float64)
    ranks = xp.take((low + high) / 2, xp.argsort(order, stable=False))
    centred = ranks - xp.mean(ranks)
    variance = xp.mean(centred**2)
    safe = xp.where(variance > 0, variance, xp.ones_like(variance))
    m = before.shape[0]
    alike = 1 - (centred[:m] - centred[m:]) ** 2 / (2 * safe)
    spread = (centred[:m] ** 2 + centred[m:] ** 2) / (2 * safe) - 1
    alike = alike + (1 - xp.mean(alike)) * spread
    return xp.where(variance > 0, alike, xp.zeros_like(alike))


def word_alikeness(before: Array, after: Array) -> Array:
    """Whether the two words of each pair are equal, less what chance brings.

    Parameters
    ----------
    before, after : array of shape (n_pairs,), an integer type
        Codes, from 0.

    Returns
    -------
    array of shape (n_pairs,), float64
        With s the chance that two of the values agree, ``(equal - s) / (1 - s)``, whose mean r is 1 if
        all pairs are equal and 0 if they are drawn at random; less what the shares of the two words
        add to s, times (1 - r) / (1 - s), which is 0 on average. 0 where all values are one.

    Notes
    -----
    The mean is one less the number of runs over the number that is expected. O(n log n).

    References
    ----------
    Wald & Wolfowitz 1940, Ann. Math. Stat. 11, 147-162; Mood 1940, Ann. Math. Stat. 11, 367-392.
    """
    xp = namespace(before, after)
    values = xp.concat([before, after])
    ordered = xp.sort(values, stable=False)
    low = xp.searchsorted(ordered, values, side="left")
    high = xp.searchsorted(ordered, values, side="right")
    n, m = values.shape[0], before.shape[0]
    others = (xp.astype(high - low, xp.float64) - 1) / max(n - 1, 1)
    chance = xp.mean(others)
    safe = xp.where(chance < 1, 1 - chance, xp.ones_like(chance))
    alike = (xp.astype(before == after, xp.float64) - chance) / safe
    alike = alike - (1 - xp.mean(alike)) / safe * (others[:m] + others[m:] - 2 * chance)
    return xp.where(chance < 1, alike, xp.zeros_like(alike))


def batch_means(values: Array, batches: int) -> Array:
    """The means of so many equally long stretches of a sequence; the first few may be left out.

    Parameters
    ----------
    values : array of shape (n,), floating
        At least as many as there are batches.
    batches : int
        How many stretches.

    Returns
    -------
    array of shape (batches,)
        Their spread tells the error of the mean of all, as neighbours depend on each other.
    """
    xp = namespace(values)
    size = values.shape[0] // batches
    return xp.mean(xp.reshape(values[values.shape[0] - batches * size :], (batches, size)), axis=1)
