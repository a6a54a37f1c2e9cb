"""Ask skore about cases, through the report of an untouched HistGradientBoosting.

skore judges fitted estimators: categories are ordinal-encoded, dates stay in the table that it
sees but are kept from the estimator. Without an eval set a seeded fifth of train is held out.
Option ``all`` runs all of its checks at once instead.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

from verdicts import RULES, Answer, Case, Verdict, run, timed

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = {
    "DA110": ("SKD004", "SKD005"),
    "DA111": ("SKD005",),
    "FE302": ("SKD008",),
    "FE303": ("SKD008",),
    "FE306": ("SKD012",),
    "LK405": ("SKD013",),
    "LK406": ("SKD002", "SKD011"),
}
"""The checks that answer for a rule. SKD011 looks up what SKD002 said, and says nothing itself
where a model underfits."""

SPEAKING = {"SKD004", "SKD005", "SKD008", "SKD011", "SKD012", "SKD013"}
CANNOT = {
    "FE301": "speaks of useless features (SKD012), which a constant one is among others",
    "EV901": "no check of the size of the test set",
}


def _setup() -> str:
    warnings.simplefilter("ignore")
    import matplotlib as mpl

    mpl.use("Agg")
    import skore  # type: ignore[import-not-found]

    skore.configuration.show_progress = False
    return str(skore.__version__)


def _report(case: Case) -> Any:
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder
    from skore import EstimatorReport

    train, evaluation = case.train, case.evaluation
    if evaluation is None:
        train, evaluation = train_test_split(train, test_size=0.2, random_state=0)
    train = train[train[case.target].notna()]
    evaluation = evaluation[evaluation[case.target].notna()]
    features = [name for name in train.columns if name != case.target]
    encode = make_column_transformer(
        (
            OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
            make_column_selector(dtype_include=["object", "string", "category", "bool"]),
        ),
        ("passthrough", make_column_selector(dtype_include="number")),
        remainder="drop",
        verbose_feature_names_out=False,
    ).set_output(transform="pandas")
    regression = case.task == "regression"
    model = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
    return EstimatorReport(
        make_pipeline(encode, model(random_state=0)),
        X_train=train[features],
        y_train=train[case.target],
        X_test=evaluation[features],
        y_test=evaluation[case.target],
    )


def _summary(report: Any, wanted: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """The section and the explanation of each wanted check, by its code."""
    codes = [line.split(" - ", 1)[0] for line in report.checks.available()]
    frame = report.checks.summarize(ignore=[code for code in codes if code not in wanted]).frame()
    return {
        row.code: (row.section, row.explanation if isinstance(row.explanation, str) else "")
        for row in frame.itertuples()
        if row.code in wanted
    }


def _judged(report: Any, wanted: tuple[str, ...]) -> tuple[Verdict, str]:
    told = {code: one for code, one in _summary(report, wanted).items() if code in SPEAKING}
    for code, (section, explanation) in told.items():
        if section in ("issue", "tip"):
            return "found", f"{code} ({section}): {explanation}"
    for code, (section, _) in told.items():
        if section == "passed":
            return "silent", f"{code} passed"
    return "cannot", "; ".join(f"{code}: {explanation}" for code, (_, explanation) in told.items())


def _answers(case: Case, options: frozenset[str]) -> Iterator[Answer]:
    reports: list[Any] = []

    def fit() -> tuple[Verdict, str]:
        if case.target is None:
            raise ValueError("the case has no target, and skore needs a fitted estimator")
        reports.append(_report(case))
        return "silent", "the report was made"

    fitting = timed("fitting", fit)
    yield fitting
    if "all" in options:
        yield timed("all checks", lambda: ("silent", repr(reports[0].checks.summarize())))
        return
    for code in RULES:
        if code not in CHECKS:
            yield Answer(code, "cannot", CANNOT.get(code, "no check of the data themselves"))
        elif not reports:
            yield Answer(code, "cannot", fitting.detail)
        else:
            yield timed(code, partial(_judged, reports[0], CHECKS[code]))


if __name__ == "__main__":
    run("skore", _setup, _answers)
