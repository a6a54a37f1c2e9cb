"""Small real fits, made on the spot in less than a second each, and the runs that they log."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mldebug.artefacts import Run

Array = np.ndarray[Any, np.dtype[Any]]
Split = tuple[Array, Array, Array, Array]
Fitted = tuple[dict[str, Array], dict[str, Any]]


def fitted_run(rng: np.random.Generator, turn: int) -> tuple[Run, set[str]]:
    """A healthy fit of one of the makes that are installed, and the codes that are right there."""
    makes = [make for library, make in MAKES if find_spec(library)]
    make = makes[turn % len(makes)]
    series, config = make(rng, _split(rng, turn // len(makes)))
    run = _run(make.__name__, series, {**config, "seed": 0})
    return run, {"FT811"} if make in STILL_FALLING else set()


def _run(name: str, series: Mapping[str, Array], config: Mapping[str, Any]) -> Run:
    points = tuple(Points(key, np.asarray(values)) for key, values in series.items())
    return run_of(Logged(name, "fitted here", name.split("_", maxsplit=1)[0], points, dict(config)))


def _split(rng: np.random.Generator, number: int) -> Split:
    """Rows to train and to evaluate on: digits, or two noisy classes that curves divide."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    seed = int(rng.integers(2**31))
    if number % 2:
        rows, classes = load_digits(return_X_y=True)
        rows = rows / 16
    else:
        rows = rng.normal(0, 1, (1_500, 6))
        drawn = rows[:, 0] * rows[:, 1] + rows[:, 2] + rng.normal(0, 0.7, len(rows))
        classes = (drawn > 0).astype(int)
    train, held, right, wanted = train_test_split(
        rows, classes, test_size=0.35, stratify=classes, random_state=seed
    )
    return train, held, right, wanted


def sklearn_network(_rng: np.random.Generator, rows: Split) -> Fitted:
    """Epoch by epoch, evaluated on the rows held out."""
    from sklearn.metrics import log_loss
    from sklearn.neural_network import MLPClassifier

    train, held, right, wanted = rows
    config = {"hidden_layer_sizes": "(16,)", "alpha": 1e-3, "learning_rate_init": 0.003}
    model = MLPClassifier((16,), alpha=1e-3, learning_rate_init=0.003, random_state=0)
    told: dict[str, list[float]] = {"loss": [], "val_loss": [], "val_accuracy": []}
    for _ in range(60):
        model.partial_fit(train, right, classes=np.unique(right))
        chances = model.predict_proba(held)
        told["loss"].append(float(log_loss(right, model.predict_proba(train))))
        told["val_loss"].append(float(log_loss(wanted, chances)))
        told["val_accuracy"].append(float(np.mean(chances.argmax(axis=1) == wanted)))
    return {key: np.array(values) for key, values in told.items()}, config


def sklearn_loss_curve(_rng: np.random.Generator, rows: Split) -> Fitted:
    """Its own ``loss_curve_`` and, from early stopping, its ``validation_scores_``."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier((16,), early_stopping=True, max_iter=400, random_state=0)
    config = {"n_iter_no_change": 30, "learning_rate_init": 0.003, "validation_fraction": 0.3}
    model.set_params(**config).fit(rows[0], rows[2])
    config["early_stopping"] = True
    scores = np.asarray(model.validation_scores_)
    return {"loss": np.asarray(model.loss_curve_), "val_accuracy": scores}, config


def sklearn_boosting(_rng: np.random.Generator, rows: Split) -> Fitted:
    """Staged log losses of a slow boosting of shallow trees."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import log_loss

    train, held, right, wanted = rows
    config = {"learning_rate": 0.1, "max_iter": 40, "max_depth": 2}
    model = HistGradientBoostingClassifier(early_stopping=False, random_state=0, **config)
    model.fit(train, right)
    told = {
        "train_logloss": [log_loss(right, one) for one in model.staged_predict_proba(train)],
        "val_logloss": [log_loss(wanted, one) for one in model.staged_predict_proba(held)],
    }
    return {key: np.array(values) for key, values in told.items()}, config


def torch_network(rng: np.random.Generator, rows: Split) -> Fitted:
    """A small network with dropout, whose loss of training is the mean over the epoch."""
    import torch
    from torch import nn

    state = torch.random.get_rng_state()
    torch.manual_seed(int(rng.integers(2**31)))
    train, held, right, wanted = (torch.tensor(one) for one in rows)
    train, held = train.float(), held.float()
    classes = int(right.max()) + 1
    model = nn.Sequential(
        nn.Linear(train.shape[1], 24), nn.ReLU(), nn.Dropout(0.1), nn.Linear(24, classes)
    )
    settings = {"lr": 5e-3, "weight_decay": 0.01}
    chosen = torch.optim.AdamW(model.parameters(), **settings)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(chosen, 40)
    told: dict[str, list[float]] = {"loss": [], "val_loss": [], "val_accuracy": [], "lr": []}
    for _ in range(40):
        model.train()
        batches = torch.randperm(len(train)).split(64)
        losses = []
        for batch in batches:
            loss = nn.functional.cross_entropy(model(train[batch]), right[batch])
            chosen.zero_grad()
            loss.backward()
            chosen.step()
            losses.append(loss.item())
        model.eval()
        with torch.no_grad():
            answers = model(held)
        told["loss"].append(float(np.mean(losses)))
        told["val_loss"].append(float(nn.functional.cross_entropy(answers, wanted)))
        told["val_accuracy"].append(float((answers.argmax(1) == wanted).float().mean()))
        told["lr"].append(falling.get_last_lr()[0])
        falling.step()
    torch.random.set_rng_state(state)
    config = {**settings, "optimizer": "AdamW", "batch_size": 64, "epochs": 40, "dropout": 0.1}
    return {key: np.array(values) for key, values in told.items()}, config


def xgboost_rounds(_rng: np.random.Generator, rows: Split) -> Fitted:
    """What the booster told of its own evaluation sets."""
    import xgboost

    train, held, right, wanted = rows
    config = {"learning_rate": 0.1, "max_depth": 2, "n_estimators": 60}
    model = xgboost.XGBClassifier(n_jobs=1, random_state=0, **config)
    model.fit(train, right, eval_set=[(train, right), (held, wanted)], verbose=False)
    told = model.evals_result()
    loss = next(iter(told["validation_0"]))
    first, second = (np.array(told[f"validation_{one}"][loss]) for one in (0, 1))
    return {f"train-{loss}": first, f"val-{loss}": second}, config


def lightgbm_rounds(_rng: np.random.Generator, rows: Split) -> Fitted:
    """What the booster told of its own evaluation sets."""
    import lightgbm

    train, held, right, wanted = rows
    config = {"learning_rate": 0.1, "max_depth": 2, "num_iterations": 60}
    classes = int(right.max()) + 1
    goal = (
        {"objective": "multiclass", "num_class": classes}
        if classes > 2
        else {"objective": "binary"}
    )
    told: dict[str, dict[str, list[float]]] = {}
    data = lightgbm.Dataset(train, right)
    lightgbm.train(
        {**config, **goal, "num_threads": 1, "verbosity": -1, "seed": 0},
        data,
        valid_sets=[data, lightgbm.Dataset(held, wanted, reference=data)],
        valid_names=["train", "val"],
        callbacks=[lightgbm.record_evaluation(told)],
    )
    loss = next(iter(told["val"]))
    return {f"{one}-{loss}": np.array(told[one][loss]) for one in ("train", "val")}, config


MAKES: tuple[tuple[str, Callable[[np.random.Generator, Split], Fitted]], ...] = (
    ("sklearn", sklearn_network),
    ("sklearn", sklearn_loss_curve),
    ("sklearn", sklearn_boosting),
    ("torch", torch_network),
    ("xgboost", xgboost_rounds),
    ("lightgbm", lightgbm_rounds),
)
"""The makes of fits, each with the library that it needs."""

STILL_FALLING = (sklearn_network, sklearn_boosting, xgboost_rounds, lightgbm_rounds)
"""Makes of so few rounds that they would have gained by more, as FT811 says rightly."""
