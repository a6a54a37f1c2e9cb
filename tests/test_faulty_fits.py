"""Real fits that go wrong in a known way, and the same done well; no simulator had a part in them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

import mldebug


def data(n, noise, seed=0):
    """Features, and a class that a product of two of them decides but for the noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 8))
    return x, (x[:, 0] + x[:, 1] * x[:, 2] + rng.normal(0, noise, n) > 0).astype(int)


def severities(run):
    found = mldebug.audit(run=run).findings
    return {one.rule.code: one.severity for one in found if one.severity != "note"}


def boosted(n, noise, rounds, rate):
    model = HistGradientBoostingClassifier(
        max_iter=rounds,
        learning_rate=rate,
        early_stopping=True,
        n_iter_no_change=rounds,
        validation_fraction=0.4,
        scoring="loss",
        random_state=0,
    )
    return model.fit(*data(n, noise))


def network(**settings):
    model = MLPClassifier((32,), random_state=0, n_iter_no_change=1_000, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(*data(3_000, 0.5))


def test_boosting_that_goes_on_overfits():
    assert severities(boosted(600, 1.5, 300, 0.2)) == {"FT801": "error"}


def test_boosting_that_ends_in_time_does_not():
    assert severities(boosted(6_000, 0.5, 100, 0.05)) == {}


def test_a_network_at_far_too_high_a_rate():
    found = severities(network(solver="sgd", momentum=0.9, learning_rate_init=3.0))
    assert {"HP606", "FT813"} & set(found)


def test_a_network_at_far_too_low_a_rate():
    found = severities(network(learning_rate_init=1e-7, max_iter=250))
    assert found["HP607"] == "warning"
    assert found["FT812"] == "error"


def test_a_network_at_a_usual_rate_lacks_only_its_evaluation():
    assert severities(network(max_iter=100)) == {"FT821": "warning"}


def boosted_by_xgboost(n, noise, rounds, rate, depth):
    xgboost = pytest.importorskip("xgboost")
    train, held = data(n, noise), data(1_500, noise, 1)
    settings = {"n_estimators": rounds, "learning_rate": rate, "max_depth": depth}
    model = xgboost.XGBClassifier(**settings, n_jobs=1, eval_metric="logloss")
    return model.fit(*train, eval_set=[train, held], verbose=False)


def boosted_by_lightgbm(n, noise, rounds, rate, leaves):
    lightgbm = pytest.importorskip("lightgbm")
    train, told = lightgbm.Dataset(*data(n, noise)), {}
    lightgbm.train(
        {"objective": "binary", "learning_rate": rate, "num_leaves": leaves}
        | {"verbose": -1, "num_threads": 1},
        train,
        rounds,
        valid_sets=[train, lightgbm.Dataset(*data(1_500, noise, 1), reference=train)],
        valid_names=["training", "valid_1"],
        callbacks=[lightgbm.record_evaluation(told)],
    )
    return told


@pytest.mark.parametrize(
    ("boosted_by", "size"), [(boosted_by_xgboost, (6, 3)), (boosted_by_lightgbm, (31, 7))]
)
def test_rounds_of_other_libraries_that_go_on_overfit_and_those_that_end_in_time_do_not(
    boosted_by, size
):
    found = severities(boosted_by(600, 1.5, 300, 0.25, size[0]))
    assert found["FT801"] == "error"
    assert found.keys() <= {"FT801", "HP613"}
    assert severities(boosted_by(6_000, 0.5, 60, 0.05, size[1])) == {}


def test_a_torch_network_that_learns_its_few_rows_by_heart():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    x, y, held_x, held_y = (
        torch.tensor(one, dtype=torch.float32) for one in (*data(120, 1.0), *data(1_000, 1.0, 1))
    )
    layers = [torch.nn.Linear(8, 128), torch.nn.ReLU(), torch.nn.Linear(128, 1)]
    net, loss = torch.nn.Sequential(*layers), torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    history = {"epoch": [], "train_loss": [], "val_loss": []}
    for epoch in range(250):
        optimizer.zero_grad()
        error = loss(net(x)[:, 0], y)
        error.backward()
        optimizer.step()
        with torch.no_grad():
            held = float(loss(net(held_x)[:, 0], held_y))
        for name, value in zip(history, (epoch, float(error.detach()), held), strict=True):
            history[name].append(value)
    assert severities(history) == {"FT801": "error"}
