"""Help, and what holds for every command: fast to start, plain in a pipe, quiet when it breaks."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

COMMANDS = ("audit", "judge", "rules", "explain", "doctor", "new", "demo")
HEAVY = (
    *("numpy", "scipy", "pandas", "pyarrow", "sklearn", "matplotlib", "jinja2", "polars"),
    *("array_api_compat", "narwhals", "torch", "shap", "statsmodels", "yaml"),
)
ESCAPE = "\x1b"


def process(*arguments, **environment):
    """Run the command in a process of its own, with pipes."""
    plain = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    return subprocess.run(
        [sys.executable, "-m", "mldebug", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**plain, "PYTHONUTF8": "1", **environment},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(run, command):
    ran = run(command, "--help")
    assert ran.status == 0
    assert f"Usage: mldebug {command}" in ran.out
    assert not ran.err


def test_no_command_is_help(run):
    assert run().out == run("--help").out
    for command in COMMANDS:
        assert command in run("--help").out


def test_help_of_audit_names_the_options_of_the_contract(run):
    told = run("audit", "--help").out
    options = (
        *("--eval", "--split-column", "--reference", "--target", "--task", "--kind", "--time"),
        *("--id", "--config", "--name", "--all", "--select", "--ignore", "--fail-on", "--report"),
        *("--json", "--redact", "--device", "--seed", "--groups", "--cv", "--predictions"),
    )
    for option in options:
        assert re.search(rf"{option}(?![\w-])", told), option


def test_version(run):
    from mldebug.audit import mldebug_version

    ran = run("--version")
    assert (ran.status, ran.out.strip()) == (0, mldebug_version())


@pytest.mark.parametrize("arguments", [["--help"], ["audit", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    code = (
        "import sys; from mldebug.cli import main; status = main(sys.argv[1:]); "
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr); "
        "sys.exit(status)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0
    assert not ran.stderr.strip()


def processor_seconds(*command):
    """Seconds of processor time that a command takes, the least of some runs."""
    best = float("inf")
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        children = after.children_user + after.children_system
        best = min(best, children - before.children_user - before.children_system)
    return best


def test_help_is_fast(monkeypatch):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    assert processor_seconds("-m", "mldebug", "--help") < 0.3


@pytest.mark.parametrize("arguments", [["--help"], ["rules"], ["explain", "LK401"], ["nonsense"]])
def test_a_pipe_gets_no_escape_codes(arguments):
    ran = process(*arguments)
    assert ESCAPE not in ran.stdout + ran.stderr


def test_colour_where_it_is_asked_for_and_never_against_no_color():
    assert ESCAPE in process("explain", "LK401", FORCE_COLOR="1").stdout
    assert ESCAPE not in process("explain", "LK401", FORCE_COLOR="1", NO_COLOR="1").stdout


def test_the_command_and_the_module_are_one():
    assert process("rules", "--json").stdout == process("rules", "--json").stdout
    assert process("explain", "nothing").returncode == 2


def test_a_reader_who_goes_away_is_no_error():
    command = f"'{sys.executable}' -m mldebug rules --json | head -c 10"
    ran = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False
    )
    assert ran.returncode == 0
    assert not ran.stderr
    assert len(ran.stdout) == 10


def test_a_closed_standard_output_is_no_traceback():
    command = f"'{sys.executable}' -m mldebug rules --markdown >&-"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr


def test_a_stream_that_knows_few_characters():
    ran = process("explain", "LK401", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ran.returncode == 0
    assert ran.stdout.isascii()
