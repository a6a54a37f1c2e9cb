"""Errors that users meet: one sentence that says what was wrong and what would be right."""

from __future__ import annotations


class InputError(ValueError):
    """Bad usage, unreadable input or unwritable output; the command exits with status 2.

    The message is one sentence that names the file, the column, the option or the value, and says
    what would be right.
    """
