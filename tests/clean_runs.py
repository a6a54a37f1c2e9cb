"""The clean runs: healthy logs of many makes, in which no rule should find fault.

Each recipe is one make; ``turn`` counts how often it came up. Three kinds follow each other: single
runs, sets of runs (small searches with seeds, seeds of one configuration), and sample-size curves.
There are so many of each that a rule about one kind meets 200 of either parity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.run_settings import patience_of, record_of, settings_of
from tests.runs import NAMINGS, Course, course, cut, logged, rise, scale_of
from tests.size_curves import logged_sizes, size_curve
from tests.tables import Case

if TYPE_CHECKING:
    from mldebug.artefacts import Run

Rng = np.random.Generator
Recipe = Callable[[Rng, int], Case]
POINTS = (20, 30, 50, 80, 100, 150, 200, 300, 400, 500, 700, 1_000, 1_500, 2_000, 3_500)
SETTLED = 0.004
"""The relative fall that the slope at the end promises for the next tenth of a settled run."""
COUNTS = {"single": 840, "set": 460, "size": 420}


def clean_runs(seed: int = 0, first: int = 0) -> Iterator[tuple[str, Callable[[], Case]]]:
    """The healthy runs, each as its name and a function that makes it; numbered from ``first``."""
    number = first
    for kind, count in COUNTS.items():
        recipes = RECIPES[kind]
        for place in range(count):
            recipe = recipes[place // 2 % len(recipes)]
            turn = place // 2 // len(recipes)
            name = f"clean-{number:04d}-{kind}-{recipe.__name__.replace('_', '-')}"
            yield name, _later(name, recipe, turn, (seed, number))
            number += 1


def _later(name: str, recipe: Recipe, turn: int, seeds: tuple[int, int]) -> Callable[[], Case]:
    return lambda: replace(recipe(np.random.default_rng(seeds), turn), name=name)


def promised(course: Course) -> float:
    """The relative fall that the last twentieth of a course promises for the next tenth of it.

    Nothing where the log shows a learning rate that has run out.
    """
    if "rate" in course.names and course.rate[-1] < 0.05 * course.rate.max():
        return 0.0
    n = len(course.steps)
    back = max(round(0.05 * n), 1)
    falls = [
        (loss[-1 - back] - loss[-1]) / scale_of(course, which, -1)
        for which, loss in (("train", course.train), ("eval", course.eval))
    ]
    return float(max(falls) * 0.1 * n / back)


def healthy(rng: Rng, n: int | None = None, *, settled: bool = True, **fixed: Any) -> Course:
    """A course with everything about its log drawn too; ``settled`` draws again until it is."""
    points = int(rng.choice(POINTS)) if n is None else n
    classes = int(fixed.pop("classes", rng.choice([0, 2, 10, 10, 100])))
    rows = int(fixed.pop("eval_rows", rng.choice([2_000, 5_000, 10_000, 50_000])))
    given = {
        "start": float(np.log(max(classes, 4)) * rng.uniform(1.0, 1.15)),
        "classes": classes,
        "eval_rows": rows,
        "eval_noise": rows**-0.5,
        "shared": float(rng.uniform(0.8, 0.98)),
        "wander": float(10 ** rng.uniform(-3, -2.2)),
        "memory": float(rng.uniform(0.3, 0.95)),
        "paced": True,
        "tracker": str(rng.choice(["MLflow", "DVCLive", "TensorBoard", "Weights & Biases"])),
        "names": NAMINGS[str(rng.choice(["slashes", "slashes", "lightning"]))],
        "schedule": str(rng.choice(["constant", "cosine", "linear", "warm-up", "drops"])),
        "test": True,
        **fixed,
    }
    for _ in range(60):
        made = course(rng, points, **given)
        if not settled or promised(made) < SETTLED:
            break
    config = settings_of(rng, made, str(given["schedule"]))
    factor = config["lr"] / made.rate.max()
    made = made.with_(rate=made.rate * factor, config=config, record=record_of(rng, made))
    if rng.random() < 0.5:
        made = made.with_(extra=_gradients(rng, made))
    if rng.random() < 0.5:
        made = made.with_(times=1.7e9 + made.steps * float(10 ** rng.uniform(-1.5, 1)))
    return made


def _gradients(rng: Rng, course: Course) -> dict[str, Any]:
    noise = rng.lognormal(0, 0.2, len(course.steps))
    return {"train/grad_norm": rng.uniform(0.3, 2) * np.sqrt(course.train) * noise}


def _case(rng: Rng, course: Course, *exempt: str, name: str = "run") -> Case:
    """The run that the course leaves, with the patience that it can be said to have had."""
    run = logged(rng, course, name)
    config = dict(run.config)
    if course.config and rng.random() < 0.75:
        config |= patience_of(rng, run)
    codes = set(exempt)
    if promised(course) >= SETTLED:
        codes |= {"FT811"}
    if course.eval_rows and course.eval_rows < 2_000:
        codes |= {"FT819"}
    if not any(one.split in ("eval", "test") for one in run.series):
        codes |= {"FT821"}
    return Case("", None, options={"run": replace(run, config=config)}, exempt=frozenset(codes))


def constant_rate(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, schedule="constant"))


def cosine(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, schedule="cosine", heat=rng.uniform(0, 0.1)))


def linear(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, schedule="linear", heat=rng.uniform(0, 0.1)))


def warm_up(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, schedule="warm-up"))


def step_drops(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, schedule="drops", heat=rng.uniform(0.02, 0.1)))


def warm_restarts(rng: Rng, _turn: int) -> Case:
    n = int(rng.choice([n for n in POINTS if n >= 100]))
    return _case(rng, healthy(rng, n, schedule="restarts", heat=rng.uniform(0.03, 0.12)))


def one_cycle(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, schedule="one-cycle", heat=rng.uniform(0, 0.08)))


def still_falling(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, settled=False, decay="power", schedule="constant"))


def dropout_lag(rng: Rng, _turn: int) -> Case:
    averaged = float(rng.choice([0.0, 1.0]))
    dropout = float(rng.uniform(0.03, 0.2))
    return _case(rng, healthy(rng, dropout=dropout, averaged=averaged, gap=0.02))


def epoch_averages(rng: Rng, _turn: int) -> Case:
    """One point an epoch, that of training a mean over it, as Keras tells it."""
    n = int(rng.choice([10, 15, 20, 30, 50, 100, 200]))
    names = NAMINGS["keras"]
    made = healthy(rng, n, stride=1, per_epoch=1.0, averaged=1.0, cadence=1, names=names)
    return _case(rng, made.with_(train_noise=made.train_noise / 5, tracker="Keras"))


def small_eval_set(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, eval_rows=int(rng.choice([50, 100, 200, 500, 1_000]))))


def large_eval_set(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, eval_rows=50_000, wander=0.001))


def wandering_weights(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, wander=float(rng.uniform(0.005, 0.012)), memory=0.9))


def stopped_early(rng: Rng, _turn: int) -> Case:
    """It stopped a few evaluations after the best, whose weights were kept; eval rose a little."""
    made = healthy(rng, int(rng.choice([n for n in POINTS if n >= 40])), cadence=1)
    patience = int(rng.integers(3, max(4, len(made.steps) // 12)))
    start = 1 - patience / (len(made.steps) - 1)
    made = rise(made, float(rng.uniform(0.002, 0.02)), start, bend=1.5)
    kept = {"patience": max(patience, 5), "monitor": "val_loss", "restore_best_weights": True}
    told = {f"early_stopping.{key}": value for key, value in kept.items()}
    case = _case(rng, made)
    run = case.options["run"]
    plain = {key: one for key, one in run.config.items() if not key.startswith("early_stopping")}
    return replace(case, options={"run": replace(run, config={**plain, **told})})


def resumed(rng: Rng, _turn: int) -> Case:
    """Killed and taken up again where it was: the steps go on, hours later, a little above."""
    made = healthy(rng)
    n = len(made.steps)
    place = int(rng.uniform(0.2, 0.8) * n)
    after = np.arange(n) - place
    above = 1 + rng.uniform(0, 0.05) * np.where(after < 0, 0.0, np.exp(-after / max(n / 50, 1)))
    times = 1.7e9 + made.steps * 0.5 + np.where(after < 0, 0.0, rng.uniform(1e3, 1e5))
    return _case(rng, made.with_(train=made.train * above, eval=made.eval * above, times=times))


def evaluated_apart(rng: Rng, _turn: int) -> Case:
    """Evaluation at steps of its own, and once more at the end."""
    stride = int(rng.choice([5, 10, 50]))
    made = healthy(rng, stride=stride, cadence=int(rng.choice([2, 3, 5, 7])))
    return _case(rng, made.with_(offbeat=int(rng.integers(1, stride)), last=rng.random() < 0.5))


def negative_losses(rng: Rng, _turn: int) -> Case:
    """The negative logarithm of a density, which may be anything."""
    made = healthy(rng, classes=0, start=float(rng.uniform(2, 200)))
    return _case(rng, made.with_(offset=float(rng.uniform(0.5, 3) * made.train[0])))


def near_zero(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, floor=float(10 ** rng.uniform(-4, -2.5)), classes=2, gap=0.1))


def perfect_metric(rng: Rng, _turn: int) -> Case:
    """All answers are right from early on, and the loss falls on."""
    made = healthy(rng, floor=0.0005, classes=2, gap=0.1, decay="exponential", wander=0.001)
    return _case(rng, made.with_(eval_rows=200, shared=0.98), "FT819")


def explained_variance(rng: Rng, _turn: int) -> Case:
    names = {key: one.replace("accuracy", "r2") for key, one in NAMINGS["slashes"].items()}
    start = float(10 ** rng.uniform(-2, 3))
    return _case(rng, healthy(rng, classes=0, start=start, score="r2", names=names))


def root_squared_error(rng: Rng, _turn: int) -> Case:
    names = {key: one.replace("accuracy", "rmse") for key, one in NAMINGS["slashes"].items()}
    start = float(10 ** rng.uniform(-2, 3))
    names |= {"train": "train/mse", "eval": "val/mse"}
    return _case(rng, healthy(rng, classes=0, start=start, score="rmse", names=names))


def only_scores(rng: Rng, _turn: int) -> Case:
    keys = ("train_score", "eval_score", "test_score")
    names = {key: NAMINGS["slashes"][key] for key in keys}
    return _case(rng, healthy(rng, classes=10, names=names))


def boosting(rng: Rng, _turn: int) -> Case:
    """Rounds: the loss of training goes on towards 0, and that of evaluation saturates."""
    n = int(rng.choice([50, 100, 200, 500, 1_000]))
    names = NAMINGS["boosting"]
    made = healthy(rng, n, classes=0, stride=1, cadence=1, decay="exponential", names=names)
    fitted = made.train * np.exp(-made.at * rng.uniform(0.3, 1.5))
    config = {"eta": 0.1, "max_depth": 6, "num_boost_round": n, "seed": 0}
    told = {"rate": made.rate, "config": config, "extra": {}, "epochs": False, "record": {}}
    unmoved = {"train_noise": 0.001, "wander": 0.001, "shared": 0.999, "tracker": "XGBoost"}
    # What was fitted goes on falling by design; that is no sign of a run that ended too soon.
    return _case(rng, made.with_(train=fitted, **told, **unmoved))


def without_evaluation(rng: Rng, _turn: int) -> Case:
    names = {key: NAMINGS["slashes"][key] for key in ("train", "train_score", "rate")}
    return _case(rng, healthy(rng, names=names, test=False), "FT821")


def trainer(rng: Rng, _turn: int) -> Case:
    """Many points of training to one of evaluation, as in fine-tuning."""
    n, names = int(rng.choice([200, 500, 1_000])), NAMINGS["trainer"]
    schedule = str(rng.choice(["linear", "warm-up", "cosine"]))
    made = healthy(rng, n, cadence=n // 20, names=names, schedule=schedule, stride=10)
    return _case(rng, made.with_(tracker="Hugging Face Trainer"))


def few_points(rng: Rng, _turn: int) -> Case:
    return _case(rng, healthy(rng, int(rng.integers(10, 15)), cadence=1))


def hardly_any_points(rng: Rng, _turn: int) -> Case:
    made = healthy(rng, int(rng.integers(10, 15)), cadence=1, settled=False)
    return _case(rng, cut(made, float(rng.uniform(0.2, 0.5))), "FT811")


def long(rng: Rng, turn: int) -> Case:
    n = (10_000, 20_000, 50_000, 100_000)[turn % 4]
    return _case(rng, healthy(rng, n, cadence=int(rng.choice([10, 100])), memory=0.99))


def bare_table(rng: Rng, _turn: int) -> Case:
    """A CSV file of losses, without settings, without a record."""
    made = healthy(rng)
    return _case(rng, made.with_(config={}, record={}, times=None, extra={}, tracker="CSV"))


def fitted(rng: Rng, turn: int) -> Case:
    from tests.fitted_runs import fitted_run

    run, exempt = fitted_run(rng, turn)
    return Case("", None, options={"run": run}, exempt=frozenset(exempt))


def _end_loss(accuracy: float, classes: int) -> float:
    chance = 1 / classes
    return float(-np.log((accuracy - chance) / (1 - chance)) / 1.2)


def search(rng: Rng, _turn: int) -> Case:
    """Ten to twelve learning rates with two seeds each, one clear winner, one run done twice."""
    n, arms = int(rng.choice([12, 20, 30, 40])), int(rng.integers(10, 13))
    best = float(rng.uniform(0.8, 0.93))
    model = healthy(rng, n, classes=10, cadence=1, eval_rows=50_000, wander=0.0005, gap=0.03)
    model = model.with_(shared=0.95, extra={}, times=None)
    rates = 10 ** np.linspace(-4, -2.2, arms)
    winner = int(rng.integers(3, arms - 3))
    courses = {}
    for arm, rate in enumerate(rates):
        away = abs(arm - winner)
        missed = 0.02 + 0.002 * away if away else 0.0
        end = _end_loss(best - missed, 10)
        for seed in (1, 2):
            share = end * float(np.exp(rng.normal(0, 0.004))) / model.eval[-1]
            courses[f"lr{arm}-seed{seed}"] = _seeded(model, share, rate, seed)
    made = _several(rng, courses)
    runs = made.options["run"]
    return replace(made, options={"run": [*runs, replace(runs[2 * winner], name="again")]})


def _several(rng: Rng, courses: dict[str, Course]) -> Case:
    """The runs that named courses leave; FT811 is right where one has not settled."""
    runs = [logged(rng, one, name) for name, one in courses.items()]
    unsettled = any(promised(one) >= SETTLED for one in courses.values())
    exempt = {"FT811"} if unsettled else set[str]()
    return Case("", None, options={"run": runs}, exempt=frozenset(exempt))


def _seeded(model: Course, share: float, rate: float, seed: int) -> Course:
    """The course whose losses end at ``share`` of the model's, from the same start."""
    kept = (model.train[0] - share * model.eval[-1]) / (model.train[0] - model.eval[-1])
    losses = {
        which: model.train[0] - kept * (model.train[0] - getattr(model, which))
        for which in ("train", "eval")
    }
    return model.with_(
        **losses,
        rate=model.rate * rate / model.rate.max(),
        config={**model.config, "lr": float(rate), "seed": seed},
    )


def seeds(rng: Rng, _turn: int) -> Case:
    """One configuration with three to eight seeds, which differ a little."""
    model = healthy(rng, int(rng.choice([20, 50, 100])), cadence=1, classes=10, gap=0.03)
    courses = {}
    for seed in range(int(rng.integers(3, 9))):
        share = float(np.exp(rng.normal(0, 0.005)))
        rate = float(model.rate.max())
        courses[f"seed{seed}"] = _seeded(model, share, rate, seed)
    return _several(rng, courses)


def saturated(rng: Rng, _turn: int) -> Case:
    return _sizes(rng, [float(rng.uniform(0.0, 0.0015))])


def rising(rng: Rng, _turn: int) -> Case:
    return _sizes(rng, [float(rng.uniform(0.012, 0.04))], "FT801")


def learners(rng: Rng, _turn: int) -> Case:
    """Two or three learners on one set that end up alike."""
    return _sizes(rng, rng.uniform(0.0, 0.0015, int(rng.integers(2, 4))).tolist())


def _sizes(rng: Rng, gains: Sequence[float], *exempt: str) -> Case:
    """Curves of which twice the rows would take so much off the error."""
    n, floor = int(rng.integers(11, 19)), float(rng.uniform(0.02, 0.25))
    curves = [size_curve(rng, n, gain=gain, floor=floor) for gain in gains]
    runs = [logged_sizes(rng, one, f"learner{place}") for place, one in enumerate(curves)]
    given: Run | list[Run] = runs if len(runs) > 1 else runs[0]
    return Case("", None, options={"run": given}, exempt=frozenset(exempt))


SETS: tuple[Recipe, ...] = (*[search] * 9, seeds)
SIZES: tuple[Recipe, ...] = (saturated, rising, learners, saturated)
OTHERS = (clean_runs, promised, healthy, *SETS, *SIZES)
SINGLE: tuple[Recipe, ...] = tuple(
    recipe
    for name, recipe in list(globals().items())
    if callable(recipe)
    and getattr(recipe, "__module__", None) == __name__
    and not name.startswith("_")
    and recipe not in OTHERS
)
"""Every recipe of a single run in this file, in its order."""
RECIPES = {"single": SINGLE, "set": SETS, "size": SIZES}
