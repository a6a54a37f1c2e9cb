"""Runs that are objects in memory: mappings, frames, Keras's History, fitted estimators, trainers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from mldebug.adapters.runs.boosting import evaluation, is_evaluation
from mldebug.adapters.runs.cells import log_of_columns, log_of_records
from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.rows import runs_in
from mldebug.adapters.runs.sklearn import CURVES, curves
from mldebug.errors import InputError

SOURCE = "an object in memory"
DEEPEST = 5
"""Pipelines and searches within each other, around a fitted estimator."""


def logged_objects(given: Any, name: str = "run") -> Iterator[Logged]:
    """The runs that an object in memory holds.

    Parameters
    ----------
    given : mapping, list of mappings, frame, History, trainer or fitted estimator
        Names to values, also nested by data set as boosters tell them; records; columns, one of
        which may tell runs apart; what Keras's ``fit`` returns; Hugging Face's trainer or its state;
        an estimator with ``loss_curve_``, ``evals_result()``, ``evals_result_``, or ``train_score_``,
        also as the last step of a pipeline or the best one of a search. A key or column called step
        or epoch numbers the points.
    name : str
        As shown.

    Raises
    ------
    InputError
        It is none of these.
    """
    about = Logged(name, SOURCE, "memory", ())
    if is_records(given):
        yield from _some(runs_in(log_of_records(given), about))
        return
    history = getattr(getattr(given, "state", given), "log_history", None)
    if isinstance(history, list):
        points = [one for one in history if "train_runtime" not in one]
        about = replace(about, tracker="Hugging Face Trainer", config=_arguments(given))
        yield from _some(runs_in(log_of_records(points), about))
        return
    held = getattr(given, "history", given)
    if isinstance(held, Mapping):
        if is_evaluation(held):
            yield evaluation(held, name, SOURCE)
            return
        epochs = getattr(given, "epoch", None) if held is not given else None
        if isinstance(epochs, list) and "epoch" not in held:
            held = {"epoch": epochs, **held}
        tracker = "memory" if held is given else "Keras"
        told = {str(key): values for key, values in held.items() if not isinstance(values, str)}
        about = replace(about, tracker=tracker)
        yield from _some(runs_in(log_of_columns(told), about))
        return
    columns = _columns(held)
    if columns is not None:
        yield from _some(runs_in(log_of_columns(columns, framed=True), about))
        return
    yield _fitted(given)


def is_records(given: Any) -> bool:
    """Whether it is a list of mappings of names to single values, one for each point."""
    return (
        isinstance(given, list | tuple)
        and bool(given)
        and all(isinstance(one, Mapping) and one for one in given)
        and not any(
            hasattr(value, "__len__") and not isinstance(value, str)
            for one in given[:100]
            for value in one.values()
        )
    )


def _some(found: Iterable[Logged]) -> Iterator[Logged]:
    there = list(found)
    if not there:
        raise InputError("--run: the object holds no series of numbers")
    yield from there


def _columns(held: Any) -> dict[str, Any] | None:
    """The columns of a frame of pandas, polars or pyarrow; None of what is none."""
    names = getattr(held, "column_names", None) or getattr(held, "columns", None)
    if names is None or callable(names) or not hasattr(held, "__getitem__"):
        return None
    return {str(name): held[name] for name in names}


def _arguments(trainer: Any) -> dict[str, Any]:
    told = getattr(getattr(trainer, "args", None), "to_dict", None)
    found = told() if callable(told) else {}
    return dict(found) if isinstance(found, Mapping) else {}


def _fitted(given: Any) -> Logged:
    """The run that a fitted estimator remembers."""
    estimator = given
    for _ in range(DEEPEST):
        steps = getattr(estimator, "steps", None)
        inside = getattr(estimator, "best_estimator_", None)
        if inside is None and isinstance(steps, list) and steps:
            inside = steps[-1][-1]
        if inside is None:
            break
        estimator = inside
    kind = type(estimator).__name__
    config = _parameters(estimator)
    held = _evaluated(estimator)
    if held:
        told = evaluation(held, kind, SOURCE)
        return replace(told, config=config)
    points: tuple[Points, ...] = curves(
        {key: getattr(estimator, key) for key in CURVES if hasattr(estimator, key)}
    )
    if points:
        return Logged(kind, SOURCE, "scikit-learn", points, config)
    raise InputError(
        f"--run: an object of type {type(given).__name__} remembers no run (a fitted estimator "
        "has loss_curve_ or evals_result_); give a path, a mapping of names to values, a frame, or "
        f"what Keras's fit returns{'' if given is estimator else f', or fit its {kind} so'}"
    )


def _evaluated(estimator: Any) -> Mapping[str, Any] | None:
    """What a booster evaluated in each round: LightGBM's attribute, XGBoost's or CatBoost's method."""
    for key in ("evals_result_", "evals_result", "get_evals_result"):
        try:
            told = getattr(estimator, key, None)
            told = told() if callable(told) else told
        except Exception:  # noqa: BLE001, S112  (a booster that was fitted without evaluation raises)
            continue
        if is_evaluation(told) and isinstance(told, Mapping):
            return told
    return None


def _parameters(estimator: Any) -> dict[str, Any]:
    told = getattr(estimator, "get_params", None)
    try:
        found = told() if callable(told) else {}
    except Exception:  # noqa: BLE001  (a foreign object; its curves are what is asked for)
        return {}
    return dict(found) if isinstance(found, Mapping) else {}
