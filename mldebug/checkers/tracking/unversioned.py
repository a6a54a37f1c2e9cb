"""Whether the record of a run says which data, code and environment made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mldebug.artefacts import Run
from mldebug.checker import Unavailable, checker
from mldebug.measurement import Measurement, Quantity, Subject

KEPT = ("user", "status", "code_version", "data", "environment", "artifacts")
"""Who has none of these keeps no record beside the curves."""
BARE = "the logs given are bare files, with no record of data, code or environment"


def _quantity(name: str, what: str) -> Quantity:
    return Quantity(
        name=f"tracking.{name}",
        unit="items",
        bounds=(0.0, None),
        kind="count",
        meaning=(
            f"{what} Of several runs the worst counts; only tools that keep such a record are asked."
        ),
        source="Pineau et al. 2021, Improving reproducibility in machine learning research, JMLR 22",
        details={
            "where": "the run, or how many of the runs",
            "what": "what is missing, in words; of several runs, in the worst",
        },
    )


UNVERSIONED_DATA = _quantity(
    "unversioned_data",
    "The number of data sets that a run's record names without a digest; 1 where it names none.",
)
UNVERSIONED_CODE = _quantity(
    "unversioned_code",
    "1 where a run's record has no commit of the code, or one that had changes beside it; else 0.",
)
UNPINNED_ENVIRONMENT = _quantity(
    "unpinned_environment",
    "1 where a run's record holds no list of packages and no lock file; else 0.",
)


@checker(UNVERSIONED_DATA, UNVERSIONED_CODE, UNPINNED_ENVIRONMENT)
def unversioned(runs: tuple[Run, ...]) -> Iterator[Measurement]:
    """What the record of each run does not pin: its data, its code, its environment."""
    kept = [run for run in runs if any(key in run.record for key in KEPT)]
    if not kept:
        raise Unavailable(BARE)
    alone = len(kept) == 1
    for quantity, look in (
        (UNVERSIONED_DATA, _data),
        (UNVERSIONED_CODE, _code),
        (UNPINNED_ENVIRONMENT, _environment),
    ):
        looked = [look(run.record) for run in kept]
        count, what = max(looked, key=lambda told: told[0])
        poor = sum(told[0] > 0 for told in looked)
        yield Measurement(
            quantity=quantity.name,
            subject=Subject(run=kept[0].name) if alone else Subject(),
            value=float(count),
            n=len(kept),
            details={
                "where": kept[0].name if alone else f"{poor} of {len(kept)} runs",
                "what": what,
            },
        )


def _data(record: Mapping[str, Any]) -> tuple[int, str]:
    held = record.get("data") or {}
    if not held:
        return 1, "no data set is named"
    bare = [str(name) for name, digest in held.items() if not digest]
    told = f"no digest or version of {', '.join(bare)}" if bare else "all data sets have a digest"
    return len(bare), told


def _code(record: Mapping[str, Any]) -> tuple[int, str]:
    if not record.get("code_version"):
        return 1, "no commit of the code is named"
    if record.get("code_dirty"):
        return 1, "the code had changes that are in no commit"
    return 0, "the code is a commit"


def _environment(record: Mapping[str, Any]) -> tuple[int, str]:
    if not record.get("environment"):
        return 1, "no list of packages and no lock file was stored"
    return 0, "the packages were stored"
