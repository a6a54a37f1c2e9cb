"""Make the files that `speed.py` times: ``python benchmarks/speed_files.py FOLDER [--rows N]``.

``train`` and ``eval`` as Parquet and CSV, 30 columns and a binary target, and the ``case.json``
that makes the folder a case for the runners of the peers.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SEED = 20_261_124
ROWS = 200_000
EVAL_SHARE = 0.25
"""Evaluation rows for each training row."""

LEVELS = (2, 3, 4, 5, 8, 12, 20, 30, 40, 50)
"""The number of levels of each of the ten categories."""


def features(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Twenty numbers (normal, skewed, rounded, counts; four with gaps) and ten categories."""
    import numpy as np
    import pandas as pd

    columns: dict[str, object] = {}
    for i in range(8):
        columns[f"n{i:02d}"] = rng.normal(i, 1 + i, n)
    for i in range(8, 12):
        columns[f"n{i:02d}"] = rng.lognormal(0, 0.5 + i / 20, n)
    for i in range(12, 16):
        columns[f"n{i:02d}"] = rng.normal(50, 12, n).round(1)
    for i in range(16, 20):
        columns[f"n{i:02d}"] = rng.poisson(i - 12, n)
    table = pd.DataFrame(columns)
    for i in (1, 5, 9, 13):
        table.loc[rng.random(n) < 0.02, f"n{i:02d}"] = np.nan
    for i, levels in enumerate(LEVELS):
        share = 1 / np.arange(1, levels + 1) ** 0.5
        names = np.array([f"level {k:02d}" for k in range(levels)], object)
        table[f"c{i}"] = names[rng.choice(levels, n, p=share / share.sum())]
    return table


def target(rng: np.random.Generator, table: pd.DataFrame) -> np.ndarray:
    """Zeros and ones of shape (n_rows,), drawn with chances that eight columns set."""
    import numpy as np

    score = 0.5 * (table["n00"] + table["n02"] / 3 - table["n03"] / 4)
    score += 0.4 * np.log(table["n08"]) + 0.03 * (table["n12"] - 50) - 0.1 * table["n16"]
    score += 0.5 * (table["c1"] == "level 00") - 0.5 * (table["c4"] == "level 01")
    score = score - score.mean()
    chance = 1 / (1 + np.exp(-score.to_numpy(float)))
    return np.asarray(rng.random(len(table)) < chance, np.int64)


def make(folder: Path, rows: int) -> None:
    """Write the files; the last one written is ``case.json``."""
    import numpy as np

    rng = np.random.default_rng(SEED)
    table = features(rng, rows + round(rows * EVAL_SHARE))
    table["y"] = target(rng, table)
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in (("train", table[:rows]), ("eval", table[rows:].reset_index(drop=True))):
        part.to_parquet(folder / f"{name}.parquet", index=False)
        part.to_csv(folder / f"{name}.csv", index=False)
    kinds = {f"c{i}": "category" for i in range(len(LEVELS))}
    case = {"name": f"speed-{rows}", "target": "y", "task": "classification", "kinds": kinds}
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")


def main() -> None:
    """Make the files in the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args()
    make(given.folder, given.rows)


if __name__ == "__main__":
    main()
