import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from mldebug.errors import InputError
from mldebug.render import LOADED, loading, write
from mldebug.render.json import LARGE, text
from tests.render.sample import SAMPLES

SCHEMA = Path(__file__).resolve().parents[2] / "reports" / "diagnosis.schema.json"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_valid(name):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(SAMPLES[name]())


@pytest.mark.parametrize("name", SAMPLES)
def test_json_comes_back_as_it_was(name):
    assert json.loads(text(SAMPLES[name]())) == SAMPLES[name]()


def test_json_is_strict():
    with pytest.raises(ValueError, match="not JSON compliant"):
        text({"value": float("nan")})


def test_large_json_has_no_indentation():
    assert text({"a": [1, 2]}) == '{\n "a": [\n  1,\n  2\n ]\n}\n'
    assert text({"a": ["x" * LARGE, 2]}).count("\n") == 1


@pytest.mark.parametrize("name", ["report.html", "diagnosis.json", "REPORT.HTML"])
def test_the_ending_names_the_form(tmp_path, name):
    written = write(SAMPLES["empty"](), tmp_path / name)
    assert written == tmp_path / name
    first = written.read_text(encoding="utf-8").lstrip()[0]
    assert first == ("{" if name.endswith("json") else "<")
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_another_ending_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(InputError, match=r"report\.pdf cannot be written.*\.html, \.json"):
        write(SAMPLES["empty"](), tmp_path / "report.pdf")


def test_nothing_is_left_behind_where_rendering_or_renaming_fails(tmp_path, monkeypatch):
    target = tmp_path / "report.json"
    target.write_text("old")
    with pytest.raises(ValueError, match="not JSON compliant"):
        write({"value": float("inf")}, target)

    def refuse(*_):
        raise OSError("full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="full"):
        write(SAMPLES["empty"](), target)
    assert [one.name for one in tmp_path.iterdir()] == ["report.json"]
    assert target.read_text() == "old"


def test_a_missing_folder_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        write(SAMPLES["empty"](), tmp_path / "nowhere" / "report.json")


def test_a_report_is_as_readable_as_any_file(tmp_path):
    plain = tmp_path / "plain.txt"
    plain.write_text("")
    assert write(SAMPLES["empty"](), tmp_path / "a.json").stat().st_mode == plain.stat().st_mode


def test_a_lone_surrogate_in_a_name_can_be_written(tmp_path):
    document = SAMPLES["empty"]()
    document["provenance"]["target"] = "bad\udc80name"
    assert "bad\\udc80name" in write(document, tmp_path / "a.html").read_text(encoding="utf-8")
    read = json.loads(write(document, tmp_path / "a.json").read_text(encoding="utf-8"))
    assert read["provenance"]["target"] == "bad\udc80name"


def test_what_a_report_is_written_with_is_loaded_ahead():
    told = (
        "import sys; from pathlib import Path; from mldebug.render import loading\n"
        "for ending in ('.json', '.html'):\n"
        "    loading([Path('a' + ending)]).join()\n"
        "    print('matplotlib.figure' in sys.modules, 'mldebug.render.html' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True", "True"]
    assert not done.stderr


def test_loading_ahead_leaves_what_is_wrong_to_the_writer(monkeypatch):
    monkeypatch.setitem(LOADED, ".html", ("no_such_module", "mldebug.render.html"))
    thread = loading([Path("a.html"), Path("a.unknown")])
    thread.join()
    assert not thread.is_alive()
