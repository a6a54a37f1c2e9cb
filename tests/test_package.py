"""The wheel, not the checkout, is what users get: built, installed elsewhere, and run there."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COUNT = "import mldebug.catalogue as c, mldebug; print(len(c.rules()), mldebug.catalogue.__file__)"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from the checkout by its own build backend, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    code = f"import hatchling.build; print(hatchling.build.build_wheel({str(folder)!r}))"
    built = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return folder / built.stdout.split()[-1]


def elsewhere(command, folder, path):
    """Run a command in another folder, with the package found on this path alone."""
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def rules_in_checkout():
    return len(list((ROOT / "rules").glob("*/*.yaml")))


def test_the_wheel_carries_rules_and_templates(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert sum(name.startswith("mldebug/_bundled/rules/") for name in names) >= rules_in_checkout()
    for needed in ("report.html.j2", "report.css", "report.js", "diagnosis.schema.json"):
        assert f"mldebug/_bundled/reports/{needed}" in names
    assert "mldebug/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


def test_installed_elsewhere_it_finds_every_rule_and_runs_the_demo(wheel, tmp_path):
    installed, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(installed),
    ]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    counted = elsewhere([sys.executable, "-c", COUNT], work, installed)
    assert counted.stdout.split()[0] == str(rules_in_checkout()), counted.stderr
    assert str(installed) in counted.stdout
    done = elsewhere([sys.executable, "-m", "mldebug", "demo"], work, installed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (work / "mldebug-demo.html").stat().st_size > 10_000


def test_it_works_from_a_zipped_wheel(wheel, tmp_path):
    code = COUNT + "; from mldebug.checker import checkers; assert len(checkers()) >= 14"
    counted = elsewhere([sys.executable, "-c", code], tmp_path, wheel)
    assert counted.stdout.split()[0] == str(rules_in_checkout()), counted.stderr


def test_an_uninstalled_checkout_works(tmp_path):
    counted = elsewhere([sys.executable, "-c", COUNT], tmp_path, ROOT)
    assert counted.stdout.split()[0] == str(rules_in_checkout()), counted.stderr
