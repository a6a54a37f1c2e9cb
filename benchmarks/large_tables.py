"""Time whole audits of tables that are large in one way: ``python benchmarks/large_tables.py``.

A million rows, two thousand columns, a hundred thousand categories, and a target of as many
classes: every rule and the report, in whole processes, with their peak memory and the steps that
took longest.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from speed import FOUND, RESULTS, Line, RunFailed, environment, machine, markdown, timing

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SEED = 20_261_126
LONGEST = 4


def _table(rng: Any, rows: int, numbers: int, words: int, levels: int = 12) -> pd.DataFrame:
    """Numbers and categories of Zipf's shares, and a target that some of them tell."""
    import numpy as np
    import pandas as pd

    made: dict[str, Any] = {
        f"n{place}": rng.normal(0, 1, rows).astype(np.float32) for place in range(numbers)
    }
    shares = 1 / np.arange(1, levels + 1)
    spoken = np.array([f"w{place:06d}" for place in range(levels)])
    for place in range(words):
        made[f"c{place}"] = spoken[rng.choice(levels, rows, p=shares / shares.sum())]
    told = made["n0"] + made["n1"] * made["n2"] + rng.normal(0, 1, rows)
    made["y"] = np.where(told > 0, "yes", "no")
    return pd.DataFrame(made)


def many_rows(rng: Any) -> pd.DataFrame:
    """1,000,000 rows of 20 numbers and 10 categories."""
    return _table(rng, 1_000_000, 20, 10)


def many_columns(rng: Any) -> pd.DataFrame:
    """20,000 rows of 1,900 numbers and 100 categories."""
    return _table(rng, 20_000, 1_900, 100)


def many_categories(rng: Any) -> pd.DataFrame:
    """500,000 rows of 8 numbers and 4 columns of 100,000 categories."""
    return _table(rng, 500_000, 8, 4, levels=100_000)


def many_classes(rng: Any) -> pd.DataFrame:
    """500,000 rows of 20 numbers and a target of 100,000 classes."""
    import numpy as np

    table = _table(rng, 500_000, 20, 0)
    table["y"] = np.char.add("k", rng.integers(0, 100_000, len(table)).astype(str))
    return table


TABLES = (many_rows, many_columns, many_categories, many_classes)


def files(make: Any) -> Path:
    """The folder of a table's two files, a fifth held out; made if they are not there."""
    import numpy as np

    folder = RESULTS / f"large-{make.__name__}"
    if not (folder / "eval.parquet").exists():
        folder.mkdir(parents=True, exist_ok=True)
        table = make(np.random.default_rng(SEED))
        cut = len(table) * 4 // 5
        table[:cut].to_parquet(folder / "train.parquet", index=False)
        table[cut:].to_parquet(folder / "eval.parquet", index=False)
    return folder


def longest(told: Path) -> str:
    """The steps of an audit that took longest, in words; they run side by side."""
    seconds = json.loads(told.read_text(encoding="utf-8"))["provenance"]["seconds"]
    first = sorted(seconds.items(), key=lambda one: -one[1])[:LONGEST]
    return ", ".join(f"{name.rpartition('.')[2]} {took:.1f}" for name, took in first)


def main() -> None:
    """Make the tables, audit each, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [one.__name__ for one in TABLES]
    parser.add_argument("--only", action="append", choices=names, help="repeat for several")
    given = parser.parse_args()
    variables = environment()
    print(machine(sys.executable, variables), end="\n\n")
    rows = []
    for make in TABLES:
        if given.only and make.__name__ not in given.only:
            continue
        folder = files(make)
        told = folder / "told.json"
        audit = (sys.executable, "-m", "mldebug", "audit", str(folder / "train.parquet"))
        options = ("--eval", str(folder / "eval.parquet"), "--target", "y", "--json", str(told))
        command = (*audit, *options, "--report", str(folder / "told.html"))
        try:
            took = timing(Line(make.__name__, "", command, accepted=FOUND), variables)
        except RunFailed as error:
            print(error, file=sys.stderr)
            continue
        peak, size = took.peak_bytes / 1e9, told.stat().st_size / 1e6
        figures = [f"{took.seconds:.1f}", f"{took.cpu_seconds:.1f}", f"{peak:.2f}", f"{size:.1f}"]
        rows.append([(make.__doc__ or "").rstrip("."), *figures, longest(told)])
    header = ["table, a fifth held out", "seconds", "CPU seconds", "peak GB", "JSON MB", "longest"]
    print(markdown(header, rows))


if __name__ == "__main__":
    main()
