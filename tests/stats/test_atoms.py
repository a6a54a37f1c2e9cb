import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebug.stats.atoms import is_code, pile_at_an_end, stand_ins, zeros


def counted(x):
    values, counts = np.unique(np.asarray(x, float), return_counts=True)
    return values, counts


def told(x):
    return {one.value: (one.count, one.reason) for one in stand_ins(*counted(x))}


def ages(rng, n=500):
    return np.round(rng.uniform(18, 90, n))


@pytest.mark.parametrize(
    "value",
    [-1, -9, 99, 999, -999, -9999, 9999.9, 99.9, 888, -77, 2.0**31 - 1, -(2.0**31), 1e30, 65_535],
)
def test_customary_codes(value):
    assert is_code(value)


@pytest.mark.parametrize("value", [0, 1, 9, -1.5, -10, 100, 1_000, 998, 989, 555, 1e5, 0.5, 2.0**8])
def test_other_numbers_are_no_codes(value):
    assert not is_code(value)


def test_codes_at_either_end_and_several_at_one():
    rng = np.random.default_rng(0)
    x = np.concatenate([ages(rng), [999] * 4, [-999] * 3, [-998] * 0])
    assert told(x) == {999: (4, "code"), -999: (3, "code")}
    x = np.concatenate([rng.integers(0, 7, 500), [77] * 2, [88] * 3, [99] * 4])
    assert told(x) == {77: (2, "code"), 88: (3, "code"), 99: (4, "code")}


def test_negative_codes_below_a_positive_rest():
    rng = np.random.default_rng(1)
    assert told(np.append(ages(rng), [-1, -1])) == {-1: (2, "code")}
    assert told(np.append(rng.gamma(2, 3, 300), [-9] * 3)) == {-9: (3, "code")}
    piled = np.append(rng.integers(0, 400, 500), [-1] * 60)
    assert told(piled) == {-1: (60, "code")}
    assert told(np.append(ages(rng), [-1] * 2 + [-7] * 3)) == {-1: (2, "code"), -7: (3, "code")}


def test_any_value_far_outside_a_near_continuous_rest():
    rng = np.random.default_rng(2)
    assert told(np.append(rng.normal(size=200), [1_234] * 5)) == {1_234: (5, "outside")}
    assert told(np.append(rng.normal(size=200), [1_234] * 4)) == {}
    assert told(np.append(rng.integers(0, 6, 200), [1_234] * 5)) == {}


@pytest.mark.parametrize(("loc", "why"), [(5, "zero"), (10, "outside"), (30, "outside")])
def test_zeros_that_the_rest_does_not_reach(loc, why):
    rng = np.random.default_rng(3)
    x = np.append(rng.normal(loc, 1, 400), [0] * 30)
    assert told(x) == {0: (30, why)}


HONEST = {
    "labels": lambda rng: rng.choice([-1, 1], 300),
    "signs": lambda rng: rng.choice([-1, 0, 1], 300),
    "answers": lambda rng: rng.integers(1, 6, 300),
    "changes": lambda rng: rng.integers(-3, 40, 300),
    "cauchy": lambda rng: rng.standard_cauchy(3_000),
    "pareto": lambda rng: rng.pareto(0.8, 3_000),
    "rain": lambda rng: np.where(rng.random(900) < 0.6, 0, rng.gamma(2, 3, 900)),
    "spent": lambda rng: np.where(rng.random(900) < 0.6, 0, rng.lognormal(1, 0.6, 900)),
    "uniform from 0": lambda rng: np.append(rng.uniform(0, 1, 300), [0] * 40),
    "counts": lambda rng: rng.poisson(30, 900),
    "shares": lambda rng: np.append(rng.uniform(0, 1, 300), [0] * 40 + [1] * 30),
    "one outlier": lambda rng: np.append(rng.normal(size=300), [999]),
    "temperatures": lambda rng: np.round(rng.normal(9, 5, 900)),
    "constant": lambda _rng: np.full(50, 99.0),
    "two values": lambda rng: rng.choice([0, 999], 50),
}


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("seed", range(5))
def test_honest_columns_have_no_stand_ins(name, seed):
    assert told(HONEST[name](np.random.default_rng(seed))) == {}


@given(
    st.lists(st.integers(-50, 50), min_size=6, max_size=200),
    st.sampled_from([-999, 999, 9999, -9999]),
    st.integers(2, 9),
)
def test_a_code_outside_is_found_whatever_the_rest(rest, code, count):
    values, counts = counted(rest + [code] * count)
    found = {one.value: one.count for one in stand_ins(values, counts)}
    if len(values) > 5:
        assert found[code] == count


@given(st.lists(st.floats(-1e308, 1e308, allow_subnormal=False), max_size=30))
def test_nothing_fails_on_extreme_numbers(x):
    with np.errstate(over="ignore", invalid="ignore"):
        stand_ins(*counted(x))
        pile_at_an_end(*counted(x))


def test_too_little_is_no_stand_in():
    assert stand_ins(*counted([])) == []
    assert zeros(*counted([0, 0, 5])) is None
    assert pile_at_an_end(*counted(range(100))) is None


@pytest.mark.parametrize("side", ["largest", "smallest"])
def test_a_pile_is_told_from_its_neighbours(side):
    rng = np.random.default_rng(4)
    x = rng.normal(size=2_000).clip(max=1.6)
    found = pile_at_an_end(*counted(x if side == "largest" else -x))
    assert (found.side, found.count) == (side, np.sum(x == 1.6))
    assert abs(found.value) == 1.6
    assert found.expected == 1
    assert found.p < 1e-12


def test_without_a_pile_p_is_rarely_small():
    rng = np.random.default_rng(5)
    draws = (rng.normal, lambda size: np.round(rng.normal(50, 20, size), 1), rng.random)
    p = [pile_at_an_end(*counted(draw(size=1_000))).p for draw in draws for _ in range(200)]
    assert np.mean(np.array(p) < 0.01) <= 0.01
