"""How many curves a run logged of data that it was not trained on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebug.artefacts import Run, Series
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

EPISODES = frozenset({"reward", "return"})
"""Words of what is itself measured by trying the model."""
TRAINS = re.compile(r"(?i:(?<![a-z])(train(ing)?|trn|tr|learn))(?![a-z])")
MOST_NAMED = 4
EVALUATION_SERIES = Quantity(
    name="fit.evaluation_series",
    unit="series",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "How many losses and scores of evaluation data a run logged (of test data if more than "
        "once). A score that names no data counts where the run's other series do name theirs."
    ),
    source="Prechelt 1998",
    details={"series": "the losses and scores that were logged, the first four of them by name"},
)


@checker(EVALUATION_SERIES)
def missing_eval_curve(runs: tuple[Run, ...]) -> Iterator[Measurement]:
    """The number of evaluation series of each run that logged a curve at all."""
    measured = [one for run in runs if (one := _measured(run)) is not None]
    if not measured:
        raise Unavailable("no run logged a loss or a score more than once")
    yield from measured


def _measured(run: Run) -> Measurement | None:
    told = [one for one in run.series if one.role in ("loss", "score")]
    longest = max((len(one.values) for one in told), default=0)
    if longest < 2:
        return None
    names_data = any(one.split == "train" and _says_train(one) for one in told)
    names = [one.name for one in told]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return Measurement(
        quantity=EVALUATION_SERIES.name,
        subject=Subject(run=run.name),
        value=float(sum(_evaluates(one, bare=names_data) for one in told)),
        n=longest,
        details={"series": ", ".join(names[:MOST_NAMED]) + more},
    )


def _evaluates(one: Series, *, bare: bool) -> bool:
    import numpy as np

    if one.split == "eval" or EPISODES & set(one.metric.split("_")):
        return True
    if one.split == "test":
        return int(np.isfinite(one.values).sum()) > 1
    return bare and one.split == "" and one.role == "score"


def _says_train(one: Series) -> bool:
    """Whether the name itself says that the values are of training data."""
    return TRAINS.search(one.name) is not None
