"""Tables for the proving ground: one `Case` for each audit, and clean tables to plant faults in.

``base`` makes an honest, moderately learnable table of mixed columns; a rule's ``plant`` adds its
fault to one, its ``twin`` returns one as it is. ``clean_cases`` yields the clean controls.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Array = np.ndarray[Any, np.dtype[Any]]

CLEAN_TABLES = 940
"""How many of the clean cases are tables; they come first."""
KINDS = ("normal", "skewed", "category", "count", "correlated", "boolean", "gappy", "rounded")
"""What the columns x0, x1, ... of `base` are; after the eighth the cycle begins again."""

LEVELS = ("amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jetty")
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "ke", "li", "mo", "nu", "pe", "ra", "si", "to")


@dataclass(frozen=True)
class Case:
    """One audit of the proving ground and, where a fault was planted, where it lies.

    Parameters
    ----------
    name : str
        Unique among the cases of one run.
    train, eval : pandas.DataFrame or None
        The tables; None in the audit of a run, which stands in ``options`` under ``run``.
    target : str or None
        The column to predict.
    options : mapping
        Further keyword arguments of ``mldebug.audit``, for example ``{"time": "when"}``.
    subject : mapping
        The keys that the finding's subject must have, with their values: ``{"column": "x3"}``.
    rows : tuple of int or None
        The positions, in the table ``rows_table``, that the finding's rows must name.
    rows_table : {"train", "eval"}
        The table of ``rows``.
    exempt : frozenset of str
        On a clean case: codes that are rightly found there. It does not count for these rules.
    silent : frozenset of str
        On a clean case: codes of which even a note would be wrong there.
    """

    name: str
    train: Any
    eval: pd.DataFrame | None = None
    target: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    subject: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[int, ...] | None = None
    rows_table: Literal["train", "eval"] = "train"
    exempt: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()

    def audit_arguments(self) -> dict[str, Any]:
        """The keyword arguments of ``mldebug.audit`` for this case."""
        given = {"train": self.train, "eval": self.eval, "target": self.target, **self.options}
        return {name: value for name, value in given.items() if value is not None}

    @property
    def n(self) -> int:
        """The number of rows in both tables, or of points that the run logged."""
        if "run" in self.options:
            given = self.options["run"]
            runs = given if isinstance(given, list | tuple) else [given]
            return sum(len(one.values) for run in runs for one in getattr(run, "series", ()))
        return sum(len(table) for table in (self.train, self.eval) if table is not None)


def zipf_shares(n: int, levels: int, *, exponent: float = 0.8, fewest: int = 30) -> Array:
    """Shares of at most ``levels`` categories, falling with rank, each >= ``fewest`` of n rows.

    The floor keeps an honest category out of the reach of rules about rare and unseen ones.
    """
    for count in range(levels, 2, -1):
        weights = np.arange(1, count + 1.0) ** -exponent
        shares: Array = weights / weights.sum()
        if n * shares[-1] >= fewest:
            return shares
    return np.array([0.55, 0.45])


def spread(rng: np.random.Generator, n: int, shares: Array) -> Array:
    """Codes 0, 1, ... in random order, in just these shares (rounded).

    The counts are fixed, so that no category of an honest table is rare by bad luck.
    """
    edges = np.round(np.cumsum(shares) / np.sum(shares) * n).astype(int)
    codes: Array = np.repeat(np.arange(len(shares)), np.diff(edges, prepend=0))
    return rng.permutation(codes)


def with_gaps(rng: np.random.Generator, values: Array | pd.Series, share: float) -> pd.Series:
    """The values with just this share of them missing, completely at random."""
    column = pd.Series(values).copy()
    missing = rng.choice(len(column), round(share * len(column)), replace=False)
    column.iloc[missing] = np.nan if column.dtype.kind in "iuf" else None
    return column


def names_of_places(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct made-up names of towns, also when case is ignored."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(rng.choice(SYLLABLES, rng.integers(3, 6))).capitalize()] = None
    return list(found)


def _sentences(rng: np.random.Generator, n: int) -> Array:
    words = np.array([one.lower() for one in names_of_places(rng, 400)])
    return np.array([" ".join(rng.choice(words, rng.integers(6, 18))) for _ in range(n)], object)


BUILDERS: Mapping[str, Callable[[np.random.Generator, int], Any]] = {
    "normal": lambda rng, n: rng.normal(rng.normal(0, 5), 1.5, n),
    "skewed": lambda rng, n: rng.lognormal(1.0, 0.6, n),
    "heavy": lambda rng, n: rng.standard_t(2.0, n),
    "pareto": lambda rng, n: 10 * (1 + rng.pareto(1.6, n)),
    "uniform": lambda rng, n: rng.uniform(0, 100, n),
    "zero_inflated": lambda rng, n: np.where(rng.random(n) < 0.6, 0.0, rng.gamma(2.0, 3.0, n)),
    "count": lambda rng, n: rng.poisson(4, n),
    "large_count": lambda rng, n: rng.negative_binomial(3, 0.01, n),
    "coarse": lambda rng, n: rng.integers(1, 6, n),
    "rounded": lambda rng, n: np.round(rng.normal(20, 4, n), 1),
    "boolean": lambda rng, n: rng.random(n) < 0.4,
    "gappy": lambda rng, n: with_gaps(rng, rng.normal(50, 10, n), 0.03),
    "category": lambda rng, n: np.array(LEVELS, object)[spread(rng, n, zipf_shares(n, 6))],
    "places": lambda rng, n: _places(rng, n, zipf_shares(n, 400, exponent=0.6)),
    "text": _sentences,
}
"""One column each, by kind: ``BUILDERS[kind](rng, n)``. All are honest, and none is constant."""


def _places(rng: np.random.Generator, n: int, shares: Array) -> Array:
    names: Array = np.array(names_of_places(rng, len(shares)), object)
    return names[spread(rng, n, shares)]


def features(rng: np.random.Generator, n: int, kinds: Sequence[str]) -> pd.DataFrame:
    """Columns x0, x1, ... of these kinds, independent of each other but for ``correlated``.

    A ``correlated`` column follows the first numeric one before it (correlation about .6).
    """
    made: dict[str, Any] = {}
    for number, kind in enumerate(kinds):
        if kind == "correlated":
            leader = next((one for one in made.values() if np.asarray(one).dtype.kind == "f"), None)
            drawn = rng.normal(0, 1, n)
            made[f"x{number}"] = drawn if leader is None else 0.8 * _effect(leader) + drawn
        else:
            made[f"x{number}"] = BUILDERS[kind](rng, n)
    return pd.DataFrame(made)


def _effect(column: Any, rng: np.random.Generator | None = None) -> Array:
    """The column as a score of mean 0 and spread about 1, cut at 3: what it adds to a signal."""
    values = pd.Series(column)
    if values.dtype.kind in "iufb":
        score = values.astype(float).fillna(values.astype(float).median()).to_numpy()
        inner = np.quantile(score, [0.16, 0.5, 0.84])
        spread_of = (inner[2] - inner[0]) / 2 or score.std() or 1.0
        scaled: Array = np.clip((score - inner[1]) / spread_of, -3, 3)
        return scaled
    codes = pd.factorize(values)[0]
    levels: Array = (rng or np.random.default_rng(0)).normal(0, 1, codes.max() + 2)
    return levels[codes]


def signal(rng: np.random.Generator, table: pd.DataFrame, scores: int = 1) -> Array:
    """Scores of shape (n_rows, scores) with standard deviation 1, to which every column adds.

    A column raises about half of the scores and lowers the others, so it tells classes apart.
    """
    effects = np.column_stack([_effect(table[name], rng) for name in table])
    effects = effects - effects.mean(axis=0)
    weights = rng.uniform(0.5, 1.0, (effects.shape[1], scores))
    signs = np.resize([1.0, -1.0], scores)
    weights *= np.array([rng.permutation(signs) * rng.choice([-1, 1]) for _ in weights])
    total: Array = effects @ weights
    total /= np.maximum(total.std(axis=0), 1e-12)
    return total


def labels(
    rng: np.random.Generator, scores: Array, shares: Sequence[float], strength: float
) -> Array:
    """Class codes drawn from a softmax of the scores, whose mean shares are as told.

    Parameters
    ----------
    scores : numpy.ndarray of shape (n_rows, n_classes)
        Standardised; ``strength`` multiplies them, and 0 makes coin flips.
    shares : sequence of float
        The expected share of each class.
    """
    logits = strength * scores
    offsets = np.log(np.asarray(shares, float))
    for _ in range(30):
        chance = np.exp(logits + offsets - (logits + offsets).max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        offsets += np.log(np.asarray(shares) / chance.mean(axis=0))
    passed = (chance.cumsum(axis=1) < rng.random((len(chance), 1))).sum(axis=1)
    codes: Array = np.minimum(passed, len(shares) - 1)
    return codes


def add_target(
    rng: np.random.Generator,
    table: pd.DataFrame,
    task: Literal["classification", "regression", "counts"] = "classification",
    *,
    classes: int = 2,
    minority: float | None = None,
    strength: float = 1.5,
    target: str = "y",
) -> pd.DataFrame:
    """The table with a target, as its last column, that every column of the table helps to predict.

    Class 0 has the share ``minority``, and the others share the rest; without it all are equal.
    """
    if task == "classification":
        least = 1 / classes if minority is None else minority
        shares = [least] + [(1 - least) / (classes - 1)] * (classes - 1)
        sharper = strength * np.sqrt(np.log2(classes))
        drawn: Any = labels(rng, signal(rng, table, classes), shares, sharper)
    elif task == "regression":
        drawn = strength * signal(rng, table)[:, 0] + rng.normal(0, 1, len(table))
    else:
        drawn = rng.poisson(np.exp(1.2 + 0.3 * strength * signal(rng, table)[:, 0]))
    return table.assign(**{target: drawn})


def base(
    rng: np.random.Generator,
    n: int,
    *,
    columns: int = 8,
    task: Literal["classification", "regression", "counts"] = "classification",
    classes: int = 2,
    minority: float | None = None,
    strength: float = 1.5,
    kinds: Sequence[str] | None = None,
    target: str | None = "y",
) -> pd.DataFrame:
    """A clean, honest, moderately learnable table: x0, x1, ... (see `KINDS`) and the target.

    The rows are independent and drawn alike; classes are the integers 0, 1, ..., drawn with
    chances that the features set, so no model is right on all of them. ``x2`` is a category,
    ``x5`` a boolean, 3 % of ``x6`` are missing, and ``x0``, ``x1`` and ``x4`` are continuous.
    """
    chosen = kinds or [KINDS[number % len(KINDS)] for number in range(columns)]
    table = features(rng, n, chosen)
    if target is None:
        return table
    return add_target(
        rng, table, task, classes=classes, minority=minority, strength=strength, target=target
    )


def split(
    frame: pd.DataFrame,
    rng: np.random.Generator,
    share: float = 0.25,
    *,
    stratify: str | None = None,
    shuffle: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Train and eval by a random split; both are numbered from 0.

    With ``stratify`` the classes of that column keep their shares; without ``shuffle`` the rows of
    both keep the order that they had.
    """
    order = rng.permutation(len(frame))
    if stratify is None:
        held_out = order[: round(share * len(frame))]
    else:
        codes = pd.factorize(frame[stratify])[0][order]
        parts = [order[codes == code] for code in np.unique(codes)]
        held_out = np.concatenate([part[: round(share * len(part))] for part in parts])
    chosen = np.zeros(len(frame), bool)
    chosen[held_out] = True
    places = order if shuffle else np.arange(len(frame))
    train, held = (places[chosen[places] == which] for which in (False, True))
    return frame.iloc[train].reset_index(drop=True), frame.iloc[held].reset_index(drop=True)


def numbered(
    kind: str, make: Callable[[str, np.random.Generator], Case], seed: int, numbers: range
) -> Iterator[tuple[str, Callable[[], Case]]]:
    """One family of clean controls: each as its name and a function that makes it, from its seeds."""
    for number in numbers:
        name = f"clean-{number:04d}-{kind}"
        yield name, _later(_seeded, make, name, (seed, number))


def _seeded(
    make: Callable[[str, np.random.Generator], Case], name: str, seeds: tuple[int, int]
) -> Case:
    return make(name, np.random.default_rng(seeds))


def clean_cases(
    seed: int = 0, count: int = CLEAN_TABLES
) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The clean controls, each as its name and a function that makes it when it is its turn.

    First ``count`` tables, then the runs of `tests.clean_runs`, the tables split by group of
    `tests.clean_groups`, those with keys and a reference table of `tests.clean_pairs`, those split by
    time of `tests.clean_times`, those whose rows repeat of `tests.clean_repeats`, more of
    `tests.clean_pairs`, those of people seen several times of `tests.clean_people`, and the series of
    `tests.clean_series`. Case i has seed i: the even ones set calibrated thresholds, the odd ones
    report.
    """
    from tests.clean_groups import COUNT, clean_groups
    from tests.clean_pairs import COUNT as PAIRS
    from tests.clean_pairs import MORE, clean_pairs
    from tests.clean_people import COUNT as PEOPLE
    from tests.clean_people import clean_people
    from tests.clean_repeats import COUNT as REPEATS
    from tests.clean_repeats import clean_repeats
    from tests.clean_runs import COUNTS, clean_runs
    from tests.clean_series import COUNT as SERIES
    from tests.clean_series import clean_series
    from tests.clean_tables import RECIPES, clean_case
    from tests.clean_times import COUNT as TIMES
    from tests.clean_times import clean_times

    for number in range(count):
        recipe = RECIPES[number // 2 % len(RECIPES)]
        turn = number // 2 // len(RECIPES)
        name = f"clean-{number:04d}-{recipe.__name__.replace('_', '-')}"
        yield name, _later(clean_case, name, recipe, turn, (seed, number))
    families: list[tuple[Callable[..., Any], int]] = [
        (clean_runs, sum(COUNTS.values())),
        (clean_groups, COUNT),
        (clean_pairs, PAIRS),
        (clean_times, TIMES),
        (clean_repeats, REPEATS),
        (partial(clean_pairs, count=MORE), MORE),
        (clean_people, PEOPLE),
        (clean_series, SERIES),
    ]
    for family, cases in families:
        yield from family(seed, count)
        count += cases


def _later(make: Callable[..., Case], *given: Any) -> Callable[[], Case]:
    return lambda: make(*given)
