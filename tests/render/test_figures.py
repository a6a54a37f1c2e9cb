import re
from xml.etree import ElementTree as ET

import pytest

from mldebug.render.figures import TABLED_ROWS, drawing
from mldebug.render.figures.canvas import WIDTH
from mldebug.render.figures.scales import dates, powers, round_places, widened
from mldebug.render.figures.sequence import EXTREMES, MOST, peaks_kept, thinned
from mldebug.render.figures.tables import cell, moment, series_of
from tests.render.sample import HOSTILE
from tests.render.sample_figures import figures

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {name: one for name, one in figures().items() if one["kind"] != "table"}


def parsed(svg):
    return ET.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@pytest.mark.parametrize("name", DRAWN)
class TestEveryFigure:
    def test_is_named_and_described_for_a_screen_reader(self, name):
        root = parsed(drawing(DRAWN[name], "f7").svg)
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == "f7-t f7-d"
        assert root.find(f"{SVG}title").text == DRAWN[name]["title"]
        assert root.find(f"{SVG}desc").text == DRAWN[name]["description"]

    def test_is_small_and_the_same_each_time(self, name):
        svg = drawing(DRAWN[name], "f").svg
        assert len(svg) < 8_000
        assert svg == drawing(DRAWN[name], "f").svg

    def test_has_no_style_no_colour_and_only_its_own_ids(self, name):
        svg = drawing(DRAWN[name], "f").svg
        assert not re.search(r"style=|#[0-9a-f]{6}|href|url\(|stroke=|fill=", svg)
        assert {one.get("id") for one in parsed(svg).iter() if one.get("id")} == {"f-t", "f-d"}

    def test_has_no_text_outside(self, name):
        root = parsed(drawing(DRAWN[name], "f").svg)
        height = float(root.get("viewBox").split()[3])
        for text in root.iter(f"{SVG}text"):
            wide = 6.2 * len(text.text)
            x, y = float(text.get("x")), float(text.get("y"))
            start = {"middle": x - wide / 2, "end": x - wide}.get(text.get("text-anchor"), x)
            assert start >= -12, text.text
            assert start + wide <= WIDTH + 12, text.text
            assert 8 <= y <= height, text.text

    def test_has_its_data_behind_it(self, name):
        made = drawing(DRAWN[name], "f")
        assert made.total >= len(made.rows) > 0
        assert all(len(row) == len(made.header) for row in made.rows)
        assert len(made.rows) <= TABLED_ROWS


def classes(figure, rungs=()):
    return re.findall(r'class="([^"]*)"', drawing(figure, "f", rungs).svg)


@pytest.mark.parametrize("name", ["numbers", "dates", "powers", "curves"])
def test_train_and_eval_differ_in_more_than_colour(name):
    """Train is a solid line, eval a dashed one, by the style sheet; each is named where it stands."""
    found = classes(figures()[name])
    assert {"line train", "line eval", "name train", "name eval"} <= set(found)


def test_paired_dots_differ_in_shape():
    found = classes(figures()["shares"])
    assert {"disc train", "open eval"} <= set(found)


def test_rungs_stand_where_the_axis_is_the_quantity():
    rungs = [("warning", 0.9), ("error", 0.98)]
    svg = drawing(figures()["bars"], "f", rungs).svg
    assert "warning 0.9<" in svg
    assert "error 0.98<" in svg
    assert "chance 0.5<" in svg
    assert "warning" not in drawing({**figures()["bars"], "axis": ""}, "f", rungs).svg


def test_the_effect_is_marked():
    assert "below 45: 71% of train" in drawing(figures()["numbers"], "f").svg
    low = {**figures()["numbers"], "gap": {"x": 45.0, "low": 0.01, "high": 0.05, "label": "here"}}
    for figure in (figures()["numbers"], low):  # a share of all rows is no height of a bin
        assert classes(figure).count("bound") == 1
        assert "effect" not in classes(figure)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["shares", "bars", "intervals", "curves"])
def test_hostile_labels(name, kind):
    figure = figures()[kind] | {
        "title": name,
        "description": name,
        "x_label": name,
        "y_label": name,
    }
    for item in figure.get("items", ()):
        item["label"] = name
    if kind == "curves":
        figure["series"][1]["name"] = name
    svg = drawing(figure, "f").svg
    parsed(svg)
    assert "<script" not in svg
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\u2066\u200f]", svg)


def test_a_table_has_no_picture():
    made = drawing(figures()["table"], "f")
    assert made.svg is None
    assert made.rows[2] == ("–", "3", "n/a", "4.25")


def test_an_unknown_kind_is_not_drawn():
    assert drawing({"kind": "hologram", "title": "x"}, "f") is None


@pytest.mark.parametrize("kind", ["shares", "bars", "intervals"])
def test_no_items_no_picture(kind):
    assert drawing({**figures()[kind], "items": []}, "f").svg is None


def well_formed(figure):
    """The picture, which can be parsed and has a number at each place."""
    svg = drawing(figure, "f").svg
    parsed(svg)
    assert not {"nan", "inf"} & set(re.findall(r"[a-z]+", svg.lower()))
    return svg


@pytest.mark.parametrize("value", [0, 1e-12, 1e12, -3])
def test_one_item_of_any_size(value):
    item = {"label": "a", "value": value, "low": value, "high": value, "series": "null"}
    for kind in ("bars", "intervals"):
        assert ">a<" in well_formed({"kind": kind, "title": "t", "items": [item]})
    assert "<path" in well_formed({"kind": "sequence", "title": "t", "points": [[0, value]]})


def test_a_distribution_of_one_value():
    series = [{"name": "train", "shares": [0.0]}, {"name": "eval", "shares": [0.0]}]
    told = well_formed({"kind": "distributions", "edges": [1, 1], "series": series})
    assert ">train<" in told
    assert ">eval<" in told


def test_thinning_keeps_the_extremes_and_the_shape():
    points = [(float(k), float((k * 7_919) % 5_000)) for k in range(5_000)]
    kept = thinned(points, MOST)
    assert len(kept) <= MOST
    assert {point for point in points if point[1] >= 5_000 - EXTREMES} <= set(kept)
    assert abs(sum(y for _, y in kept) / len(kept) - 2_500) < 150
    assert kept == sorted(kept)
    spike = [(float(k), 9.0 if k == 777 else 0.0) for k in range(5_000)]
    assert (777.0, 9.0) in peaks_kept(spike, 100)


def test_series_of_a_sequence_come_in_four_notations():
    points = [[0, 1], [1, 2]]
    assert series_of({"points": points})[0][0] == "plain"
    assert series_of({"points": points, "series": "eval"})[0][0] == "eval"
    assert [name for name, _ in series_of({"points": points, "series": ["train", "eval"]})] == [
        "train",
        "eval",
    ]
    assert series_of({"series": [{"name": "a", "points": points}]}) == [("a", [(0, 1), (1, 2)])]


def test_ticks_are_round_and_few():
    assert round_places(0, 1, 4) == [0, 0.25, 0.5, 0.75, 1]
    assert round_places(3, 3) == [3]
    assert (
        powers(0.1, 10_000)
        == [0.1, 1, 10, 100, 1_000, 10_000][:: 2 if len(powers(0.1, 10_000)) < 6 else 1]
    )
    assert powers(2, 7) == [2, 7]
    year = 31_556_952
    assert [told for _, told in dates(0, 9 * year)] == ["1971", "1974", "1977"]
    assert [told for _, told in dates(0, year)] == ["1970-02", "1970-05", "1970-08", "1970-11"]
    assert [told for _, told in dates(0, 9 * 86_400)][:2] == ["1970-01-01", "1970-01-04"]
    assert moment(1e20)
    assert widened([0, 10], zero=True) == (0, 10.4)


def test_shares_on_an_axis_are_in_per_cent():
    figure = {
        "kind": "bars",
        "title": "t",
        "axis": "quantity",
        "x_label": "share of cells missing",
        "items": [{"label": "age", "value": 0.395}],
    }
    told = drawing(figure, "f", [("warning", 0.2)])
    assert ">39.5%<" in told.svg
    assert ">warning 20%<" in told.svg
    assert told.rows == (("age", "39.5%"),)
    skill = drawing({**figure, "kind": "intervals", "x_label": "skill"}, "f", [("warning", 0.2)])
    assert ">0.395<" in skill.svg
    assert skill.rows == (("age", "0.395", "–", "–"),)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("2025-07-28T00:00:00+00:00", "2025-07-28"),
        ("2025-07-28T14:30:00Z", "2025-07-28 14:30"),
        ("2025-07-28T14:30:07.250", "2025-07-28 14:30:07.250"),
        ("2025-07-28T00:00:00+02:00", "2025-07-28T00:00:00+02:00"),
        ("T00:00", "T00:00"),
    ],
)
def test_a_moment_in_a_cell_is_short(value, told):
    assert cell(value) == told
