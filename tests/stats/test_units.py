"""The factor between two samples, and how often its interval covers."""

import numpy as np
import pytest

from mldebug.stats.drift import ks_distance
from mldebug.stats.intervals import critical_value
from mldebug.stats.units import FACTORS, LEVEL, conversion, log_factor

DRAWN = {
    "normal": lambda rng, n: rng.normal(5, 1, n),
    "signed": lambda rng, n: rng.normal(0, 1, n),
    "lognormal": lambda rng, n: rng.lognormal(0, 1, n),
    "uniform": lambda rng, n: rng.uniform(0, 1, n),
    "heavy": lambda rng, n: rng.standard_t(2, n),
    "inflated": lambda rng, n: np.where(rng.random(n) < 0.4, 0.0, rng.gamma(2, 3, n)),
}


@pytest.mark.parametrize("shape", DRAWN)
@pytest.mark.parametrize(("n", "m"), [(375, 125), (3_000, 1_000)])
def test_the_interval_of_the_factor_holds_it(shape, n, m):
    rng = np.random.default_rng(0)
    missed = 0
    for _ in range(400):
        x, y = DRAWN[shape](rng, n), 7 * DRAWN[shape](rng, m)
        value, error = log_factor(x, y)
        missed += abs(value - np.log(7)) > critical_value(LEVEL) * error
    assert missed <= 400 * 0.03


@pytest.mark.parametrize("shape", DRAWN)
def test_samples_that_are_alike_need_no_conversion(shape):
    rng = np.random.default_rng(1)
    for _ in range(50):
        x, y = DRAWN[shape](rng, 600), DRAWN[shape](rng, 200)
        assert conversion(x, y, float(ks_distance(x, y)[0])) is None


@pytest.mark.parametrize("factor", FACTORS)
def test_every_factor_is_found_in_both_directions(factor):
    rng = np.random.default_rng(2)
    x, y = rng.normal(20, 2, 4_000), rng.normal(20, 2, 2_000)
    for slope in (factor, 1 / factor):
        found = conversion(x, slope * y, float(ks_distance(x, slope * y)[0]))
        assert found is not None
        assert (found.slope, found.offset) == (pytest.approx(slope), 0.0)
        assert found.words.endswith(FACTORS[factor])
