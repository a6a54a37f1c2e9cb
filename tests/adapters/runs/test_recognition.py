"""Which form a path is in: folders of runs, links, other tools' folders, what is broken among them."""

from __future__ import annotations

import pytest

from mldebug.adapters import runs as package
from mldebug.adapters.runs import readers, runs
from mldebug.errors import InputError

LOG = "step,loss\n1,2.0\n2,1.0\n"


def log(path, content=LOG):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_every_reader_has_its_three_parts():
    found = readers()
    names = {one.__name__.rpartition(".")[2] for one in found}
    assert {
        "huggingface",
        "lightning",
        "keras",
        "yolo",
        "boosting",
        "sklearn",
        "sizes",
        "tabular",
    } <= names
    for one in found:
        assert isinstance(one.RANK, int)
        assert callable(one.logged)
    assert found == sorted(found, key=lambda one: (one.RANK, one.__name__))


def test_a_folder_of_runs_in_the_order_of_their_paths(tmp_path):
    log(tmp_path / "b" / "metrics.csv")
    log(tmp_path / "a" / "deep" / "train.csv")
    log(tmp_path / "c.csv")
    log(tmp_path / "data.csv", "age,income\n1,2\n")
    log(tmp_path / "config.json", '{"epochs": 3, "lr": 0.1}')
    log(tmp_path / ".hidden" / "metrics.csv")
    assert [run.name for run in runs(tmp_path)] == ["deep", "b", "c"]


def test_names_are_unique(tmp_path):
    first, second = log(tmp_path / "a" / "x.csv"), log(tmp_path / "b" / "x.csv")
    assert [run.name for run in runs([first, second])] == [f"x ({first})", f"x ({second})"]
    again = runs([first, first])
    assert len({run.name for run in again}) == 2


def test_links_that_lead_in_circles_are_not_followed(tmp_path):
    log(tmp_path / "a" / "x.csv")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self.csv").symlink_to(tmp_path / "a" / "self.csv")
    assert len(runs(tmp_path)) == 1
    with pytest.raises(InputError, match="is a link that leads nowhere"):
        runs(tmp_path / "a" / "self.csv")


def test_what_does_not_exist(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        runs(tmp_path / "none")


@pytest.mark.parametrize("files", [[], ["src/main.py", "README.md", ".git/config", "model.bin"]])
def test_a_folder_of_something_else(tmp_path, files):
    for name in files:
        log(tmp_path / name, "content")
    with pytest.raises(InputError, match="holds no log of a run that mldebug knows"):
        runs(tmp_path)


def test_a_broken_log_among_others_is_told_and_left_out(tmp_path):
    log(tmp_path / "a.csv")
    log(tmp_path / "b.csv", "step,loss\n")
    log(tmp_path / "c" / "trainer_state.json", '{"log_history": [')
    (run,) = runs(tmp_path)
    left_out = [remark for remark in run.remarks if remark.startswith("left out: ")]
    assert len(left_out) == 2
    assert "b.csv has a header but no rows" in left_out[0]


def test_a_folder_of_broken_logs_says_what_is_wrong_with_the_first(tmp_path):
    log(tmp_path / "b.csv", "step,loss\n")
    with pytest.raises(InputError, match=r"b\.csv has a header but no rows"):
        runs(tmp_path)


def test_what_a_reader_stumbles_over_is_one_sentence(tmp_path, monkeypatch):
    from mldebug.adapters.runs import tabular

    def stumbling(path):  # noqa: ARG001
        raise KeyError("x")
        yield

    monkeypatch.setattr(tabular, "logged", stumbling)
    with pytest.raises(InputError, match="in the form 'tabular' but cannot be read"):
        runs(log(tmp_path / "a.csv"))


def test_too_many_runs_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "MOST_RUNS", 2)
    for name in "abc":
        log(tmp_path / f"{name}.csv")
    with pytest.raises(InputError, match="holds more than 2 runs"):
        runs(tmp_path)


def test_a_file_that_changed_is_looked_at_again(tmp_path):
    path = log(tmp_path / "a.csv")
    assert len(runs(path)[0].series[0].values) == 2
    log(path, "step,loss,acc\n1,2.0,0.5\n2,1.0,0.5\n3,1.0,0.5\n")
    assert len(runs(path)[0].series) == 2
