"""Time faiss-cpu's neighbours on a folder: ``time_faiss.py flat|ivf FOLDER``.

``flat`` is exact. ``ivf`` looks into `PROBED` of `LISTS` cells; the share of the true neighbours
that it finds is printed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from time_neighbours import K, points_of

RUNS = 5
LISTS, PROBED = 224, 16


def main() -> None:
    """Time what the command line names, and keep the seconds."""
    import faiss  # type: ignore[import-not-found]

    what, folder = sys.argv[1], Path(sys.argv[2])
    points, asked = points_of(folder)
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        index = faiss.IndexFlatL2(points.shape[1])
        if what == "ivf":
            index = faiss.IndexIVFFlat(index, points.shape[1], LISTS)
            index.nprobe = PROBED
            index.train(points)
        index.add(points)
        # A row is its own nearest neighbour here.
        found = index.search(points[asked], K + 1)[1]
        took.append(time.perf_counter() - start)
    if what == "ivf":
        exact = faiss.IndexFlatL2(points.shape[1])
        exact.add(points)
        true = exact.search(points[asked], K + 1)[1]
        met = sum(len(np.intersect1d(one, other)) for one, other in zip(found, true, strict=True))
        print(f"{met / true.size:.4f} of the true neighbours")
    out = Path(os.environ["SPEED_OUT"]) / f"faiss-{what}.seconds"
    out.write_text(f"{min(took):.4f}", encoding="utf-8")


if __name__ == "__main__":
    main()
