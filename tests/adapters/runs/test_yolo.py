"""YOLO's results.csv with its padded header, and args.yaml."""

from __future__ import annotations

from mldebug.adapters.runs import runs
from mldebug.derive.learning_curves import _of_run

NAMES = (
    "epoch train/box_loss train/cls_loss metrics/precision(B) metrics/mAP50(B) metrics/mAP50-95(B) "
    "val/box_loss val/cls_loss lr/pg0"
)


def test_padded_columns_and_arguments(tmp_path):
    rows = [f"{name:>24}" for name in NAMES.split()]
    lines = [",".join(rows)]
    lines += [
        ",".join(f"{value:>24}" for value in (epoch, *[round(2 / epoch, 5)] * 7, 0.01))
        for epoch in range(1, 9)
    ]
    folder = tmp_path / "train4"
    folder.mkdir()
    (folder / "results.csv").write_text("\n".join(lines) + "\n")
    (folder / "args.yaml").write_text("task: detect\nlr0: 0.01\nepochs: 8\n")
    (folder / "results.png").write_bytes(b"\x89PNG")
    for given in (folder, folder / "results.csv"):
        (run,) = runs(given)
        assert (run.name, run.tracker) == ("train4", "YOLO")
        found = {one.name: one for one in run.series}
        assert set(found) == set(NAMES.split()) - {"epoch"}
        assert list(found["train/box_loss"].steps) == list(range(1, 9))
        assert found["metrics/mAP50(B)"].split == "eval"
        assert run.config["lr0"] == 0.01
        curves = _of_run(run)
        assert curves.train.series.metric == curves.eval.series.metric == "box_loss"
        assert curves.rate is not None
