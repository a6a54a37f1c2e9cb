"""Clean controls of people seen several times, split by person: each row says less than a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tests.tables import Array, Case, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COUNT = 440
PEOPLE = (60, 100, 160, 300)
VISITS = ((2, 6), (5, 15), (10, 40))
"""Rows of a person, the fewest and the most."""
OWN = (0.0, 0.3, 0.8, 1.0)
"""The share of a feature's variance that lies between people; of 1, it is the same at each visit."""
APART = (0.0, 0.5, 1.0, 2.0)
"""How far the targets of people are apart for reasons that no feature tells, in its usual spread."""
TARGETS = ("of each visit", "of the person", "number")
EXPLAINED = frozenset({"EV901"})
"""Few people are few, and their visits are no more."""


def clean_people(seed: int = 0, first: int = 0) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The cases, each as its name and a function that makes it; numbered from ``first``."""
    return numbered("split-by-person", split_by_person, seed, range(first, first + COUNT))


def split_by_person(name: str, rng: np.random.Generator) -> Case:
    """Features of people and of their visits, a target that depends on all of them and on the person.

    A quarter of the people is held out. Two features at least differ from visit to visit, and some
    are missing at a few people. In half of the cases the visits of a person stand side by side,
    which the named groups explain.
    """
    people, visits = int(rng.choice(PEOPLE)), VISITS[int(rng.integers(len(VISITS)))]
    who = np.repeat(np.arange(people), rng.integers(visits[0], visits[1] + 1, people))
    features = int(rng.integers(4, 11))
    between = [*rng.choice(OWN[:2], 2), *rng.choice(OWN, features - 2)]
    made = np.column_stack([_feature(rng, who, float(share)) for share in between])
    weights = rng.uniform(0.4, 1, features) * rng.choice((-1, 1), features)
    score = made @ weights / np.linalg.norm(weights)
    own = rng.normal(0, float(rng.choice(APART)), people)[who]
    frame = pd.DataFrame({f"x{place}": _shown(rng, one) for place, one in enumerate(made.T)})
    frame[["x0", "x1"]] = made[:, :2]
    for column in frame.columns[rng.random(features) < 0.2]:
        frame[column] = frame[column].where(~(rng.random(people) < 0.06)[who])
    frame["person"] = np.array([f"person {one}" for one in rng.permutation(people)])[who]
    frame["y"] = _target(rng, TARGETS[int(rng.integers(len(TARGETS)))], score, own, who)
    held_out = np.isin(who, rng.permutation(people)[: people // 4])
    order = rng.permutation(len(frame)) if rng.random() < 0.5 else np.arange(len(frame))
    train, held = (
        frame.iloc[order[held_out[order] == side]].reset_index(drop=True) for side in (False, True)
    )
    silent = frozenset({"DA112"})
    return Case(name, train, held, "y", {"groups": "person"}, exempt=EXPLAINED, silent=silent)


def _feature(rng: np.random.Generator, who: Array, between: float) -> Array:
    people = rng.normal(size=int(who.max()) + 1)[who]
    return np.sqrt(between) * people + np.sqrt(1 - between) * rng.normal(size=len(who))


def _shown(rng: np.random.Generator, values: Array) -> Array | pd.Series:
    """The values as they are, as amounts, as whole numbers or as words."""
    form = int(rng.integers(4))
    if form == 3:
        words = np.array(["low", "middle", "high"], object)
        return pd.Series(words[np.digitize(values, (-0.6, 0.6))])
    return (values, np.exp(values), np.round(values * 10))[form]


def _target(rng: np.random.Generator, kind: str, score: Array, own: Array, who: Array) -> Array:
    if kind == "number":
        return score + own + rng.normal(0, 0.7, len(score))
    people = int(who.max()) + 1
    drawn = rng.logistic(size=len(score))
    if kind == "of the person":
        score, drawn = (
            (np.bincount(who, score) / np.bincount(who))[who],
            rng.logistic(size=people)[who],
        )
    # The rarer class has a third of the rows at least, whatever the people are like.
    latent = 2 * score + own + drawn
    low, high = np.quantile(latent, (0.33, 0.67))
    return np.array(["no", "yes"], object)[(latent > rng.uniform(low, high)).astype(int)]
