"""What doubtful labels are shown as: the rows, and a table with what their features suggest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mldebug.measurement import Rows

if TYPE_CHECKING:
    import numpy as np

    from mldebug.artefacts import Table, Target
    from mldebug.derive.label_noise import LabelNoise

SHOWN = 20


def doubtful_rows(noise: LabelNoise, judged: np.ndarray) -> Rows | None:
    """The rows of train behind these places among the judged ones, each with its doubt.

    Parameters
    ----------
    noise : LabelNoise
        What is believed of each label that was judged.
    judged : numpy.ndarray of shape (n_rows,), dtype int64
        Places among the labels judged, the most doubtful first.
    """
    return Rows.of("train", noise.rows[judged], scores=1 - noise.belief[judged])


def doubtful_labels(
    train: Table, target: Target, noise: LabelNoise, judged: np.ndarray, title: str, told: str
) -> Mapping[str, Any] | None:
    """The first twenty of these labels as a table, or None if there are none.

    Parameters
    ----------
    judged : numpy.ndarray of shape (n_rows,), dtype int64
        As of `doubtful_rows`.
    title, told : str
        The table's title and its description.
    """
    if not len(judged):
        return None
    return {
        "kind": "table",
        "title": title,
        "description": told,
        "header": ["row", "label", "suggested", "chance that the label is right"],
        "rows": [
            [
                train.position(int(noise.rows[one])),
                target.classes[noise.given[one]],
                target.classes[noise.suggested[one]],
                f"{noise.belief[one]:.1%}",
            ]
            for one in judged[:SHOWN]
        ],
    }
