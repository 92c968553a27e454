"""How locks age."""

import math

import pytest

from taonet.economy.conviction import Kind, Lock, Rates, decay, roll
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.units import Alpha

ONE = 2**64
RATES = Rates(unlock=1_000, maturity=1_000)
DECAYING = Kind(owner=False, perpetual=False)
PERPETUAL = Kind(owner=False, perpetual=True)


@pytest.mark.parametrize(("blocks", "constant"), [(1, 934_866), (500, 1_000), (9_000, 1_000)])
def test_decay_is_the_exponential(blocks: int, constant: int) -> None:
    assert decay(blocks, constant) / ONE == pytest.approx(math.exp(-blocks / constant), rel=1e-9)


def test_decay_ends_at_one_and_at_nothing() -> None:
    assert decay(0, 0) == u64f64.one
    assert decay(1, 0) == u64f64.zero
    assert decay(10**9, 1) == decay(40, 1) > 0


def test_a_decaying_lock_is_released_and_earns_conviction_meanwhile() -> None:
    lock = roll(Lock(Alpha(10**9), u64f64.zero, 0), 1_000, RATES, DECAYING)

    assert int(lock.mass) == pytest.approx(10**9 / math.e, rel=1e-8)
    assert lock.conviction / ONE == pytest.approx(10**9 / math.e, rel=1e-8)
    assert lock.updated == 1_000


def test_unequal_rates_weigh_the_difference_of_decays() -> None:
    lock = roll(Lock(Alpha(10**9), u64f64.zero, 0), 500, Rates(1_000, 250), DECAYING)

    expected = 10**9 * 1_000 * (math.exp(-0.5) - math.exp(-2)) / 750
    assert lock.conviction / ONE == pytest.approx(expected, rel=1e-8)


def test_a_perpetual_lock_stays_and_its_conviction_grows_to_its_mass() -> None:
    lock = roll(Lock(Alpha(10**9), u64f64.zero, 0), 39_000, RATES, PERPETUAL)

    assert lock.mass == Alpha(10**9)
    assert lock.conviction / ONE == pytest.approx(10**9, rel=1e-12)


def test_a_lock_on_the_owner_has_the_conviction_of_its_mass() -> None:
    lock = roll(Lock(Alpha(10**9), u64f64.zero, 5), 5, RATES, Kind(owner=True, perpetual=True))

    assert lock.conviction == u64f64.from_int(10**9)


def test_dust_becomes_nothing_and_sums_saturate() -> None:
    lock = Lock(Alpha(99), U64F64(99 * ONE), 3)

    assert roll(lock, 3, RATES, DECAYING) == Lock(Alpha(0), u64f64.zero, 3)
    assert lock.plus(Lock(Alpha(1), u64f64.one, 7)) == Lock(Alpha(100), U64F64(100 * ONE), 7)
    assert lock.minus(Alpha(100), u64f64.one) == Lock(Alpha(0), U64F64(98 * ONE), 3)
