"""A Diagnosis as the one object that ``reports/diagnosis.schema.json`` describes, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldebug.diagnosis import Diagnosis, Finding, Outcome, plain
from mldebug.measurement import Measurement, Quantity, Row, Rows, Subject
from mldebug.rule import Rule

SCHEMA = 1


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as plain data, in strict JSON's types, rounded."""
    return {
        "schema": SCHEMA,
        "mldebug": diagnosis.provenance["versions"]["mldebug"],
        "findings": [_finding(one) for one in diagnosis.findings],
        "causes": [
            {
                "finding": one.finding,
                "code": one.code,
                "cause": one.cause,
                "explains": list(one.explains),
                "score": plain(one.score),
            }
            for one in diagnosis.causes
        ],
        "outcomes": {
            code: {
                "state": one.state,
                "reason": one.reason,
                "missing": list(one.missing),
                "subjects": dict(one.subjects),
            }
            for code, one in diagnosis.outcomes.items()
        },
        "measurements": [_measurement(one) for one in diagnosis.measurements],
        "provenance": plain(dict(diagnosis.provenance)),
    }


def described(quantity: Quantity) -> dict[str, Any]:
    """What a document tells of a quantity, so that it can be judged and read without the code."""
    return {
        "unit": quantity.unit,
        "kind": quantity.kind,
        "bounds": list(quantity.bounds),
        "meaning": quantity.meaning,
        "source": quantity.source,
        "null": quantity.null,
        "details": dict(quantity.details),
    }


def told(rule: Rule) -> dict[str, Any]:
    """What a document tells of a rule that judged, whether it found something or not."""
    return {
        "name": rule.name,
        "title": rule.title,
        "family": rule.family,
        "cause": rule.cause,
        "judges": rule.judges,
        "ladder": rule.ladder.as_dict(),
        "min_n": rule.min_n,
        "invalidates": rule.invalidates,
    }


def _finding(one: Finding) -> dict[str, Any]:
    measurement = _measurement(one.measurement)
    return {
        "id": one.id,
        "code": one.rule.code,
        "name": one.rule.name,
        "title": one.rule.title,
        "severity": one.severity,
        "family": one.rule.family,
        "cause": one.rule.cause,
        "subject": measurement["subject"],
        "label": one.subject.label,
        "quantity": one.measurement.quantity,
        "value": measurement["value"],
        "interval": measurement["interval"],
        "p": measurement["p"],
        "n": measurement["n"],
        "message": one.message,
        "why": one.rule.why,
        "remedy": one.rule.remedy.text,
        "references": list(one.rule.references),
        "rows": measurement["rows"],
        "trial": plain(one.trial),
        "muted": None,
    }


def _measurement(one: Measurement) -> dict[str, Any]:
    return {
        "quantity": one.quantity,
        "subject": plain(one.subject.as_dict()),
        "value": plain(float(one.value)),
        "interval": None if one.interval is None else [plain(float(end)) for end in one.interval],
        "p": None if one.p is None else plain(float(one.p)),
        "n": int(one.n),
        "details": plain(one.details),
        "rows": None if one.rows is None else _rows(one.rows),
        "figure": plain(one.figure),
    }


def _rows(rows: Rows) -> dict[str, Any]:
    items = []
    for one in rows.items:
        item: dict[str, Any] = {"table": one.table, "row": int(one.row), "score": plain(one.score)}
        if one.match is not None:
            item["match"] = {"table": one.match[0], "row": int(one.match[1])}
            # Of an exact copy the cells stand there already.
            if one.match_cells is not None and one.match_cells != one.cells:
                item["match"]["cells"] = plain(one.match_cells)
        if one.cells is not None:
            item["cells"] = plain(one.cells)
        items.append(item)
    return {"total": int(rows.total), "items": items}


def measurements_of(told: Mapping[str, Any]) -> list[Measurement]:
    """The measurements that a document holds."""
    return [_read_measurement(one) for one in told["measurements"]]


def _read_measurement(one: Mapping[str, Any]) -> Measurement:
    return Measurement(
        one["quantity"],
        Subject(one["subject"]),
        one["value"],
        one["n"],
        None if one["interval"] is None else (one["interval"][0], one["interval"][1]),
        one["p"],
        one["details"],
        None if one["rows"] is None else _read_rows(one["rows"]),
        one["figure"],
    )


def _read_rows(told: Mapping[str, Any]) -> Rows:
    items = []
    for one in told["items"]:
        match = one.get("match")
        where = None if match is None else (match["table"], match["row"])
        others = None if match is None else match.get("cells")
        items.append(Row(one["table"], one["row"], one["score"], where, one.get("cells"), others))
    return Rows(told["total"], tuple(items))


def outcomes_of(told: Mapping[str, Any]) -> dict[str, Outcome]:
    """The outcomes that a document holds."""
    return {
        code: Outcome(one["state"], one["reason"], tuple(one["missing"]), one["subjects"])
        for code, one in told["outcomes"].items()
    }
