"""The weighted pool: prices, limits, and liquidity that does not move the price."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.balancer import WEIGHT_MIN, WEIGHT_ONE, Balancer, WeightOutOfRange
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.units import Alpha, Rao

BUDGET = settings(max_examples=50, deadline=None)

reserves = st.integers(10**9, 10**16)
weights = st.integers(WEIGHT_ONE * 4 // 10, WEIGHT_ONE * 6 // 10)


def test_weights_keep_to_their_range() -> None:
    assert Balancer.new(WEIGHT_MIN).base_weight == WEIGHT_ONE - WEIGHT_MIN
    with pytest.raises(WeightOutOfRange):
        Balancer.new(WEIGHT_MIN - 1)
    with pytest.raises(WeightOutOfRange):
        Balancer.new(WEIGHT_ONE - WEIGHT_MIN + 1)


def test_equal_weights_are_a_constant_product() -> None:
    pool = Balancer()

    assert pool.price(Rao(500), Alpha(1_000)) == u64f64.one // 2
    assert pool.alpha_out(Rao(10**9), Alpha(10**9), Rao(10**9)) == Alpha(5 * 10**8)
    assert pool.price(Rao(1), Alpha(0)) == 0


@BUDGET
@given(weights, reserves, reserves, st.integers(1, 10**12), st.integers(1, 10**12))
def test_added_liquidity_leaves_the_price(
    weight: int, tao: int, alpha: int, tao_added: int, alpha_added: int
) -> None:
    tao_added, alpha_added = min(tao_added, tao // 100), min(alpha_added, alpha // 100)
    pool = Balancer(weight)
    before = pool.price(Rao(tao), Alpha(alpha))

    moved = pool.with_added_liquidity(Rao(tao), Alpha(alpha), Rao(tao_added), Alpha(alpha_added))
    after = moved.price(Rao(tao + tao_added), Alpha(alpha + alpha_added))

    assert abs(after - before) <= before // 10**12 + 2**40


@BUDGET
@given(weights, reserves, reserves, st.integers(1, 99))
def test_a_buy_up_to_a_price_reaches_it(weight: int, tao: int, alpha: int, percent: int) -> None:
    pool = Balancer(weight)
    current = pool.price(Rao(tao), Alpha(alpha))
    target = U64F64(current + current * percent // 100)

    tao_in = pool.tao_in_to_price(current, target, Rao(tao))
    alpha_out = pool.alpha_out(Rao(tao), Alpha(alpha), tao_in)
    reached = pool.price(Rao(tao) + tao_in, Alpha(alpha) - alpha_out)

    assert abs(reached - target) <= target // 10**6 + 2**40


def test_weights_from_a_price_give_that_price() -> None:
    price = U64F64(u64f64.one // 50)
    pool = Balancer.from_price(price, Rao(10**12), Alpha(4 * 10**13))

    assert abs(pool.price(Rao(10**12), Alpha(4 * 10**13)) - price) < price // 10**11
    with pytest.raises(WeightOutOfRange):
        Balancer.from_price(price, Rao(0), Alpha(0))


def test_liquidity_that_unbalances_the_pool_is_refused() -> None:
    with pytest.raises(WeightOutOfRange):
        Balancer().with_added_liquidity(Rao(10**9), Alpha(10**9), Rao(10**12), Alpha(0))


def test_an_empty_pool_starts_over_at_half_and_half() -> None:
    skewed = Balancer(WEIGHT_ONE // 4)

    assert skewed.with_added_liquidity(Rao(0), Alpha(0), Rao(5), Alpha(5)) == Balancer()
