"""The clean controls of lasting series are what they are said to be."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pandas as pd
import pytest

from tests.clean_series import EXPLAINED, LASTING, clean_series, series


def test_eval_is_later_and_every_hour_is_there_once():
    for _, make in islice(clean_series(), 12):
        case = make()
        assert isinstance(case.train, pd.DataFrame)
        assert case.eval is not None
        assert case.options == {"time": "when"}
        assert case.exempt == EXPLAINED
        when = pd.concat([case.train, case.eval])["when"]
        assert (when.diff().dropna() == pd.Timedelta(hours=1)).all()


@pytest.mark.parametrize("lasting", LASTING)
def test_a_series_is_stationary_and_lasts_as_long_as_is_asked(lasting):
    rng = np.random.default_rng(0)
    many = np.array([series(rng, 400, lasting) for _ in range(400)])
    assert many[:, [0, 200, -1]].std(axis=0) == pytest.approx(1, abs=0.12)
    alike = (many[:, 1:] * many[:, :-1]).mean() / (many**2).mean()
    assert alike == pytest.approx(lasting, abs=0.02)


def test_a_case_repeats_with_its_seed():
    (_, one), (_, again) = next(clean_series(3)), next(clean_series(3))
    assert one().train.equals(again().train)
    assert not one().train.equals(next(clean_series(4))[1]().train)
