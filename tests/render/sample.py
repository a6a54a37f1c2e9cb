"""Documents for the tests of the renderers: plain dicts, each valid by the schema."""

from __future__ import annotations

from copy import deepcopy

from tests.render.sample_figures import figures
from tests.render.sample_parts import (
    COLUMNS,
    RULES,
    UNITS,
    cause,
    document,
    finding,
    measurement,
    pairs,
    rows,
    trial,
)
from tests.render.sample_runs import RUN_SAMPLES

HOSTILE = (
    "<script>alert(1)</script>",
    "{value.__class__}",
    "{{ 7 * 7 }}",
    'quote" onmouseover="alert(1)',
    "right\u202eto\u2066left\u200f",
    "two\nlines\x1b[31mred\x00",
    "עמודה בעברית",
    "$\\frac{1}{2}$ &amp; 100 %",
    "x" * 10_000,
)


def typical():
    """Five findings: two causes of which one explains two others, a warning and a note."""
    shared = finding(
        "LK401",
        rows=rows(),
        trial=trial(),
        value=0.0409677419355,
        message="127 of 3,100 evaluation rows (4.1%) also occur in the training data",
    )
    proxy = finding(
        "LK405",
        {"column": "closed_reason"},
        value=0.997,
        interval=[0.995, 0.999],
        p=0.0,
        n=12_400,
        message="Column closed_reason alone separates churned from not churned (AUC 0.997)",
        why="It is filled in when a customer has left; it will not be there when the model is asked.",
        remedy="Remove the column, or take its value as of the day of the prediction.",
        trial=trial(0.94, 0.71, -0.26, -0.20, "drop_columns"),
    )
    good = finding(
        "FT805",
        severity="warning",
        value=0.094,
        interval=[0.071, 0.118],
        p=0.003,
        n=3_100,
        message="The accuracy of 0.94 is far above what comparable tables allow",
        why="A score like this is more often a leak than a good model.",
        remedy="Look at the leaks above first.",
    )
    drift = finding(
        "DA113",
        {"column": "age"},
        severity="warning",
        value=0.196,
        interval=[0.17, 0.222],
        p=1e-9,
        n=15_500,
        message="age differs between the two tables: 71% of train and 31% of eval lie below 45",
        why="The model is asked about customers whom it hardly met in training.",
        remedy="Weight the training rows, or collect rows like those of eval.",
    )
    missing = finding(
        "DA101",
        {"column": "discount"},
        severity="note",
        value=0.07,
        n=12_400,
        message="868 of 12,400 values of discount are missing (7.0%)",
        why="Missing values may themselves tell something.",
        remedy="Ask why they are missing.",
    )
    drawn = figures()
    return document(
        [shared, proxy, good, drift, missing],
        {"DA106": "passed", "DA112": "inconclusive", "LB201": "not_checked"},
        [
            measurement(
                shared,
                {
                    **drawn["bars"],
                    "title": "Eval rows sit on train rows",
                    "axis": "",
                    "x_label": "evaluation rows",
                    "reference": None,
                    "items": [
                        {"label": "also in train", "value": 127, "emphasis": True},
                        {"label": "only in eval", "value": 2_973},
                    ],
                },
            ),
            measurement(proxy, drawn["bars"]),
            measurement(good),
            measurement(drift, drawn["numbers"]),
            measurement(missing),
            {
                **measurement(good),
                "quantity": "data.repeats",
                "value": 0,
                "interval": None,
                "p": None,
            },
            {
                **measurement(good),
                "quantity": "evaluation.precision",
                "subject": {"column": "plan"},
                "value": 0.031,
                "interval": [0.02, 0.04],
                "p": None,
            },
        ],
        [
            cause(shared, [good["id"]], 12),
            cause(proxy, [good["id"]], 9),
            cause(drift, [], 2),
            cause(missing, [], 1),
        ],
    )


def empty():
    return document([], {"LB201": "inconclusive", "LK405": "not_checked"})


def single():
    told = typical()
    kept = told["findings"][3]
    return document([kept], None, [measurement(kept, figures()["numbers"])])


def sixty():
    """Sixty findings, each with a figure and twenty rows of evidence."""
    drawn = list(figures().values())
    codes = list(RULES)
    found = []
    for place in range(60):
        code = codes[place % len(codes)]
        kind = UNITS[RULES[code][5]][1]
        subject = {"column": f"{COLUMNS[place % len(COLUMNS)]}_{place}"}
        found.append(
            finding(
                code,
                subject,
                severity=("error", "warning", "note")[place * 3 // 60],
                value=0.02 + place / 100,
                interval=[0.01 + place / 100, 0.03 + place / 100] if kind == "estimate" else None,
                p=0.01 / (place + 1) if kind == "estimate" else None,
                n=3_100 + place,
                message=f"{31 * place + 7:,} of 12,400 values of {subject['column']} are wrong",
                rows=rows(400 + place, match=place % 2 == 0, scored=place % 3 == 0, seed=place)
                if place % 7
                else pairs(10),
            )
        )
    causes = [
        cause(found[place], [one["id"] for one in found[20 + 4 * place : 24 + 4 * place]])
        for place in range(10)
    ]
    causes += [cause(one) for one in found[10:20]]
    return document(
        found,
        {"DA112": "found"},
        [measurement(one, drawn[place % len(drawn)]) for place, one in enumerate(found)],
        causes,
    )


def hostile():
    """Names that would deceive, break the page or fill it."""
    found, measured = [], []
    for place, name in enumerate(HOSTILE):
        figure = deepcopy(figures()[("shares", "bars", "intervals", "table")[place % 4]])
        for item in figure.get("items", ()):
            item["label"] = name
        if "rows" in figure:
            figure["rows"][0][0] = name
            figure["header"][0] = name
        figure |= {"title": name, "description": name, "x_label": name}
        one = finding(
            "DA113",
            {"column": name},
            value=0.2,
            interval=[0.1, 0.3],
            p=0.2,
            key=f'{{"column":"{place}"}}',
            message=f"{name} is distributed differently in the two tables",
            why=name,
            remedy=name,
            rows={
                "total": 1,
                "items": [
                    {"table": "train", "row": 3, "score": None, "cells": {name: name, "plan": 1.5}}
                ],
            },
        )
        one["references"] = [name]
        found.append(one)
        measured.append(measurement(one, figure))
    told = document(
        found,
        {"LB201": "inconclusive", "LK405": "not_checked", "EV901": "failed", "DA101": "muted"},
        measured,
    )
    provenance = told["provenance"]
    provenance["target"] = HOSTILE[0]
    provenance["command"] = "mldebug audit " + " ".join(HOSTILE[:8])
    provenance["remarks"] = list(HOSTILE)
    provenance["tables"]["train"]["source"] = (
        "/home/" + HOSTILE[0].replace("/", "") + HOSTILE[4] + ".csv"
    )
    provenance["tables"]["train"]["columns"] += [
        {"name": name, "kind": "text", "storage": "object", "note": name} for name in HOSTILE
    ]
    provenance["versions"][HOSTILE[0]] = HOSTILE[3]
    for code, outcome in told["outcomes"].items():
        outcome["reason"] = HOSTILE[len(code + outcome["state"]) % len(HOSTILE)]
    return told


SAMPLES = {
    "typical": typical,
    "empty": empty,
    "single": single,
    "sixty": sixty,
    "hostile": hostile,
    **RUN_SAMPLES,
}
