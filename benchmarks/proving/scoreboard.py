"""``SCOREBOARD.md``: what was proven, in tables that are written by nobody."""

from __future__ import annotations

import platform
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from proving import verdicts as demands
from proving.popular import popular_rows
from proving.verdicts import Tally, tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from proving.run import Line
    from proving.verdicts import Budget, Verdict

LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn")
JOINT = 0.9
MEANING = (
    f"A rule is proven if dose D1 is found in {demands.RECALL:.0%} of the seeds at every size, D2 "
    f"reaches error as often, D0 and the twin are silent in {demands.SILENCE:.0%}, the finding "
    "names what was planted, the upper end of the false-alarm rate (one-sided 95 % "
    f"Clopper-Pearson) is at most {demands.ALARMS:.0%} on at least {demands.FEWEST_CLEAN} odd "
    "clean cases that the rule applies to, and the rule is conclusive in "
    f"{demands.CONCLUSIVE:.0%} of the cases with n >= min_n. A false alarm is a warning or an "
    "error, or a note where the clean case promises that there is nothing to note."
)
COLUMNS = (
    "Counts are seeds of seeds, at each size in turn. *subject*: findings of D1 and D2 that name "
    "what was planted; *rows*: of the first k rows named, the share that was planted, where k were.\n\n"
    "[DOSES.svg](DOSES.svg) draws, one panel a rule, the share of seeds in which it speaks as its "
    "fault grows; thin lines are its rungs (`python benchmarks/dose_response.py`)."
)


HEADS = {
    "house": "## Clean tables, all rules together",
    "joint": "## Joint cases",
    "peers": "## Peers",
    "popular": "## Overfitting rules on the same curves",
}


def scoreboard(
    by: Mapping[str, Sequence[str]], judged: Sequence[Verdict], told: Mapping[str, str]
) -> str:
    """The whole file.

    Parameters
    ----------
    by : mapping of str to sequence of str
        The command lines that made it, each with the codes of the rules that it proved.
    judged : sequence of Verdict
        One for each rule.
    told : mapping of str to str
        The other sections, by their names; see `sections`.
    """
    proven = sum(not one.problems for one in judged)
    parts = [
        "# Scoreboard",
        f"Made with {_versions()}. Do not edit.",
        _made_by(by),
        f"**{proven} of {len(judged)} rules are proven.** {MEANING}",
        _rules(judged),
        COLUMNS,
    ]
    for name, head in HEADS.items():
        parts += [head, told[name]] if told.get(name) else []
    return "\n\n".join(part for part in parts if part) + "\n"


def _made_by(by: Mapping[str, Sequence[str]]) -> str:
    """The command lines, the one of most rules first and without their names."""
    ranked = sorted(by.items(), key=lambda one: (-len(one[1]), one[0]))
    if not ranked:
        return ""
    told = [f"Made by `{ranked[0][0]}`"]
    told += [f"{', '.join(codes)} by `{command}`" for command, codes in ranked[1:]]
    return "; ".join(told) + "."


def sections(
    house: Budget,
    lines: Sequence[Line],
    peers: Mapping[str, Mapping[str, Mapping[str, Tally]]],
    popular: Mapping[str, Mapping[str, Tally]] | None = None,
) -> dict[str, str]:
    """The sections beside the table of rules, as far as these lines tell them.

    Parameters
    ----------
    house : Budget
        What all rules together say of clean tables.
    lines : sequence of Line
        All lines, for the exemptions and the joint cases.
    peers : mapping
        From `proving.peers.peer_tallies`.
    popular : mapping, optional
        From `proving.popular.popular_tallies`; without it there is no such section.
    """
    found = {
        "house": "\n\n".join(filter(None, [_house(house), _exemptions(lines)])),
        "joint": _joint(lines),
        "peers": _peers(peers),
        "popular": _popular(popular) if popular else "",
    }
    return {name: told for name, told in found.items() if told}


def _versions() -> str:
    from mldebug.audit import mldebug_version

    told = [f"mldebug {mldebug_version()}", f"Python {platform.python_version()}"]
    for name in LIBRARIES:
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(told)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    body = [" | ".join(cell.replace("|", r"\|") for cell in row) for row in rows]
    return "\n".join(
        f"| {row} |" for row in (" | ".join(heads), " | ".join("---" for _ in heads), *body)
    )


def _rules(judged: Iterable[Verdict]) -> str:
    first = ("rule", "doses", "sizes", "D1 found", "D0 silent", "D2 error", "twin silent")
    then = ("subject", "rows", "false alarms", "conclusive", "min_n", "proven")
    return table(first + then, (_row(one) for one in judged))


def _row(one: Verdict) -> list[str]:
    sizes = sorted({n for told in one.levels.values() for n in told})
    doses = ", ".join(f"{level} {dose:.4g}" for level, dose in one.doses.items())
    levels = [
        " ".join(str(one.levels[level].get(n, "—")) for n in sizes)
        if one.levels.get(level)
        else "—"
        for level in ("D1", "D0", "D2", "twin")
    ]
    alarms = f"{one.alarms} (≤ {one.upper:.1%})" if one.alarms.of else "—"
    return [
        f"{one.code} {one.name}",
        doses or "—",
        " ".join(f"{n:,}" for n in sizes) or "—",
        *levels,
        str(one.subject),
        "—" if one.rows is None else f"{one.rows:.2f}",
        alarms,
        str(one.conclusive),
        str(one.min_n),
        "yes" if not one.problems else "no: " + "; ".join(one.problems),
    ]


def _house(house: Budget) -> str:
    if not house.any_error.of:
        return ""
    told = f"{house.any_error.of} full audits of odd clean cases."
    rows = [
        ["any error", _share(house.any_error), f"{demands.ANY_ERROR:.0%}"],
        ["any warning or error", _share(house.any_warning), f"{demands.ANY_WARNING:.0%}"],
        ["warnings and errors per audit", f"{house.warnings:.2f}", f"{demands.WARNINGS:g}"],
        ["audits that raised", str(house.broken), "0"],
    ]
    kept = "The budget is kept." if house.kept else "**The budget is not kept.**"
    return "\n\n".join([told, table(("", "measured", "at most"), rows), kept])


def _share(one: Tally) -> str:
    return f"{one} ({one.share:.1%})"


def _exemptions(lines: Iterable[Line]) -> str:
    exempt: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line["kind"] == "clean" and line["seed"] % 2:
            for code in line.get("exempt", ()):
                exempt[code].add(line["key"].split("|")[0])
    if not exempt:
        return ""
    told = ", ".join(f"{code} {len(names)}" for code, names in sorted(exempt.items()))
    return f"Odd clean cases left out, as the rule is right there: {told}."


def _joint(lines: Iterable[Line]) -> str:
    answers: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for line in lines:
        if line["kind"] == "joint":
            answers[line["level"], line["code"]].append(line.get("first") == line["code"])
    if not answers:
        return ""
    rows = [[name, code, str(tally(told))] for (name, code), told in sorted(answers.items())]
    every = tally(one for told in answers.values() for one in told)
    verdict = "reached" if every.share >= JOINT else "**not reached**"
    head = f"The true cause comes first in {_share(every)}; the goal of {JOINT:.0%} is {verdict}."
    return head + "\n\n" + table(("case", "true cause", "came first"), rows)


def _peers(peers: Mapping[str, Mapping[str, Mapping[str, Tally]]]) -> str:
    if not peers:
        return ""
    rows = []
    for code in sorted({code for told in peers.values() for code in told}):
        cells = [peers[peer].get(code) for peer in peers]
        if any(cells):
            rows.append([code, *(_cell(cell) for cell in cells)])
    note = "Faults found of those planted (D1, D2) or known; then false alarms on clean tables."
    return note + "\n\n" + table(("rule", *peers), rows)


def _cell(told: Mapping[str, Tally] | None) -> str:
    if not told:
        return "cannot"
    return f"{told.get('found', Tally(0, 0))} · {told.get('alarms', Tally(0, 0))}"


def _popular(tallies: Mapping[str, Mapping[str, Tally]]) -> str:
    note = (
        "The curves that FT801 is proven with, with a loss of training and of evaluation: its doses "
        "D1 and D2 at all sizes, and healthy runs. *UMLAUT*: at any evaluation its loss rose and "
        "that of training did not; *patience*: so many evaluations without a better one."
    )
    heads = ("rule", "D1 found", "D2 found", "alarms on healthy runs")
    return note + "\n\n" + table(heads, popular_rows(tallies))
