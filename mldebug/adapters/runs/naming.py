"""What a logged name means: the metric, its role, its split, and which direction is better."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mldebug.artefacts import Run, Series
from mldebug.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from mldebug.adapters.runs.logged import Logged, Points

Role = Literal["loss", "score", "rate", "gradient", "other"]
Split = Literal["train", "eval", "test", ""]
Direction = Literal["lower", "higher", ""]

SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training", "trn", "tr", "learn"), "train"),
    **dict.fromkeys(
        ("val", "valid", "validation", "eval", "evaluation", "dev", "holdout", "heldout"), "eval"
    ),
    **dict.fromkeys(("test", "testing"), "test"),
}
ALIASES = {"acc": "accuracy", "lr": "learning_rate", "grad": "gradient", "ppl": "perplexity"}
_LOSSES_WORDS = (
    "loss losses nll logloss mlogloss xent crossentropy entropy perplexity deviance objective "
    "cost bce ce"
)
LOSSES = frozenset(_LOSSES_WORDS.split())
_LOWER_WORDS = (
    "mse rmse mae mape smape rmsle error err merror wer cer ter fid brier l1 l2 hamming "
    "logloss crps pinball quantile msle medae"
)
LOWER = frozenset(_LOWER_WORDS.split())
_HIGHER_WORDS = (
    "accuracy auc auroc aucpr auprc roc f1 fbeta precision recall sensitivity specificity map "
    "map50 map5095 ap r2 bleu rouge rouge1 rouge2 rougel meteor iou miou dice jaccard ndcg "
    "mrr mcc kappa top1 top5 reward return psnr ssim exact match score hit hits spearman "
    "pearson correlation concordance"
)
HIGHER = frozenset(_HIGHER_WORDS.split())
PARTS = frozenset({"step", "epoch", "metrics", "metric", "mean", "avg", "average", "per", "b", "m"})
"""Words that say how a point was averaged or where it was filed, not what was measured."""
_OTHER_WORDS = (
    "runtime seconds time duration samples steps tokens speed throughput memory gpu cpu epoch "
    "iteration count size lambda momentum temperature beta flos"
)
OTHER = frozenset(_OTHER_WORDS.split())
"""Words of quantities that have no better or worse."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one logged name says by itself."""

    metric: str
    role: Role
    split: Split
    direction: Direction


def words(name: str) -> list[str]:
    """The words of a logged name, in lower case: ``val/binaryAcc`` is val, binary, acc."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.split(r"[^0-9A-Za-z]+", parted) if word]


def meaning(name: str) -> Meaning:
    """What a name says without the others of its run."""
    told = words(name)
    numbered = [re.sub(r"^(valid|validation|eval|test)(?=\d+$)", r"\1 ", word) for word in told]
    told = [word for piece in numbered for word in piece.split()]
    split: Split = next((SPLITS[word] for word in told if word in SPLITS), "")
    if not split and "metrics" in told:
        split = "eval"
    kept = [ALIASES.get(word, word) for word in told if word not in SPLITS and word not in PARTS]
    kept = kept or [ALIASES.get(word, word) for word in told]
    metric = "_".join(kept)
    role, direction = _role(kept)
    return Meaning(metric, role, "" if role == "rate" else split, direction)


def _role(kept: list[str]) -> tuple[Role, Direction]:
    there = set(kept)
    joined = "_".join(kept)
    if "learning_rate" in joined or "learningrate" in there:
        return "rate", ""
    if ("norm" in there and there & {"gradient", "gradients"}) or "gnorm" in there:
        return "gradient", ""
    if there & OTHER and not there & (LOSSES | HIGHER):
        return "other", ""
    if any(word in LOSSES or word.endswith(("loss", "entropy")) for word in kept):
        return "loss", "lower"
    if there & LOWER:
        return "score", "lower"
    if there & HIGHER:
        return "score", "higher"
    return "other", ""


def run_of(logged: Logged) -> Run:
    """A run with the meaning of every series inferred from the names, and said.

    Raises
    ------
    InputError
        A series cannot be: its columns have different lengths.
    """
    found = [(one, meaning(one.name)) for one in logged.points if len(one.values)]
    split_of = _splits([told for _, told in found])
    series, remarks = [], list(logged.remarks)
    for (points, told), split in zip(found, split_of, strict=True):
        series.append(_series(logged, points, told, split))
        if split != told.split:
            remarks.append(_remark(logged, points.name, split))
    return Run(
        logged.name,
        logged.source,
        logged.tracker,
        logged.axis,
        tuple(series),
        flattened(logged.config),
        dict(logged.record),
        tuple(remarks),
    )


def _splits(found: Iterable[Meaning]) -> list[Split]:
    """The split of each series; a bare name beside its evaluation twin is training's."""
    told = list(found)
    evaluated = {one.metric for one in told if one.split in ("eval", "test")}
    splits: list[Split] = []
    for one in told:
        bare = not one.split and one.role in ("loss", "score")
        splits.append(
            "train" if bare and (one.metric in evaluated or one.role == "loss") else one.split
        )
    return splits


def _remark(logged: Logged, name: str, split: Split) -> str:
    what = {"train": "training data", "eval": "evaluation data", "test": "test data"}[split]
    return f"{logged.name}: the series {name!r} names no data set; it is taken for the {what}"


def _series(logged: Logged, points: Points, told: Meaning, split: Split) -> Series:
    import numpy as np

    values = np.asarray(points.values, dtype=np.float64)
    steps = points.steps
    given = {"steps": steps, "epochs": points.epochs, "times": points.times}
    for what, one in given.items():
        if one is not None and len(one) != len(values):
            raise InputError(
                f"--run: in {logged.source} the series {points.name!r} has {len(values):,} values "
                f"and {len(one):,} {what}"
            )
    return Series(
        points.name,
        told.metric,
        told.role,
        split,
        told.direction,
        np.arange(len(values)) if steps is None else np.asarray(steps, dtype=np.int64),
        values,
        _floats(points.epochs),
        _floats(points.times),
    )


def _floats(given: np.ndarray | None) -> np.ndarray | None:
    import numpy as np

    return None if given is None else np.asarray(given, dtype=np.float64)


LONGEST_SETTING = 500
MOST_SETTINGS = 2_000
DEEPEST_SETTING = 8


def flattened(config: Any) -> dict[str, Any]:
    """A configuration by dotted names, its values numbers, booleans, texts or None."""
    flat: dict[str, Any] = {}
    waiting: list[tuple[str, Any, int]] = [("", config, 0)]
    while waiting and len(flat) < MOST_SETTINGS:
        name, value, depth = waiting.pop(0)
        if hasattr(value, "items") and depth < DEEPEST_SETTING:
            waiting += [
                (f"{name}.{key}" if name else str(key), one, depth + 1)
                for key, one in value.items()
            ]
        elif name:
            flat[name] = _plain(value)
    return flat


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if hasattr(value, "item") and getattr(value, "size", 2) == 1:
        return _plain(value.item())
    told = value if isinstance(value, str) else str(value)
    return number_of(told[:LONGEST_SETTING])


def number_of(text: str) -> Any:
    """What a text says if it is a number, a boolean or nothing; else the text."""
    stripped = text.strip()
    named = {"true": True, "false": False, "none": None, "null": None}
    if stripped.lower() in named:
        return named[stripped.lower()]
    if re.fullmatch(r"[+-]?\d{1,15}", stripped):
        return int(stripped)
    try:
        return float(stripped) if re.search(r"\d", stripped) and "_" not in stripped else text
    except ValueError:
        return text
