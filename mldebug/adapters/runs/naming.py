"""What a logged name means: the metric, its role, its split, and which direction is better."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mldebug.adapters.runs.settings import flattened
from mldebug.adapters.runs.vocabulary import (
    ALIASES,
    ALWAYS_OTHER,
    CONTENDING,
    COUNTED,
    EPISODES,
    HIGHER,
    LOSSES,
    LOWER,
    OTHER,
    PHRASES,
    SPLITS,
    WHERE,
    Split,
)
from mldebug.artefacts import Run, Series
from mldebug.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from mldebug.adapters.runs.logged import Logged, Points

LARGEST = 1e150
"""What is larger in size is taken as infinite: its square is, and no loss of use is so large."""
Role = Literal["loss", "score", "rate", "gradient", "other"]
Direction = Literal["lower", "higher", ""]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one logged name says by itself."""

    metric: str
    role: Role
    split: Split
    direction: Direction


def words(name: str) -> list[str]:
    """The words of a logged name, in lower case: ``val/binaryAcc`` is val, binary, acc."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z]{2})|(?<=[a-z]{2})(?=[A-Z]{3})", " ", name)
    told = [word.lower() for word in re.split(r"[\W_]+", parted) if word]
    numbered = (re.sub(r"^(valid|validation|eval|val|test)(?=\d+$)", r"\1 ", one) for one in told)
    return [word for piece in numbered for word in piece.split()]


def _in_one_spelling(told: Sequence[str]) -> list[str]:
    """The words with phrases and short forms replaced; a phrase may have the split in its midst."""
    joined = f" {' '.join(told)} "
    for phrase, one in PHRASES.items():
        joined = joined.replace(f" {phrase} ", f" {one} ")
    return [ALIASES.get(word, word) for word in joined.split()]


def meaning(name: str) -> Meaning:
    """What a name says without the others of its run."""
    told = _in_one_spelling(words(name))
    if not told:
        return Meaning(name.strip(), "other", "", "")
    if len(told) > 2 and told[0] in SPLITS and told[1].isdigit():
        del told[1]  # the number of an evaluation set, as in validation_0-auc
    split: Split = next((SPLITS[word] for word in reversed(told) if word in SPLITS), "")
    named = _in_one_spelling([word for word in told if word not in SPLITS])
    kept = [word for word in named if word not in WHERE or (word == "value" and "loss" in named)]
    if not kept and "per" in named:
        kept = ["phonemeerrorrate"]
    kept = kept or named or told
    role, direction = _role(kept, told)
    if role == "score" and not split and "metrics" in told:
        split = "eval"
    return Meaning("_".join(kept), role, "" if role == "rate" else split, direction)


def _role(kept: list[str], told: list[str]) -> tuple[Role, Direction]:
    there = set(kept)
    if "learning_rate" in there:
        return "rate", ""
    if there & {"gradient", "gradient_norm"} and there & {"norm", "gradient_norm", "total"}:
        return "gradient", ""
    if told[0] in ("system", "sys", "perf") or _is_other(there, told):
        return "other", ""
    if there & {"neg", "negative"} and there & (LOSSES | LOWER):
        # scikit-learn's scorers turn the sign of an error so that more is better.
        return ("loss", "lower") if "likelihood" in there else ("score", "higher")
    if _is_loss(kept):
        contending = there & CONTENDING and not there & {"total", "cross"}
        return "loss", "" if contending else "lower"
    if there & LOWER:
        return "score", "lower"
    if there & HIGHER or any(re.fullmatch(r"(ap|ar|map|top|p|r|acc)\d+", one) for one in kept):
        return "score", "higher"
    return "other", ""


def _is_other(there: set[str], told: list[str]) -> bool:
    """Whether a name is of time, machines, counts and the like."""
    if there & ALWAYS_OTHER or ("per" in told and there & COUNTED):
        return True
    return bool(there & OTHER) and not there & (LOSSES | LOWER | HIGHER | {"cross"})


def _is_loss(kept: list[str]) -> bool:
    if any(word in LOSSES or word.endswith(("loss", "cross_entropy")) for word in kept):
        return True
    return {"cross", "entropy"} <= set(kept) or {"log", "loss"} <= set(kept)


def run_of(logged: Logged) -> Run:
    """A run with the meaning of every series inferred from the names, and said.

    Raises
    ------
    InputError
        A series cannot be: its columns have different lengths.
    """
    points = [one for one in logged.points if len(one.values)]
    by_name = [meaning(one.like or one.name) for one in points]
    told, remarks = _in_company(logged, points, by_name)
    made = [_series(logged, one, said) for one, said in zip(points, told, strict=True)]
    remarks += [
        f"{logged.name}: {count:,} of the values of {one.name!r} are beyond {LARGEST:g} in size; "
        "they are taken as infinite"
        for one, count in made
        if count
    ]
    return Run(
        logged.name,
        logged.source,
        logged.tracker,
        logged.axis,
        tuple(one for one, _ in made),
        flattened(logged.config),
        dict(logged.record),
        (*logged.remarks, *remarks),
    )


def _in_company(
    logged: Logged, points: Sequence[Points], told: list[Meaning]
) -> tuple[list[Meaning], list[str]]:
    """What the names say among the others of the run, with a sentence for all that was inferred."""
    remarks = []
    told, said = _first_evaluation_set(logged, points, told)
    remarks += said
    splits = _splits(told)
    for place, (one, split) in enumerate(zip(told, splits, strict=True)):
        if split != one.split:
            told[place] = replace(one, split=split)
            remarks.append(_remark(logged, points[place].name, split))
    names = [set(words(one.name)) for one in points]
    if any(one & EPISODES and one & {"rew", "reward", "rewards", "return", "r"} for one in names):
        losses = [place for place, one in enumerate(told) if one.role == "loss" and one.direction]
        for place in losses:
            told[place] = replace(told[place], direction="")
        if losses:
            remarks.append(
                f"{logged.name}: the run logs rewards of episodes; its losses need not fall"
            )
    return told, remarks


def _first_evaluation_set(
    logged: Logged, points: Sequence[Points], told: list[Meaning]
) -> tuple[list[Meaning], list[str]]:
    """XGBoost numbers its evaluation sets; of several, the first is by custom the training data.

    Its documentation says that early stopping looks at the last one. A single one is evaluation's.
    """
    numbered = [re.match(r"validation_(\d+)\b", one.name) for one in points]
    sets = sorted({int(one[1]) for one in numbered if one})
    if len(sets) < 2 or any(one.split == "train" for one in told):
        return told, []
    first = [one is not None and int(one[1]) == sets[0] for one in numbered]
    told = [
        replace(one, split="train") if is_first else one
        for one, is_first in zip(told, first, strict=True)
    ]
    remark = (
        f"{logged.name}: of the evaluation sets validation_{sets[0]} to validation_{sets[-1]} the "
        "first is taken for the training data, as XGBoost's users give them"
    )
    return told, [remark]


def _splits(told: list[Meaning]) -> list[Split]:
    """The split of each series.

    A bare name beside its evaluation twin is training's, and so is a bare loss. A bare score with no
    twin, in a run whose losses name both, was computed when the model was evaluated.
    """
    evaluated = {one.metric for one in told if one.split in ("eval", "test")}
    trained = {one.metric for one in told if one.split == "train"}
    named = {one.split for one in told if one.role == "loss"}
    splits: list[Split] = []
    for one in told:
        split = one.split
        if not split and one.role in ("loss", "score"):
            alone = one.metric not in trained
            if alone and (one.role == "loss" or one.metric in evaluated):
                split = "train"
            elif alone and {"train", "eval"} <= named and "reward" not in one.metric:
                split = "eval"
        splits.append(split)
    return splits


def _remark(logged: Logged, name: str, split: Split) -> str:
    what = {"train": "training data", "eval": "evaluation data", "test": "test data"}[split]
    return f"{logged.name}: the series {name!r} names no data set; it is taken for the {what}"


def _series(logged: Logged, points: Points, told: Meaning) -> tuple[Series, int]:
    """A series, and how many of its values were made infinite."""
    import numpy as np

    values, beyond = _bounded(np.asarray(points.values, dtype=np.float64))
    steps = points.steps
    given = {"steps": steps, "epochs": points.epochs, "times": points.times}
    for what, one in given.items():
        if one is not None and len(one) != len(values):
            raise InputError(
                f"--run: in {logged.source} the series {points.name!r} has {len(values):,} values "
                f"and {len(one):,} {what}"
            )
    made = Series(
        points.name,
        told.metric,
        told.role,
        told.split,
        told.direction,
        np.arange(len(values)) if steps is None else np.asarray(steps, dtype=np.int64),
        values,
        _floats(points.epochs),
        _floats(points.times),
    )
    return made, beyond


def _bounded(values: np.ndarray) -> tuple[np.ndarray, int]:
    """The values with those beyond `LARGEST` infinite, and how many finite ones were."""
    import numpy as np

    # The extremes first, as a log may be too long for a copy; fmax and fmin pass over NaN.
    if max(np.fmax.reduce(values), -np.fmin.reduce(values)) <= LARGEST:
        return values, 0
    beyond = (values > LARGEST) | (values < -LARGEST)
    count = int(np.count_nonzero(beyond & np.isfinite(values)))
    return (np.where(beyond, np.copysign(np.inf, values), values), count) if count else (values, 0)


def _floats(given: np.ndarray | None) -> np.ndarray | None:
    import numpy as np

    return None if given is None else np.asarray(given, dtype=np.float64)


def merged(found: Iterable[Run], settings: dict[str, object]) -> tuple[Run, ...]:
    """The runs with these settings laid over the configuration of each."""
    more = flattened(settings)
    return tuple(replace(one, config={**one.config, **more}) for one in found)
