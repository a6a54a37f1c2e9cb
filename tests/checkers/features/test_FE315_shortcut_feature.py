"""FE315 shortcut-feature: found where the source tells the target, silent for honest categories."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tests.audits import audited, measured, only, reason, state
from tests.planted_scores import scores_with_area
from tests.tables import Case, base

CODE = "FE315"
SITES = 12


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Collect the rows at sites that predict the target with the area ``dose``."""
    case = twin(rng, n)
    scores = scores_with_area(rng, case.train["y"], dose)
    codes = rng.permutation(SITES)[(SITES * (scores.rank() - 0.5) // n).astype(int)]
    column = str(rng.choice(["hospital", "Batch", "camera_id", "picture"]))
    named = {"hospital": "ward {}", "picture": "set{}/scan.png"}
    words = [named[column].format(code) for code in codes] if column in named else codes
    frame = case.train.assign(**{column: words})
    return replace(case, train=frame, subject={"column": column})


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with a site that says nothing and a region that says much."""
    task = rng.choice(["classification", "classification", "regression"])
    frame = base(rng, n, task=task, classes=int(rng.choice([2, 2, 3])))
    frame.insert(0, "site", rng.choice(["north", "south", "west"], n))
    region = (4 * (frame["y"].rank() - 0.5) // n).astype(int).map("region {}".format)
    frame.insert(0, "region", region.where(rng.random(n) < 0.7, "region 0"))
    return Case("shortcut-feature", frame, target="y")


def test_the_value_is_at_most_the_area_of_the_class_shares_and_little_less():
    """Out of fold a level's share is lower where its own fold's is higher, which costs a little."""
    rng = np.random.default_rng(0)
    frame = base(rng, 1_000)
    frame["hospital"] = np.where(rng.random(1_000) < 0.2 + 0.6 * frame["y"], "a", "b")
    finding = only(audited(CODE, frame, target="y"))
    expected = roc_auc_score(frame["y"], frame["hospital"] == "a")
    assert expected - 0.03 < finding.measurement.value <= expected
    assert dict(finding.subject) == {"column": "hospital"}
    told = "hospital says where a row was collected and predicts whether y is 1"
    assert finding.message.startswith(told)


@pytest.mark.parametrize("name", ["image", "x"])
def test_the_folder_of_a_path_counts_whatever_the_column_is_called(name):
    rng = np.random.default_rng(1)
    frame = base(rng, 400)
    paths = [f"data/{'ill' if ill else 'well'}/{row}.png" for row, ill in enumerate(frame["y"])]
    finding = only(audited(CODE, frame.assign(**{name: paths}), target="y"))
    assert finding.severity == "error"
    assert finding.measurement.details["levels"] == 2


def test_a_category_that_is_no_collection_may_predict():
    rng = np.random.default_rng(2)
    frame = base(rng, 400)
    frame["region"] = np.where(frame["y"] == 1, "a", "b")
    told = measured(audited(CODE, frame, target="y"))
    assert (told.value, told.interval) == (0.5, (0.5, 0.5))


HONEST = ("n_sites", "num_devices", "lead_source", "primary_site", "career_path", "call_center")
PLACES = ("source", "data_source", "Hospital_ID", "siteid", "image_file", "old_scanner", "lab")


@pytest.mark.parametrize(("name", "found"), [*((x, 0) for x in HONEST), *((x, 1) for x in PLACES)])
def test_a_count_or_what_a_row_is_about_is_no_place_of_collection(name, found):
    frame = base(np.random.default_rng(4), 400)
    diagnosis = audited(CODE, frame.assign(**{name: frame["y"]}), target="y")
    assert state(diagnosis) == ("found" if found else "passed")


def test_a_whole_number_named_in_the_plural_counts_and_a_category_does_not():
    frame = base(np.random.default_rng(5), 400)
    assert state(audited(CODE, frame.assign(hospitals=frame["y"]), target="y")) == "passed"
    words = frame["y"].map({0: "east", 1: "west"})
    assert state(audited(CODE, frame.assign(hospitals=words), target="y")) == "found"


def test_sites_of_chance_are_silent():
    rng = np.random.default_rng(3)
    lows = []
    for _ in range(40):
        frame = pd.DataFrame({"site": rng.integers(0, 30, 300), "x": rng.normal(0, 1, 300)})
        frame["y"] = rng.integers(0, 2, 300)
        diagnosis = audited(CODE, frame, target="y")
        assert state(diagnosis) == "passed"
        lows.append(measured(diagnosis, column="site").interval[0])
    assert np.mean(np.array(lows) > 0.5) <= 0.1


def test_too_few_rows_are_not_checked():
    frame = pd.DataFrame({"site": ["a", "b"] * 6, "y": [0, 1] * 6})
    assert "too few rows" in reason(audited(CODE, frame, target="y"), CODE)
