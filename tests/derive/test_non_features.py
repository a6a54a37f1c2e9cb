"""Which columns are no features."""

from __future__ import annotations

import pandas as pd

from mldebug.adapters.tables import tables
from mldebug.artefacts import TimeColumn
from mldebug.derive.identifiers import Identifier
from mldebug.derive.non_features import non_features

TARGET = tables(pd.DataFrame({"x": [1.5, 2.5, 4.0], "y": ["no", "yes", "no"]}), target="y").target
NAMED = (Identifier("id", "sequence"), Identifier("y_id", "token"))


def test_what_names_orders_or_groups_the_rows_is_no_feature_and_neither_is_the_target():
    found = non_features.make(NAMED, TARGET, TimeColumn("year", given=True), "site")
    assert found == {"id", "y_id", "year", "site", "y"}


def test_what_is_not_given_leaves_no_column_out():
    assert non_features.make(()) == frozenset()
    assert non_features.make((), TARGET) == {"y"}
