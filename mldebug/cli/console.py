"""Standard output and standard error: what is said, how wide, and in colour or not."""

from __future__ import annotations

import os
import shutil
import sys
from io import StringIO
from threading import Timer
from typing import TYPE_CHECKING, Self

from mldebug.render.names import visible

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import RenderableType

PATIENCE = 0.5
"""Seconds of work after which progress is shown."""
WIDE = 240
"""Columns of a table that goes to a pipe, where nothing should be cut."""


def complain(sentence: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(f"mldebug: {visible(sentence)}\n")
    sys.stderr.flush()


def tell(text: str) -> None:
    """Write text to standard output; a reader who has gone away is no error."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        abandon_stdout()


def abandon_stdout() -> None:
    """Send what is still to be written nowhere, so that the interpreter's last flush is quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def make_streams_lenient() -> None:
    """Let a stream that cannot encode a character write an escape instead."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def in_colour() -> bool:
    """Whether standard output takes colour: a terminal, and nobody who asks for none."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of the terminal, 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def drawn(*parts: RenderableType, widest: int = WIDE) -> str:
    """Return tables and texts as they look on standard output; in a pipe nothing is cut."""
    from rich.console import Console

    columns = width() if sys.stdout.isatty() else WIDE
    page = StringIO()
    console = Console(
        file=page,
        force_terminal=in_colour(),
        no_color=not in_colour(),
        width=min(columns, widest),
        highlight=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines())


class Progress:
    """A line on standard error that says what is being done, on a terminal, if it takes long.

    Parameters
    ----------
    first : str
        What is done before anything is measured.
    """

    def __init__(self, first: str) -> None:
        self._timer: Timer | None = None
        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            return
        from rich.console import Console
        from rich.live import Live
        from rich.spinner import Spinner
        from rich.text import Text

        self._text = Text
        self._spinner = Spinner("dots", text=Text(visible(first)))
        self._live = Live(
            self._spinner,
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._timer = Timer(PATIENCE, self._live.start)
        self._timer.daemon = True

    def __call__(self, name: str, number: int, total: int) -> None:
        """Say that checker ``number``, counted from 0, of ``total`` begins."""
        if self._timer is not None:
            told = f"measuring {number + 1} of {total}: {visible(name)}"
            self._spinner.update(text=self._text(told))

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
            self._live.stop()
