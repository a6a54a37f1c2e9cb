"""Time cleanlab on a folder: ``time_cleanlab.py neighbours|apart|labels FOLDER``.

``neighbours`` asks one Datalab for all that needs a graph of neighbours, which it then makes once;
``apart`` asks a Datalab of its own for each.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5


ISSUES = ("near_duplicate", "outlier", "non_iid")


def _neighbours(folder: Path, *asked: tuple[str, ...]) -> float:
    """The seconds of Datalab's three searches over one matrix, one Datalab for each tuple asked."""
    import pandas as pd
    from cleanlab import Datalab  # type: ignore[import-not-found]

    about = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(folder / "train.parquet")
    labels = table.pop(about["target"])
    features = table.to_numpy()
    start = time.perf_counter()
    for names in asked:
        issues: dict[str, Any] = {name: {} for name in names}
        lab = Datalab({"label": labels}, label_name="label", verbosity=0)
        with contextlib.redirect_stdout(io.StringIO()):
            lab.find_issues(features=features, issue_types=issues)
    return time.perf_counter() - start


def _labels(folder: Path) -> float:
    """The seconds of the fastest of `RUNS` runs of any of cleanlab's ways to find label issues."""
    import numpy as np
    from cleanlab.experimental.label_issues_batched import (  # type: ignore[import-not-found]
        find_label_issues_batched,
    )
    from cleanlab.filter import find_label_issues  # type: ignore[import-not-found]

    labels = np.load(folder / "labels.npy")
    probabilities = np.load(folder / "probabilities.npy")

    def batched(size: int) -> Callable[[], object]:
        return lambda: find_label_issues_batched(
            labels=labels, pred_probs=probabilities, n_jobs=1, batch_size=size, verbose=False
        )

    def filtered(by: str) -> Callable[[], object]:
        return lambda: find_label_issues(labels, probabilities, filter_by=by, n_jobs=1)

    variants = [
        *map(batched, (10_000, 100_000)),
        *map(filtered, ("prune_by_noise_rate", "confident_learning", "low_self_confidence")),
    ]
    took = []
    for run in (variant for variant in variants for _ in range(RUNS)):
        start = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            run()
        took.append(time.perf_counter() - start)
    return min(took)


def main() -> None:
    """Time what the command line names, and keep the seconds."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "labels":
        name, seconds = f"cleanlab-{folder.name.rpartition('x')[2]}", _labels(folder)
    elif what == "neighbours":
        name, seconds = "datalab", _neighbours(folder, ISSUES)
    else:
        name, seconds = "datalab-apart", _neighbours(folder, *((one,) for one in ISSUES))
    out = Path(os.environ["SPEED_OUT"]) / f"{name}.seconds"
    out.write_text(f"{seconds:.4f}", encoding="utf-8")


if __name__ == "__main__":
    main()
