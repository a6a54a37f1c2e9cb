"""The runs as the page shows them: what was logged, the curves with the verdict, the checklist."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mldebug.render.figures import Drawing, drawing
from mldebug.render.figures.tables import base_of, cell
from mldebug.render.names import shown
from mldebug.render.numbers import number, plural

Document = Mapping[str, Any]
Figure = Mapping[str, Any]
Line = Mapping[str, Any]

SHOWN = 12
"""So many runs are shown whole; of the others one line each."""
SETTINGS = 60
"""Longest table of a run's hyperparameters."""
SERIES = 40
DIFFERING = 4
"""Hyperparameters that the table of several runs tells."""
VALUE = 48
LABEL = 24
CHECKLIST = "TR951"
"""The rule whose figure is the tracking checklist: a table of group, item and what is told of it."""
COLUMNS, LACKING = 3, "missing"
SPLITS = {"train": "training", "eval": "evaluation", "test": "test"}
ORDER = {"eval": 3, "test": 2, "train": 1}
"""Which data stand for a run beside others, if they can."""
ROLES = {
    "loss": "loss",
    "score": "score",
    "rate": "learning rate",
    "gradient": "gradient norm",
    "other": "not one that is judged",
}
BETTER = {"lower": "lower is better", "higher": "higher is better"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One run as the page shows it; ``of`` is the run as the document has it."""

    of: Mapping[str, Any]
    anchor: str
    points: int
    series: tuple[tuple[str, str, int], ...]
    settings: tuple[tuple[str, str], ...]
    further: int
    found: tuple[Any, ...]
    drawing: Drawing | None
    drawn_at: Any
    differing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the tracking checklist."""

    group: str
    name: str
    mark: str
    told: str


@dataclass(frozen=True, slots=True)
class Runs:
    """What the section of the runs shows."""

    listed: tuple[Shown, ...]
    further: tuple[Shown, ...]
    overlay: Drawing | None
    settings: tuple[str, ...]
    checklist: tuple[Item, ...]


def anchor_of(name: str) -> str:
    """The id of a run on the page."""
    return "run-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def runs_of(document: Document, cards: Sequence[Any]) -> Runs | None:
    """The section of the runs; None where there are none.

    Parameters
    ----------
    document : mapping
        As ``reports/diagnosis.schema.json`` describes it.
    cards : sequence of Card
        The findings as they are shown.
    """
    told = document["provenance"].get("runs", ())
    if not told:
        return None
    found: dict[str, list[Any]] = {}
    for card in cards:
        if "run" in card.of["subject"]:
            found.setdefault(card.of["subject"]["run"], []).append(card)
    figures = _figures(document)
    overviews = {
        one["name"]: _overview(figures.get(one["name"], []), found.get(one["name"], []))
        for one in told
    }
    settings = _differing(told)
    runs = tuple(
        _shown(
            one,
            place,
            found.get(one["name"], []),
            overviews[one["name"]],
            settings,
            count=len(told),
        )
        for place, one in enumerate(told)
    )
    several = overlay(told, figures) if len(told) > 1 else None
    return Runs(
        runs[:SHOWN],
        runs[SHOWN:],
        drawing(several, "runs-all") if several else None,
        settings,
        checklist(document),
    )


def _shown(
    run: Mapping[str, Any],
    place: int,
    found: Sequence[Any],
    overview: Figure | None,
    settings: Sequence[str],
    *,
    count: int,
) -> Shown:
    whole = place < SHOWN
    drawn = [card for card in found if card.drawing and "curve" in (card.drawing.svg or "")]
    elsewhere = drawn[0] if count > 1 and drawn else None
    config = list(run["config"].items())
    return Shown(
        of=run,
        anchor=anchor_of(run["name"]),
        points=sum(one["points"] for one in run["series"]),
        series=tuple((one["name"], taken_for(one), one["points"]) for one in run["series"][:SERIES])
        if whole
        else (),
        settings=tuple((key, _setting(value, VALUE)) for key, value in config[:SETTINGS])
        if whole
        else (),
        further=max(0, len(config) - SETTINGS),
        found=tuple(found),
        drawing=drawing(overview, f"run{place}")
        if overview and count <= SHOWN and not elsewhere
        else None,
        drawn_at=elsewhere,
        differing=tuple(_setting(run["config"].get(key), LABEL) for key in settings),
    )


def _setting(value: Any, limit: int) -> str:
    return number(value, 4) if isinstance(value, float) else cell(value, limit)


def taken_for(series: Mapping[str, Any]) -> str:
    """What a series was taken for: "loss of evaluation, lower is better"."""
    told = ROLES.get(series["role"], str(series["role"]))
    of = SPLITS.get(series["split"])
    direction = BETTER.get(series["direction"])
    if series["role"] in ("loss", "score") and of:
        told += f" of {of}"
    return told + (f", {direction}" if direction and series["role"] in ("loss", "score") else "")


def with_splits(figure: Figure, run: Mapping[str, Any] | None) -> Figure:
    """The figure of a run's curves whose lines say which of its series they are, and of what data."""
    if run is None or figure.get("kind") != "curves":
        return figure
    series = {one["name"]: one for one in run["series"]}
    lines = []
    for one in figure["lines"]:
        own = series.get(str(one["name"])) or series.get(base_of(one))
        told = {"split": own["split"], "better": own["direction"]} if own else {}
        lines.append({**told, **one})
    return {**figure, "lines": lines}


def _figures(document: Document) -> dict[str, list[tuple[str, Figure]]]:
    """The curves that were measured of each run, in order: the quantity and the figure."""
    runs = {one["name"]: one for one in document["provenance"].get("runs", ())}
    found: dict[str, list[tuple[str, Figure]]] = {}
    for one in document["measurements"]:
        name, figure = one["subject"].get("run"), one["figure"]
        if name in runs and figure and figure["kind"] == "curves" and figure["lines"]:
            whole = with_splits(figure, runs[name])
            found.setdefault(name, []).append((one["quantity"], whole))
    return found


def _overview(figures: Sequence[tuple[str, Figure]], found: Sequence[Any]) -> Figure | None:
    """A run's curves: those of its first finding, with the marks of all that speak of the same.

    Without a finding, the first of the figures that show the most of training and evaluation.
    """
    if not figures:
        return None
    every = [one for _, one in figures]
    quantities = [card.of["quantity"] for card in found]
    verdict = [one for quantity in quantities for name, one in figures if name == quantity]
    first = (
        verdict[0]
        if verdict
        else max(every, key=lambda one: len({each.get("split") for each in one["lines"]} - {""}))
    )
    alike = [
        one for one in (verdict or [first]) if (one["x"], one["y"]) == (first["x"], first["y"])
    ]
    marks = {(one["x"], one["label"]): one for each in alike for one in each.get("marks", ())}
    whole = {**first, "marks": list(marks.values())}
    for key in ("band", "below"):
        other = next((one for one in every if one.get(key) and one["x"] == first["x"]), None)
        if key not in whole and other is not None and (key == "below" or other["y"] == first["y"]):
            whole[key] = other[key]
    return whole


def overlay(
    runs: Sequence[Mapping[str, Any]], figures: Mapping[str, Sequence[tuple[str, Figure]]]
) -> Figure | None:
    """One figure with a line a run, the best first; None where fewer than two runs are comparable."""
    alike: dict[tuple[str, str, str, str], dict[str, tuple[Figure, Line]]] = {}
    for run in runs:
        for _, figure in figures.get(run["name"], ()):
            for line in figure["lines"]:
                if line["style"] == "trend" and line.get("better"):
                    key = (figure["x"], figure["y"], line["split"], line["better"])
                    alike.setdefault(key, {}).setdefault(run["name"], (figure, line))
    if not alike:
        return None
    key = max(alike, key=lambda one: (len(alike[one]), ORDER.get(one[2], 0)))
    x, y, split, better = key
    lines = sorted(
        alike[key].items(), key=lambda one: one[1][1]["y"][-1] * (-1 if better == "higher" else 1)
    )
    if len(lines) == 1:
        return None
    ranks = {0: "best", len(lines) - 1: "worst"}
    if len(lines) > SHOWN:
        ranks = {0: "best", (len(lines) - 1) // 2: "median", len(lines) - 1: "worst"}
    of = f"{SPLITS[split]} {y}" if split in SPLITS else y
    best, (_, line) = lines[0]
    return {
        "kind": "curves",
        "overlay": True,
        "title": f"{shown(best, 60)} ends with the best {of}: {number(line['y'][-1])}",
        "description": f"The trend of {of} in {plural(len(lines), 'run')}, a line each. At the end "
        "the best is the strong line and the worst the dotted one.",
        "x": x,
        "y": of,
        "lines": [
            {**line, "name": name, "rank": ranks.get(place, "one")}
            for place, (name, (_, line)) in enumerate(lines)
        ],
        **_scales([figure for _, (figure, _) in lines]),
    }


def _scales(figures: Sequence[Figure]) -> dict[str, str]:
    """The logarithmic scales that any of the figures has; only values above 0 are drawn so."""
    return {key: "log" for key in ("scale", "x_scale") if any(key in one for one in figures)}


def _differing(runs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The hyperparameters in which several runs differ, those that vary most often first."""
    if len(runs) < 2:
        return ()
    keys = dict.fromkeys(key for one in runs for key in one["config"])
    kinds = {key: len({str(one["config"].get(key)) for one in runs}) for key in keys}
    return tuple(sorted((key for key in keys if kinds[key] > 1), key=lambda key: -kinds[key]))[
        :DIFFERING
    ]


def checklist(document: Document) -> tuple[Item, ...]:
    """What the record of a run holds and what it lacks, item by item, as it was measured."""
    rule = document["provenance"]["rules"].get(CHECKLIST, {})
    several = len(document["provenance"].get("runs", ())) > 1
    for one in document["measurements"]:
        figure = one["figure"]
        if figure and figure["kind"] == "table" and one["quantity"] == rule.get("judges"):
            return tuple(
                _item(*row, several=several) for row in figure["rows"] if len(row) == COLUMNS
            )
    return ()


def _item(group: Any, name: Any, told: Any, *, several: bool) -> Item:
    lacking = told == LACKING
    words = f"{LACKING} in some or all" if lacking and several else cell(told, VALUE)
    return Item(shown(group, 60), shown(name, 120), "✗" if lacking else "✓", words)
