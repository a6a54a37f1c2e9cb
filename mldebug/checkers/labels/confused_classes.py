"""Pairs of classes of which one is labelled as the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebug.artefacts import Table, Target
from mldebug.checker import checker
from mldebug.checkers.labels.doubtful_labels import doubtful_labels, doubtful_rows
from mldebug.measurement import Measurement, Quantity, Subject

if TYPE_CHECKING:
    from mldebug.derive.label_noise import LabelNoise

CONFUSED_SHARE = Quantity(
    name="labels.confused_share",
    unit="share of the class",
    bounds=(-1.0, 1.0),
    kind="estimate",
    meaning=(
        "Of the rows that are of a class, whatever their label says, the share that is labelled as "
        "one other class, less the average of that share over all other ordered pairs of classes. "
        "One measurement a class, for the wrong label that it has most often. From the expected "
        "numbers of rows by true class and label under the noise that labels.error_share is of; n "
        "counts the rows of the class, and is 0 where wrong labels cannot be told from random ones."
    ),
    source="Northcutt et al. 2021, doi:10.1613/jair.1.12125: the joint of given and true labels",
    details={
        "labelled": "the class that they are labelled as",
        "share": "the share of the class that is labelled so",
        "others": "the average of that share over the other pairs of classes",
        "count": "the estimated number of rows that are labelled so",
        "members": "the estimated number of rows of the class",
        "undecided": "why it cannot be told, where it cannot",
    },
)


@checker(CONFUSED_SHARE, cost="fit")
def confused_classes(
    train: Table, target: Target, label_noise: LabelNoise
) -> Iterator[Measurement]:
    """For each class, how much more often than others it is labelled as its commonest wrong one."""
    import numpy as np

    noise = label_noise
    members = noise.counts.sum(axis=1)
    off = noise.counts * (1 - np.eye(len(noise.counts)))
    shares = off / np.maximum(members, 1e-9)[:, None]
    pairs = max(len(shares) * (len(shares) - 1) - 1, 1)
    for true in np.flatnonzero(members >= 1):
        labelled = int(off[true].argmax())
        others = float(shares.sum() - shares[true, labelled]) / pairs
        yield _pair(train, target, noise, (int(true), labelled), float(members[true]), others)


def _pair(
    train: Table,
    target: Target,
    noise: LabelNoise,
    pair: tuple[int, int],
    members: float,
    others: float,
) -> Measurement:
    import numpy as np

    from mldebug.stats.intervals import wilson

    true, labelled = pair
    count = float(noise.counts[true, labelled])
    share = min(count / members, 1.0)
    low, high = noise.widened(
        share, wilson(min(count, members) / noise.alike, members / noise.alike)
    )
    chosen = (noise.given == labelled) & (noise.suggested == true) & (noise.belief < 0.5)
    rows = np.flatnonzero(chosen)
    rows = rows[np.argsort(noise.belief[rows], kind="stable")]
    meant, given = target.classes[true], target.classes[labelled]
    return Measurement(
        quantity=CONFUSED_SHARE.name,
        subject=Subject({"class": meant}),
        value=share - others,
        n=round(members) if noise.decided else 0,
        interval=(max(low - others, -1.0), min(high, 1.0) - others),
        details={
            "labelled": given,
            "share": share,
            "others": others,
            "count": round(count),
            "members": round(members),
            "undecided": noise.undecided,
        },
        rows=doubtful_rows(noise, rows),
        figure=doubtful_labels(
            train,
            target,
            noise,
            rows,
            f"These rows look like {meant} and are labelled {given}",
            "The most doubtful rows of this pair of classes",
        ),
    )
