"""A diagnosis written back into the tracker that recorded the run: tags, counts and the report."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mldebug.errors import InputError

SEVERITIES = ("error", "warning", "note")
REPORT = "mldebug.html"
UNFIT = re.compile(r"[^A-Za-z0-9._-]")
"""What a key of a tracker had better not hold."""
MOST_TAGS = 100
"""MLflow takes so many tags in one request."""


def severities(document: Mapping[str, Any]) -> dict[str, str]:
    """``mldebug.CODE`` of each rule that found something, with the worst severity that it found."""
    found: dict[str, str] = {}
    for one in document["findings"]:
        key = "mldebug." + UNFIT.sub("_", str(one["code"]))
        worst = min(found.get(key, SEVERITIES[-1]), one["severity"], key=SEVERITIES.index)
        found[key] = worst
    return dict(sorted(found.items()))


def counts(document: Mapping[str, Any]) -> dict[str, int]:
    """How many findings of each severity there are, as ``mldebug/errors`` and so on."""
    return {
        f"mldebug/{severity}s": sum(one["severity"] == severity for one in document["findings"])
        for severity in SEVERITIES
    }


@contextmanager
def _report(document: Mapping[str, Any]) -> Iterator[Path]:
    from mldebug.render import write

    with tempfile.TemporaryDirectory(prefix="mldebug-") as folder:
        yield write(document, Path(folder) / REPORT)


def to_mlflow(document: Mapping[str, Any], run: Any) -> None:
    """Tags, metrics and the report into a run of MLflow, which may have ended.

    Parameters
    ----------
    document : mapping
        The diagnosis.
    run : mlflow.entities.Run, mlflow.ActiveRun or str
        The run or its id; it is looked for at MLflow's current tracking URI.

    Raises
    ------
    InputError
        It is no run.
    """
    from mlflow import MlflowClient
    from mlflow.entities import Metric, RunTag

    key = run if isinstance(run, str) else getattr(getattr(run, "info", None), "run_id", None)
    if not isinstance(key, str):
        raise InputError(
            f"log_to_mlflow: a run of MLflow or its id is needed, not {type(run).__name__}"
        )
    client = MlflowClient()
    # A metric without its time is refused; the run's own start does not depend on the clock.
    started = int(client.get_run(key).info.start_time or 0)
    metrics = [Metric(name, float(one), started, 0) for name, one in counts(document).items()]
    client.log_batch(key, metrics=metrics)
    tags = [RunTag(name, one) for name, one in severities(document).items()]
    for some in _portions(tags):
        client.log_batch(key, tags=some)
    with _report(document) as path:
        client.log_artifact(key, str(path))


def _portions(tags: list[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(tags), MOST_TAGS):
        yield tags[first : first + MOST_TAGS]


def to_wandb(document: Mapping[str, Any], run: Any) -> None:
    """Tags, summary values and the report into a run of W&B that has not been finished.

    A tag of W&B has no value: the codes are its tags, and the severities stand in the summary.

    Parameters
    ----------
    document : mapping
        The diagnosis.
    run : wandb.Run
        What ``wandb.init`` returned.

    Raises
    ------
    InputError
        It is no run.
    """
    if not (hasattr(run, "summary") and hasattr(run, "log_artifact")):
        raise InputError(
            f"log_to_wandb: what wandb.init returned is needed, not {type(run).__name__}"
        )
    from wandb import Artifact

    found = severities(document)
    run.tags = tuple(dict.fromkeys((*(run.tags or ()), *found)))
    run.summary.update({**counts(document), **found})
    with _report(document) as path:
        artifact = Artifact(f"mldebug-{run.id}", type="report")
        artifact.add_file(str(path), name=REPORT)
        run.log_artifact(artifact)


def to_dvclive(document: Mapping[str, Any], live: Any) -> None:
    """Severities and counts into the summary of DVCLive, and the report into its folder.

    DVCLive has no tags: the severities are texts in ``metrics.json``.

    Parameters
    ----------
    document : mapping
        The diagnosis.
    live : dvclive.Live
        It may have ended.

    Raises
    ------
    InputError
        It is no ``Live``.
    """
    if not (hasattr(live, "log_metric") and hasattr(live, "make_summary")):
        raise InputError(f"log_to_dvclive: a dvclive.Live is needed, not {type(live).__name__}")
    from mldebug.render import write

    for name, one in {**counts(document), **severities(document)}.items():
        live.log_metric(name, one, plot=False)
    live.make_summary()
    folder = Path(live.dir)
    folder.mkdir(parents=True, exist_ok=True)
    write(document, folder / REPORT)
