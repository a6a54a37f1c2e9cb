"""What a person sees on a terminal: progress while it works, and an interrupt that is heard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from select import select

import pytest

from mldebug.cli import console
from mldebug.cli.console import Progress

pty = pytest.importorskip("pty")


@contextmanager
def terminal(monkeypatch):
    """Put standard error on a terminal; what is yielded reads what was written to it."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        patch.setenv("TERM", "xterm")
        patch.setenv("COLUMNS", "100")
        yield lambda: "".join(_read(master))
    os.close(master)


def _read(master):
    """All that is there; what comes later than .3 s is not waited for."""
    while select([master], [], [], 0.3)[0]:
        yield os.read(master, 100_000).decode()


def test_work_that_takes_long_says_where_it_is(monkeypatch):
    monkeypatch.setattr(console, "PATIENCE", 0.01)
    with terminal(monkeypatch) as read:
        with Progress("reading train.csv") as progress:
            time.sleep(0.3)
            progress("leakage.shared_rows", 3, 12)
            time.sleep(0.5)
        told = read()
    assert "reading train.csv" in told
    assert "measuring 4 of 12: leakage.shared_rows" in told


def test_work_that_is_quick_says_nothing(monkeypatch):
    with terminal(monkeypatch) as read:
        with Progress("reading train.csv") as progress:
            progress("leakage.shared_rows", 0, 1)
        sys.stderr.write("end")
        sys.stderr.flush()
        assert read() == "end"


def test_hostile_names_and_markup_do_not_reach_the_terminal(monkeypatch):
    monkeypatch.setattr(console, "PATIENCE", 0.0)
    with terminal(monkeypatch) as read:
        with Progress("reading \x1b]0;title\x07[red]x[/red].csv"):
            time.sleep(0.3)
        told = read()
    assert "\x1b]0" not in told
    assert "[red]x[/red]" in told


def test_an_error_ends_the_progress(monkeypatch):
    monkeypatch.setattr(console, "PATIENCE", 0.01)

    def fails():
        with Progress("reading"):
            time.sleep(0.2)
            raise ValueError("no")

    with terminal(monkeypatch) as read:
        with pytest.raises(ValueError, match="no"):
            fails()
        assert "reading" in read()
        time.sleep(0.3)
        sys.stderr.write("end")
        sys.stderr.flush()
        assert read() == "end"


def test_nothing_is_said_into_a_pipe(capsys, monkeypatch):
    monkeypatch.setattr(console, "PATIENCE", 0.0)
    with Progress("reading") as progress:
        time.sleep(0.05)
        progress("leakage.shared_rows", 0, 1)
    assert capsys.readouterr() == ("", "")


INTERRUPTED = """
import sys
from mldebug.cli import main
from mldebug.cli import console
import mldebug.measure
mldebug.measure.threads = lambda: 1  # in turn: so many have run as have been told
call = console.Progress.__call__
def interrupt(self, name, number, total):
    if number == {number}:
        raise KeyboardInterrupt
    call(self, name, number, total)
console.Progress.__call__ = interrupt
sys.exit(main(["audit", "train.csv", "--json", "out.json", "--select", "DA101,FE301,DA106"]))
"""


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_interrupt_keeps_what_was_measured(folder, number):
    rows = "".join(f"{row},{row % 3}\n" for row in range(300))
    (folder / "train.csv").write_text("a,b\n" + rows)
    code = INTERRUPTED.format(number=number)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 130
    assert "Traceback" not in ran.stderr
    document = json.loads((folder / "out.json").read_text())
    reasons = [one["reason"] for one in document["outcomes"].values()]
    assert reasons.count("interrupted") == 3 - number
    told = " ".join(ran.stdout.split())
    were = "1 of 3 rules was" if number == 2 else f"{3 - number} of 3 rules were"
    assert told.startswith(f"The audit was interrupted: {were} not checked. Until then nothing")
