"""What a diagnosis comes to: its summary, its files, and the exit status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldebug.cli.console import in_colour, tell, width
from mldebug.cli.outputs import Output, write_all
from mldebug.render.names import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mldebug.configuration import FailOn
    from mldebug.diagnosis import Diagnosis

FINE, FOUND, FAILED, INTERRUPTED = 0, 1, 3, 130


@dataclass(frozen=True, slots=True)
class Verdict:
    """A diagnosis with what is to be done with it; ``name`` is that of a configured audit."""

    diagnosis: Diagnosis
    fail_on: FailOn
    outputs: Sequence[Output] = ()
    name: str | None = None


def status_of(diagnosis: Diagnosis, fail_on: FailOn) -> int:
    """Return the exit status that a diagnosis gives: interrupted, found, failed or fine."""
    if diagnosis.provenance.get("interrupted"):
        return INTERRUPTED
    if fail_on != "never" and diagnosis.at_least(fail_on):
        return FOUND
    if any(outcome.state == "failed" for outcome in diagnosis.outcomes.values()):
        return FAILED
    return FINE


def deliver(verdicts: Iterable[Verdict]) -> int:
    """Write the files, print the summaries and return the exit status of them all."""
    verdicts = list(verdicts)
    documents = [one.diagnosis.to_dict() for one in verdicts]
    write_all((document, one.outputs) for document, one in zip(documents, verdicts, strict=True))
    from mldebug.render.text import summary

    for document, one in zip(documents, verdicts, strict=True):
        if len(verdicts) > 1:
            tell(f"[{visible(one.name)}]")
        paths = {output.ending: str(output.path) for output in one.outputs}
        report = paths.get(".html")
        tell(summary(document, width=width(), colour=in_colour(), report=report))
        if ".json" in paths:
            tell(f"json:   {visible(paths['.json'])}")
    statuses = {status_of(one.diagnosis, one.fail_on) for one in verdicts}
    order = (INTERRUPTED, FOUND, FAILED)
    return next((status for status in order if status in statuses), FINE)
