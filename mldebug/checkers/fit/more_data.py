"""What twice the training rows would gain, by the curve of scores that fewer rows led to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mldebug.checker import checker
from mldebug.derive.curve_figures import curve_figure, line
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.sample_size_curves import SampleSizeCurve

GAIN_OF_DOUBLING = Quantity(
    name="fit.gain_of_doubling",
    unit="gain",
    bounds=(None, None),
    kind="estimate",
    meaning=(
        "By how much a score on new data would grow with twice the training rows: the power law "
        "a + b n^-c, fitted to the 12 largest sizes, carried on. In points of the score where it lies "
        "between 0 and 1 (.01 is one point); of a loss, as a share of its last value. Not told of a "
        "curve that surely falls by a point somewhere."
    ),
    source="Viering & Loog 2023, IEEE TPAMI 45; interval of simulated curves",
    details={
        "metric": "the name of the series as logged",
        "size": "the largest number of training rows",
        "double": "twice as many",
        "score": "the score at the largest number of rows, as logged",
        "limit": "the score that the law approaches, as logged; None where none is known",
        "exponent": "c of the law; None where none is known",
        "undecided": "why no gain can be told; absent where one can",
    },
)


@checker(GAIN_OF_DOUBLING)
def more_data(sample_size_curves: tuple[SampleSizeCurve, ...]) -> Iterator[Measurement]:
    """The gain that twice the rows promise, for each sample-size curve."""
    for one in sample_size_curves:
        promise = one.promise
        yield Measurement(
            GAIN_OF_DOUBLING.name,
            Subject(run=one.run),
            0.0 if promise is None else promise.gain,
            len(one),
            None if promise is None else promise.interval,
            details={
                "metric": one.series.name,
                "size": int(one.rows[-1]),
                "double": 2 * int(one.rows[-1]),
                "score": float(one.values[-1] * one.scale),
                "limit": None if promise is None else float(promise.law.a[0] * one.scale),
                "exponent": None if promise is None else float(promise.law.c[0]),
                **({"undecided": one.refusal} if promise is None else {}),
            },
            figure=_figure(one),
        )


def _figure(one: SampleSizeCurve) -> dict[str, Any]:
    import numpy as np

    lines = [line(one.series.name, one.rows, one.values * one.scale)]
    band = None
    if one.promise is not None:
        sizes = one.promise.sizes
        low, high = np.sort([one.promise.low * one.scale, one.promise.high * one.scale], axis=0)
        law = one.promise.law
        fitted = (law.a[0] + law.b[0] * sizes ** -law.c[0]) * one.scale
        kept = sizes >= one.rows[max(len(one) - 12, 0)]
        lines.append(line("fitted curve, carried on", sizes[kept], fitted[kept], "trend"))
        band = {"x": sizes[kept], "low": low[kept], "high": high[kept]}
    marks = [(2 * float(one.rows[-1]), "twice the rows")] if one.promise is not None else []
    return curve_figure(
        "The score by the number of training rows",
        "Each point is a model trained on so many rows. Where the curve still rises at its end, more "
        "rows would help; where it is flat, they would not.",
        "training rows",
        one.series.metric,
        lines,
        marks,
        band,
    )
