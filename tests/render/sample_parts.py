"""The parts of documents for the tests of the renderers, as checkers and rules would make them."""

from __future__ import annotations

import random

UNITS = {
    "leakage.shared_row_share": ("share", "count", ""),
    "leakage.single_feature_auc": ("AUC", "estimate", "the column tells nothing of the target"),
    "labels.error_share": ("share", "estimate", ""),
    "data.drift": ("difference of shares", "estimate", "both tables have one distribution"),
    "data.missing_share": ("share", "count", ""),
    "data.repeats": ("rows", "count", ""),
    "data.order": ("score", "estimate", "the order of the rows tells nothing"),
    "fit.overconfidence": ("calibration error", "estimate", ""),
    "evaluation.precision": ("share", "estimate", ""),
}

RULES = {
    "LK401": (
        "shared-rows",
        "Evaluation rows that were trained on",
        "leakage",
        "data",
        {"above": {"warning": 0, "error": 0.01}},
        "leakage.shared_row_share",
        "evaluation",
    ),
    "LK405": (
        "target-proxy",
        "A column gives the target away",
        "leakage",
        "features",
        {"above": {"warning": 0.9, "error": 0.98}},
        "leakage.single_feature_auc",
        "evaluation",
    ),
    "LB201": (
        "label-errors",
        "Labels that are wrong",
        "labels",
        "data",
        {"above": {"warning": 0.01, "error": 0.05}},
        "labels.error_share",
        None,
    ),
    "DA113": (
        "feature-drift",
        "A column is distributed differently in the two tables",
        "data",
        "data",
        {"above": {"warning": 0.1, "error": 0.25}},
        "data.drift",
        None,
    ),
    "DA101": (
        "missing-values",
        "A column with many missing values",
        "data",
        "data",
        {"above": {"note": 0.05, "warning": 0.2, "error": 0.95}},
        "data.missing_share",
        None,
    ),
    "DA106": (
        "duplicate-rows",
        "Rows that repeat earlier rows",
        "data",
        "data",
        {"above": {"warning": 0}},
        "data.repeats",
        None,
    ),
    "DA112": (
        "ordered-rows",
        "The order of the rows tells something",
        "data",
        "data",
        {"above": {"note": 0.1, "warning": 0.3}},
        "data.order",
        None,
    ),
    "FT805": (
        "too-good-score",
        "A score that is too good",
        "fit",
        "hyperparameters",
        {"above": {"warning": 0.05}},
        "fit.overconfidence",
        None,
    ),
    "EV901": (
        "wide-interval",
        "A score that the evaluation set cannot tell precisely",
        "evaluation",
        "implementation",
        {"above": {"warning": 0.05}},
        "evaluation.precision",
        None,
    ),
}

COLUMNS = [
    "age",
    "plan",
    "monthly_charge",
    "closed_reason",
    "region",
    "tenure_months",
    "support_calls",
    "signup",
    "channel",
    "discount",
    "churned",
]


def quantities():
    return {
        name: {
            "unit": unit,
            "kind": kind,
            "bounds": [0, None],
            "null": null,
            "details": {},
            "meaning": f"What is measured by {name}, over all rows, with each constant",
            "source": "Kapoor & Narayanan 2023, doi:10.1016/j.patter.2023.100804",
        }
        for name, (unit, kind, null) in UNITS.items()
    }


def rules():
    return {
        code: {
            "name": name,
            "title": title,
            "family": family,
            "cause": cause,
            "ladder": ladder,
            "min_n": 200,
            "judges": judges,
            "invalidates": invalidates,
        }
        for code, (name, title, family, cause, ladder, judges, invalidates) in RULES.items()
    }


def document(findings=(), outcomes=None, measurements=(), causes=None):
    findings = list(findings)
    states = dict.fromkeys(RULES, "passed") | {one["code"]: "found" for one in findings}
    states |= outcomes or {}
    if causes is None:
        causes = [cause(one) for one in findings]
    reasons = {
        "inconclusive": "The interval reaches over the rung at this number of rows",
        "not_checked": "no column that orders the rows was named",
        "muted": "not selected",
        "failed": "ValueError: the matrix is singular",
    }
    return {
        "schema": 1,
        "mldebug": "0.1.0",
        "findings": findings,
        "causes": causes,
        "outcomes": {
            code: {
                "state": state,
                "reason": reasons.get(state, ""),
                "missing": ["--time"] if state == "not_checked" else [],
                "subjects": {state: 1},
            }
            for code, state in states.items()
        },
        "measurements": list(measurements),
        "provenance": {
            "started": "2026-03-01T09:30:00+00:00",
            "seconds": {
                "reading": 0.31,
                "leakage.shared_rows": 1.42,
                "labels.confident": 4.2,
                "x": 0.001,
            },
            "command": "mldebug audit train.csv --eval test.csv --target churned --report report.html",
            "seed": 0,
            "device": "cpu",
            "task": "classification",
            "target": "churned",
            "versions": {"mldebug": "0.1.0", "python": "3.11.9", "numpy": "2.4.6"},
            "remarks": ["The task is taken to be a classification: churned has 2 distinct values"],
            "columns_ignored": ["customer_id"],
            "interrupted": False,
            "tables": {
                role: table(source, rows)
                for role, source, rows in (
                    ("train", "data/churn/train.csv", 12_400),
                    ("eval", "data/churn/test.csv", 3_100),
                )
            },
            "rules": rules(),
            "quantities": quantities(),
        },
    }


def table(source, rows):
    return {
        "source": source,
        "rows": rows,
        "sha256": "9f" * 32,
        "columns": [
            {
                "name": name,
                "kind": "category" if name in ("plan", "region") else "number",
                "storage": "int64",
                "note": "",
            }
            for name in COLUMNS
        ],
    }


def cause(one, explains=(), score=3.0):
    return {
        "finding": one["id"],
        "code": one["code"],
        "cause": one["cause"],
        "explains": list(explains),
        "score": score,
    }


def finding(
    code,
    subject=None,
    *,
    severity="error",
    value=0.041,
    interval=None,
    p=None,
    n=3_100,
    message="",
    rows=None,
    trial=None,
    label=None,
    muted=None,
    why="The evaluation then measures memory in part, so the score is too high.",
    remedy="Drop the repeated rows before splitting, or split by group.",
    key=None,
):
    name, title, family, kind, _, judges, _ = RULES[code]
    subject = subject or {}
    told = ", ".join(map(str, subject.values())) or "the whole"
    identity = (
        code
        + ":"
        + (key or "{" + ",".join(f'"{k}":"{v}"' for k, v in sorted(subject.items())) + "}")
    )
    return {
        "id": identity,
        "code": code,
        "name": name,
        "title": title,
        "severity": severity,
        "family": family,
        "cause": kind,
        "subject": subject,
        "label": label or told,
        "quantity": judges,
        "value": value,
        "interval": interval,
        "p": p,
        "n": n,
        "message": message or f"{told} is not as it should be",
        "why": why,
        "remedy": remedy,
        "rows": rows,
        "trial": trial,
        "muted": muted,
        "references": ["Kapoor & Narayanan 2023, doi:10.1016/j.patter.2023.100804"],
    }


def measurement(one, figure=None, details=None):
    return {
        "quantity": one["quantity"],
        "subject": one["subject"],
        "value": one["value"],
        "interval": one["interval"],
        "p": one["p"],
        "n": one["n"],
        "details": details or {},
        "rows": one["rows"],
        "figure": figure,
    }


def trial(before=0.94, after=0.87, low=-0.09, high=-0.05, action="drop_rows"):
    return {
        "action": action,
        "metric": "accuracy",
        "before": before,
        "after": after,
        "difference": None if after is None else round(after - before, 6),
        "interval": None if after is None else [low, high],
        "folds": 5,
        "state": "tried",
    }


def cells(seed):
    chance = random.Random(seed)
    return {
        "age": chance.randrange(18, 90),
        "plan": chance.choice(["basic", "family", "pro"]),
        "monthly_charge": round(chance.uniform(10, 140), 2),
        "closed_reason": chance.choice(["moved", "price", None]),
        "region": chance.choice("NSEW"),
        "tenure_months": chance.randrange(120),
        "support_calls": chance.randrange(9),
        "signup": f"20{chance.randrange(10, 25)}-0{chance.randrange(1, 9)}-14",
        "channel": chance.choice(["web", "shop", "phone"]),
        "discount": chance.random() < 0.3,
        "churned": chance.choice(["yes", "no"]),
    }


def rows(total=127, *, match=True, scored=False, seed=0):
    items = []
    for place in range(min(total, 1_000)):
        item = {
            "table": "eval",
            "row": 17 * place + 4,
            "score": round(0.99 - place / 1_100, 4) if scored else None,
        }
        if match:
            item["match"] = {"table": "train", "row": 41 * place + 9}
        if place < 20:
            item["cells"] = cells(seed * 1_000 + place)
        items.append(item)
    return {"total": total, "items": items}


def pairs(count=8):
    """Rows of which each is followed by its match, two cells apart."""
    items = []
    for place in range(count):
        one = cells(place)
        other = {
            **one,
            "monthly_charge": one["monthly_charge"] + 0.01,
            "churned": "no" if one["churned"] == "yes" else "yes",
        }
        items.append(
            {
                "table": "train",
                "row": 90 + place,
                "score": None,
                "cells": one,
                "match": {"table": "train", "row": 4_100 + place},
            }
        )
        items.append(
            {
                "table": "train",
                "row": 4_100 + place,
                "score": None,
                "cells": other,
                "match": {"table": "train", "row": 90 + place},
            }
        )
    return {"total": 2 * count, "items": items}
