"""Simulated training runs: a stated model of how losses fall, from which healthy and faulty are drawn.

The loss in training falls towards a floor, as a power or an exponential of the steps (or of the
learning rate summed over them: ``paced``). The loss in evaluation lies above it by a gap that grows
and saturates. A higher learning rate holds both up a little once they have fallen (``heat``), so
that they fall when it drops and rise where a warm restart takes it back up. The weights wander:
a disturbance of the first autoregressive order is common to training and evaluation. What is logged
of training is the loss of a batch, whose noise falls with the batch, perhaps with dropout at work
and as the mean over the last epoch; evaluation is logged every so many steps, and its noise falls
with the size of its set and is in part the same each time, as its rows are. A fault changes the
course before the noise is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import run_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mldebug.artefacts import Run

Array = np.ndarray[Any, np.dtype[Any]]

SLASHES = {
    "train": "train/loss",
    "eval": "val/loss",
    "train_score": "train/accuracy",
    "eval_score": "val/accuracy",
    "rate": "learning_rate",
    "test_score": "test/accuracy",
}
NAMINGS: Mapping[str, Mapping[str, str]] = {
    "slashes": SLASHES,
    "keras": {
        "train": "loss",
        "eval": "val_loss",
        "train_score": "accuracy",
        "eval_score": "val_accuracy",
        "rate": "learning_rate",
        "test_score": "test_accuracy",
    },
    "trainer": {
        "train": "loss",
        "eval": "eval_loss",
        "eval_score": "eval_accuracy",
        "rate": "learning_rate",
        "test_score": "test_accuracy",
    },
    "lightning": {
        "train": "train_loss_step",
        "eval": "val_loss",
        "train_score": "train_acc",
        "eval_score": "val_acc",
        "rate": "lr-AdamW",
        "test_score": "test_acc",
    },
    "boosting": {"train": "train-logloss", "eval": "valid-logloss"},
}
"""What trackers call the series; a key that is not there is not logged."""
LOWEST_RANGE = 0.05
"""The share of a loss's whole fall that relative changes are at least divided by."""


@dataclass(frozen=True)
class Course:
    """The expected losses of a run at each logged point, and how they will be logged.

    Parameters
    ----------
    steps : array of shape (n,)
        Of the points of training.
    train, eval : arrays of shape (n,)
        The expected losses; ``eval`` at every point, though it is logged every ``cadence`` of them.
    rate : array of shape (n,)
        The learning rate.
    per_epoch : float
        Steps an epoch.
    cadence : int
        Evaluation is logged at every so-manieth point of training.
    train_noise, eval_noise : float
        Standard deviations, as shares of the loss.
    classes : int
        Of the accuracy that goes with the loss; 0 logs none.
    names : mapping of str to str
        What the log calls ``train``, ``eval``, ``train_score``, ``eval_score``, ``rate`` and
        ``test_score``; one that has no name is not logged.
    config, record : mapping
        Hyperparameters, and what else the tracker keeps.
    score : {"accuracy", "r2", "rmse"}
        What goes with the loss; the last two are read off the loss as logged.
    eval_rows : int
        Rows of the evaluation set, whose accuracy is binomial; 0 takes them from ``eval_noise``.
    shared : float
        The share of the evaluation's noise that is the same in every evaluation.
    wander, memory : float
        Standard deviation, as a share of the loss, of the weights' wandering, and its
        autocorrelation from point to point.
    dropout : float
        By what share of itself dropout raises the loss of training as logged.
    averaged : float
        Over how many epochs the logged loss of training is a mean.
    offset : float
        Is taken off the losses as logged, which may make them negative.
    offbeat : int
        How many steps after a point of training its evaluation is logged.
    last : bool
        Whether the end is evaluated too, whatever the cadence.
    test : bool
        Whether a score on test data is logged once, at the end.
    epochs : bool
        Whether the log gives the epochs.
    times : array of shape (n,) or None
        Seconds since 1970 of each point of training.
    extra : mapping of str to array of shape (n,)
        Further series, logged as they are.
    tracker : str
        As the run names it.
    """

    steps: Array
    train: Array
    eval: Array
    rate: Array
    per_epoch: float
    cadence: int = 1
    train_noise: float = 0.05
    eval_noise: float = 0.01
    classes: int = 10
    names: Mapping[str, str] = field(
        default_factory=lambda: {key: one for key, one in SLASHES.items() if key != "test_score"}
    )
    config: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    score: str = "accuracy"
    eval_rows: int = 0
    shared: float = 0.0
    wander: float = 0.0
    memory: float = 0.9
    dropout: float = 0.0
    averaged: float = 0.0
    offset: float = 0.0
    offbeat: int = 0
    last: bool = False
    test: bool = False
    epochs: bool = True
    times: Array | None = None
    extra: Mapping[str, Array] = field(default_factory=dict)
    tracker: str = "simulator"

    @property
    def at(self) -> Array:
        """How much of the run is over at each point, from 0 to 1."""
        return np.arange(len(self.steps)) / max(len(self.steps) - 1, 1)

    def with_(self, **changed: Any) -> Course:
        """The same course with other fields."""
        return replace(self, **changed)


def course(rng: np.random.Generator, n: int, **fixed: Any) -> Course:
    """A healthy course of n points with everything else drawn: decay, gap, noise, schedule, cadence.

    ``fixed`` gives fields of `Course` their values; ``decay`` (power, exponential), ``schedule``
    (constant, cosine, linear, warm-up, drops, restarts, one-cycle), ``start``, ``floor`` and ``gap``
    (as shares of the start), ``stride``, ``heat`` (the rise at the highest rate, as a share of the
    fall) and ``paced`` may be fixed too.
    """
    start = fixed.pop("start", float(np.exp(rng.normal(0.8, 0.7))))
    floor = start * fixed.pop("floor", rng.uniform(0.02, 0.4))
    gap = fixed.pop("gap", rng.uniform(0.0, 0.15))
    decay = fixed.pop("decay", str(rng.choice(["power", "exponential"])))
    schedule = fixed.pop("schedule", str(rng.choice(["constant", "cosine", "warm-up", "drops"])))
    heat, paced = fixed.pop("heat", 0.0), fixed.pop("paced", False)
    t = np.arange(n) / n
    done, shape = t, None
    if paced or heat:
        shape = _schedule(rng, schedule, t)
        done = (np.cumsum(shape) - shape) / np.sum(shape) if paced else t
    if decay == "power":
        fallen = (1 + done * 10 ** rng.uniform(1, 2.5)) ** -rng.uniform(0.4, 1.0)
    else:
        fallen = np.exp(-done * rng.uniform(3, 8))
    rate = 10 ** rng.uniform(-4, -2) * (_schedule(rng, schedule, t) if shape is None else shape)
    train = floor + (start - floor) * fallen
    above = gap * floor * (1 - np.exp(-t * rng.uniform(2, 6)))
    if heat:
        hot = _followed(rate / rate.max(), max(n / 100, 1.0))
        train = train + heat * (start - floor) * (1 - fallen) * hot
    stride = int(fixed.pop("stride", rng.choice([1, 1, 10, 50])))
    drawn = {
        "per_epoch": max(n * stride / rng.integers(5, 60), 1.0),
        "cadence": int(rng.choice([1, 1, 2, 5])) if n >= 50 else 1,
        "train_noise": float(10 ** rng.uniform(-2.5, -0.8)),
        "eval_noise": float(10 ** rng.uniform(-3, -1.6)),
        "classes": int(rng.choice([0, 2, 10])),
        "config": {"lr": float(rate.max()), "optimizer": "adamw", "seed": 1},
    }
    return Course(np.arange(n) * stride, train, train + above, rate, **{**drawn, **fixed})


def _schedule(rng: np.random.Generator, name: str, t: Array) -> Array:
    shape: Array = np.ones_like(t)
    if name == "cosine":
        shape = 0.5 * (1 + np.cos(np.pi * t)) * 0.99 + 0.01
    if name == "linear":
        shape = 1 - 0.99 * t
    if name == "warm-up":
        shape = np.minimum(t / rng.uniform(0.01, 0.05), 1.0) * (1 - 0.9 * t)
    if name == "drops":
        shape = 0.1 ** np.floor(t * 3)
    if name == "restarts":
        cycles = t * rng.integers(2, 6)
        shape = 0.5 * (1 + np.cos(np.pi * (cycles % 1))) * 0.99 + 0.01
    if name == "one-cycle":
        up = np.minimum(t / 0.1, 1.0)
        shape = np.where(t < 0.1, 0.04 + 0.96 * up, 0.5 * (1 + np.cos(np.pi * (t - 0.1) / 0.9)))
    return shape


def _followed(values: Array, lag: float) -> Array:
    """The values, followed with a time constant of ``lag`` points."""
    from scipy.signal import lfilter

    kept = float(np.exp(-1 / lag))
    followed: Array = lfilter([1 - kept], [1, -kept], values, zi=np.array([kept * values[0]]))[0]
    return followed


def wandering(rng: np.random.Generator, n: int, memory: float) -> Array:
    """A stationary autoregression of the first order with standard deviation 1."""
    from scipy.signal import lfilter

    shocks = rng.normal(0, (1 - memory**2) ** 0.5, n)
    shocks[0] = rng.normal()
    walked: Array = lfilter([1.0], [1.0, -memory], shocks)
    return walked


def logged(rng: np.random.Generator, course: Course, name: str = "run") -> Run:
    """The run that a course leaves in a log."""
    n = len(course.steps)
    at = np.arange(course.cadence - 1, n, course.cadence)
    if course.last and at[-1:].tolist() != [n - 1]:
        at = np.append(at, n - 1)
    common = np.exp(course.wander * wandering(rng, n, course.memory)) if course.wander else 1.0
    expected = {"train": _as_logged(course) * common, "eval": (course.eval * common)[at]}
    apart = rng.normal(0, course.train_noise, n), rng.normal(0, course.eval_noise, len(at))
    if course.shared:
        level = course.shared**0.5 * course.eval_noise * rng.normal()
        apart = apart[0], (1 - course.shared) ** 0.5 * apart[1] + level
    losses = {key: expected[key] * np.exp(one) for key, one in zip(expected, apart, strict=True)}
    noisy = dict(losses)
    if course.score != "accuracy":
        noisy |= {f"{key}_score": _read_off(course, one) for key, one in losses.items()}
    elif course.classes:
        right = {key: accuracy_of(one, course.classes) for key, one in expected.items()}
        draws = max(int(1 / course.train_noise**2), 8)
        noisy["train_score"] = rng.binomial(draws, right["train"]) / draws
        noisy["eval_score"] = _eval_score(rng, course, right["eval"])
    noisy = {key: one - course.offset if key in losses else one for key, one in noisy.items()}
    places = {key: at if key.startswith("eval") else np.arange(n) for key in noisy}
    if course.test and len(noisy.get("eval_score", ())):
        noisy["test_score"], places["test_score"] = _test_score(rng, course, noisy), at[-1:]
    noisy["rate"] = course.rate
    points = [
        _points(course, course.names[key], values, places.get(key), late=key.startswith("eval"))
        for key, values in noisy.items()
        if course.names.get(key)
    ]
    points += [_points(course, key, values) for key, values in course.extra.items()]
    return run_of(
        Logged(
            name,
            "simulated",
            course.tracker,
            tuple(points),
            dict(course.config),
            dict(course.record),
        )
    )


def _as_logged(course: Course) -> Array:
    """The expected loss of training with dropout at work, as the mean over the last epochs."""
    train: Array = course.train * (1 + course.dropout)
    if not course.averaged or len(train) < 2:
        return train
    back = course.averaged * course.per_epoch / 2
    before = train[0] + (train[0] - train[1]) / 2
    steps = np.append(course.steps[0] - back, course.steps)
    earlier: Array = np.interp(course.steps - back, steps, np.append(before, train))
    return earlier


def _read_off(course: Course, loss: Array) -> Array:
    told: Array = np.sqrt(loss) if course.score == "rmse" else 1 - loss / (1.05 * course.train[0])
    return told


def _eval_score(rng: np.random.Generator, course: Course, right: Array) -> Array:
    """The share of right answers: some rows are right from a level of skill on, others by chance."""
    rows = course.eval_rows or max(int(1 / course.eval_noise**2), 20)
    same = round(course.shared * rows)
    if not same:
        return rng.binomial(rows, right) / rows
    hardness = np.sort(rng.random(same))
    return (np.searchsorted(hardness, right) + rng.binomial(rows - same, right)) / rows


def _test_score(rng: np.random.Generator, course: Course, noisy: Mapping[str, Array]) -> Array:
    best = float(noisy["eval_score"][-1])
    if course.score != "accuracy":
        return np.array([best * float(np.exp(rng.normal(0, course.eval_noise)))])
    rows = course.eval_rows or 2_000
    drawn: Array = rng.binomial(rows, min(max(best, 0.0), 1.0), 1) / rows
    return drawn


def _points(
    course: Course, name: str, values: Array, at: Array | None = None, *, late: bool = False
) -> Points:
    at = np.arange(len(course.steps)) if at is None else at
    steps = course.steps[at] + (course.offbeat if late else 0)
    epochs = steps / course.per_epoch if course.epochs else None
    times = None if course.times is None else course.times[at]
    return Points(name, np.asarray(values, np.float64), steps, epochs, times)


def accuracy_of(loss: Array, classes: int) -> Array:
    """The share of right answers that goes with a cross-entropy: chance at log K, 1 at 0."""
    chance = 1 / classes
    return np.clip(chance + (1 - chance) * np.exp(-1.2 * np.asarray(loss)), 0.0, 1.0)


def scale_of(course: Course, which: str, place: int) -> float:
    """What a relative change of an expected loss from its value at a place is divided by."""
    loss = getattr(course, which) - course.offset
    return float(max(abs(loss[place]), LOWEST_RANGE * (loss[0] - loss.min())))


def rise(
    course: Course, amount: float, start: float, *, which: str = "eval", bend: float = 1.0
) -> Course:
    """The course whose loss rises from ``start`` (a share of the run) to the end.

    At the end it is ``amount`` above what it was at the start of the rise, in `scale_of`; that is
    its minimum where it fell until then. ``bend`` above 1 makes the rise slow at first.
    """
    loss = getattr(course, which)
    place = min(round(start * (len(loss) - 1)), len(loss) - 2)
    after = np.arange(len(loss) - place) / (len(loss) - 1 - place)
    risen = loss.copy()
    risen[place:] = loss[place] + amount * scale_of(course, which, place) * after**bend
    return course.with_(**{which: risen})


def diverge(course: Course, amount: float, start: float, *, bend: float = 1.0) -> Course:
    """The course whose losses of training and of evaluation both rise; see `rise`."""
    both = rise(course, amount, start, which="train", bend=bend)
    return rise(both, amount, start, bend=bend)


def spike(course: Course, height: float, at: float, width: int = 1) -> Course:
    """The course whose losses rise at one place by ``height`` of themselves, and come back."""
    n = len(course.steps)
    away = np.arange(n) - round(at * (n - 1))
    bump = 1 + height * np.where(away < 0, 0.0, np.exp(-away / max(width / 3, 0.1)))
    return course.with_(train=course.train * bump, eval=course.eval * bump)


def swing(course: Course, share: float, period: float) -> Course:
    """The course whose loss of training swings by ``share`` of itself every ``period`` points."""
    wave = 1 + share * np.sin(2 * np.pi * np.arange(len(course.steps)) / period)
    return course.with_(train=course.train * wave)


def cut(course: Course, share: float) -> Course:
    """The first ``share`` of the course, as if it had been stopped there."""
    kept = slice(0, max(round(share * len(course.steps)), 2))
    arrays = {key: getattr(course, key)[kept] for key in ("steps", "train", "eval", "rate")}
    times = None if course.times is None else course.times[kept]
    extra = {key: values[kept] for key, values in course.extra.items()}
    return course.with_(**arrays, times=times, extra=extra)


def stuck(course: Course) -> Course:
    """The course whose losses stay where they began."""
    flat = np.full(len(course.steps), course.train[0])
    return course.with_(train=flat, eval=flat)
