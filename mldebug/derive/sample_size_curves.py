"""The score of a learner by the number of rows that it learnt from, and what more rows promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.artefacts import Run, Series
from mldebug.checker import Unavailable, derived

if TYPE_CHECKING:
    import numpy as np

    from mldebug.stats.power_law import Promise

MOST_SIZES = 12
"""The largest sizes of a curve, which its law is fitted to: small ones follow laws of their own."""
REPEATS = ("n", "repeats", "n_repeats", "folds", "n_splits")


@dataclass(frozen=True, slots=True)
class SampleSizeCurve:
    """One learner's curve, by growing rows, turned so that more is better.

    Parameters
    ----------
    run : str
        The run's name.
    series : Series
        The evaluation series as logged: that of test data where there is one.
    rows : numpy.ndarray of shape (n_sizes,), dtype float64
        Training rows, strictly increasing.
    values : numpy.ndarray of shape (n_sizes,), dtype float64
        Scores from 0 to 1 as logged, or their errors with the sign turned; anything else divided by
        the size of its last value, and turned if less is better.
    errors : numpy.ndarray of shape (n_sizes,) or None
        Standard errors of the values; None where the spread of repeats was not logged.
    scale : float
        What a change of ``values`` by 1 is, as logged.
    promise : Promise or None
        What twice the rows would gain; None where ``refusal`` says why that cannot be told.
    refusal : str
        One sentence, or empty.
    """

    run: str
    series: Series
    rows: np.ndarray
    values: np.ndarray
    errors: np.ndarray | None
    scale: float
    promise: Promise | None
    refusal: str

    def __len__(self) -> int:
        return len(self.rows)


@derived()
def sample_size_curves(runs: tuple[Run, ...], seed: int) -> tuple[SampleSizeCurve, ...]:
    """The sample-size curves among the runs, each with the power law of its largest sizes."""
    sized = [run for run in runs if run.axis == "size"]
    if not sized:
        raise Unavailable("no run is a curve of scores by the number of training rows")
    found = tuple(one for run in sized if (one := _curve(run, seed)) is not None)
    if not found:
        raise Unavailable("no sample-size curve has a score on evaluation or test data")
    return found


def _curve(run: Run, seed: int) -> SampleSizeCurve | None:
    import numpy as np

    known = [one for one in run.series if one.role in ("score", "loss") and one.direction]
    held = [one for split in ("test", "eval") for one in known if one.split == split]
    if not held:
        return None
    spreads = [(one, _spread(run, one)) for one in held]
    series, known_spread = next((pair for pair in spreads if pair[1] is not None), spreads[0])
    spread, repeats = (None, None) if known_spread is None else known_spread
    keep = np.isfinite(series.values) & (series.steps > 0)
    if spread is not None:
        keep &= np.isfinite(spread)
    rows, first = np.unique(series.steps[keep], return_index=True)
    values = series.values[keep][first]
    errors = None if spread is None else spread[keep][first]
    if not len(rows):
        return None
    shares = bool((values >= 0).all() and (values <= 1).all()) and series.role == "score"
    scale = 1.0 if shares else max(abs(float(values[-1])), float(np.ptp(values)) / 20) or 1.0
    sign = 1.0 if series.direction == "higher" else -1.0
    values, errors = sign * values / scale, None if errors is None else errors / scale
    rows = rows.astype(np.float64)
    promise, refusal = _promised(rows, values, errors, repeats, seed)
    return SampleSizeCurve(run.name, series, rows, values, errors, sign * scale, promise, refusal)


def _promised(
    rows: np.ndarray,
    values: np.ndarray,
    errors: np.ndarray | None,
    repeats: float | None,
    seed: int,
) -> tuple[Promise | None, str]:
    from mldebug.stats.power_law import (
        FEWEST_SIZES,
        promise_of_rows,
        steadied,
        sure_dip,
        surest_dip,
    )

    if len(rows) < FEWEST_SIZES:
        told = f"{len(rows)} sizes are too few to fit a curve to; give {FEWEST_SIZES} or more"
        return None, told
    errors = None if errors is None else steadied(errors)
    dip = surest_dip(values, errors if errors is not None else _scatter(values))
    if dip.errors > sure_dip(repeats):
        told = f"from {rows[dip.start]:,.0f} to {rows[dip.stop]:,.0f} training rows"
        reason = f"the curve falls {told}, so it follows no law that could be carried on"
        return None, reason
    last = slice(-MOST_SIZES, None)
    kept = None if errors is None else errors[last]
    return promise_of_rows(rows[last], values[last], kept, seed), ""


def _scatter(values: np.ndarray) -> np.ndarray:
    """Standard errors of single points, alike for all, from how the curve bends."""
    import numpy as np

    bends = values[:-2] - 2 * values[1:-1] + values[2:]
    return np.full(len(values), float(np.sqrt(np.mean(bends**2) / 6)))


def _spread(run: Run, series: Series) -> tuple[np.ndarray, float | None] | None:
    """The standard errors of a series' points and the repeats behind them, where both are known.

    None where no spread was logged.
    """
    import numpy as np

    spread = next(
        (
            one
            for one in run.series
            if one.metric.split("_")[0] in ("sd", "std", "sem", "stderr")
            and one.split == series.split
            and np.array_equal(one.steps, series.steps)
        ),
        None,
    )
    if spread is None:
        return None
    counted = next((one for one in run.series if one.name.lower() in REPEATS), None)
    known = counted is not None and np.array_equal(counted.steps, series.steps)
    repeats = np.maximum(counted.values, 1.0) if counted is not None and known else None
    told = None if repeats is None else float(np.nanmedian(repeats))
    if spread.metric.split("_")[0] in ("sem", "stderr"):
        return spread.values, told
    return None if repeats is None else (spread.values / np.sqrt(repeats), told)
