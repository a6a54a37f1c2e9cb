import numpy as np
import pytest

from mldebug.stats.plateaus import longest_wait


def test_a_flat_stretch_is_found_where_it_lies():
    curve = np.concatenate([np.linspace(3, 2, 21)[:-1], np.full(60, 2.0), np.linspace(2, 1, 21)])
    wait, start, stop = longest_wait(curve[None], 0.05, 0.2)
    # A twentieth of the fall of 2 takes two points of the slopes of .05.
    assert wait[0] == pytest.approx(0.62, abs=0.021)
    assert start[0] in (18, 19, 20)
    assert stop[0] in (79, 80, 81, 82)


@pytest.mark.parametrize("shape", ["line", "constant", "rising", "flat at the end"])
def test_what_is_no_wait(shape):
    t = np.linspace(0, 1, 101)
    curve = {"line": 1 - t, "constant": 0 * t, "rising": t, "flat at the end": np.exp(-9 * t)}
    wait, _, _ = longest_wait(curve[shape][None], 0.05, 0.2)
    assert wait[0] <= 0.06


def test_shift_and_scale_change_nothing():
    rng = np.random.default_rng(0)
    curves = np.cumsum(rng.normal(-0.1, 1, (20, 50)), axis=1)
    for one, other in zip(
        longest_wait(curves, 0.05, 0.2), longest_wait(8 * curves - 3, 0.05, 0.2), strict=True
    ):
        np.testing.assert_array_equal(one, other)
