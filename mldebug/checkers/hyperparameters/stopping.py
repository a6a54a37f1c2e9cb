"""What stopped a run, and what its early stopping watched, as far as the log tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.checkers.fit.run_lines import as_loss, loss_of
from mldebug.derive.logged_points import logged_points

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Run, Series
    from mldebug.derive.learning_curves import Curve
    from mldebug.derive.run_settings import RunSettings
    from mldebug.stats.curve_changes import Rise

NEARLY = 0.95
"""A run that did this share of its planned length was not ended before it."""
LAST, FEWEST_FITTED = 0.25, 12
"""The slope at the end is that of a quarter of the run."""
NEXT, PROMISED = 0.10, 0.01
CERTAIN = 3.0
BEST_KEPT = ("early_stopping_round", "od_wait", "n_iter_no_change")
"""Keys of early stopping in libraries that go back to the best model by themselves."""


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended.

    Parameters
    ----------
    patience : float or None
        In evaluations, as told.
    acts : bool
        Whether early stopping could have stopped a run of so many evaluations.
    keeps : bool or None
        Whether the best model is kept; None if that is not told.
    planned : bool
        Whether the run reached the length that was set for it, or was given one and has no epochs.
    stopped : bool
        Whether as many evaluations as the patience passed without a better one, before that length.
    still_falling : bool
        Whether the slope at the end promises more than 1 % for another tenth of the run, beyond noise.
    """

    patience: float | None
    acts: bool
    keeps: bool | None
    planned: bool
    stopped: bool
    still_falling: bool


def ends(evaluated: Curve, settings: RunSettings, tracker: str) -> End:
    """How a run with this evaluation ended."""
    # Patience counts evaluations, of which a long curve holds means alone.
    losses = as_loss(evaluated.series, logged_points(evaluated.series).values)
    patience = settings.value("patience")
    acts = patience is not None and patience < len(losses)
    reached = _reached(evaluated, settings)
    waited = len(losses) - 1 - int(losses.argmin())
    return End(
        patience,
        acts,
        _keeps(settings, tracker),
        reached is not False and any(one in settings for one in ("epochs", "steps", "rounds")),
        bool(acts and not reached and patience <= waited <= patience + 1),
        bool(acts and _falls(evaluated, loss_of(evaluated))),
    )


def _keeps(settings: RunSettings, tracker: str) -> bool | None:
    told = settings.value("keep_best")
    if told is not None:
        return bool(told)
    # YOLO keeps best.pt, whatever its settings.
    by_itself = settings.key("patience").rsplit(".", 1)[-1].startswith(BEST_KEPT)
    return True if by_itself or tracker == "YOLO" else None


def _reached(evaluated: Curve, settings: RunSettings) -> bool | None:
    """Whether the run did what was planned; None if no plan can be compared with the log."""
    steps, epochs, rounds = (settings.value(name) for name in ("steps", "epochs", "rounds"))
    series = evaluated.series
    last = float(evaluated.steps[-1])
    if steps:
        return last + 1 >= NEARLY * float(steps)
    if epochs and series.epochs is not None:
        return float(series.epochs[-1]) + 1 >= NEARLY * float(epochs)
    if rounds:
        return last + 1 >= NEARLY * float(rounds)
    return None


def _falls(evaluated: Curve, losses: np.ndarray) -> bool:
    """Whether the slope at the end promises a fall that matters, beyond noise."""
    import numpy as np

    from mldebug.stats.curve_changes import relative_scale, slope
    from mldebug.stats.curves import end_level, long_run_sd, without_spikes

    count = round(LAST * len(losses))
    if count < FEWEST_FITTED:
        return False
    calm = without_spikes(losses)
    gone = evaluated.steps - evaluated.steps[0] + (evaluated.steps[1] - evaluated.steps[0])
    place, noise = np.log(gone), long_run_sd(calm)
    ahead = float(np.log1p(NEXT)) / relative_scale(
        end_level(calm).value, float(calm[:3].mean()), float(calm.min())
    )
    fitted = slope(place[-count:], calm[-count:], noise)
    # It must not have ended within that part: the later half of it goes on falling as well.
    last = slope(place[-count // 2 :], calm[-count // 2 :], noise)
    certain = -fitted.value - CERTAIN * fitted.error
    return min(certain, -last.value) * ahead > PROMISED


def worsens(evaluated: Curve) -> tuple[Rise, float]:
    """The rise of evaluation from its best level to its end, and the share of it that is certain."""
    from mldebug.stats.curve_changes import relative_scale, rise_to_end
    from mldebug.stats.curves import window_of, without_spikes

    calm = without_spikes(loss_of(evaluated))
    rise = rise_to_end(calm)
    first = float(calm[: window_of(len(calm))].max())
    least = rise.interval[0] if rise.interval else 0.0
    return rise, least / relative_scale(rise.lowest, first, rise.lowest)


def monitored(run: Run, settings: RunSettings) -> Series | None:
    """The series that early stopping watches; None if none by that name was logged.

    Hugging Face puts ``eval_`` before a name that lacks it.
    """
    told = settings.value("monitor")
    if told is None or not any(one.split in ("eval", "test") for one in run.series):
        return None
    names = [told, f"{told}_epoch"]
    if settings.key("monitor").endswith("metric_for_best_model") and not told.startswith("eval_"):
        names = [f"eval_{told}"]
    wanted = [_plain(name) for name in names]
    return next((one for name in wanted for one in run.series if _plain(one.name) == name), None)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower())
