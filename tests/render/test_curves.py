"""The figure of curves: what can be read in grey, what is labelled, and how small it stays."""

import re

import numpy as np
import pytest

from mldebug.derive.curve_figures import curve_figure, line
from mldebug.render.figures import drawing
from mldebug.render.figures.curves import (
    APART,
    MOST_LINES,
    NAME,
    chosen,
    labels_of,
    round_powers,
    rows_of,
    spread,
)
from mldebug.render.runs import with_splits
from tests.render.sample import HOSTILE
from tests.render.sample_runs import curves, run


def svg(figure):
    return drawing(figure, "f0").svg


def figure_of(values, **more):
    lines = [line("val/loss, trend", range(len(values)), values, "trend")]
    return curve_figure("A title", "A description", "step", "loss", lines, **more)


def runs_figure(count, points=200):
    rng = np.random.default_rng(3)
    ranks = {0: "best", (count - 1) // 2: "median", count - 1: "worst"}
    lines = [
        line(f"trial-{place}", range(points), place + rng.random(points), "trend")
        | {"rank": ranks.get(place, "one")}
        for place in range(count)
    ]
    return curve_figure("Runs", "", "step", "loss", lines) | {"overlay": True}


def test_training_is_dashed_with_a_disc_and_evaluation_solid_with_a_diamond():
    told = svg(with_splits(curves(), run()))
    assert 'class="curve train"' in told
    assert 'class="curve eval"' in told
    assert 'class="disc train"' in told
    assert 'class="open eval"' in told
    assert ">train<" in told
    assert ">eval<" in told
    assert told.index('class="curve pale train"') < told.index('class="curve train"')


def test_the_verdict_is_drawn_as_a_labelled_line_and_the_noise_as_a_band():
    told = svg(with_splits(curves(), run()))
    assert "best level of evaluation" in told
    assert 'class="bound"' in told
    assert 'class="noise"' in told
    assert "best level" not in svg(curves(turn=None))


def test_the_learning_rate_has_a_panel_below():
    with_rate, without = svg(curves()), svg(curves(rate=False))
    assert "learning rate (log scale)" in with_rate
    assert 'class="curve rate"' in with_rate
    assert "learning rate" not in without
    heights = [float(re.search(r'viewBox="0 0 400 (\d+)', one)[1]) for one in (with_rate, without)]
    assert heights[0] - heights[1] == 80


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([100.0, 10.0, 1.0], "log"),
        ([50.0, 1.0], None),
        ([51.0, 1.0], "log"),
        ([100.0, 0.0], None),
        ([100.0, -1.0, 1.0], None),
        ([np.nan, 200.0, 1.0], "log"),
        ([13.0, 6.0, 2.0, 1.1, 1.05, 1.0, 0.95, 0.9], "log"),
        ([0.05, 0.6, 0.8, 0.9, 0.92, 0.93, 0.94, 0.95], None),
        ([2.0, 1.8, 1.6, 1.4, 1.3, 1.2, 1.1, 1.0], None),
        ([13.0, 6.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0], None),
        ([1.0, 1.0, 1.0, 1.0], None),
    ],
)
def test_the_data_say_whether_the_scale_is_logarithmic(values, scale):
    figure = figure_of(values)
    assert figure.get("scale") == scale
    assert ("(log scale)" in svg(figure)) == (scale == "log")


def test_training_rows_have_a_logarithmic_axis():
    lines = [line("test", [10, 100, 1_000], [0.5, 0.6, 0.7])]
    figure = curve_figure("t", "d", "training rows", "score", lines)
    assert figure["x_scale"] == "log"
    assert all(f">{one}<" in svg(figure) for one in ("10", "100", "1,000"))


@pytest.mark.parametrize("count", [1, 2, 12, 13, 60, 200])
def test_overlays_stay_small_and_label_what_matters(count):
    figure = runs_figure(count)
    told = svg(figure)
    assert len(told) <= 25_000
    labels = re.findall(r">(trial-\d+)<", told.split("</desc>")[1])
    if count <= 12:
        assert len(labels) == count
    else:
        assert set(labels) == {"trial-0", f"trial-{(count - 1) // 2}", f"trial-{count - 1}"}
    assert len(chosen(figure)) <= MOST_LINES + 1


def test_the_largest_figure_of_one_run_stays_small():
    rng = np.random.default_rng(0)
    lines = [
        line(f"{name}{end}", range(10_000), rng.random(10_000), style)
        for name in ("train/loss", "val/loss", "test/loss", "train/aux")
        for end, style in (("", "raw"), (", trend", "trend"))
    ]
    marks = [(place * 1_000, f"mark {place}" * 9) for place in range(9)]
    band = {"x": range(10_000), "low": np.zeros(10_000), "high": np.ones(10_000)}
    below = {"y": "learning rate", "lines": [line("lr", range(10_000), rng.random(10_000))]}
    figure = curve_figure("t", "d", "step", "loss", lines, marks, band, below)
    assert len(svg(figure)) <= 25_000


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text(name):
    figure = curves(n=40, names=(name, f"{name}2"))
    figure |= {"title": name, "description": name, "x": name, "y": name}
    figure["marks"] = [{"x": 9.0, "label": name}]
    drawn = drawing(figure, "f0")
    assert "<script" not in drawn.svg
    assert not re.search("[\x00-\x1f\u202a-\u202e\u2066-\u2069\u200f]", drawn.svg)
    assert max(len(cell) for row in drawn.rows for cell in row) <= 40


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0], [0.0, 0.0], [-1e300, 1e300], [1e-300, 1.0]])
def test_odd_values_are_drawn(values):
    told = svg(figure_of(values))
    assert "nan" not in told.lower()
    assert "inf" not in told


def test_nothing_to_draw_is_no_picture():
    assert drawing(figure_of([]), "f0").svg is None
    assert "below" not in figure_of(
        [1.0, 2.0], below={"y": "rate", "lines": [line("lr", [1], [np.nan])]}
    )


def test_the_table_behind_tells_marks_trends_and_the_rate():
    drawn = drawing(with_splits(curves(), run()), "f0")
    first = [row[0] for row in drawn.rows]
    assert drawn.header == ("line or mark", "step", "loss")
    assert first[0] == "best level of evaluation"
    assert {"train/loss, trend", "val/loss, trend", "learning_rate"} == set(first[1:])
    assert len(drawn.rows) == drawn.total <= 40


def test_a_line_without_a_known_kind_keeps_its_name():
    figure = curves(names=("a/one", "a/two"))
    assert set(labels_of(figure, figure["lines"]).values()) == {"a/one", "a/two"}


def test_two_series_of_evaluation_keep_their_names():
    figure = curves(names=("one", "two"))
    for each in figure["lines"]:
        each["split"] = "eval"
    assert set(labels_of(figure, figure["lines"]).values()) == {"one", "two"}


def test_labels_do_not_touch_and_stay_within():
    places = spread([10, 11, 12, 100, 168], [1, 2, 1, 1, 2], 4, 170)
    rows = [1, 2, 1, 1, 2]
    gaps = np.diff(places)
    assert all(gap >= APART * one - 1e-9 for gap, one in zip(gaps, rows, strict=False))
    assert places[0] >= 4
    assert places[-1] + APART <= 170 + 1e-9


def test_a_long_label_has_two_rows():
    assert rows_of("train") == ["train"]
    assert rows_of("training, at the end") == ["training, at", "the end"]
    assert all(len(one) <= NAME for one in rows_of("fitted curve, carried on for very long"))
    assert rows_of("x" * 40) == ["xxxxxxx…xxxxxx"]


@pytest.mark.parametrize(
    ("low", "high"), [(1e-8, 1e-3), (0.9, 1.1e3), (1.0, 60.0), (1e-300, 1e300)]
)
def test_ticks_on_a_logarithmic_scale(low, high):
    places = round_powers(low, high)
    assert 2 <= len(places) <= 6
    assert all(low <= one <= high for one in places)
