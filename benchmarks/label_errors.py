"""Wrong labels, found by mldebug and by cleanlab: ``python benchmarks/label_errors.py``.

Known shares of labels are exchanged in eight data sets that can be learned, for any other class or,
class by class, for one preferred class; both tools are asked which labels are wrong. cleanlab gets
the out-of-fold probabilities of a logistic regression, and then those of the better of the two
learners that mldebug fits itself. Precision is compared at the recall of what cleanlab flags. Then
both are asked about labels that are random but right, and, with ``--reviewed FOLDER``, about labels
that people looked at. The tables go into ``LABEL_ERRORS.md``. cleanlab is run by the Python that
``python benchmarks/peers/setup.py cleanlab`` makes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

CLEANLAB = HERE / "peers" / ".venv-cleanlab" / "bin" / "python"
ASK = """
import sys
import numpy as np
from cleanlab.filter import find_label_issues
held = np.load(sys.argv[1])
made = {}
for name in {one.split(":")[0] for one in held.files}:
    labels = held[name + ":labels"]
    made[name] = find_label_issues(labels, held[name + ":chances"], n_jobs=1)
np.savez(sys.argv[2], **made)
"""
SETS = ("iris", "wine", "breast cancer", "digits", "classification", "blobs", "moons", "mixed")
SHARES = (0.02, 0.05, 0.1, 0.2)
KINDS = ("any class", "one class")
Array = np.ndarray[Any, np.dtype[Any]]


def table(name: str, seed: int) -> pd.DataFrame:
    """A data set whose classes its features decide, with the target ``y``."""
    from sklearn import datasets

    from tests.tables import base

    if name in SETS[:4]:
        load = getattr(datasets, f"load_{name.replace(' ', '_')}")
        frame: pd.DataFrame = load(as_frame=True).frame
        return frame.rename(columns={"target": "y"})
    if name == "mixed":
        return base(np.random.default_rng(seed), 2_000, classes=3, strength=12.0)
    if name == "classification":
        x, y = datasets.make_classification(
            2_000, 20, n_informative=8, n_classes=4, n_clusters_per_class=1,
            class_sep=2.5, flip_y=0, random_state=seed,
        )  # fmt: skip
    elif name == "blobs":
        x, y = datasets.make_blobs(1_500, 8, centers=5, cluster_std=2.5, random_state=seed)
    else:
        x, y = datasets.make_moons(1_500, noise=0.12, random_state=seed)
    return pd.DataFrame(x).add_prefix("x").assign(y=y)


def exchanged(y: Array, share: float, kind: str, rng: np.random.Generator) -> Array:
    """The labels, of which a share is wrong; even classes are wrong three times as often as odd."""
    classes = int(y.max()) + 1
    weights = np.where(y % 2 == 0, 3.0, 1.0) if kind == "one class" else np.ones(len(y))
    rows = rng.choice(len(y), round(share * len(y)), replace=False, p=weights / weights.sum())
    steps = 1 if kind == "one class" else rng.integers(1, classes, len(rows))
    wrong = y.copy()
    wrong[rows] = (y[rows] + steps) % classes
    return wrong


def artefacts(frame: pd.DataFrame, *names: str, chances: Array | None = None) -> list[Any]:
    """Derived artefacts of a table, as the checkers get them, and then what LB201 measures."""
    from mldebug.adapters.predictions import predictions_of
    from mldebug.adapters.tables import tables
    from mldebug.arrays import device
    from mldebug.checker import Checker, Need
    from mldebug.checkers.labels.label_errors import label_errors
    from mldebug.measure import measured

    kept: list[Any] = []

    def keep(*given: Any) -> tuple[()]:
        kept.extend(given)
        return ()

    loaded = tables(frame, None, target="y")
    assert loaded.train is not None
    given: dict[str, Any] = {"train": loaded.train, "target": loaded.target, "seed": 0}
    given["device"] = device("cpu")
    if chances is not None:
        given["predictions"] = predictions_of(chances, loaded.train, loaded.target)
    probe = Checker("probe", (), keep, "fit", tuple(Need(name, required=True) for name in names))
    told = measured([probe, label_errors], given, redact=True)
    if not told.measurements:
        raise RuntimeError(str(told.runs))
    return [*kept, told.measurements[0]]


def judged(frame: pd.DataFrame) -> tuple[Any, Any, Array]:
    """What mldebug makes of the labels, and the out-of-fold probabilities of its better learner.

    The noise artefact, the measurement of LB201, and an array of shape (n_rows, n_classes).
    """
    noise, predictions, measured = artefacts(frame, "label_noise", "reference_predictions")
    found: Array = np.asarray(predictions[0].probabilities)
    total: Array = found.sum(axis=1, keepdims=True)
    return noise, measured, np.asarray(found / total)


def logistic(frame: pd.DataFrame) -> Array:
    """The out-of-fold probabilities of a logistic regression of standardised features."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = pd.get_dummies(frame.drop(columns="y")).astype(float)
    model = make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1_000)
    )
    found: Array = cross_val_predict(model, features, frame["y"], cv=5, method="predict_proba")
    return found


def cleanlab(questions: dict[str, tuple[Array, Array]]) -> dict[str, Array]:
    """Which labels cleanlab flags: its default filter, by name of the question."""
    with tempfile.TemporaryDirectory() as folder:
        given, told = Path(folder) / "given.npz", Path(folder) / "told.npz"
        held: dict[str, Any] = {f"{name}:labels": one[0] for name, one in questions.items()}
        held |= {f"{name}:chances": one[1] for name, one in questions.items()}
        np.savez(given, **held)
        subprocess.run([str(CLEANLAB), "-c", ASK, str(given), str(told)], check=True)
        with np.load(told) as found:
            return {name: found[name] for name in found.files}


def precision(flags: Array, wrong: Array) -> float:
    """The share of the flagged labels that are wrong."""
    return float(wrong[flags].mean()) if flags.any() else float("nan")


def precision_at_recall(belief: Array, wrong: Array, flags: Array) -> float:
    """Of the most doubtful labels, as many as reach the recall of the flags, the share wrong."""
    wanted = int((wrong & flags).sum())
    ranked = wrong[np.argsort(belief, kind="stable")]
    if not wanted:
        return float("nan")
    return wanted / (int(np.searchsorted(np.cumsum(ranked), wanted)) + 1)


@dataclass(frozen=True)
class Asked:
    """One data set with wrong labels, and what mldebug makes of it."""

    given: Array
    wrong: Array
    noise: Any
    measured: Any
    chances: dict[str, Array]


def exchange(name: str, kind: str, share: float, seed: int) -> Asked:
    """A data set with a share of its labels exchanged, judged by mldebug.

    Of rows that say the same of their features, as two of iris do, mldebug judges one; so both are
    asked about one.
    """
    frame = table(name, seed)
    frame = frame[~frame.drop(columns="y").duplicated()].reset_index(drop=True)
    y = frame["y"].to_numpy()
    given = exchanged(y, share, kind, np.random.default_rng([seed, 7]))
    frame = frame.assign(y=given)
    noise, measured, learner = judged(frame)
    return Asked(
        given, given != y, noise, measured, {"logistic": logistic(frame), "learner": learner}
    )


def values_of(asked: Asked, flags: dict[str, Array]) -> dict[str, float]:
    """What stands in a row of the table, from one draw."""
    wrong, noise, measured = asked.wrong, asked.noise, asked.measured
    named = np.zeros(len(wrong), dtype=bool)
    listed = measured.details["listed"]
    named[noise.rows[np.argsort(noise.belief, kind="stable")[:listed]]] = True
    values = {
        "share": measured.value,
        "low": measured.interval[0],
        "high": measured.interval[1],
        "precision": precision(named, wrong),
        "recall": float(named[wrong].mean()),
    }
    for one, found in flags.items():
        values[f"{one} precision"] = precision(found, wrong)
        values[f"{one} recall"] = float(found[wrong].mean())
        values[f"{one} ours"] = precision_at_recall(noise.belief, wrong, found)
    return values


def compare(draws: int) -> list[str]:
    """The tables of exchanged labels."""
    header = (
        "| data | exchanged for | share | estimate (95 %) | mldebug | cleanlab A | mldebug at A's "
        "recall | cleanlab B | mldebug at B's recall |"
    )
    lines = [header, "|---|---|---|---|---|---|---|---|---|"]
    asked: list[tuple[str, str, float, Asked]] = []
    for name, kind, share, seed in product(SETS, KINDS, SHARES, range(draws)):
        asked.append((name, kind, share, exchange(name, kind, share, seed)))
        print(name, kind, share, seed, flush=True)
    questions = {
        f"{number}-{one}": (it.given, found)
        for number, (*_, it) in enumerate(asked)
        for one, found in it.chances.items()
    }
    flags = cleanlab(questions)
    rows: dict[tuple[str, str, float], dict[str, list[float]]] = {}
    for number, (name, kind, share, it) in enumerate(asked):
        told = rows.setdefault((name, kind, share), {})
        mine = {one: flags[f"{number}-{one}"] for one in it.chances}
        for one, value in values_of(it, mine).items():
            told.setdefault(one, []).append(value)
    better = {"logistic": [0, 0, 0], "learner": [0, 0, 0]}
    for (name, kind, share), told in rows.items():
        mean = {one: float(np.nanmean(values)) for one, values in told.items()}
        for one, counts in better.items():
            gap = mean[f"{one} ours"] - mean[f"{one} precision"]
            counts[0 if gap > 1e-9 else 1 if gap > -1e-9 else 2] += 1
        lines.append(
            f"| {name} | {kind} | {share:.0%} | {mean['share']:.1%} "
            f"({mean['low']:.1%} to {mean['high']:.1%}) "
            f"| {mean['precision']:.2f}, {mean['recall']:.2f} "
            f"| {mean['logistic precision']:.2f}, {mean['logistic recall']:.2f} "
            f"| {mean['logistic ours']:.2f} "
            f"| {mean['learner precision']:.2f}, {mean['learner recall']:.2f} "
            f"| {mean['learner ours']:.2f} |"
        )
        print(lines[-1], flush=True)
    told_in_words = "; ".join(
        f"against cleanlab with {'a logistic regression' if one == 'logistic' else 'the same learner'}"
        f" higher in {up}, equal in {even}, lower in {down}"
        for one, (up, even, down) in better.items()
    )
    legend = (
        "The pairs are precision and recall of what a tool lists by itself. cleanlab A has a logistic "
        "regression's probabilities, B those of the better of mldebug's two learners. Beside each is "
        "mldebug's precision at the same recall."
    )
    return [
        legend,
        "",
        f"Precision at equal recall, of {len(lines) - 2} rows: {told_in_words}.",
        "",
        *lines,
    ]


def random_but_right(draws: int) -> list[str]:
    """The table of labels drawn from chances that the features set."""
    from tests.tables import base

    lines = [
        "| labels | rows | mldebug lists | mldebug's finding | cleanlab flags |",
        "|---|---|---|---|---|",
    ]
    for words, strength, classes in (
        ("coin flips", 0.0, 2), ("coin flips", 0.0, 5), ("weak features", 0.8, 2),
        ("moderate features", 1.5, 2), ("moderate features", 1.5, 4), ("strong features", 4.0, 2),
    ):  # fmt: skip
        rows = listed = found = 0
        questions: dict[str, tuple[Array, Array]] = {}
        for seed in range(draws):
            frame = base(np.random.default_rng(seed), 2_000, classes=classes, strength=strength)
            _, measured, learner = judged(frame)
            questions[str(seed)] = frame["y"].to_numpy(), learner
            rows += len(frame)
            listed += measured.details["listed"]
            found += measured.interval[0] > 0.01
        flagged = sum(int(one.sum()) for one in cleanlab(questions).values())
        lines.append(
            f"| {words}, {classes} classes | {rows:,} | {listed / rows:.1%} "
            f"| {found} of {draws} | {flagged / rows:.1%} |"
        )
        print(lines[-1], flush=True)
    return lines


def reviewed(folder: Path) -> list[str]:
    """The table of labels that people reviewed: the ranking of the reviewed ones."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    lines = [
        "| labels | reviewed, wrong | AUROC, AP of 1 - self-confidence | AUROC, AP of mldebug |",
        "|---|---|---|---|",
    ]
    for place in sorted(folder.glob("*/pred_probs.npy")):
        chances = np.load(place).astype(float)
        given = np.load(place.with_name("given_labels.npy"))
        votes = json.loads(place.with_name("truth_mturk.json").read_text(encoding="utf-8"))
        rows = np.array([one["id"] for one in votes])
        wrong = np.array([one["mturk"]["given"] < 3 for one in votes])
        chances /= chances.sum(axis=1, keepdims=True)
        frame = pd.DataFrame({"x": np.arange(len(given)) % 7, "y": given})
        noise, _ = artefacts(frame, "label_noise", chances=chances)
        belief = np.full(len(given), np.nan)
        belief[noise.rows] = noise.belief
        scores = (1 - chances[rows, given[rows]], -belief[rows])
        shown = [
            f"{roc_auc_score(wrong, one):.3f}, {average_precision_score(wrong, one):.3f}"
            for one in scores
        ]
        name = place.parent.name
        lines.append(f"| {name} | {len(rows)}, {wrong.sum()} | {shown[0]} | {shown[1]} |")
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Write ``LABEL_ERRORS.md``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--reviewed", type=Path, help="a folder of reviewed sets, one folder each")
    parser.add_argument("--draws", type=int, default=3, help="of each row; its means are told")
    parser.add_argument("--only-reviewed", action="store_true", help="print that table alone")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.only_reviewed:
        reviewed(options.reviewed)
        return
    parts = [
        "# Wrong labels: mldebug and cleanlab",
        "",
        f"Made by `python benchmarks/label_errors.py --draws {options.draws}`; a row is their mean.",
        "",
        "## Exchanged labels",
        "",
        *compare(options.draws),
        "",
        "## Labels that are random but right",
        "",
        *random_but_right(options.draws),
        "",
    ]
    if options.reviewed:
        parts += ["## Labels that people reviewed", "", *reviewed(options.reviewed), ""]
    (HERE / "LABEL_ERRORS.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
