"""Dates that cannot be: in the future, at the zero of a clock, with and without a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from mldebug.artefacts import Column, Kind, Table, TimeColumn
from mldebug.checker import Unavailable, checker
from mldebug.columns import codes, levels, numbers
from mldebug.derive.atoms import CALENDAR_ENDS
from mldebug.measurement import Measurement, Quantity, Rows, Subject

if TYPE_CHECKING:
    import numpy as np

SHOWN = 3
HOUR = 3_600 * 10**6
DAY = 24 * HOUR
QUARTER = HOUR // 4
ZONES = 14 * HOUR
"""No time zone is farther from UTC, and all lie whole quarters of an hour from it."""
YEARS_AHEAD = 2
YEAR = 8_766 * HOUR
CONTINUED = 0.1
"""A column goes on into the future if the years ahead hold this share of the rows of the years past."""
NEAREST, APART, PILED = 20, 20, 5
IMPLAUSIBLE_SHARE = Quantity(
    name="data.implausible_date_share",
    unit="share of rows",
    bounds=(0.0, 1.0),
    kind="count",
    meaning=(
        "The share of training rows whose date cannot be. In the future: more than a day after the "
        f"audit in the column of --time; in others more than {YEARS_AHEAD} years, if these are under "
        f"half of the rows and the column does not go on from the {YEARS_AHEAD} years past into the "
        f"{YEARS_AHEAD} ahead, as one of due dates does. At a clock's zero: 1970-01-01 in some time "
        f"zone, where the nearest other dates are {APART} of their spacings away or have less than "
        f"1/{PILED} of its rows. And the rarer of dates with and without a time zone, which are read "
        "as UTC. The ends of calendars, such as 1900-01-01 and 9999-12-31, stand for missing dates "
        "and do not count."
    ),
    details={
        "implausible": "the number of such rows",
        "what": "what is wrong with them, in words",
    },
)


@checker(IMPLAUSIBLE_SHARE)
def implausible_dates(
    train: Table, today: datetime, time: TimeColumn | None = None
) -> Iterator[Measurement]:
    """The share of rows with an implausible date, a column each."""
    columns = train.of_kind(Kind.DATE)
    if not columns:
        raise Unavailable("no column holds dates")
    for column in columns:
        observed = time is not None and time.name == column.name
        yield _measured(column, today, train.n_rows, observed=observed)


def _measured(column: Column, today: datetime, n: int, *, observed: bool) -> Measurement:
    import numpy as np

    dates = numbers(column.data)
    now = today.timestamp() * 1e6
    faults = (
        (f"after the audit on {today:%Y-%m-%d}", _future(dates, now, observed=observed)),
        ("at the zero of a computer's clock", _at_zero(dates)),
        (_zones_told(column), _mixed(column)),
    )
    told, wrong = [], np.zeros(n, dtype=bool)
    for what, rows in faults:
        wrong[rows] = True
        if len(rows):
            told.append(f"{len(rows):,} {what} ({_span(dates[rows])})")
    rows = np.flatnonzero(wrong)
    return Measurement(
        quantity=IMPLAUSIBLE_SHARE.name,
        subject=Subject(column=column.name),
        value=len(rows) / n,
        n=n,
        details={"implausible": len(rows), "what": "; ".join(told)},
        rows=Rows.of("train", rows),
    )


def _future(dates: np.ndarray, now: float, *, observed: bool) -> np.ndarray:
    """The rows of dates that lie in the future, as far as that cannot be."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        later = dates > now + DAY
        if observed:
            return np.flatnonzero(later & ~_is_calendar_end(dates))
        ahead = YEARS_AHEAD * YEAR
        far = (dates > now + ahead) & ~_is_calendar_end(dates)
        soon = int(np.sum(later & (dates <= now + ahead)))
        lately = int(np.sum((dates > now - ahead) & ~later))
    goes_on = soon > max(CONTINUED * lately, 0)
    ends_there = 2 * int(far.sum()) < int(np.sum(~np.isnan(dates)))
    return np.flatnonzero(far) if ends_there and not goes_on else np.zeros(0, dtype=np.int64)


def _is_calendar_end(dates: np.ndarray) -> np.ndarray:
    import numpy as np

    days = [np.datetime64(day, "us").astype(np.int64) for day in CALENDAR_ENDS]
    return np.isin(np.floor(dates / DAY) * DAY, np.array(days, dtype=np.float64))


def _at_zero(dates: np.ndarray) -> np.ndarray:
    """The rows of dates at the zero of a clock, if they lie apart from the rest or pile up."""
    import numpy as np

    zero = (np.abs(dates) <= ZONES) & (dates % QUARTER == 0)
    none = np.zeros(0, dtype=np.int64)
    if not zero.any():
        return none
    values, counts = np.unique(dates[~zero & ~np.isnan(dates)], return_counts=True)
    place = int(np.searchsorted(values, 0.0))
    below, above = values[:place][::-1][:NEAREST], values[place:][:NEAREST]
    if len(values) < 2:
        return none
    near = counts[max(place - NEAREST, 0) : place + NEAREST]
    piled = int(zero.sum()) >= PILED and int(zero.sum()) > PILED * int(near.max())
    return np.flatnonzero(zero) if piled or (_apart(-below) and _apart(above)) else none


def _apart(nearest: np.ndarray) -> bool:
    """Whether rising dates on one side of zero begin far beyond their own spacing; none do."""
    if len(nearest) < 2:
        return True
    spacing = (nearest[-1] - nearest[0]) / (len(nearest) - 1)
    return bool(nearest[0] > APART * spacing)


def _mixed(column: Column) -> np.ndarray:
    """The rows whose date has a time zone where most have none, or the reverse."""
    import numpy as np

    if column.forms is None:
        return np.zeros(0, dtype=np.int64)
    form = codes(column.forms)
    counts = np.bincount(form[form >= 0])
    there = np.flatnonzero(counts)
    return np.flatnonzero(np.isin(form, there[there != np.argmax(counts)]))


def _zones_told(column: Column) -> str:
    rows = _mixed(column)
    if column.forms is None or not len(rows):
        return ""
    return f"{levels(column.forms)[int(codes(column.forms)[rows[0]])]}, unlike the others"


def _span(dates: np.ndarray) -> str:
    """The few days that these are, or the first and the last."""
    import numpy as np

    shown = np.unique(dates.astype("datetime64[us]").astype("datetime64[D]")).astype(str).tolist()
    return f"{shown[0]} to {shown[-1]}" if len(shown) > SHOWN else ", ".join(shown)
