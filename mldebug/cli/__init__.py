"""The command line: one file for each command, and here what holds for all of them."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mldebug.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

BAD_INPUT, INTERRUPTED = 2, 130
NEW_OBJECTS = 50_000
"""Between two searches for garbage: loading the libraries makes many objects, and no garbage."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process if they are not given.

    Returns
    -------
    int
        The exit status: 0 nothing at or above ``--fail-on``, 1 something is, 2 bad usage,
        unreadable input or unwritable output, 3 a check failed, 130 interrupted.
    """
    from mldebug.cli.console import abandon_stdout, complain, make_streams_lenient

    given = list(sys.argv[1:] if arguments is None else arguments)
    make_streams_lenient()
    try:
        with _garbage_sought_rarely():
            return _run(given)
    except KeyboardInterrupt:
        complain("interrupted; nothing was written")
        return INTERRUPTED
    except InputError as error:
        complain(str(error))
        return BAD_INPUT
    except BrokenPipeError:
        abandon_stdout()
        return 0
    except Exception as error:  # noqa: BLE001  (a person never sees a traceback unasked)
        _report_bug(error)
        return BAD_INPUT


@contextmanager
def _garbage_sought_rarely() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _run(given: list[str]) -> int:
    """Run the command; usage errors of the parser become ours."""
    import typer
    from typer.main import get_command

    from mldebug.cli.application import application

    # typer brought click along as a package, later as a part of itself: ask typer for the class
    bases = {one.__name__: one for one in typer.BadParameter.__mro__}
    usage_error: type[Exception] = bases["ClickException"]
    try:
        command = get_command(application)
        _refuse_repeats(command, given)
        with command.make_context("mldebug", given or ["--help"], obj=given) as context:
            status = command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except usage_error as error:
        raise InputError(_sentence(error)) from error
    return status if isinstance(status, int) else 0


def _refuse_repeats(command: Any, given: list[str]) -> None:
    """Refuse an option given twice that takes one value; the parser would drop the first of them."""
    chosen = getattr(command, "commands", {}).get(given[0] if given else "")
    for option in getattr(chosen, "params", ()):
        names = [name for name in option.opts if name.startswith("--")]
        times = sum(word in names or word.partition("=")[0] in names for word in given)
        if times > 1 and not option.multiple and not option.is_flag:
            raise InputError(f"{names[0]} is given {times} times; give it once")


def _sentence(error: BaseException) -> str:
    """Tell what the parser has to say in one sentence that begins and ends as ours do."""
    told = str(error.format_message()) if hasattr(error, "format_message") else str(error)
    told = " ".join(told.split()).rstrip(".?")
    context = getattr(error, "ctx", None)
    where = f"{context.command_path} --help" if context is not None else "mldebug --help"
    return f"{told[:1].lower()}{told[1:]}; see `{where}`"


def _report_bug(error: Exception) -> None:
    from mldebug.cli.console import complain

    if os.environ.get("MLDEBUG_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        place = f" in {trace.tb_frame.f_globals.get('__name__')}, line {trace.tb_lineno}"
    complain(
        f"this is a fault of mldebug, please report it: {type(error).__name__}: {error}{place} "
        "(MLDEBUG_DEBUG=1 shows the traceback)"
    )
