"""The proving ground: what `benchmarks/prove.py` runs, and how it judges what it sees."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, whose mldebug and whose ``tests`` are imported, installed or not."""

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# Before NumPy is loaded, here and in the workers, which inherit it: two processes that each take
# all cores for a small table only wait for each other.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
