"""Ask deepchecks about cases: each rule's nearest check, with its default condition.

Options: ``no-display`` draws nothing; ``suites`` runs the whole integrity and train-test suites
instead, and saves each as one HTML page, which it then measures and deletes.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from verdicts import RULES, Answer, Case, Verdict, run, timed

Make = Callable[[Any, Case], Any]
"""Makes a check with its condition, given the module ``deepchecks.tabular.checks``."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The checks that answer for a rule, and what they need besides train.

    An ``inverted`` condition warns of the opposite of what its check is for, and is read the other
    way round, in the peer's favour.
    """

    make: tuple[Make, ...]
    needs_eval: bool = False
    needs_target: bool = False
    inverted: bool = False


PROBES = {
    "DA101": Probe(
        (lambda c, _: c.PercentOfNulls().add_condition_percent_of_nulls_not_greater_than(),)
    ),
    "DA103": Probe((lambda c, _: c.MixedNulls().add_condition_different_nulls_less_equal_to(),)),
    "DA104": Probe((lambda c, _: c.MixedDataTypes().add_condition_rare_type_ratio_not_in_range(),)),
    "DA105": Probe((lambda c, _: c.StringMismatch().add_condition_no_variants(),)),
    "DA106": Probe((lambda c, _: c.DataDuplicates().add_condition_ratio_less_or_equal(),)),
    "DA108": Probe(
        (lambda c, _: c.OutlierSampleDetection().add_condition_outlier_ratio_less_or_equal(),)
    ),
    "DA110": Probe(
        # It warns where the rarest class has at least a tenth of the commonest one's rows.
        (lambda c, _: c.ClassImbalance().add_condition_class_ratio_less_than(),),
        needs_target=True,
        inverted=True,
    ),
    "DA113": Probe(
        (lambda c, _: c.FeatureDrift().add_condition_drift_score_less_than(),), needs_eval=True
    ),
    "DA114": Probe(
        (lambda c, _: c.MultivariateDrift().add_condition_overall_drift_value_less_than(),),
        needs_eval=True,
    ),
    "DA115": Probe(
        (lambda c, _: c.LabelDrift().add_condition_drift_score_less_than(),),
        needs_eval=True,
        needs_target=True,
    ),
    "DA116": Probe(
        (lambda c, _: c.NewCategoryTrainTest().add_condition_new_category_ratio_less_or_equal(),),
        needs_eval=True,
    ),
    "LB204": Probe(
        (
            lambda c, _: (
                c.ConflictingLabels().add_condition_ratio_of_conflicting_labels_less_or_equal()
            ),
        ),
        needs_target=True,
    ),
    "LB207": Probe(
        (
            lambda c, case: c.IsSingleValue(columns=[case.target]).add_condition_not_single_value(),
            lambda c, _: c.NewLabelTrainTest().add_condition_new_labels_number_less_or_equal(),
        ),
        needs_target=True,
    ),
    "FE301": Probe(
        (
            lambda c, case: c.IsSingleValue(
                ignore_columns=[case.target] if case.target else None
            ).add_condition_not_single_value(),
        )
    ),
    "FE302": Probe(
        (
            lambda c, _: (
                c.FeatureFeatureCorrelation().add_condition_max_number_of_pairs_above_threshold()
            ),
        )
    ),
    "FE303": Probe(
        (
            lambda c, _: (
                c.FeatureFeatureCorrelation().add_condition_max_number_of_pairs_above_threshold()
            ),
        )
    ),
    "FE305": Probe(
        (lambda c, _: c.IdentifierLabelCorrelation().add_condition_pps_less_or_equal(),),
        needs_target=True,
    ),
    "LK401": Probe(
        (lambda c, _: c.TrainTestSamplesMix().add_condition_duplicates_ratio_less_or_equal(),),
        needs_eval=True,
    ),
    "LK403": Probe(
        (lambda c, _: c.IndexTrainTestLeakage().add_condition_ratio_less_or_equal(),),
        needs_eval=True,
    ),
    "LK405": Probe(
        (lambda c, _: c.DateTrainTestLeakageOverlap().add_condition_leakage_ratio_less_or_equal(),),
        needs_eval=True,
    ),
    "LK406": Probe(
        (lambda c, _: c.FeatureLabelCorrelation().add_condition_feature_pps_less_than(),),
        needs_target=True,
    ),
    "EV901": Probe(
        (lambda c, _: c.DatasetsSizeComparison().add_condition_test_size_greater_or_equal(),),
        needs_eval=True,
    ),
}


def _setup() -> str:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import deepchecks  # type: ignore[import-not-found]
    import deepchecks.tabular.checks  # type: ignore[import-not-found]
    import deepchecks.tabular.suites  # type: ignore[import-not-found]

    return str(deepchecks.__version__)


def _datasets(case: Case, shared_only: bool) -> tuple[Any, Any]:
    """Train and eval (or None) as deepchecks wants them, with eval's categories taken from train.

    With ``shared_only`` the columns that one table lacks are left out, for deepchecks refuses any
    two tables that differ in columns.
    """
    from deepchecks.tabular import Dataset

    train, evaluation = case.train, case.evaluation
    if shared_only and evaluation is not None:
        shared = [name for name in train.columns if name in evaluation.columns]
        train, evaluation = train[shared], evaluation[shared]
    identifiers = case.named("id")
    roles = {
        "label": case.target if case.target in train.columns else None,
        "datetime_name": case.time if case.time in train.columns else None,
        # It has no groups; what it says of an index holds of them.
        "index_name": case.groups or (identifiers[0] if identifiers else None),
        "label_type": _task(case),
    }
    first = Dataset(train, **roles, cat_features=_categories(case, train, roles))
    if evaluation is None:
        return first, None
    known = [name for name in first.cat_features if name in evaluation.columns]
    present = {
        key: value if key == "label_type" or value in evaluation.columns else None
        for key, value in roles.items()
    }
    return first, Dataset(evaluation, **present, cat_features=known)


def _categories(case: Case, train: Any, roles: dict[str, Any]) -> list[str] | None:
    # deepchecks' own inference, unless the case declares its categories.
    declared = [*case.named("category"), *case.named("boolean")]
    found = [name for name in declared if name in train.columns and name not in roles.values()]
    return found or None


def _task(case: Case) -> str | None:
    if case.target is None or case.target not in case.train:
        return None
    if case.task == "regression":
        return "regression"
    return "binary" if case.train[case.target].nunique() <= 2 else "multiclass"


def _judged(check: Any, tables: tuple[Any, Any], display: bool) -> tuple[Verdict, str]:
    from deepchecks.core import ConditionCategory  # type: ignore[import-not-found]
    from deepchecks.tabular import TrainTestCheck

    needed = tables if isinstance(check, TrainTestCheck) else tables[:1]
    result = check.run(*needed, with_display=display)
    (condition,) = result.conditions_results
    if condition.category in (ConditionCategory.FAIL, ConditionCategory.WARN):
        return "found", condition.details
    if condition.category is ConditionCategory.PASS:
        return "silent", condition.details
    return "cannot", condition.details


def _asked(probe: Probe, case: Case, tables: tuple[Any, Any], display: bool) -> tuple[Verdict, str]:
    from deepchecks.tabular import TrainTestCheck, checks

    given = [make(checks, case) for make in probe.make]
    if tables[1] is None:
        given = [check for check in given if not isinstance(check, TrainTestCheck)]
    if case.task == "regression":
        given = [check for check in given if not isinstance(check, checks.NewLabelTrainTest)]
    told = [_judged(check, tables, display) for check in given]
    if probe.inverted:
        other: dict[Verdict, Verdict] = {"found": "silent", "silent": "found", "cannot": "cannot"}
        told = [(other[verdict], detail) for verdict, detail in told]
    return min(told, key=lambda one: ("found", "silent", "cannot").index(one[0]))


def _schema(case: Case) -> tuple[Verdict, str]:
    # No check compares schemas; that two tables differ in columns is refused with a clear error.
    from deepchecks.core.errors import DatasetValidationError  # type: ignore[import-not-found]
    from deepchecks.tabular import checks

    try:
        checks.DatasetsSizeComparison().run(*_datasets(case, shared_only=False))
    except DatasetValidationError as error:
        return "found", f"refuses to run: {error}"
    return "silent", "runs; it compares the names of the columns only"


def _missing(code: str, case: Case) -> str | None:
    """Why deepchecks cannot tell, or None if it can."""
    if code == "FE305" and not case.named("id"):
        return "looks only at a column that the user declares to be the identifier"
    if code == "LK405" and case.time is None:
        return "needs a time column, and the case declares none"
    if code in {"DA110", "LB204"} and case.task == "regression":
        return "for classification only"
    if code == "DA117":
        return None if case.evaluation is not None else "needs an eval set"
    if code not in PROBES:
        return "no check of it"
    if code == "LK403" and not (case.groups or case.named("id")):
        return "needs the column of the groups, and the case declares none"
    if PROBES[code].needs_eval and case.evaluation is None:
        return "needs an eval set"
    if PROBES[code].needs_target and case.target is None:
        return "needs a target"
    return None


def _rules(case: Case, display: bool) -> Iterator[Answer]:
    made: list[tuple[Any, Any]] = []

    def make() -> tuple[Verdict, str]:
        made.append(_datasets(case, shared_only=True))
        return "silent", "the datasets were made"

    making = timed("making the datasets", make)
    yield making
    for code in RULES:
        reason = _missing(code, case)
        if reason is None and not made:
            reason = making.detail
        if reason is not None:
            yield Answer(code, "cannot", reason)
        elif code == "DA117":
            yield timed(code, lambda: _schema(case))
        else:
            yield timed(code, partial(_asked, PROBES[code], case, made[0], display))


def _renamed(case: Case, old: str, new: str) -> Case:
    names = {old: new}
    return replace(
        case,
        train=case.train.rename(columns=names),
        evaluation=None if case.evaluation is None else case.evaluation.rename(columns=names),
        target=new,
        kinds={names.get(name, name): kind for name, kind in case.kinds.items()},
    )


def _suites(case: Case) -> Iterator[Answer]:
    from deepchecks.tabular import suites

    tables = _datasets(case, shared_only=True)

    def whole(name: str, make: Callable[[], Any], *data: Any) -> Answer:
        def check() -> tuple[Verdict, str]:
            result = make().run(*data)
            with TemporaryDirectory() as folder:
                page = Path(folder) / "suite.html"
                result.save_as_html(str(page), as_widget=False)
                size = page.stat().st_size
            failed = len(result.get_not_passed_checks(fail_if_warning=True))
            return ("found" if failed else "silent"), f"{failed} not passed, {size} bytes of HTML"

        return timed(name, check)

    yield whole("integrity", suites.data_integrity, tables[0])
    if tables[1] is not None:
        yield whole("train-test", suites.train_test_validation, *tables)


def _answers(case: Case, options: frozenset[str]) -> Iterator[Answer]:
    if case.target == "y":
        # deepchecks hands the target to its plotting library, which wants "y" for an axis.
        case = _renamed(case, "y", "the_target")
    if "suites" in options:
        return _suites(case)
    return _rules(case, display="no-display" not in options)


if __name__ == "__main__":
    run("deepchecks", _setup, _answers)
