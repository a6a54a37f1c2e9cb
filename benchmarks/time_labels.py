"""Time the label issues of given probabilities: ``time_labels.py FOLDER``.

What is timed is `mldebug.contradicted_labels.contradicted_labels`: which labels to look at, the
class that each should be, and how doubtful it is. The fastest of `RUNS` runs is kept, as of the
peer. What `label_noise` takes, which also tells wrong labels from random ones and gives the share
of them an interval, is printed beside it, with the precision and the recall of both lists.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5


def fastest(work: Callable[[], Any]) -> tuple[float, Any]:
    """The seconds of the fastest of `RUNS` runs, and what the last one gave."""
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        found = work()
        took.append(time.perf_counter() - start)
    return min(took), found


def told(name: str, seconds: float, listed: np.ndarray, wrong: np.ndarray) -> str:
    """One line: the seconds, and of the listed labels how many are wrong, and the other way round."""
    right = np.intersect1d(listed, wrong, assume_unique=True).size
    precision, recall = right / max(len(listed), 1), right / max(len(wrong), 1)
    counts = f"{len(listed):,} listed, precision {precision:.4f}, recall {recall:.4f}"
    return f"{name}: {seconds:.4f} s, {counts}"


def main() -> None:
    """Time the folder that the command line names, and keep the seconds."""
    from mldebug.artefacts import Target
    from mldebug.contradicted_labels import contradicted_labels
    from mldebug.derive.label_chances import LabelChances
    from mldebug.derive.label_noise import label_noise

    folder = Path(sys.argv[1])
    labels = np.load(folder / "labels.npy")
    probabilities = np.load(folder / "probabilities.npy")
    seconds, found = fastest(lambda: contradicted_labels(probabilities, labels))
    classes = probabilities.shape[1]
    out = os.environ.get("SPEED_OUT")
    if out:
        place = Path(out) / f"labels-{classes}.seconds"
        place.write_text(f"{seconds:.4f}", encoding="utf-8")
        return
    wrong = np.flatnonzero(np.load(folder / "wrong.npy"))
    print(told("contradicted_labels", seconds, found.rows, wrong))
    names = tuple(map(str, range(classes)))
    target = Target("y", "classification", names, inferred=False)
    chances = LabelChances(np.arange(len(labels)), labels, (probabilities,), "given")
    seconds, noise = fastest(lambda: label_noise.make(target, 0, chances, None))
    print(told("label_noise", seconds, np.flatnonzero(noise.belief < 0.5), wrong))
    print(f"share {noise.floor.share:.4f}, interval {noise.interval}, decided {noise.decided}")


if __name__ == "__main__":
    main()
