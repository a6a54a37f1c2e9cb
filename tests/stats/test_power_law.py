import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from mldebug.stats.power_law import power_law, promise_of_rows, steadied, sure_dip, surest_dip

ROWS = np.round(16 * 2 ** (np.arange(14) / 2))


def law(rows, a, b, c):
    return a + b * rows**-c


def noisy(seed, n_curves=1):
    rng = np.random.default_rng(seed)
    errors = rng.uniform(0.002, 0.01, len(ROWS))
    curves = law(ROWS, 0.9, -1.0, rng.uniform(0.3, 0.9, n_curves)[:, None])
    return curves + errors * rng.normal(0, 1, curves.shape), errors


@pytest.mark.parametrize("seed", range(5))
def test_the_fit_is_that_of_scipy(seed):
    values, errors = noisy(seed)
    found = power_law(ROWS, values, errors**-2)
    wanted, _ = curve_fit(law, ROWS, values[0], p0=(0.9, -1, 0.5), sigma=errors, maxfev=10_000)
    misfit = (((values[0] - law(ROWS, *wanted)) / errors) ** 2).sum()
    assert found.misfit[0] == pytest.approx(misfit, rel=1e-4)
    assert found.c[0] == pytest.approx(wanted[2], rel=0.01)
    assert found.at(2 * ROWS[-1])[0] == pytest.approx(law(2 * ROWS[-1], *wanted), abs=1e-4)


def test_each_library_finds_the_same(library, forbid_sync):
    values, errors = noisy(0, 3)
    expected = power_law(ROWS, values, errors**-2)
    moved = [library.asarray(one) for one in (ROWS, values, errors**-2)]
    with forbid_sync():
        found = power_law(*moved)
        gains = found.gain(float(ROWS[-1]))
    from mldebug.arrays import to_host

    assert to_host(gains) == pytest.approx(expected.gain(ROWS[-1]), rel=1e-6, abs=1e-9)


@given(st.floats(0.1, 1.5), st.floats(-2, 2), st.floats(-1, 1), st.floats(0.5, 100))
def test_a_law_without_noise_is_found_and_scales(c, b, a, unit):
    values = law(ROWS, a, b, c)[None, :]
    found = power_law(ROWS, values, np.ones(len(ROWS)))
    larger = power_law(ROWS, unit * values, np.ones(len(ROWS)))
    gain = law(2 * ROWS[-1], a, b, c) - law(ROWS[-1], a, b, c)
    assert found.gain(ROWS[-1])[0] == pytest.approx(gain, rel=0.02, abs=1e-6)
    assert larger.gain(ROWS[-1])[0] == pytest.approx(unit * gain, rel=0.02, abs=1e-4)


@pytest.mark.parametrize("known", [True, False])
def test_the_interval_of_the_promise_covers(known):
    held, true = [], law(2 * ROWS[-1], 0.9, -1.0, 0.5) - law(ROWS[-1], 0.9, -1.0, 0.5)
    for seed in range(150):
        rng = np.random.default_rng(seed)
        errors = np.full(len(ROWS), 0.004)
        values = law(ROWS, 0.9, -1.0, 0.5) + errors * rng.normal(0, 1, len(ROWS))
        low, high = promise_of_rows(ROWS, values, errors if known else None, seed).interval
        held.append(low <= true <= high)
    assert np.mean(held) >= 0.9


def test_the_promise_is_reproducible_and_its_band_holds_the_curve():
    values, errors = noisy(1)
    one, again = (promise_of_rows(ROWS, values[0], errors, 3) for _ in range(2))
    assert one.interval == again.interval
    inside = (one.low - 0.01 <= law(one.sizes, 0.9, -1.0, one.law.c[0])) | (one.sizes < 32)
    assert inside.all()
    assert one.sizes[-1] == pytest.approx(4 * ROWS[-1])


def test_a_dip_is_the_surest_fall_and_noise_is_none():
    values = np.array([0.5, 0.6, 0.7, 0.55, 0.8, 0.795])
    dip = surest_dip(values, np.full(6, 0.01))
    assert (dip.start, dip.stop) == (2, 3)
    assert dip.depth == pytest.approx(0.15)
    assert dip.errors == pytest.approx(0.15 / (0.01 * 2**0.5))
    assert surest_dip(np.sort(values), np.full(6, 0.01)).errors == 0
    assert surest_dip(values, np.full(6, 0.2)).errors < 1


def test_a_perfect_level_curve_promises_nothing():
    promise = promise_of_rows(ROWS, np.ones(len(ROWS)), np.zeros(len(ROWS)), 0)
    assert promise.gain == pytest.approx(0, abs=1e-6)
    assert max(map(abs, promise.interval)) < 1e-6


def test_errors_of_few_repeats_are_steadied():
    rng = np.random.default_rng(0)
    noisy = 0.01 * np.sqrt(rng.chisquare(4, (200, 14)) / 4)
    calm = np.array([steadied(one) for one in noisy])
    assert calm.std() < 0.7 * noisy.std()
    assert steadied(np.full(8, 0.3)) == pytest.approx(0.3)
    assert (steadied(np.zeros(3)) > 0).all()


def test_a_fall_is_sure_later_where_few_repeats_tell_the_errors():
    assert sure_dip(None) == 3.5
    assert 3.5 < sure_dip(25) < sure_dip(10) < sure_dip(5) < sure_dip(2)
    rng, bound, found = np.random.default_rng(0), sure_dip(5), []
    for _ in range(300):
        drawn = rng.normal(0, 1, (5, 18))
        errors = steadied(drawn.std(axis=0, ddof=1) / 5**0.5)
        found.append(surest_dip(drawn.mean(axis=0), errors).errors > bound)
    assert np.mean(found) < 0.03
