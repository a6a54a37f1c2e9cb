"""How much more, or less, of each column is missing in eval than in train."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mldebug.artefacts import Kind, Table, Target
from mldebug.checker import Unavailable, checker
from mldebug.columns import missing
from mldebug.derive.split_units import COUNTED, SplitUnits
from mldebug.measurement import Measurement, Quantity, Subject
from mldebug.stats.shares import share_difference

if TYPE_CHECKING:
    from mldebug.derive.profile import Profile

COLUMNS_SHOWN = 8
MISSING_DIFFERENCE = Quantity(
    name="data.missing_difference",
    unit="difference of shares",
    bounds=(0.0, 1.0),
    kind="estimate",
    meaning="How far the shares of missing cells of a column are apart in train and eval. The "
    "target is left out, and so are columns of values that mldebug cannot read. " + COUNTED,
    source="Newcombe 1998, Stat. Med. 17, 873-890; Kish 1965 for groups",
    null="a cell is missing with one chance in train and eval",
    details={
        "train_share": "the share of missing cells in train",
        "eval_share": "the share of missing cells in eval",
    },
)


@checker(MISSING_DIFFERENCE)
def missingness_shift(
    train: Table,
    eval: Table,
    train_profile: Profile,
    eval_profile: Profile,
    target: Target | None = None,
    split_units: SplitUnits | None = None,
) -> Iterator[Measurement]:
    """The difference of the missing shares of each column that both tables have."""
    compared = [
        column.name
        for column in train.columns
        if column.name in eval
        and (target is None or column.name != target.name)
        and Kind.UNSUPPORTED not in (column.kind, eval[column.name].kind)
    ]
    if not compared or not min(train.n_rows, eval.n_rows):
        raise Unavailable("train and eval share no column whose missing cells could be counted")
    counts = {
        name: (train_profile.columns[name].n_missing, eval_profile.columns[name].n_missing)
        for name in compared
    }
    shares = {
        name: (here / train.n_rows, there / eval.n_rows) for name, (here, there) in counts.items()
    }
    most = sorted(compared, key=lambda name: -abs(shares[name][1] - shares[name][0]))
    for name, (here, there) in counts.items():
        if split_units is None or not (here or there):
            found = share_difference(here, train.n_rows, there, eval.n_rows)
        else:
            n, m = _independent((train, eval), name, split_units)
            found = share_difference(shares[name][0] * n, n, shares[name][1] * m, m)
        assert found.interval is not None
        yield Measurement(
            quantity=MISSING_DIFFERENCE.name,
            subject=Subject(column=name),
            value=abs(found.value),
            n=train.n_rows + eval.n_rows,
            interval=_of_size(*found.interval),
            p=found.p,
            details={"train_share": shares[name][0], "eval_share": shares[name][1]},
            figure=_shown(name, shares, most) if found.value else None,
        )


def _independent(tables: tuple[Table, Table], name: str, units: SplitUnits) -> tuple[float, float]:
    """How many independent rows would tell as much of the missing shares as these."""
    import numpy as np

    from mldebug.stats.clusters import independent_pair, independent_rows

    gaps = [missing(one[name].data).astype(np.float64) for one in tables]
    groups = units.train, units.eval
    return independent_pair(independent_rows, (gaps[0], gaps[1]), groups, alike=units.alike)


def _of_size(low: float, high: float) -> tuple[float, float]:
    """The interval of a difference's size, from that of the difference."""
    smallest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return smallest, max(abs(low), abs(high))


def _shown(name: str, shares: Mapping[str, tuple[float, float]], most: list[str]) -> dict[str, Any]:
    others = [
        one for one in most[:COLUMNS_SHOWN] if one != name and shares[one][0] != shares[one][1]
    ]
    direction = "more" if shares[name][1] > shares[name][0] else "less"
    return {
        "kind": "shares",
        "title": f"{direction.capitalize()} of {name} is missing in eval than in train",
        "description": "The share of missing cells in train and in eval, this column first",
        "x_label": "share of rows",
        "items": [
            {"label": one, "train": shares[one][0], "eval": shares[one][1]}
            for one in [name, *others]
        ],
    }
