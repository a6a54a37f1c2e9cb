"""Time the ten nearest neighbours of a sample of rows: ``time_neighbours.py FOLDER``.

What is timed is `mldebug.stats.host_neighbours.nearest_on_host`, exact; the fastest of several runs
is kept, as of the peer (`peers/time_faiss.py`), on the same rows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from time_labels import fastest

QUERIES, K = 10_000, 10


def points_of(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """The rows of the folder's table as float32, and which of them are asked about, rising."""
    import pandas as pd

    points = pd.read_parquet(folder / "train.parquet").drop(columns="y").to_numpy(np.float32)
    asked = np.random.default_rng(0).permutation(len(points))[:QUERIES]
    return np.ascontiguousarray(points), np.sort(asked)


def main() -> None:
    """Time the folder that the command line names, and keep the seconds."""
    from mldebug.stats.host_neighbours import nearest_on_host

    points, asked = points_of(Path(sys.argv[1]))
    seconds, _ = fastest(lambda: nearest_on_host(points[asked], points, K, asked))
    told = f"{seconds:.4f}"
    out = os.environ.get("SPEED_OUT")
    if out:
        (Path(out) / "neighbours.seconds").write_text(told, encoding="utf-8")
    else:
        print(f"{told} s")


if __name__ == "__main__":
    main()
