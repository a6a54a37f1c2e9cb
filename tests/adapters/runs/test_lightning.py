"""Lightning's metrics.csv, sparse and with hparams.yaml beside it, harmless and hostile."""

from __future__ import annotations

import pytest

from mldebug.adapters.runs import runs

METRICS = """epoch,step,train_loss_step,train_loss_epoch,val_loss,lr-Adam
0,9,2.5,,,
0,9,,,,0.001
0,10,,,2.1,
0,10,,2.3,,
1,19,1.5,,,
1,21,,,1.9,
1,21,,1.4,,
"""
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "version_3"
    made.mkdir()
    (made / "metrics.csv").write_text(METRICS)
    return made


def test_sparse_rows_and_settings(folder):
    (folder / "hparams.yaml").write_text("lr: 0.001\nmodel:\n  width: 64\nseed: 7\n")
    for given in (folder, folder / "metrics.csv", folder.parent):
        (run,) = runs(given)
        assert run.name == "version_3"
        assert run.tracker == "Lightning CSVLogger"
        found = {one.name: one for one in run.series}
        assert list(found["train_loss_step"].steps) == [9, 19]
        assert list(found["val_loss"].steps) == [10, 21]
        assert list(found["val_loss"].epochs) == [0, 1]
        assert found["lr-Adam"].role == "rate"
        assert {found[f"train_loss_{kind}"].metric for kind in ("step", "epoch")} == {"loss"}
        assert run.config == {"lr": 0.001, "model.width": 64, "seed": 7}
        assert "hparams.yaml" in run.record["artifacts"]


def test_tags_of_python_are_not_followed_but_told(folder, tmp_path):
    (folder / "hparams.yaml").write_text(
        f"hook: !!python/object/apply:os.system ['touch {tmp_path}/harm']\n"
        "kind: !!python/name:torch.optim.AdamW ''\n"
        "args: !!python/object:argparse.Namespace {lr: 0.01}\n"
        "size: !!python/tuple [3, 4]\n"
    )
    (run,) = runs(folder)
    assert not (tmp_path / "harm").exists()
    assert run.config["args.lr"] == 0.01
    assert run.config["size"] == "[3, 4]"
    assert "AdamW" in run.config["kind"]
    assert any("4 Python objects; no code is run" in remark for remark in run.remarks)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (LAUGHS, "aliases .* stand for more than"),
        ("a: &a [*a]\n", "stands within itself"),
        ("a: [1, 2\nb: {", "is no YAML at line"),
        ("- just\n- a list\n", "must be a JSON, YAML or TOML file that holds settings"),
        ("x" * 5_000_000, "is read up to"),
    ],
    ids=["billion laughs", "itself", "broken", "list", "large"],
)
def test_settings_that_cannot_be_read_leave_the_run(folder, settings, sentence):
    (folder / "hparams.yaml").write_text(settings)
    (run,) = runs(folder)
    assert run.config == {}
    assert len(run.series) == 4
    (remark,) = [one for one in run.remarks if "settings of the run were not read" in one]
    import re

    assert re.search(sentence, remark)


def test_merged_aliases_within_reason_are_read(folder):
    (folder / "hparams.yaml").write_text("base: &b {lr: 0.1}\nfine:\n  <<: *b\n  wd: 0.2\n")
    assert runs(folder)[0].config["fine.lr"] == 0.1
