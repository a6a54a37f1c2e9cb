"""Numbers as a person reads them: three significant digits, thousands separated, no "p = 0.000"."""

from __future__ import annotations

import math
from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SMALLEST, LARGEST = 1e-4, 1e9
"""Outside of these a number is written with a power of ten."""


def integer(value: float) -> str:
    """A whole number with its thousands separated: ``12,400``."""
    return f"{round(value):,}".replace("-", MINUS)


def number(value: float, digits: int = 3) -> str:
    """A number to some significant digits: ``0.94``, ``1.5``, ``12,400``, ``1.2 × 10⁻⁷``.

    Whole numbers below a thousand million are written out, and so is the zero before a decimal
    point.
    """
    if not math.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    if float(value).is_integer() and abs(value) < LARGEST:
        return integer(value)
    if not SMALLEST <= abs(value) < LARGEST:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        power = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        return _sign(f"{mantissa} × {power}")
    rounded = float(f"{value:.{digits}g}")
    if abs(rounded) >= 10 ** (digits - 1):
        return integer(rounded)
    places = digits - 1 - math.floor(math.log10(abs(rounded)))
    told = f"{rounded:.{places}f}".rstrip("0").rstrip(".")
    return _sign(told)


def share(value: float, *, sign: bool = True) -> str:
    """A share in per cent: ``4.1%``; what is not all is never rounded to 100%, nor to 0%."""
    percent = value * 100
    told = number(percent)
    digits = 4
    while told == "100" and percent < 100 and digits < 12:
        told = number(percent, digits)
        digits += 1
    return told + ("%" if sign else "")


def signed(value: float) -> str:
    """A difference with its sign: ``+0.02``, ``−0.07``."""
    told = number(value)
    return told if told.startswith(MINUS) or value == 0 else "+" + told


def p_value(p: float) -> str:
    """A p-value: ``p = 0.012``, and ``p < 0.001`` below a thousandth."""
    return "p < 0.001" if p < 0.001 else f"p = {number(p, 2)}"


def odds(p: float) -> str:
    """A p-value in words: "about 3 times in 100"."""
    if p < 0.001:
        return "less than once in 1,000 times"
    base = 1_000 if p < 0.01 else 100
    times = max(1, round(p * base))
    return f"about {'once' if times == 1 else f'{times} times'} in {base:,}"


def is_share(unit: str) -> bool:
    """Whether a unit is a share of something, shown in per cent."""
    return unit.split(" ", 1)[0] in ("share", "fraction", "proportion")


def is_points(unit: str) -> bool:
    """Whether a unit is a difference of shares, shown in percentage points."""
    return unit.startswith(("difference of share", "difference in share"))


def in_percent(unit: str) -> bool:
    """Whether a unit is told in per cent: a share, or a change relative to something."""
    return is_share(unit) or unit.split(" ", 1)[0] == "relative"


def in_unit(value: float, unit: str) -> str:
    """A value with its unit: ``4.1%``, ``12 percentage points``, ``127 rows``, ``0.83``.

    A unit that is a description ("ratio of scales") stays with the description of the quantity.
    """
    if in_percent(unit):
        return share(value)
    if is_points(unit):
        return f"{number(value * 100)} percentage points"
    if unit.isalpha() and unit.islower() and unit.endswith("s"):
        return f"{number(value)} {unit[:-1] if value == 1 and unit != 'series' else unit}"
    return number(value)


def bare(value: float, unit: str) -> str:
    """A value on its unit's scale, without the unit: for intervals and axes."""
    if in_percent(unit):
        return share(value, sign=False)
    return number(value * 100) if is_points(unit) else number(value)


def with_interval(value: float, interval: Sequence[float] | None, unit: str) -> str:
    """A value and its interval: ``4.1% (3.5 to 4.8)``."""
    told = in_unit(value, unit)
    return told if interval is None else f"{told} ({span(interval, unit)})"


def span(interval: Sequence[float], unit: str) -> str:
    """An interval: ``3.5 to 4.8``."""
    return f"{bare(interval[0], unit)} to {bare(interval[1], unit)}"


def plural(count: int, singular: str, several: str | None = None) -> str:
    """A count with its noun: ``1 row``, ``12 rows``."""
    return f"{count:,} {singular if count == 1 else several or singular + 's'}"


def _sign(told: str) -> str:
    return told.replace("-", MINUS, 1) if told.startswith("-") else told
