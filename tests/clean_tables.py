"""The clean controls: honest tables of many makes, in which no rule should find fault.

Each recipe is one make. What a recipe leaves to chance (rows, columns, whether there is an eval
set) is drawn from the case's own generator. ``turn`` counts how often the recipe came up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd

from tests.tables import (
    BUILDERS,
    KINDS,
    LEVELS,
    Array,
    Case,
    add_target,
    base,
    features,
    labels,
    names_of_places,
    split,
    spread,
    with_gaps,
    zipf_shares,
)

Recipe = Callable[[np.random.Generator, int], Case]
SIZES = (200, 300, 600, 800, 1_200, 2_000, 3_500, 6_000, 10_000, 20_000)
SILENT = frozenset({"FE305", "EV902"})
"""Rules that note and do no more: no table here has an odd split, and
those with an identifier are exempt."""
FEWEST_WITH_EVAL = {"classification": 520, "regression": 800}
"""A quarter of these are 130 and 200 rows, which resolve a score to less than EV901 warns of."""


def clean_case(name: str, recipe: Recipe, turn: int, seeds: tuple[int, int]) -> Case:
    """One case: what the recipe makes of a generator of its own, under its name.

    Three of four tables with a target say that they are cross-validated in five folds.
    """
    made = recipe(np.random.default_rng(seeds), turn)
    if made.target is not None and seeds[1] // 2 % 4:
        made = replace(made, options={"cv": 5, **made.options})
    return replace(made, name=name, silent=SILENT - made.exempt)


def _rows(rng: np.random.Generator, fewest: int = 200, most: int = 20_000) -> int:
    return int(rng.choice([size for size in SIZES if fewest <= size <= most]))


def _case(
    rng: np.random.Generator,
    frame: pd.DataFrame,
    *,
    target: str | None = "y",
    with_eval: float = 0.8,
    classes: bool = True,
    options: Mapping[str, Any] | None = None,
    exempt: Sequence[str] = (),
    shuffle: bool = True,
    dates: float = 0.85,
) -> Case:
    """The table alone or, if it is large enough for one, with an eval set of 20 to 30 % of it.

    With an eval set, most get a column of dates, which a table whose rows must repeat goes without.
    """
    whole = Case("", frame, None, target, options or {}, exempt=frozenset(exempt))
    labelled = classes and target is not None and frame[target].nunique() <= 30
    fewest = FEWEST_WITH_EVAL["classification" if labelled else "regression"]
    if len(frame) < fewest or rng.random() >= with_eval:
        return whole
    share = 0.25 if len(frame) < 1_000 else rng.uniform(0.2, 0.3)
    stratify = target if labelled else None
    train, held_out = split(frame, rng, share, stratify=stratify, shuffle=shuffle)
    made = replace(whole, train=train, eval=held_out)
    return _dated(rng, made) if "when" not in frame and rng.random() < dates else made


def _dated(rng: np.random.Generator, case: Case) -> Case:
    """The case with moments that say nothing: eval's among train's, or all after them and named."""
    assert case.eval is not None
    moments = _moments(rng, case.n)
    options = case.options
    if rng.random() < 0.5:
        moments, options = moments.sort_values(), {**options, "time": "when"}
    if rng.random() < 0.5:
        moments = moments.floor("D")
    cut = len(case.train)
    train = case.train.assign(when=rng.permutation(moments[:cut]))
    return replace(case, train=train, eval=case.eval.assign(when=moments[cut:]), options=options)


def _kinds(rng: np.random.Generator, *kinds: str, among: int = 6) -> list[str]:
    """These kinds among others, in any order; a normal column makes the rows differ."""
    others = rng.choice(KINDS, among).tolist()
    return [str(one) for one in rng.permutation(["normal", *kinds, *others])]


def mixed_binary(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), columns=int(rng.integers(4, 16))))


def mixed_classes(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng, 600), classes=int(rng.integers(3, 7))))


def text_labels(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng))
    names: Any = (("no", "yes"), ("bad", "good"), (False, True))[int(rng.integers(3))]
    return _case(rng, frame.assign(y=[names[code] for code in frame["y"]]))


def regression(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), columns=int(rng.integers(3, 14)), task="regression"))


def noisy_regression(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), task="regression", strength=0.35))


def counts(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng), task="counts")
    return _case(rng, frame, classes=False, options={"task": "regression"})


def large_counts(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng), task="regression")
    return _case(rng, frame.assign(y=np.round(1_000 + 100 * frame["y"]).astype(int)))


def heavy_tails(rng: np.random.Generator, _turn: int) -> Case:
    kinds = _kinds(rng, "heavy", "pareto", "heavy", among=3)
    task = "classification" if rng.random() < 0.5 else "regression"
    return _case(rng, base(rng, _rows(rng), kinds=kinds, task=task))  # type: ignore[arg-type]


def heavy_tailed_target(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng, 1_200), task="regression")
    return _case(rng, frame.assign(y=100 * np.exp(0.5 * frame["y"])))


def zero_inflated(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), kinds=_kinds(rng, "zero_inflated", "zero_inflated")))


def coarse_integers(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), kinds=["coarse"] * int(rng.integers(3, 13))), dates=0)


def only_categories(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), kinds=["category"] * int(rng.integers(3, 13))), dates=0)


def related_categories(rng: np.random.Generator, _turn: int) -> Case:
    n = _rows(rng)
    group = spread(rng, n, zipf_shares(n, 4))
    made = {
        f"x{number}": np.array(LEVELS, object)[np.where(rng.random(n) < 0.6, group, codes)]
        for number, codes in enumerate(spread(rng, n, zipf_shares(n, 4)) for _ in range(6))
    }
    return _case(rng, add_target(rng, pd.DataFrame(made)), dates=0)


def booleans(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), kinds=["boolean"] * int(rng.integers(4, 25))), dates=0)


def count_columns(rng: np.random.Generator, _turn: int) -> Case:
    kinds = ["count", "large_count", "count", "large_count", "count"]
    return _case(rng, base(rng, _rows(rng), kinds=kinds), dates=0)


def few_decimals(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), kinds=["rounded"] * int(rng.integers(3, 9))), dates=0)


def uniform_columns(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), kinds=["uniform"] * int(rng.integers(3, 11))))


def missing_at_random(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng), columns=10)
    for name in ("x0", "x1", "x2", "x4"):
        frame[name] = with_gaps(rng, frame[name], rng.uniform(0.05, 0.15))
    return _case(rng, frame)


def missing_by_another(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng), columns=10)
    chance = 0.2 / (1 + np.exp(-(frame["x0"] - frame["x0"].mean())))
    return _case(rng, frame.assign(x1=frame["x1"].where(rng.random(len(frame)) > chance)))


def much_missing(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng, 600))
    frame["x0"] = with_gaps(rng, frame["x0"], 0.4)
    return _case(rng, frame, exempt=["DA101"])


def imbalance(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng, 2_000), minority=float(rng.uniform(0.12, 0.2))))


def small_class(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng, 3_500), classes=8, minority=0.03))


def ten_classes(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng, 1_200), columns=12, classes=10))


def twenty_classes(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng, 2_000), columns=16, classes=20))


def stochastic_labels(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng), strength=float(rng.uniform(0.3, 0.8))))


def coin_flips(rng: np.random.Generator, _turn: int) -> Case:
    classes = int(rng.choice([2, 2, 3, 5]))
    return _case(rng, base(rng, _rows(rng, 600), classes=classes, strength=0.0))


def strong_features(rng: np.random.Generator, _turn: int) -> Case:
    kinds = ["normal", "uniform", "skewed", "correlated", "rounded", "normal", "coarse"]
    return _case(rng, base(rng, _rows(rng), kinds=kinds, strength=float(rng.uniform(4, 12))))


def perfect_feature(rng: np.random.Generator, _turn: int) -> Case:
    """One column decides the label, and six noisy sights of it (correlation .86) nearly do."""
    n = _rows(rng)
    hidden = rng.normal(0, 1, n)
    made = {f"x{number}": hidden + rng.normal(0, 0.6, n) for number in range(1, 7)}
    return _case(rng, pd.DataFrame({"x0": np.exp(hidden), **made, "y": (hidden > 0).astype(int)}))


def interactions(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng), kinds=["normal"] * 6, target=None)
    centred = (frame - frame.mean()) / frame.std()
    drawn = centred["x0"] * centred["x1"] + centred["x2"] * centred["x3"]
    drawn = drawn + centred["x4"] - centred["x5"]
    scores = np.column_stack([drawn, -drawn]) / drawn.std()
    return _case(rng, frame.assign(y=labels(rng, scores, [0.5, 0.5], 1.5)))


def clusters(rng: np.random.Generator, _turn: int) -> Case:
    n, classes = _rows(rng, 600), int(rng.integers(2, 6))
    code = spread(rng, n, np.ones(classes))
    centres = rng.normal(0, 2, (classes, 6))
    frame = pd.DataFrame(centres[code] + rng.normal(0, 1, (n, 6))).add_prefix("x")
    return _case(rng, frame.assign(y=np.array(LEVELS, object)[code]))


def _moments(rng: np.random.Generator, n: int) -> pd.DatetimeIndex:
    seconds = rng.choice(730 * 86_400, n, replace=False)
    return pd.Timestamp("2022-01-01") + pd.to_timedelta(seconds, unit="s")


def harmless_date(rng: np.random.Generator, _turn: int) -> Case:
    n = _rows(rng)
    return _case(rng, base(rng, n).assign(when=_moments(rng, n)))


def days_in_order(rng: np.random.Generator, _turn: int) -> Case:
    n = _rows(rng)
    days = _moments(rng, n).sort_values().floor("D")
    return _case(rng, base(rng, n).assign(when=days), shuffle=False)


def split_by_time(rng: np.random.Generator, _turn: int) -> Case:
    n = _rows(rng, 600)
    frame = base(rng, n).assign(when=_moments(rng, n).sort_values())
    cut = round(0.75 * n)
    held_out = frame.iloc[cut:].reset_index(drop=True)
    return Case("", frame.iloc[:cut], held_out, "y", {"time": "when"})


def sequential_id(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng))
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return _case(rng, frame, exempt=["FE305"])


def random_uuid(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng))
    frame.insert(0, "uuid", [str(UUID(bytes=rng.bytes(16), version=4)) for _ in range(len(frame))])
    return _case(rng, frame, exempt=["FE305"])


def random_token(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng))
    letters: Array = rng.choice(list("abcdefghjkmnpqrstuvwxyz23456789"), (len(frame), 10))
    frame.insert(0, "customer", ["".join(one) for one in letters])
    return _case(rng, frame, exempt=["FE305"])


def sorted_by_class(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng), classes=int(rng.integers(2, 5)))
    return _case(rng, frame.sort_values("y", ignore_index=True), shuffle=False)


def places(rng: np.random.Generator, _turn: int) -> Case:
    return _case(rng, base(rng, _rows(rng, 1_200), kinds=_kinds(rng, "places")))


def places_with_a_tail(rng: np.random.Generator, _turn: int) -> Case:
    """Places of which many occur once: so many rare ones are a fact, and unseen ones are chance."""
    frame = base(rng, _rows(rng, 1_200))
    weights = np.arange(1, len(frame) // 4 + 1.0) ** -1.0
    names = np.array(names_of_places(rng, len(weights)), object)
    drawn = rng.choice(names, len(frame), p=weights / weights.sum())
    return _case(rng, frame.assign(town=drawn), exempt=["FE309"])


def free_text(rng: np.random.Generator, _turn: int) -> Case:
    frame = base(rng, _rows(rng, most=3_500))
    return _case(rng, frame.assign(comment=BUILDERS["text"](rng, len(frame))))


def two_columns(rng: np.random.Generator, _turn: int) -> Case:
    kinds = ["normal", str(rng.choice(["category", "skewed", "coarse", "boolean"]))]
    return _case(rng, base(rng, _rows(rng), kinds=kinds), dates=0)


def wide(rng: np.random.Generator, turn: int) -> Case:
    """Blocks of related columns (correlation about .7), all of which matter to the target."""
    n, blocks = _rows(rng, 600, 3_500), int(rng.integers(8, 13))
    hidden = rng.normal(0, 1, (n, blocks))
    each = 300 // blocks if turn % 3 == 0 else int(rng.integers(4, 12))
    columns = np.repeat(hidden, each, axis=1) + rng.normal(0, 0.65, (n, blocks * each))
    frame = add_target(rng, pd.DataFrame(hidden).add_prefix("h"), strength=2.0)
    return _case(rng, pd.DataFrame(columns).add_prefix("x").assign(y=frame["y"]))


def no_target(rng: np.random.Generator, _turn: int) -> Case:
    frame = features(rng, _rows(rng), [*KINDS, *_kinds(rng, among=2)])
    return _case(rng, frame, target=None)


def large(rng: np.random.Generator, _turn: int) -> Case:
    n = int(rng.choice([50_001, 70_000, 100_000, 200_000]))
    task = "classification" if rng.random() < 0.7 else "regression"
    return _case(rng, base(rng, n, columns=int(rng.integers(5, 13)), task=task))  # type: ignore[arg-type]


def few_rows(rng: np.random.Generator, _turn: int) -> Case:
    n = int(rng.choice([50, 60, 80, 100, 150]))
    task = "classification" if rng.random() < 0.6 else "regression"
    columns = int(rng.integers(2, 9))
    return _case(rng, base(rng, n, columns=columns, task=task))  # type: ignore[arg-type]


def small_eval(rng: np.random.Generator, _turn: int) -> Case:
    """An eval set of 40 to 60 rows resolves no score to .10."""
    frame = base(rng, int(rng.choice([160, 200])))
    train, held_out = split(frame, rng, 0.28, stratify="y")
    return Case("", train, held_out, "y", exempt=frozenset({"EV901"}))


def real(rng: np.random.Generator, turn: int) -> Case:
    """The sets that scikit-learn brings along; half of the time with a random eval set.

    Iris goes without the second of its two equal rows, digits without the pixels that are nearly
    always blank; that radius, perimeter and area of a tumour say the same is rightly found.
    """
    from sklearn import datasets

    made = ("iris", "wine", "breast_cancer", "digits", "diabetes")[turn % 5]
    options: dict[str, Any] = {"scaled": False} if made == "diabetes" else {}
    frame = getattr(datasets, f"load_{made}")(as_frame=True, **options).frame.drop_duplicates()
    if made == "digits":
        blank = [name for name in frame if frame[name].value_counts(normalize=True).iloc[0] > 0.97]
        frame = frame.drop(columns=blank)
    exempt = {"FE303", "FE304"} if made == "breast_cancer" else set()
    frame = frame.reset_index(drop=True)
    if turn < 5:
        return Case("", frame, None, "target", exempt=frozenset(exempt))
    stratify = None if made == "diabetes" else "target"
    train, held_out = split(frame, rng, 0.3, stratify=stratify)
    exempt |= {"EV901"} if len(held_out) < (100 if stratify else 200) else set()
    return Case("", train, held_out, "target", exempt=frozenset(exempt))


RECIPES: tuple[Recipe, ...] = tuple(
    recipe
    for name, recipe in list(globals().items())
    if callable(recipe)
    and getattr(recipe, "__module__", None) == __name__
    and not name.startswith("_")
    and name != "clean_case"
)
"""Every recipe of this file, in its order."""
