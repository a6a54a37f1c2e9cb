"""Time evidently's drift report on a case: ``time_evidently.py CASE_DIR``."""

from __future__ import annotations

import os
import sys
import time
import warnings
from pathlib import Path


def main() -> None:
    """Run the preset of data drift and keep the seconds that it took."""
    warnings.simplefilter("ignore")
    import pandas as pd
    from evidently import Report  # type: ignore[import-not-found]
    from evidently.presets import DataDriftPreset  # type: ignore[import-not-found]

    folder, out = Path(sys.argv[1]), Path(os.environ["SPEED_OUT"])
    train, other = (pd.read_parquet(folder / f"{one}.parquet") for one in ("train", "eval"))
    start = time.perf_counter()
    report = Report([DataDriftPreset()]).run(reference_data=train, current_data=other)
    report.save_html(str(out / "evidently.html"))
    told = f"{time.perf_counter() - start:.4f}"
    (out / "evidently.seconds").write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
