"""The moving price: slow at first, never above one, and one where there is no market."""

from taonet.economy.moving_price import Smoothing, effective_moving_price, next_moving_price
from taonet.primitives.fixed_point import I96F32, U64F64, i96f32, u64f64

HALF = I96F32(1 << 31)


def test_with_equal_age_and_half_life_half_the_weight_counts() -> None:
    smoothing = Smoothing(1, halving_blocks=100, weight=i96f32.one)

    assert next_moving_price(u64f64.zero, u64f64.one, smoothing, 100) == HALF


def test_a_new_subnet_does_not_move() -> None:
    smoothing = Smoothing(None, weight=i96f32.one)

    assert next_moving_price(u64f64.one, u64f64.zero, smoothing, 0) == i96f32.one


def test_the_present_price_counts_up_to_one() -> None:
    smoothing = Smoothing(1, halving_blocks=0, weight=i96f32.one)

    assert next_moving_price(u64f64.zero, U64F64(50 << 64), smoothing, 10) == i96f32.one


def test_what_counts_is_one_without_a_market_and_never_negative() -> None:
    assert effective_moving_price(HALF) == 1 << 63
    assert effective_moving_price(HALF, dynamic=False) == u64f64.one
    assert effective_moving_price(I96F32(-1)) == 0
