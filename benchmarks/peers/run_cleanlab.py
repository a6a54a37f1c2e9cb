"""Ask cleanlab's Datalab about cases, with its default thresholds.

It wants a matrix of features and out-of-sample probabilities: here numbers standardised with
missing values at the median, categories one-hot, and five-fold probabilities of an untouched
HistGradientBoosting.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

from verdicts import RULES, Answer, Case, Verdict, run, timed

if TYPE_CHECKING:
    from collections.abc import Iterator

ISSUES = {
    "DA106": "near_duplicate",
    "DA107": "near_duplicate",
    "DA108": "outlier",
    "DA110": "class_imbalance",
    "DA111": "class_imbalance",
    "DA112": "non_iid",
    "LB201": "label",
}
OF_LABELS = {"DA110", "DA111", "LB201"}
CANNOT = {
    "DA101": "flags only rows in which every value is missing",
    "LB204": "compares labels with a model's probabilities (LB201), not between equal rows",
    "LK401": "knows no split",
    "LK403": "knows no split",
    "LK405": "knows no split",
    "DA113": "knows no split",
    "DA114": "knows no split",
    "DA115": "knows no split",
    "DA116": "knows no split",
    "DA117": "knows no split",
    "EV901": "knows no split",
}


def _setup() -> str:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    import cleanlab  # type: ignore[import-not-found]
    import cleanlab.datalab.datalab  # type: ignore[import-not-found]

    return str(cleanlab.__version__)


def _features(case: Case) -> Any:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    table = case.train.drop(columns=[case.target] if case.target else [])
    encode = make_column_transformer(
        (
            make_pipeline(SimpleImputer(strategy="median"), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
        (
            OneHotEncoder(handle_unknown="ignore", max_categories=50, sparse_output=False),
            make_column_selector(dtype_include=["object", "string", "category", "bool"]),
        ),
        remainder="drop",
    )
    return encode.fit_transform(table)


def _found(case: Case, issue: str, features: Any) -> tuple[Verdict, str]:
    from cleanlab import Datalab

    labels = case.train[case.target].astype(str) if case.target else None
    regression = case.task == "regression"
    if regression and labels is not None:
        labels = case.train[case.target]
    lab = Datalab(
        {"label": labels} if labels is not None else {"row": list(range(len(features)))},
        label_name="label" if labels is not None else None,
        task="regression" if regression else "classification",
        verbosity=0,
    )
    with contextlib.redirect_stdout(io.StringIO()):
        if issue == "label" and not regression:
            lab.find_issues(pred_probs=_probabilities(features, labels), issue_types={issue: {}})
        else:
            lab.find_issues(features=features, issue_types={issue: {}})
    summary = lab.get_issue_summary()
    row = summary[summary["issue_type"] == issue]
    if row.empty:
        return "cannot", f"did not run {issue}"
    count = int(row["num_issues"].iloc[0])
    return ("found" if count else "silent"), f"{issue}: {count} rows of {len(features)}"


def _probabilities(features: Any, labels: Any) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import cross_val_predict

    model = HistGradientBoostingClassifier(random_state=0)
    return cross_val_predict(model, features, labels, cv=5, method="predict_proba")


def _answers(case: Case, options: frozenset[str]) -> Iterator[Answer]:
    del options
    made: list[Any] = []

    def encode() -> tuple[Verdict, str]:
        made.append(_features(case))
        return "silent", "the features were encoded"

    encoding = timed("encoding", encode)
    yield encoding
    for code in RULES:
        if code not in ISSUES:
            yield Answer(code, "cannot", CANNOT.get(code, "no such issue type"))
        elif not made:
            yield Answer(code, "cannot", encoding.detail)
        elif code in OF_LABELS and (case.target is None or case.task == "regression"):
            yield Answer(code, "cannot", "for classification only")
        else:
            yield timed(code, partial(_found, case, ISSUES[code], made[0]))


if __name__ == "__main__":
    run("cleanlab", _setup, _answers)
