"""Words that stand for a missing value."""

from __future__ import annotations

from collections.abc import Collection

SAID = frozenset(
    {
        "",
        "#n/a",
        "#na",
        "(null)",
        "<na>",
        "[null]",
        "\\n",
        "n.a.",
        "n/a",
        "nan",
        "nat",
        "not available",
        "not known",
        "not recorded",
        "not specified",
        "null",
        "undefined",
        "unknown",
        "unspecified",
    }
)
"""Without blanks around and in lower case. None, other, missing and no are not among them: they are
answers as often."""
SIGNS = frozenset({"?", "??", "???", "-", "--", "---", ".", "..", "...", "_", "*"})
"""Where the other words are words: + and - are two categories."""
NUMBERS = frozenset({"-9", "-99", "-999", "-9999", "999", "9999", "99999"})
"""Where the other words are no numbers."""
ALL = SAID | SIGNS | NUMBERS | {"na"}
LONGEST = 24
"""Characters, blanks included: no longer word is looked at."""
OPPOSITES = frozenset({"known", "specified", "available", "recorded"})
"""Beside these, unknown is an answer."""


def missing_words(words: Collection[str]) -> list[str]:
    """The words of a column, of all its distinct ones, that stand for a missing value.

    Parameters
    ----------
    words : collection of str
        The distinct words that occur.

    Notes
    -----
    Unambiguous ones alone: "NA" counts unless most others have two letters (a code of countries), a
    sign unless most others are signs, a number such as -999 unless most others hold digits. O(k).
    """
    if not any(word.strip().casefold() in ALL for word in words if len(word) <= LONGEST):
        return []
    plain = {word: word.strip().casefold() for word in words}
    opposed = bool(OPPOSITES & set(plain.values()))
    said = [
        word
        for word, told in plain.items()
        if told in SAID
        and not (opposed and told.removeprefix("not ").removeprefix("un") in OPPOSITES)
    ]
    others = [told for told in plain.values() if told not in ALL]
    letters = sum(any(letter.isalnum() for letter in told) for told in others)
    digits = sum(any(letter.isdigit() for letter in told) for told in others)
    pairs = sum(len(told) == 2 for told in others)
    for word, told in plain.items():
        if (
            (told in SIGNS and 2 * letters > len(others))
            or (told in NUMBERS and 2 * digits < len(others))
            or (word.strip() == "NA" and 2 * pairs <= len(others))
        ):
            said.append(word)
    return said
