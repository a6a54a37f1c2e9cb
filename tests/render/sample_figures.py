"""One figure of each kind, and of each variant that is drawn differently."""

from __future__ import annotations

import math
import random
from itertools import pairwise


def bell(centre, width, edges):
    middle = [(a + b) / 2 for a, b in pairwise(edges)]
    heights = [math.exp(-0.5 * ((x - centre) / width) ** 2) for x in middle]
    return [round(height / sum(heights), 5) for height in heights]


def figures():
    """One figure of each kind, and of each variant that is drawn differently."""
    edges = [float(x) for x in range(18, 83, 2)]
    months = [1_577_836_800 + 2_629_746 * k for k in range(25)]
    powers = [10 ** (k / 4) for k in range(-4, 17)]
    chance = random.Random(1)
    return {
        "numbers": {
            "kind": "distributions",
            "title": "Customers in the evaluation table are older",
            "description": "Two histograms of age; that of eval lies about eight years to the right.",
            "x_label": "age in years",
            "x_kind": "number",
            "edges": edges,
            "series": [
                {"name": "train", "shares": bell(40, 9, edges)},
                {"name": "eval", "shares": bell(50, 11, edges)},
            ],
            "gap": {
                "x": 45.0,
                "low": 0.31,
                "high": 0.71,
                "label": "below 45: 71% of train, 31% of eval",
            },
        },
        "dates": {
            "kind": "distributions",
            "title": "Eval begins where train ends",
            "description": "Train lies in 2020, eval in 2021.",
            "x_label": "signup",
            "x_kind": "date",
            "edges": months,
            "series": [
                {"name": "train", "shares": [1 / 12] * 12 + [0.0] * 12},
                {"name": "eval", "shares": [0.0] * 12 + [1 / 12] * 12},
            ],
        },
        "powers": {
            "kind": "distributions",
            "title": "Amounts in eval are a hundred times larger",
            "description": "The same shape, two powers of ten apart.",
            "x_label": "amount in euros",
            "x_kind": "log",
            "edges": powers,
            "series": [
                {"name": "train", "shares": bell(1.5, 1, [math.log10(x) * 2 for x in powers])},
                {"name": "eval", "shares": bell(5.5, 1, [math.log10(x) * 2 for x in powers])},
            ],
        },
        "shares": {
            "kind": "shares",
            "title": "Half of eval is on a plan that train hardly knows",
            "x_label": "plan",
            "description": "Shares of five plans in both tables.",
            "items": [
                {"label": "basic", "train": 0.46, "eval": 0.21},
                {"label": "family", "train": 0.31, "eval": 0.2},
                {"label": "pro", "train": 0.2, "eval": 0.083},
                {"label": "student with a long name indeed", "train": 0.024, "eval": 0.5},
                {"label": "none", "train": 0.006, "eval": 0.007},
            ],
        },
        "bars": {
            "kind": "bars",
            "title": "One column alone tells the target",
            "x_label": "AUC of the column alone",
            "axis": "quantity",
            "description": "closed_reason stands at 0.997, every other column below 0.7.",
            "items": [
                {"label": "closed_reason", "value": 0.997, "emphasis": True},
                {"label": "tenure_months", "value": 0.68},
                {"label": "support_calls", "value": 0.64, "note": "12 missing"},
                {"label": "plan", "value": 0.58},
                {"label": "age", "value": 0.51},
            ],
            "reference": {"value": 0.5, "label": "chance"},
        },
        "losses": {
            "kind": "bars",
            "title": "Two columns cost score",
            "x_label": "change of accuracy in points",
            "description": "Two bars left of nought and two right of it.",
            "items": [
                {"label": "signup", "value": -2.4},
                {"label": "channel", "value": -0.7},
                {"label": "plan", "value": 1.4},
                {"label": "age", "value": 3.1},
            ],
        },
        "intervals": {
            "kind": "intervals",
            "title": "The model is no better than chance in the north",
            "x_label": "accuracy",
            "description": "Accuracy with intervals for train, eval and four regions.",
            "items": [
                {"label": "train", "value": 0.91, "low": 0.9, "high": 0.92, "series": "train"},
                {"label": "eval", "value": 0.82, "low": 0.8, "high": 0.84, "series": "eval"},
                {"label": "region N", "value": 0.55, "low": 0.47, "high": 0.63, "series": "plain"},
                {"label": "region S", "value": 0.84, "low": 0.81, "high": 0.87, "series": "plain"},
                {
                    "label": "labels shuffled",
                    "value": 0.51,
                    "low": 0.48,
                    "high": 0.54,
                    "series": "null",
                },
            ],
            "reference": {"value": 0.5, "label": "chance"},
        },
        "table": {
            "kind": "table",
            "title": "Two spellings of one category",
            "description": "Categories that are equal but for case.",
            "header": ["written", "rows", "also written", "rows"],
            "rows": [
                ["Berlin", 812, "berlin ", 31],
                ["São Paulo", 640, "SAO PAULO", 12],
                [None, 3, "n/a", 4.25],
            ],
        },
        "specks": {
            "kind": "sequence",
            "title": "The charge rises with the row number",
            "x_label": "row",
            "y_label": "monthly_charge in euros",
            "description": "A cloud of points that climbs from left to right.",
            "points": [[k, 20 + k / 60 + chance.gauss(0, 12)] for k in range(3_000)],
        },
        "curves": {
            "kind": "sequence",
            "title": "Eval loss turns after epoch 8 while train loss falls",
            "x_label": "epoch",
            "y_label": "loss",
            "description": "Two curves that part at epoch 8.",
            "points": [],
            "series": [
                {
                    "name": "train",
                    "points": [[k, 1.4 * math.exp(-k / 9) + 0.05] for k in range(40)],
                },
                {
                    "name": "eval",
                    "points": [
                        [k, 1.4 * math.exp(-k / 7) + 0.25 + max(0, k - 8) * 0.012]
                        for k in range(40)
                    ],
                },
            ],
        },
    }
