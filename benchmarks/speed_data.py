"""Time the data side against the peers on files of its own: ``python benchmarks/speed_data.py``.

Drift of two tables of 500,000 rows x 100 numbers (evidently), neighbours of 50,000 x 128 (cleanlab;
of the search alone also faiss) and label issues from given probabilities (cleanlab), of which the
audit of the labels is timed too. Every pair of lines runs in turn, in whole processes; a peer tells
the seconds of its own check too, without import and reading. Lines whose peer has no environment
(`peers/setup.py`) are left out and named.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from speed import FOUND, HERE, RESULTS, Line, around, environment, machine, markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from speed import Timing

SEED = 20_261_125
DRIFT = (500_000, 100)
COPIES = (50_000, 128)
LABELS = ((1_000_000, 10), (50_000, 1_000))
REPEATING = frozenset({"labels", "flat", "ivf"})
"""What a peer's process is asked that runs its work several times over."""
NEIGHBOUR_RULES = "DA107,DA108,DA112,AS503"


def drift_files(folder: Path, rows: int, columns: int) -> None:
    """Two tables of numbers, of which ten columns differ a little."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(SEED)
    for name, shift in (("train", 0.0), ("eval", 0.3)):
        table = {
            f"n{i:03d}": rng.normal(shift if i % 10 == 0 else 0.0, 1, rows) for i in range(columns)
        }
        pd.DataFrame(table).to_parquet(folder / f"{name}.parquet", index=False)
    about: dict[str, object] = {"name": f"drift-{rows}", "target": None, "task": None, "kinds": {}}
    (folder / "case.json").write_text(json.dumps(about), encoding="utf-8")


def copy_files(folder: Path, rows: int, columns: int) -> None:
    """Clustered embeddings in float32 with a label, and two hundred near-copies."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(SEED)
    code = rng.integers(0, 20, rows)
    points = rng.normal(0, 1, (20, columns))[code] + rng.normal(0, 1, (rows, columns))
    points[-200:] = points[:200] + rng.normal(0, 1e-5, (200, columns))
    table = pd.DataFrame(points.astype(np.float32)).add_prefix("e").assign(y=code)
    table.to_parquet(folder / "train.parquet", index=False)
    about = {"name": f"copies-{rows}", "target": "y", "task": "classification", "kinds": {}}
    (folder / "case.json").write_text(json.dumps(about), encoding="utf-8")


def label_files(folder: Path, rows: int, classes: int) -> None:
    """Given labels and probabilities of which 5 % disagree, and which labels are wrong."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(SEED)
    labels = rng.integers(0, classes, rows)
    logits = rng.normal(0, 1, (rows, classes)).astype(np.float32)
    logits[np.arange(rows), labels] += 4
    logits -= logits.max(axis=1, keepdims=True)
    probabilities = np.exp(logits)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    flipped = rng.random(rows) < 0.05
    right = labels.copy()
    labels[flipped] = rng.integers(0, classes, flipped.sum())
    np.save(folder / "wrong.npy", labels != right)
    np.save(folder / "labels.npy", labels)
    np.save(folder / "probabilities.npy", probabilities)
    pd.DataFrame({"y": labels}).to_parquet(folder / "train.parquet", index=False)
    (folder / "case.json").write_text("{}", encoding="utf-8")


def _made(name: str, make: object, *size: int) -> Path:
    folder = RESULTS / f"{name}-{'x'.join(map(str, size))}"
    if not all((folder / one).exists() for one in ("case.json", "train.parquet")):
        folder.mkdir(parents=True, exist_ok=True)
        make(folder, *size)  # type: ignore[operator]
    return folder


def lines(python: str, out: Path) -> list[Line]:
    """Every line, mldebug's before the peer's."""
    drift = _made("drift", drift_files, *DRIFT)
    copies = _made("copies", copy_files, *COPIES)

    def audit(name: str, folder: Path, codes: str, *more: str) -> Line:
        written = ("--json", str(out / f"{name}.json"), "--report", str(out / f"{name}.html"))
        told = (str(folder / "train.parquet"), *more, "--select", codes, *written)
        command = (python, "-m", "mldebug", "audit", *told)
        return Line(name, f"mldebug audit --select {codes}", command, accepted=FOUND)

    def peer(name: str, title: str, runner: str, *given: str) -> Line:
        interpreter = str(HERE / "peers" / f".venv-{runner}" / "bin" / "python")
        return Line(name, title, (interpreter, str(HERE / "peers" / given[0]), *given[1:]))

    found = [
        audit("drift", drift, "DA113", "--eval", str(drift / "eval.parquet")),
        peer("evidently", "evidently, data drift", "evidently", "time_evidently.py", str(drift)),
        audit("copies", copies, NEIGHBOUR_RULES, "--target", "y"),
        peer(
            "datalab",
            "cleanlab Datalab, near-duplicates, outliers and non-iid",
            "cleanlab",
            "time_cleanlab.py",
            "neighbours",
            str(copies),
        ),
        peer(
            "datalab-apart",
            "the same, a Datalab for each of the three",
            "cleanlab",
            "time_cleanlab.py",
            "apart",
            str(copies),
        ),
        Line(
            "neighbours",
            "mldebug, ten neighbours of 10,000 in 50,000 x 128",
            (python, str(HERE / "time_neighbours.py"), str(copies)),
        ),
        peer("faiss-flat", "faiss-cpu, exact", "faiss", "time_faiss.py", "flat", str(copies)),
        peer("faiss-ivf", "faiss-cpu, IVF", "faiss", "time_faiss.py", "ivf", str(copies)),
    ]
    for size in LABELS:
        folder = _made("labels", label_files, *size)
        shape = f"{size[0]:,} x {size[1]:,}"
        given = ("--predictions", str(folder / "probabilities.npy"))
        options = ("--target", "y", "--task", "classification", *given)
        found.append(audit(f"audit-{size[1]}", folder, "LB201", *options))
        own = (python, str(HERE / "time_labels.py"), str(folder))
        found.append(Line(f"labels-{size[1]}", f"mldebug, label issues of {shape}", own))
        title = f"cleanlab, its fastest variant, {shape}"
        found.append(
            peer(
                f"cleanlab-{size[1]}",
                title,
                "cleanlab",
                "time_cleanlab.py",
                "labels",
                str(folder),
            )
        )
    return found


def table(
    chosen: Sequence[Line], timings: dict[str, list[Timing]], told: dict[str, list[float]]
) -> str:
    """The seconds of whole processes and of the work alone, each peer's as a ratio to ours.

    The processes of label issues repeat their work, so that their whole is not compared.
    """
    from statistics import median

    rows, ours = [], (0.0, 0.0)
    for line in chosen:
        if line.name not in timings:
            continue
        whole = median(one.seconds for one in timings[line.name])
        alone = median(told.get(line.name) or [float("nan")])
        peak = max(one.peak_bytes for one in timings[line.name]) / 1e6
        ratios = ["", ""]
        if ".venv-" in line.command[0]:
            of_whole = "" if REPEATING & {*line.command} else f"{whole / ours[0]:.1f} x"
            ratios = [of_whole, f"{alone / ours[1]:.1f} x"]
        else:
            ours = (whole, alone)
        rows.append([line.title, f"{whole:.2f}", f"{alone:.4f}", f"{peak:.0f}", *ratios])
    header = ["line", "seconds", "of these the work", "peak MB", "of ours", "of our work"]
    return markdown(header, rows)


def work_of(line: Line, out: Path) -> float | None:
    """The seconds of a line's work alone, as it wrote them; None if it did not."""
    own, theirs = out / f"{line.name}.json", out / f"{line.name}.seconds"
    if theirs.exists():
        return float(theirs.read_text(encoding="utf-8"))
    if not own.exists():
        return None
    seconds = json.loads(own.read_text(encoding="utf-8"))["provenance"]["seconds"]
    return float(sum(seconds.values()) - seconds["reading"])


def main() -> None:
    """Time the lines and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", metavar="LINE", help="repeat for several lines")
    parser.add_argument("--repeat", type=int, default=2)
    given = parser.parse_args()
    out = RESULTS / "speed-data"
    out.mkdir(parents=True, exist_ok=True)
    variables = environment()
    every = lines(sys.executable, out)
    chosen = [one for one in every if not given.only or one.name in given.only]
    print(machine(sys.executable, variables), end="\n\n")
    os.environ.update(variables)
    timings: dict[str, list[Timing]] = {}
    told: dict[str, list[float]] = {}
    failures: dict[str, str] = {}
    for _ in range(given.repeat):
        for line in chosen:
            if line.name in failures:
                continue
            took, failed = around([line], 1, variables | {"SPEED_OUT": str(out)})
            failures |= failed
            alone = work_of(line, out) if took else None
            for name, found in took.items():
                timings.setdefault(name, []).extend(found)
            if alone is not None:
                told.setdefault(line.name, []).append(alone)
    print(table(chosen, timings, told), end="\n\n")
    for name, why in failures.items():
        print(f"Not timed: {name}: {why}")


if __name__ == "__main__":
    main()
