"""What ``mldebug new`` writes works as it is: it is sound, and its test passes."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from mldebug.catalogue import parsed, rules

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("mldebug", "rules", "reports", "tests", "pyproject.toml")
needs = {
    tool: pytest.mark.skipif(importlib.util.find_spec(tool) is None, reason=f"{tool} is not there")
    for tool in ("ruff", "mypy")
}


def command(folder, *arguments):
    """Run a module of this Python in a folder, which comes first where modules are looked for."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def written(ran):
    """The files that a run says it wrote."""
    return [Path(name) for name in re.findall(r"^written: (.+)$", ran.stdout, re.MULTILINE)]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout in which a rule was made."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            left_out = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=left_out)
        else:
            shutil.copy(source, folder / name)
    ran = command(folder, "mldebug", "new", "leakage", "some-fault")
    assert ran.returncode == 0, ran.stderr
    return folder, ran


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    """The folder of a plugin in which a rule was made."""
    folder = tmp_path_factory.mktemp("plugin") / "my_plugin"
    folder.mkdir()
    (folder / "__init__.py").touch()
    ran = command(folder, "mldebug", "new", "LB", "some-fault")
    assert ran.returncode == 0, ran.stderr
    return folder, ran


def next_code(prefix):
    numbers = [int(code[2:]) for code in rules() if code.startswith(prefix)]
    return f"{prefix}{max(numbers) + 1}"


def test_the_files_have_their_places(checkout):
    folder, ran = checkout
    code = next_code("LK")
    assert written(ran) == [
        Path("mldebug/checkers/leakage/some_fault.py"),
        Path(f"rules/leakage/{code}-some-fault.yaml"),
        Path(f"tests/checkers/leakage/test_{code}_some_fault.py"),
    ]
    assert all((folder / path).is_file() for path in written(ran))
    assert "mldebug rules --markdown > rules/README.md" in ran.stdout


def test_the_plugin_has_the_same_folders(plugin):
    folder, ran = plugin
    code = next_code("LB")
    assert written(ran) == [
        Path("checkers/labels/some_fault.py"),
        Path(f"rules/labels/{code}-some-fault.yaml"),
        Path(f"tests/checkers/labels/test_{code}_some_fault.py"),
    ]
    for package in ("checkers", "checkers/labels", "rules"):
        assert (folder / package / "__init__.py").is_file()
    assert (
        '[project.entry-points."mldebug.checkers"]\nmy_plugin = "my_plugin.checkers"' in ran.stdout
    )
    assert '[project.entry-points."mldebug.rules"]\nmy_plugin = "my_plugin.rules"' in ran.stdout


@pytest.mark.parametrize("place", ["checkout", "plugin"])
def test_the_written_test_passes(request, place):
    folder, ran = request.getfixturevalue(place)
    test = written(ran)[2]
    tested = command(folder, "pytest", "-q", "-p", "no:cacheprovider", test)
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout


@pytest.mark.parametrize("place", ["checkout", "plugin"])
def test_the_written_test_can_fail(request, place):
    folder, ran = request.getfixturevalue(place)
    checker, _, test = (folder / path for path in written(ran))
    content = checker.read_text()
    checker.write_text(content.replace("pc.is_null", "pc.is_valid"))
    try:
        tested = command(folder, "pytest", "-q", "-p", "no:cacheprovider", test)
    finally:
        checker.write_text(content)
    assert tested.returncode == 1


@pytest.mark.parametrize("place", ["checkout", "plugin"])
def test_the_rule_has_the_form(request, place):
    folder, ran = request.getfixturevalue(place)
    schema = json.loads((ROOT / "rules" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(parsed((folder / written(ran)[1]).read_text(encoding="utf-8")), schema)


@needs["ruff"]
@pytest.mark.parametrize("place", ["checkout", "plugin"])
@pytest.mark.parametrize("how", [["check"], ["format", "--check"]], ids=lambda how: how[0])
def test_the_files_pass_the_linter(request, place, how):
    folder, ran = request.getfixturevalue(place)
    files = [path for path in written(ran) if path.suffix == ".py"]
    settings = ["--config", ROOT / "pyproject.toml", "--no-cache"]
    linted = command(folder, "ruff", *how, *settings, *files)
    assert linted.returncode == 0, linted.stdout


@needs["mypy"]
def test_the_files_pass_the_type_checker(checkout, plugin, tmp_path):
    folder, ran = checkout
    options = ["--strict", "--follow-imports=silent", "--config-file", ROOT / "pyproject.toml"]
    options += ["--cache-dir", tmp_path]
    files = [path for path in written(ran) if path.suffix == ".py"]
    folder_of_plugin, ran_for_plugin = plugin
    files.append(folder_of_plugin / written(ran_for_plugin)[2])
    checked = command(folder, "mypy", *options, *files)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_new_rule_is_a_rule_of_the_checkout(checkout):
    folder, _ = checkout
    told = json.loads(command(folder, "mldebug", "rules", "--json").stdout)
    (mine,) = [one for one in told if one["name"] == "some-fault"]
    assert mine["needs"] == ["TRAIN"]
    assert mine["uses"] == ["--target"]
    explained = command(folder, "mldebug", "explain", "some-fault")
    assert "Rows in which" not in explained.stdout
    assert mine["meaning"] in " ".join(explained.stdout.split())


def test_nothing_is_written_over(checkout):
    folder, ran = checkout
    again = command(folder, "mldebug", "new", "leakage", "some-fault")
    assert again.returncode == 2
    assert "the name some-fault is taken" in again.stderr
    (folder / written(ran)[1]).rename(folder / "away.yaml")
    try:
        again = command(folder, "mldebug", "new", "leakage", "some-fault")
    finally:
        (folder / "away.yaml").rename(folder / written(ran)[1])
    assert again.returncode == 2
    assert "some_fault.py is there already" in again.stderr


def test_a_second_rule_of_a_plugin_has_the_next_code(run, folder):
    for family, numbers in (("DT", ["971", "972"]), ("labels", None)):
        for place, name in enumerate(("first-fault", "second-fault")):
            ran = run("new", family, name if family == "DT" else f"other-{name}")
            assert ran.status == 0
            if numbers:
                assert f"DT{numbers[place]}-{name}.yaml" in ran.out
    assert len(list((folder / "rules").glob("*/*.yaml"))) == 4
    assert 'your_package = "your_package.rules"' in ran.out


def test_a_folder_that_cannot_be_written(run, folder):
    (folder / "checkers").write_text("a file\n")
    ran = run("new", "leakage", "some-fault")
    assert ran.status == 2
    assert "cannot be written" in ran.complaint
    assert [path.name for path in folder.iterdir()] == ["checkers"]
