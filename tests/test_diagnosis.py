"""A Diagnosis in the hands of a user: checks, rows, tables and files."""

from __future__ import annotations

import json
import pickle

import pytest

import mldebug
from mldebug.diagnosis import AuditError, Diagnosis
from mldebug.measurement import Row, Rows, Subject
from tests.engine_parts import finding, measurement, rule


def diagnosis(*findings):
    return Diagnosis(tuple(findings), (), {}, tuple(one.measurement for one in findings), {})


def with_rows(code, *rows, column="a"):
    made = measurement(0.5, column=column, rows=Rows(len(rows), tuple(rows)))
    return type(finding(code))(f"{code}:{column}", rule(code), made, "warning")


@pytest.mark.parametrize(
    ("severities", "worst"),
    [((), None), (("note",), "note"), (("note", "error", "warning"), "error")],
)
def test_the_worst_severity(severities, worst):
    found = [finding(f"DA90{number}", one) for number, one in enumerate(severities)]
    assert diagnosis(*found).worst() == worst


@pytest.mark.parametrize(("fail_on", "count"), [("error", 1), ("warning", 2), ("note", 3)])
def test_a_check_raises_with_the_findings_that_reach_the_severity(fail_on, count):
    told = diagnosis(finding("DA901", "error"), finding("DA902"), finding("DA903", "note"))
    with pytest.raises(mldebug.AuditError) as raised:
        told.check(fail_on)
    assert len(raised.value.findings) == count
    assert str(raised.value).splitlines()[0] == "error DA901 da901: the whole: 1.00"
    assert isinstance(raised.value, AssertionError)


def test_a_check_that_nothing_reaches_returns_the_diagnosis():
    told = diagnosis(finding("DA901", "warning"))
    assert told.check() is told
    with pytest.raises(AuditError):
        told.check("warning")
    with pytest.raises(ValueError, match="fail_on is one of error, warning, note"):
        told.check("never")


def test_rows_are_listed_by_table_each_once_the_worst_first():
    told = diagnosis(
        with_rows("DA901", Row("eval", 9), Row("train", 3), Row("eval", 2)),
        with_rows("DA901", Row("eval", 2), Row("eval", 4), column="b"),
        with_rows("DA902", Row("eval", 7)),
        finding("DA903"),
    )
    assert told.rows("DA901") == {"eval": [9, 2, 4], "train": [3]}
    assert told.rows("DA903") == told.rows("DA999") == {}


def test_the_findings_as_a_table():
    told = diagnosis(finding("DA901", "error", "age"), finding("DA902")).frame()
    assert list(told["code"]) == ["DA901", "DA902"]
    assert list(told["subject"]) == ["age", "the whole"]
    assert told["low"].isna().all()
    assert told["message"][0] == "age: 1.00"
    assert len(diagnosis().frame()) == 0
    assert list(diagnosis().frame().columns) == list(told.columns)


def test_it_can_be_saved_and_read_again(tmp_path):
    import pandas as pd

    told = mldebug.audit(pd.DataFrame({"x": [None] * 9 + [1.5]}), select="DA101")
    path = told.save(tmp_path / "told.json")
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert saved == json.loads(json.dumps(told.to_dict()))
    assert mldebug.judge(saved).findings[0].message == told.findings[0].message
    with pytest.raises(ValueError, match=r"\.docx"):
        told.save(tmp_path / "told.docx")


def test_subjects_are_compared_by_content_and_keep_their_order():
    one = Subject(column="a", table="eval")
    assert list(one) == ["table", "column"]
    assert one == Subject({"table": "eval", "column": "a"})
    assert hash(one) == hash(Subject(table="eval", column="a"))
    assert one != Subject(column="a")
    assert one.canonical == '{"column":"a","table":"eval"}'
    assert pickle.loads(pickle.dumps(one)) == one
    assert Subject(columns=["a", "b"]) == Subject(columns=("a", "b"))
    with pytest.raises(ValueError, match="no key 'colour'"):
        Subject(colour="red")


@pytest.mark.parametrize("name", ["{}", "{0}", "{value.__class__}", "\0", "<b>"])
def test_a_label_takes_names_as_they_are(name):
    assert Subject(column=name).label == name
    assert Subject({"class": name, "table": "eval"}).label == f"eval · class {name}"
    assert (
        rule(message="{column} is {value:.1%}").sentence(measurement(0.5, column=name))
        == f"{name} is 50.0%"
    )


@pytest.mark.parametrize("message", ["{value.__class__}", "{value[0]}", "{0}", "{}"])
def test_a_message_may_use_plain_names_only(message):
    with pytest.raises(ValueError, match="plain names only"):
        rule(message=message).sentence(measurement(0.5))
