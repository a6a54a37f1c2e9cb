"""The harness of benchmarks/speed.py: what it makes of timings, and what it measures of a child."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def speed():
    spec = importlib.util.spec_from_file_location("speed", ROOT / "benchmarks" / "speed.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def taken(speed):
    def make(*seconds, peak=1_000_000, checks=None):
        return [speed.Timing(one, one * 2, peak, checks or {}) for one in seconds]

    return make


def line_of(table, start):
    (found,) = [line for line in table.splitlines() if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_a_ratio_is_that_of_the_medians(speed, taken):
    titles = {"audit": "ours", "rules": "ours, few", "peer": "theirs", "absent": "not run"}
    timings = {
        "audit": taken(2, 1, 90),
        "rules": taken(0.5),
        "peer": taken(30, 20, 10, peak=2_500_000_000),
    }
    table = speed.files_table(titles, timings)
    assert line_of(table, "theirs")[1:] == [
        "20.00",
        "10.00-30.00",
        "40.00",
        "2500",
        "10.0 x",
        "40.0 x",
    ]
    assert line_of(table, "ours")[5:] == ["", "4.0 x"]
    assert "not run" not in table


def test_without_an_audit_there_is_no_ratio(speed, taken):
    table = speed.files_table({"peer": "theirs"}, {"peer": taken(3)})
    assert line_of(table, "theirs")[5:] == ["", ""]


def test_the_sum_of_the_checks_leaves_out_import_and_reading(speed, taken):
    result = {
        "import_seconds": 5,
        "load_seconds": 0.5,
        "lines": [{"code": "DA101", "seconds": 1.25}, {"code": "LK405", "seconds": 0.0}],
    }
    checks = speed.seconds_by_check(result)
    assert checks == {"import": 5, "read the files": 0.5, "DA101": 1.25}
    table = speed.checks_table({"peer": taken(9, checks=checks), "audit": taken(1)}, ["peer"])
    assert line_of(table, "sum without import and reading") == [
        "sum without import and reading",
        "1.250",
    ]


def test_a_start_is_told_beyond_a_bare_interpreter(speed, taken):
    titles = {"bare": "bare", "import": "import mldebug"}
    table = speed.start_table(titles, {"bare": taken(0.010), "import": taken(0.030, 0.032, 0.9)})
    assert line_of(table, "import mldebug") == ["import mldebug", "32", "22"]


def test_a_child_is_measured_with_its_own_report(speed, tmp_path):
    out = tmp_path / "out.json"
    told = json.dumps({"import_seconds": 1, "load_seconds": 2, "lines": []})
    write = f"import pathlib; pathlib.Path({str(out)!r}).write_text({told!r})"
    script = f"block = b'x' * 60_000_000; {write}"
    line = speed.Line("child", "a child", (sys.executable, "-c", script), result=out)
    took = speed.timing(line, {})
    assert took.seconds > 0
    assert took.peak_bytes > 60_000_000
    assert took.checks == {"import": 1, "read the files": 2}


def test_a_child_that_fails_is_given_up_with_its_last_words(speed):
    script = "import sys; print('first', file=sys.stderr); sys.exit('no such file')"
    good = speed.Line("good", "good", (sys.executable, "-c", "pass"))
    bad = speed.Line("bad", "bad", (sys.executable, "-c", script), group="start")
    timings, failures = speed.around([bad, good], 2, {})
    assert failures == {"bad": "bad ended with status 1: no such file"}
    assert {name: len(took) for name, took in timings.items()} == {"good": 2}


def test_an_audit_that_found_something_counts(speed):
    script = "raise SystemExit(1)"
    line = speed.Line("audit", "", (sys.executable, "-c", script), accepted=speed.FOUND)
    assert speed.timing(line, {}).seconds > 0


def test_what_slows_blas_is_unset_and_the_peers_are_quiet(speed, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_L2_SIZE", "1024")
    variables = speed.environment()
    assert not set(speed.UNSET) & set(variables)
    assert variables["DISABLE_LATEST_VERSION_CHECK"] == "True"


def test_every_line_has_a_name_of_its_own(speed, tmp_path):
    made = speed.lines(tmp_path, tmp_path, ["mldebug"], "python")
    assert len({line.name for line in made}) == len(made)
    (rules,) = [line for line in made if line.name == "rules"]
    assert len(rules.command[rules.command.index("--select") + 1].split(",")) == 14
