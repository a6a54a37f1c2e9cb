"""The items of ``pytest --mldebug``: a configuration, its audits, and below each the rules."""

from __future__ import annotations

import os
import re
import shlex
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from mldebug.audit import audit
from mldebug.catalogue import rules
from mldebug.configuration import read
from mldebug.errors import InputError
from mldebug.pytest_plugin import LONGEST, SESSION, MldebugWarning, filters_of_python
from mldebug.render.evidence import evidence
from mldebug.render.names import shortened, shown, visible
from mldebug.render.words import how_sure, trial_effect
from mldebug.rule import SEVERITIES

if TYPE_CHECKING:
    from pathlib import Path

    from mldebug.configuration import Configuration
    from mldebug.rule import Rule

Document = Mapping[str, Any]
Finding = Mapping[str, Any]

FINDINGS_SHOWN = 3
ROWS_SHOWN = 5
SKIPPED = {"not_checked": "not checked: ", "inconclusive": "inconclusive: ", "muted": ""}


class ConfigurationFile(pytest.File):
    """A configuration; below it stand its audits."""

    def collect(self) -> Iterator[Audit]:
        """Yield the configured audits; no data is read."""
        try:
            configuration = read(self.path)
        except InputError as error:
            raise self.CollectError(visible(error)) from None
        if not configuration.audits:
            raise self.CollectError(
                f'{self.path} configures no audit; add a table [audits.NAME] with train = "FILE"'
            )
        for name in configuration.audits:
            told = visible(name).replace("::", ":")
            yield Audit.from_parent(self, name=told, key=name, configuration=configuration)


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an audit: its document, or why there is none."""

    document: Document | None = None
    complaint: str = ""
    fault: str = ""
    trace: str = ""


class Audit(pytest.Collector):
    """A configured audit; below it stand the rules. It is made once in a process, when first asked.

    Parameters
    ----------
    key : str
        The name in the configuration.
    configuration : Configuration
        That names it.
    """

    def __init__(self, *, key: str, configuration: Configuration, **named: Any) -> None:
        super().__init__(**named)
        fails_on = configuration.fails_on(key)
        reaching = 0 if fails_on == "never" else SEVERITIES.index(fails_on) + 1
        self.failing = SEVERITIES[:reaching]
        self._key = key
        self._configuration = configuration
        self._made: Made | None = None
        self.add_marker(pytest.mark.mldebug)
        if any(line.startswith("xdist_group") for line in self.config.getini("markers")):
            self.add_marker(pytest.mark.xdist_group(name=f"mldebug {self.name}"))
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        header = re.compile(rf"\s*\[.*audits\.[\"']?{re.escape(key)}[\"']?\s*\]")
        self.line = next((number for number, line in enumerate(lines) if header.match(line)), 0)

    def collect(self) -> Iterator[RuleItem]:
        """Yield an item for each rule that there is; no data is read."""
        for rule in rules().values():
            yield RuleItem.from_parent(self, name=f"{rule.code}-{rule.name}", rule=rule)

    def made(self) -> Made:
        """Make the audit, unless it is there; the first who asks is told the traceback of a fault."""
        made = self._made or self._make()
        self._made = replace(made, trace="")
        return made

    def _make(self) -> Made:

        session, remarks = self.config.stash[SESSION], self._configuration.remarks
        place = os.path.relpath(self.path, self.config.rootpath)
        command = shlex.join(["mldebug", "audit", "--config", place, "--name", self._key])
        try:
            with filters_of_python():
                diagnosis = audit(**self._configuration.audits[self._key], command=command)
        except InputError as error:
            complaint = visible(f"[audits.{self._key}]: {error}")
            session.keep_complaint(complaint, self.name, self.nodeid)
            return Made(complaint=complaint)
        except Exception as error:  # noqa: BLE001  (it is told once, not by every item)
            fault = visible(f"the audit raised {type(error).__name__}: {error}")
            session.keep_complaint(fault, self.name, self.nodeid)
            return Made(fault=fault, trace=traceback.format_exc())
        if diagnosis.provenance.get("interrupted"):
            raise KeyboardInterrupt
        told = [*diagnosis.provenance.get("remarks", ()), *remarks]
        provenance = {**diagnosis.provenance, "remarks": told}
        document = replace(diagnosis, provenance=provenance).to_dict()
        session.keep(document, self.name, self.nodeid, remarks)
        return Made(document)


class RuleItem(pytest.Item):
    """One rule of one audit."""

    def __init__(self, *, rule: Rule, **named: Any) -> None:
        super().__init__(**named)
        assert isinstance(self.parent, Audit)
        self._audit = self.parent
        self._rule = rule
        self.mldebug_line = self.parent.line
        self.extra_keyword_matches |= {rule.family, rule.cause}

    def reportinfo(self) -> tuple[Path, int, str]:
        """The table of the audit in its file, and the rule."""
        return self.path, self._audit.line, f"{self._audit.name}: {self.name}"

    def setup(self) -> None:
        """Make the audit if nobody did; skip what was not judged, and err where a check failed."""
        named = self.user_properties
        named[:] = [("audit", self._audit.name), ("code", self._rule.code)]
        made = self._audit.made()
        if made.fault:
            if made.trace:
                self.add_report_section("setup", "traceback", made.trace)
            pytest.fail(made.fault, pytrace=False)
        if made.document is None:
            return
        outcome = made.document["outcomes"][self._rule.code]
        found = self._findings(made.document)
        if found:
            named += [(key, found[0][key]) for key in ("severity", "value")]
            named += [("finding", visible(one["id"])) for one in found]
        if outcome["state"] == "failed":
            pytest.fail(visible(outcome["reason"]), pytrace=False)
        if outcome["state"] in SKIPPED:
            pytest.skip(SKIPPED[outcome["state"]] + visible(outcome["reason"]))

    def runtest(self) -> None:
        """Fail where the rule is found at the severity at which the audit fails; below it, warn."""
        made = self._audit.made()
        if made.document is None:
            pytest.fail(made.complaint, pytrace=False)
        found = self._findings(made.document)
        if not found:
            return
        if found[0]["severity"] in self._audit.failing or self._refuses(found):
            pytest.fail(_told(made.document, found), pytrace=False)

    def _refuses(self, found: Sequence[Finding]) -> bool:
        """Warn of what is found; whether the session's filters make an error of it."""
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        try:
            self.warn(MldebugWarning(f"{self._audit.name}: {_headline(found[0])}{more}"))
        except MldebugWarning:
            return True
        return False

    def _findings(self, document: Document) -> list[Finding]:
        """What was found of the rule, the most severe first."""
        code = self._rule.code
        return [one for one in document["findings"] if one["code"] == code and not one["muted"]]


def _headline(finding: Finding) -> str:

    named = f"{finding['severity']} {finding['code']} {finding['name']}"
    return shortened(visible(f"{named}: {finding['message']}"), LONGEST)


def _told(document: Document, found: Sequence[Finding]) -> str:
    """The findings of one rule as they stand below a failed item."""
    lines = [line for one in found[:FINDINGS_SHOWN] for line in _lines(document, one)]
    if len(found) > FINDINGS_SHOWN:
        lines.append(f"and {len(found) - FINDINGS_SHOWN:,} more findings of {found[0]['code']}")
    lines.append(f"`mldebug explain {found[0]['code']}` tells more")
    return "\n".join(lines)


def _lines(document: Document, finding: Finding) -> Iterator[str]:

    yield _headline(finding)
    yield f"  value   {visible(' '.join(how_sure(document, finding)))}"
    yield from _rows(document, finding)
    yield f"  why     {visible(finding['why'])}"
    effect = trial_effect(finding["trial"])
    if effect is not None:
        yield f"  tried   {visible(': '.join(effect[::-1]))}"
    yield f"  remedy  {visible(finding['remedy'])}"
    yield f"  id      {visible(finding['id'])}"


def _rows(document: Document, finding: Finding) -> Iterator[str]:
    """The first rows of evidence as an aligned table."""
    told = evidence(finding, document["provenance"]["target"], 0)
    if told is None:
        return
    cells = [["row", "same as"[: 7 * told.matched], *(shown(name, 20) for name in told.columns)]]
    cells += [
        [f"{line.table} {line.row:,}", line.match, *(one.text for one in line.cells)]
        for line in told.lines[:ROWS_SHOWN]
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    of = f", the first {ROWS_SHOWN} of them" if told.total > ROWS_SHOWN else ""
    yield f"  rows    {told.total:,}{of}"
    for line in cells:
        padded = (one.ljust(width) for one, width in zip(line, widths, strict=True) if width)
        yield f"          {'  '.join(padded)}".rstrip()
