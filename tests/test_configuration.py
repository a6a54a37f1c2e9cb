"""The configuration: what is read, what is refused, and what the refusal says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mldebug.configuration import Configuration, Delivery, find, read
from mldebug.errors import InputError
from mldebug.notation import kinds_of, share_or_path

WHOLE = """
fail-on = "warning"
select = ["leakage", "DA101"]
ignore = [
    {code = "LK405", reason = "the clock of 2019 was wrong"},
    {code = "FE", reason = "the features are given", expires = 2027-01-31},
]

[rules.DA101]
above = {warning = 0.5, error = 0.9}

[audits.churn]
train = "data/train.csv"
eval = "data/test.csv"
split-column = "fold"
reference = "/somewhere/people.csv"
target = "churned"
task = "classification"
kind = {zip = "category", "a.b" = "text"}
time = "when"
id = "customer"
device = "cpu"
seed = 7
select = ["LK401"]
ignore = [{code = "LK406", reason = "known"}]
fail-on = "never"
redact = true
report = "out/churn.html"
json = "out/churn.json"

[audits.price]
train = "price.csv"
eval = 0.25
kind = ["zip=category", "a=b=number"]
"""


def written(folder, content, name="mldebug.toml"):
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_everything_that_can_be_said_is_read(tmp_path):
    path = written(tmp_path, WHOLE)
    configuration = read(path, today=date(2027, 1, 31))
    ladders = {"DA101": {"above": {"warning": 0.5, "error": 0.9}}}
    ignore = {"LK405": "the clock of 2019 was wrong", "FE": "the features are given"}
    assert configuration == Configuration(
        path=path,
        fail_on="warning",
        select=("leakage", "DA101"),
        ignore=ignore,
        ladders=ladders,
        audits={
            "churn": {
                "train": tmp_path / "data/train.csv",
                "eval": tmp_path / "data/test.csv",
                "split_column": "fold",
                "reference": Path("/somewhere/people.csv"),
                "target": "churned",
                "task": "classification",
                "kinds": {"zip": "category", "a.b": "text"},
                "time": "when",
                "id": "customer",
                "device": "cpu",
                "seed": 7,
                "select": ("LK401",),
                "ignore": {**ignore, "LK406": "known"},
                "rules": ladders,
                "redact": True,
            },
            "price": {
                "train": tmp_path / "price.csv",
                "eval": 0.25,
                "kinds": {"zip": "category", "a=b": "number"},
                "select": ("leakage", "DA101"),
                "ignore": ignore,
                "rules": ladders,
            },
        },
        deliveries={
            "churn": Delivery("never", tmp_path / "out/churn.html", tmp_path / "out/churn.json"),
            "price": Delivery(),
        },
    )
    assert configuration.fails_on("churn") == "never"
    assert configuration.fails_on("price") == "warning"
    assert configuration.fails_on() == "warning"
    assert Configuration().fails_on() == "error"


def test_arguments_of_an_audit_are_those_of_the_function(tmp_path):
    from inspect import signature

    from mldebug.audit import audit

    arguments = read(written(tmp_path, WHOLE)).audits["churn"]
    signature(audit).bind(**arguments)


def test_an_expired_exception_counts_again_and_says_so(tmp_path):
    configuration = read(written(tmp_path, WHOLE), today=date(2027, 2, 1))
    assert list(configuration.ignore) == ["LK405"]
    assert "FE" not in configuration.audits["price"]["ignore"]
    (remark,) = configuration.remarks
    assert "FE" in remark
    assert "2027-01-31" in remark


def test_an_empty_file_says_nothing(tmp_path):
    path = written(tmp_path, "")
    assert read(path) == Configuration(path)


def test_a_project_file_is_read_below_its_table(tmp_path):
    content = '[project]\nname = "x"\n[tool.mldebug]\nfail-on = "note"\n[tool.mldebug.audits.a]\n'
    path = written(tmp_path, content + 'train = "t.csv"\n', "pyproject.toml")
    configuration = read(path)
    assert configuration.fail_on == "note"
    assert configuration.audits["a"]["train"] == tmp_path / "t.csv"


def test_find_looks_in_this_folder_alone_and_prefers_its_own_file(tmp_path):
    assert find(tmp_path) is None
    project = written(tmp_path, "[tool.other]\nmldebug = 1\n", "pyproject.toml")
    assert find(tmp_path) is None
    project.write_text("[tool.mldebug]\n")
    assert find(tmp_path) == project
    below = tmp_path / "below"
    below.mkdir()
    assert find(below) is None
    own = written(tmp_path, "")
    assert find(tmp_path) == own


def test_a_broken_project_file_matters_only_if_it_speaks_of_mldebug(tmp_path):
    project = written(tmp_path, "[tool.other\n# mldebug\n", "pyproject.toml")
    assert find(tmp_path) is None
    project.write_text("[tool.mldebug]\nfail-on = \n")
    assert find(tmp_path) == project
    with pytest.raises(InputError, match=r"pyproject\.toml cannot be read as TOML: .*line 2"):
        read(project)


AUDIT = '[audits.a]\ntrain = "t.csv"\n'
REFUSED = {
    "fail-on = \nselect = []": ["cannot be read as TOML", "line 1"],
    'fail_on = "error"': ["no key 'fail_on'", "nearest is 'fail-on'"],
    "xyzzy = 1": ["no key 'xyzzy'", "there are fail-on, select"],
    'fail-on = "fatal"': ["fail-on must be one of error, warning, note, never, not 'fatal'"],
    "fail-on = 3": ["fail-on must be one of", "not 3"],
    'select = "LK401"': ["select must be a list of codes", "not 'LK401'"],
    "select = [1]": ["select must be a list of codes"],
    'select = ["LK4O6"]': ["select: 'LK4O6' names no rule or family; the nearest is LK406"],
    'ignore = ["LK401"]': ["ignore must be a list of tables"],
    'ignore = [{code = "LK401"}]': ["ignore, entry 1: the key 'reason' is missing"],
    'ignore = [{reason = "so"}]': ["ignore, entry 1: the key 'code' is missing"],
    'ignore = [{code = "LK401", reason = " "}]': ["entry 1: reason must be a text", "not ' '"],
    'ignore = [{code = "QQ999", reason = "so"}]': ["entry 1: code: 'QQ999' names no rule"],
    'ignore = [{code = "LK401", reason = "so", expire = 2027-01-01}]': ["nearest is 'expires'"],
    'ignore = [{code = "LK401", reason = "so", expires = "soon"}]': ["expires must be a date"],
    'ignore = [{code = "LK401", reason = "so", expires = 2027-01-01T00:00:00}]': ["must be a date"],
    "rules = 1": ["rules must be tables [rules.NAME], not 1"],
    "[rules]\nLK401 = 0.1": ["rules.LK401 must be a table [rules.LK401]"],
    "[rules.LK4O6]\nabove = {warning = 1}": ["[rules.LK4O6]", "the nearest is LK406"],
    "[rules.LK401]\nover = {warning = 1}": ["[rules.LK401]", "'over' is none"],
    "[rules.LK401]\nabove = {fatal = 1}": ["[rules.LK401]", "'fatal' is no severity"],
    '[rules.LK401]\nabove = {error = "x"}': ["[rules.LK401]", "must be a number, not 'x'"],
    "[audits]\na = 1": ["audits.a must be a table [audits.a]"],
    "[audits.a]": ["[audits.a] the key 'train' is missing"],
    "[audits.a]\ntrain = 1": ["[audits.a] train must be a text"],
    AUDIT + 'evaluate = "x"': ["[audits.a] there is no key 'evaluate'", "nearest is 'eval'"],
    AUDIT + 'split_column = "x"': ["nearest is 'split-column'"],
    AUDIT + "eval = 1.5": ["[audits.a] eval must be a file, or a share of rows between 0 and 1"],
    AUDIT + 'eval = "1.5"': ["[audits.a] eval: a share", "between 0 and 1, not 1.5"],
    AUDIT + "eval = true": ["[audits.a] eval must be a file"],
    AUDIT + 'task = "clustering"': ["[audits.a] task must be one of classification, regression"],
    AUDIT + 'kind = {zip = "categry"}': ["'zip' cannot be of the kind 'categry'", "'category'"],
    AUDIT + 'kind = ["zip"]': ["kind: 'zip' is not of the form COLUMN=KIND"],
    AUDIT + "kind = 3": ["[audits.a] kind must be a table"],
    AUDIT + 'device = "gpu"': ["[audits.a] device must be one of auto, cpu, cuda, not 'gpu'"],
    AUDIT + "seed = -1": ["[audits.a] seed must be a whole number that is not negative, not -1"],
    AUDIT + "seed = true": ["[audits.a] seed must be a whole number"],
    AUDIT + "redact = 1": ["[audits.a] redact must be true or false, not 1"],
    AUDIT + 'report = ""': ["[audits.a] report must be a text that is not empty"],
    AUDIT + 'fail-on = "x"': ["[audits.a] fail-on must be one of"],
    AUDIT + 'ignore = [{code = "LK401"}]': ["[audits.a] ignore, entry 1: the key 'reason'"],
}


@pytest.mark.parametrize("content", REFUSED)
def test_what_is_wrong_is_said_in_one_sentence_that_names_file_and_key(tmp_path, content):
    path = written(tmp_path, content)
    with pytest.raises(InputError) as caught:
        read(path)
    sentence = str(caught.value)
    assert sentence.startswith(str(path))
    assert "\n" not in sentence
    for part in REFUSED[content]:
        assert part in sentence


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"none\.toml cannot be read: no such file"):
        read(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read: is a directory"):
        read(tmp_path)
    path = tmp_path / "latin.toml"
    path.write_bytes(b'fail-on = "\xe9"')
    with pytest.raises(InputError, match="it is not UTF-8"):
        read(path)
    project = written(tmp_path, "[tool.other]\n", "pyproject.toml")
    with pytest.raises(InputError, match=r"has no table \[tool\.mldebug\]"):
        read(project)


def test_a_file_comes_before_a_share(tmp_path):
    assert share_or_path("0.2", tmp_path) == 0.2
    (tmp_path / "0.2").touch()
    assert share_or_path("0.2", tmp_path) == tmp_path / "0.2"
    assert share_or_path("none.csv", tmp_path) == tmp_path / "none.csv"
    for text in ("0", "1", "-0.5", "nan", "inf"):
        with pytest.raises(InputError, match="--eval: a share of rows"):
            share_or_path(text, tmp_path, "--eval")


@pytest.mark.parametrize("pair", ["zip", "=text", ""])
def test_a_kind_needs_a_column(pair):
    with pytest.raises(InputError, match="not of the form COLUMN=KIND"):
        kinds_of([pair])


@pytest.mark.parametrize("kind", ["empty", "unsupported", "Category"])
def test_only_kinds_that_a_person_may_give(kind):
    with pytest.raises(InputError, match="cannot be of the kind"):
        kinds_of([f"x={kind}"])
