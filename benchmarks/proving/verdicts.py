"""When a rule is proven: what the lines say of it, and which of the demands it fails."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from proving.cases import Known, Proof
    from proving.run import Line

LEVELS = ("D0", "D1", "D2", "twin")
ORDER = ("error", "warning", "note")
RECALL = 0.95
SILENCE = 0.95
CONCLUSIVE = 0.9
SUBJECT = 0.95
ROWS = {"count": 0.95, "estimate": 0.5}
ALARMS = 0.02
FEWEST_CLEAN = 200
FEWEST_SEEDS = 40
ANY_ERROR, ANY_WARNING, WARNINGS = 0.05, 0.20, 1.0


class Tally(NamedTuple):
    """How many of how many."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """The share; 1 of nothing."""
        return self.hits / self.of if self.of else 1.0

    def __str__(self) -> str:
        return f"{self.hits}/{self.of}" if self.of else "—"


NONE = Tally(0, 0)


def tally(answers: Iterable[bool]) -> Tally:
    """How many of the answers are yes."""
    told = [bool(one) for one in answers]
    return Tally(sum(told), len(told))


def upper_end(one: Tally) -> float:
    """The upper end of the one-sided 95 % Clopper-Pearson interval of a share.

    References
    ----------
    Clopper & Pearson 1934, Biometrika 26.
    """
    from scipy.stats import beta

    if one.hits >= one.of:
        return 1.0
    return float(beta.ppf(0.95, one.hits + 1, one.of - one.hits))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the proving ground says of one rule; it is proven if ``problems`` is empty."""

    code: str
    name: str
    min_n: int
    doses: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, Mapping[int, Tally]] = field(default_factory=dict)
    subject: Tally = NONE
    rows: float | None = None
    alarms: Tally = NONE
    conclusive_planted: Tally = NONE
    conclusive_clean: Tally = NONE
    failures_planted: int = 0
    failures_clean: int = 0
    problems: tuple[str, ...] = ()

    @property
    def conclusive(self) -> Tally:
        """In how many cases with enough rows the rule could tell."""
        one, other = self.conclusive_planted, self.conclusive_clean
        return Tally(one.hits + other.hits, one.of + other.of)

    @property
    def upper(self) -> float:
        """The upper end of the false-alarm rate."""
        return upper_end(self.alarms)


def reaches(severity: str | None, wanted: str) -> bool:
    """Whether a severity is at or above the wanted one."""
    return severity is not None and ORDER.index(severity) <= ORDER.index(wanted)


def clean_lines(lines: Iterable[Line], code: str) -> list[Line]:
    """The odd clean audits that asked this rule and to which it applies, one a case.

    A full audit is preferred to one of selected rules.
    """
    chosen: dict[str, Line] = {}
    for line in lines:
        name = line["key"].split("|")[0]
        asked = line["select"] is None or code in line["select"]
        if line["kind"] != "clean" or line["seed"] % 2 == 0 or "error" in line or not asked:
            continue
        applies = line["states"].get(code) in ("found", "passed", "inconclusive")
        if (
            applies
            and code not in line["exempt"]
            and (name not in chosen or line["select"] is None)
        ):
            chosen[name] = line
    return list(chosen.values())


def verdict(known: Known, proof: Proof | None, lines: Sequence[Line]) -> Verdict:
    """What the lines say of one rule."""
    rule = known.rule
    own = [
        line for line in lines if line["code"] == rule.code and line["kind"] in ("plant", "twin")
    ]
    broken = [line for line in own if "error" in line or line["state"] == "failed"]
    enough = [line for line in own if (line.get("measured_n") or line["n"]) >= rule.min_n]
    wanted = proof.doses.severity if proof else "warning"
    levels = {
        "D0": _by_size(enough, "D0", lambda one: not reaches(one.get("worst"), wanted)),
        "D1": _by_size(enough, "D1", lambda one: reaches(one.get("worst"), wanted)),
        "D2": _by_size(enough, "D2", lambda one: reaches(one.get("worst"), "error")),
        "twin": _by_size(enough, "twin", lambda one: not reaches(one.get("worst"), wanted)),
    }
    hits = [
        one for one in enough if one["level"] in ("D1", "D2") and reaches(one.get("worst"), wanted)
    ]
    subject = tally(reaches(one["right"], wanted) for one in hits)
    rows = [one["rows"] for one in hits if one["rows"] is not None]
    clean = clean_lines(lines, rule.code)
    alarms = tally(
        any(
            code == rule.code and reaches(severity, _least_wrong(one, code))
            for code, severity, *_ in one["found"]
        )
        for one in clean
    )
    states = [one["state"] for one in enough if "state" in one]
    clean_states = [
        one["states"][rule.code]
        for one in clean
        if one["measured_n"].get(rule.code, one["n"]) >= rule.min_n
    ]
    made = Verdict(
        rule.code,
        rule.name,
        rule.min_n,
        proof.doses.values if proof else {},
        levels,
        subject,
        sum(rows) / len(rows) if rows else None,
        alarms,
        _conclusive(states),
        _conclusive(clean_states),
        len(broken),
        _failures(lines, rule.code),
    )
    return with_problems(made, known, has_plant=proof is not None)


def _least_wrong(line: Line, code: str) -> str:
    """The severity from which a finding in a clean table is a false alarm."""
    return "note" if code in line.get("silent", ()) else "warning"


def _conclusive(states: Iterable[str]) -> Tally:
    applied = [one for one in states if one in ("found", "passed", "inconclusive")]
    return tally(one != "inconclusive" for one in applied)


def _by_size(
    lines: Iterable[Line], level: str, question: Callable[[Line], bool]
) -> dict[int, Tally]:
    answers: dict[int, list[bool]] = defaultdict(list)
    for line in lines:
        if line["level"] == level:
            # A case that could not be audited is never an answer in the rule's favour.
            answers[line["n"]].append("error" not in line and question(line))
    return {n: tally(told) for n, told in sorted(answers.items())}


def _failures(lines: Iterable[Line], code: str) -> int:
    """In how many clean cases the rule's checker raised."""
    clean = [one for one in lines if one["kind"] == "clean"]
    return sum(one.get("states", {}).get(code) == "failed" for one in clean)


def with_problems(one: Verdict, known: Known, *, has_plant: bool) -> Verdict:
    """The verdict with what it lacks to be a proof, a few words each."""
    failures = one.failures_planted + one.failures_clean
    problems = [] if has_plant else ["no plant"]
    problems += [f"{failures} failed"] if failures else []
    demands = {"D0": SILENCE, "D1": RECALL, "D2": RECALL, "twin": SILENCE}
    for level, least in demands.items():
        sizes = one.levels[level]
        short = [f"{told} at {n:,}" for n, told in sizes.items() if told.share < least]
        problems += [f"{level} {', '.join(short)}"] if short else []
    if has_plant and not one.levels["D1"]:
        problems.append("D1 was not run")
    elif has_plant and (seeds := sum(told.of for told in one.levels["D1"].values())) < FEWEST_SEEDS:
        problems.append(f"D1 has {seeds} seeds of {FEWEST_SEEDS}")
    if one.subject.share < SUBJECT:
        problems.append(f"subject {one.subject}")
    if one.rows is not None and one.rows < ROWS[known.quantity.kind]:
        problems.append(f"rows {one.rows:.2f}")
    if one.alarms.of < FEWEST_CLEAN:
        problems.append(f"applies to {one.alarms.of} clean cases of {FEWEST_CLEAN}")
    elif one.upper > ALARMS:
        problems.append(f"false alarms {one.alarms}")
    if one.conclusive.share < CONCLUSIVE:
        problems.append(f"conclusive {one.conclusive}")
    return replace(one, problems=tuple(problems))


@dataclass(frozen=True, slots=True)
class Budget:
    """The house budget: what all rules together say of clean tables."""

    any_error: Tally
    any_warning: Tally
    warnings: float
    broken: int

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        return (
            self.any_error.of > 0
            and self.any_error.share <= ANY_ERROR
            and self.any_warning.share <= ANY_WARNING
            and self.warnings <= WARNINGS
            and not self.broken
        )


def budget(lines: Iterable[Line]) -> Budget:
    """The findings of the full audits of odd clean cases, but for those that are exempt there."""
    full = [
        one for one in lines if one["kind"] == "clean" and one["seed"] % 2 and one["select"] is None
    ]
    audits = [one for one in full if "error" not in one]
    severities = [
        [severity for code, severity, *_ in one["found"] if code not in one["exempt"]]
        for one in audits
    ]
    warned = [sum(reaches(severity, "warning") for severity in told) for told in severities]
    return Budget(
        tally("error" in told for told in severities),
        tally(count > 0 for count in warned),
        sum(warned) / len(warned) if warned else 0.0,
        len(full) - len(audits),
    )
