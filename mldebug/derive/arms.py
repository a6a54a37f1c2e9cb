"""Runs that are compared: grouped by their settings but the seed, each with its final score."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mldebug.artefacts import Run, Series
from mldebug.checker import Unavailable, derived

SEEDS = frozenset(("seed", "random_state", "random_seed", "rng_seed", "data_seed", "torch_seed"))
"""Settings by which repeats of one configuration differ."""
INCIDENTAL = re.compile(
    r"(?:(?:run|exp|experiment|job|trial|project|group|study|user|host)?_?(?:name|id|number))"
    r"|.*(?:dir|directory|path|folder|file)|device|gpus?|host|user|port|time|date|timestamp|tags?"
    r"|notes?|group|project|experiment|verbose|verbosity|(?:num_)?workers|n_jobs|resume|command",
    re.IGNORECASE,
)
"""Settings that say where and by whom a run was done, not how."""
UNFINISHED = frozenset(("pruned", "fail", "failed", "running", "waiting", "killed"))
ORDER_TELLS = 6
"""Configurations from which on two settings do not have one order by chance."""
Settings = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One run that is compared: its score as logged, and that of each fold where it has them."""

    run: str
    value: float
    folds: tuple[float, ...]
    seed: Any


@dataclass(frozen=True, slots=True)
class Arm:
    """One configuration: its varying settings, and the trials that had them."""

    settings: Mapping[str, Any]
    trials: tuple[Trial, ...]

    @property
    def mean(self) -> float:
        """The mean score, as logged."""
        return sum(one.value for one in self.trials) / len(self.trials)

    @property
    def label(self) -> str:
        """The run's name, or the settings that several runs share."""
        if len(self.trials) == 1 or not self.settings:
            return self.trials[0].run
        return ", ".join(f"{name}={_short(value)}" for name, value in self.settings.items())


@dataclass(frozen=True, slots=True)
class Arms:
    """The configurations that were compared, the best first.

    Parameters
    ----------
    metric : str
        The name of the score that all of them have.
    split : {"eval", "test", "train", ""}
        What it was computed on; empty for the value of a trial of a search.
    higher : bool
        Whether more is better.
    arms : tuple of Arm
        By their mean scores.
    varying : tuple of tuple of str
        The settings that differ between arms; those that always change together are one.
    tested : bool
        Whether a run logged a score on test data beside that of evaluation.
    left_out : int
        Runs without this score, unfinished ones, and copies of others.
    """

    metric: str
    split: str
    higher: bool
    arms: tuple[Arm, ...]
    varying: tuple[tuple[str, ...], ...]
    tested: bool
    left_out: int

    @property
    def n_trials(self) -> int:
        """All trials of all arms."""
        return sum(len(arm.trials) for arm in self.arms)


@derived()
def arms(runs: tuple[Run, ...]) -> Arms:
    """The configurations among runs that can be compared.

    Notes
    -----
    The score of a trial of a search is its value; that of another run is the last value of the
    series that most runs have: of evaluation data rather than test data, a score rather than a loss.
    Of several searches the largest is taken.
    Runs with the same settings, the same seed and the same score are one run, logged twice. A run
    without settings is a configuration of its own.
    O(runs x settings).
    """
    steps = [run for run in runs if run.axis == "step"]
    if len(steps) < 2:
        raise Unavailable("one run is no comparison; give several runs, or the folder of them")
    picked = _scored(steps)
    if picked is None:
        raise Unavailable("no two runs have the same score on evaluation or test data")
    metric, split, higher, trials = picked
    names = _varying(run.config for run, _ in trials)
    groups: dict[Settings, dict[tuple[Any, ...], Trial]] = {}
    for run, trial in trials:
        key: Settings = tuple((name, _plain(run.config.get(name))) for name in names)
        if not any(not _is_seed(name) for name in run.config):
            key = (("", trial.run),)  # nobody logged what it was, so it is like no other
        mark = (str(trial.seed), trial.value)
        groups.setdefault(key, {}).setdefault(mark, trial)
    found = [
        Arm({name: value for name, value in key if name}, tuple(held.values()))
        for key, held in groups.items()
    ]
    found.sort(key=lambda arm: -arm.mean if higher else arm.mean)
    kept = sum(len(arm.trials) for arm in found)
    tested = any(one.split == "test" and _is_measure(one) for run in steps for one in run.series)
    return Arms(
        metric,
        split,
        higher,
        tuple(found),
        _together(names, [arm.settings for arm in found]),
        tested and split != "test",
        len(steps) - kept,
    )


Scored = tuple[str, str, bool, list[tuple[Run, Trial]]]


def _scored(runs: Sequence[Run]) -> Scored | None:
    """The runs that can be compared, by the value of a trial or by the series most of them have."""
    finished = [run for run in runs if str(run.record.get("state", "")).lower() not in UNFINISHED]
    searched = [run for run in finished if _is_number(run.record.get("value"))]
    if len(searched) >= 2:
        studies = Counter(
            (run.record.get("study"), run.record.get("direction")) for run in searched
        )
        (study, direction), _ = studies.most_common(1)[0]
        mine = [
            run
            for run in searched
            if (run.record.get("study"), run.record.get("direction")) == (study, direction)
        ]
        if len(mine) >= 2:
            higher = not str(direction or "").lower().startswith(("min", "low"))
            metric = str(mine[0].record.get("metric", "the value"))
            return metric, "", higher, [(one, _trial(one, one.record["value"])) for one in mine]
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for run in finished:
        counted.update({_name(one): 1 for one in run.series if _is_measure(one)})
    if not counted or max(counted.values()) < 2:
        return None
    order = {"eval": 0, "test": 1}
    ranked = sorted(
        counted, key=lambda one: (-counted[one], order.get(one[1], 2), one[2] != "score", one[0])
    )
    metric, split, _, direction = ranked[0]
    trials = []
    for run in finished:
        value = next((_last(one) for one in run.series if _name(one) == ranked[0]), None)
        if value is not None:
            trials.append((run, _trial(run, value)))
    return (metric, split, direction == "higher", trials) if len(trials) > 1 else None


def _is_measure(series: Series) -> bool:
    known = series.role in ("score", "loss") and bool(series.direction)
    return known and series.split in ("eval", "test")


def _name(series: Series) -> tuple[str, str, str, str]:
    return series.metric, series.split, series.role, series.direction


def _last(series: Series) -> float | None:
    import numpy as np

    finite = series.values[np.isfinite(series.values)]
    return float(finite[-1]) if len(finite) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _trial(run: Run, value: float) -> Trial:
    folds = run.record.get("folds") or ()
    told = tuple(float(one) for one in folds) if all(map(_is_number, folds)) else ()
    seeds = [str(value) for name, value in run.config.items() if _is_seed(name)]
    return Trial(run.name, float(value), told, " ".join(seeds) or None)


def _is_seed(name: str) -> bool:
    return name.rsplit(".", 1)[-1].lower() in SEEDS


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str | bool) else str(value)


def _varying(configs: Iterable[Mapping[str, Any]]) -> list[str]:
    """The settings that differ between the runs and say how they were done."""
    held = list(configs)
    names = dict.fromkeys(name for config in held for name in config)
    return [
        name
        for name in names
        if not _is_seed(name)
        and not INCIDENTAL.fullmatch(name.rsplit(".", 1)[-1])
        and len({_plain(config.get(name)) for config in held}) > 1
    ]


def _together(
    names: Sequence[str], settings: Sequence[Mapping[str, Any]]
) -> tuple[tuple[str, ...], ...]:
    """The settings in groups that always change together."""
    groups: dict[tuple[float, ...], list[str]] = {}
    for name in names:
        groups.setdefault(_pattern([one.get(name) for one in settings]), []).append(name)
    return tuple(tuple(group) for group in groups.values())


def _pattern(values: Sequence[Any]) -> tuple[float, ...]:
    """How values change from arm to arm, alike for settings of which one tells the other.

    Of a random search, where all values of all settings are different, every setting would tell every
    other: such numbers must agree in their order, either way round, or where few could do so by
    chance, lie on a straight line.
    """
    seen: dict[Any, int] = {}
    pattern = tuple(float(seen.setdefault(value, len(seen))) for value in values)
    if len(seen) < len(values) or len(values) < 2 or not all(map(_is_number, values)):
        return pattern
    first, last = values[0], values[-1]
    if len(values) < ORDER_TELLS:
        return tuple(round((value - first) / (last - first), 6) for value in values)
    order = {
        value: float(place) for place, value in enumerate(sorted(values, reverse=first > last))
    }
    return tuple(order[value] for value in values)


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)[:30]
