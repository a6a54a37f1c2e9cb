"""Tables for audits through the real command, and what is read out of their diagnoses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

OUTPUTS = ("out.html", "out.json")
ROWS = 120
ESCAPE, OVERRIDE = "\x1b", "\N{RIGHT-TO-LEFT OVERRIDE}"
HOSTILE = ["<script>", "{value.__class__}", f"{ESCAPE}[31mred\x07", f"{OVERRIDE}abc"]


def frame(n_rows=ROWS, seed=0):
    """Two numbers, a category and a target that the first of them tells in part."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, n_rows))
    target = np.where(a + rng.normal(size=n_rows) > 0, "yes", "no")
    return pd.DataFrame({"a": a, "b": b, "c": rng.choice(["u", "v", "w"], n_rows), "y": target})


def pair():
    return frame(), frame(ROWS // 2, seed=1)


def outputs(arguments):
    given = () if "--report" in arguments else ("--report", "out.html")
    return (*given, "--json", "out.json")


def refuse_constant(constant):
    raise AssertionError(f"{constant} is not JSON")


def found(document):
    return {finding["code"] for finding in document["findings"]}


def remarks(document):
    return " ".join(document["provenance"]["remarks"])


def kind_of(document, name, role="train"):
    columns = document["provenance"]["tables"][role]["columns"]
    return next(column["kind"] for column in columns if column["name"] == name)


def csv(train, evaluation=None, **options):
    """Write the tables as CSV; return the arguments of an audit of them."""
    train.to_csv("train.csv", index=False, **options)
    if evaluation is None:
        return ("train.csv", "--target", "y")
    evaluation.to_csv("eval.csv", index=False, **options)
    return ("train.csv", "--eval", "eval.csv", "--target", "y")


def stored(column, target="y"):
    """Write Parquet with one more column, made for a number of rows; return the arguments."""
    for name, table in zip(("train", "eval"), pair(), strict=True):
        made = column(len(table))
        more = made if isinstance(made, pa.Array) else pa.array(made)
        whole = pa.Table.from_pandas(table, preserve_index=False).append_column("x", more)
        parquet.write_table(whole, f"{name}.parquet")
    return ("train.parquet", "--eval", "eval.parquet", "--target", target)


def cut(name, share=0.5):
    path = Path(name)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
