"""What it costs to register a neuron (a burn that decays and jumps) and a subnet (a lock)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from taonet.primitives.fixed_point import (
    U64F64,
    i64f64,
    saturate_u64,
    u64f64,
)
from taonet.primitives.units import RAO_PER_TAO, ROOT, Alpha, NetUid, Rao

DEFAULT_INCREASE: Final = U64F64(23_242_897_532_874_035_200)
"""1.26: what one registration multiplies the burn by."""

_ONE_Q32: Final = 1 << 32
_HALF_Q32: Final = 1 << 31
_U64_MAX: Final = 2**64 - 1
_FINE_BITS: Final = 18
_FINE_ONE: Final = 1 << _FINE_BITS


@dataclass(frozen=True, slots=True)
class BurnBounds:
    """The least and the most that a registration burns; the most wins if they cross."""

    minimum: Rao
    maximum: Rao

    def clamp(self, burn: int) -> Rao:
        """The nearest burn within the bounds."""
        return Rao(min(max(burn, int(self.minimum)), int(self.maximum)))


@lru_cache(maxsize=1024)
def decay_factor_q32(half_life: int) -> int:
    """
    The factor, in parts of 2**32, that leaves at most half after `half_life` (a u16) blocks.

    The largest such factor for a power that cuts off digits at each product; 2**32 for 0.

    Source: subtensor pallets/subtensor/src/utils/misc.rs `decay_factor_q32` @ 14bc6f9.
    """
    if half_life == 0:
        return _ONE_Q32
    low, high = 0, _ONE_Q32
    while low + 1 < high:
        middle = (low + high) >> 1
        if _power_q32(middle, half_life) > _HALF_Q32:
            high = middle
        else:
            low = middle
    return low


def _power_q32(base: int, exponent: int) -> int:
    result = _ONE_Q32
    while exponent:
        if exponent & 1:
            result = result * base >> 32
        exponent >>= 1
        base = base * base >> 32
    return result


def decayed_burn(burn: Rao, bounds: BurnBounds, half_life: int, current_block: int) -> Rao:
    """
    The burn of a registration one block later; call once a block.

    It is cut to whole rao each block and so falls faster than its half-life says. A half-life of 0
    and the first block leave it, but the bounds hold even then.

    Source: subtensor pallets/subtensor/src/subnets/registration.rs @ 14bc6f9.
    """
    if half_life == 0 or current_block <= 1:
        return bounds.clamp(int(burn))
    return bounds.clamp(saturate_u64(int(burn) * decay_factor_q32(half_life) >> 32))


def raised_burn(netuid: NetUid, burn: Rao, bounds: BurnBounds, increase: U64F64) -> Rao:
    """
    The burn after one registration: `burn * max(increase, 1)`, rounded down, within its bounds.

    The root's is left as it is.

    Source: subtensor pallets/subtensor/src/subnets/registration.rs @ 14bc6f9.
    """
    if netuid == ROOT:
        return burn
    factor = max(increase, u64f64.one)
    product = u64f64.mul_floor(u64f64.from_int(int(burn)), factor)
    return bounds.clamp(u64f64.to_u64_floor(product))


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval's registrations, how many it aimed at, and the weight of the price so far."""

    registrations: int
    target: int
    weight: int
    """Of the price before, in parts of 2**64 - 1."""


def interval_burn(burn: Rao, bounds: BurnBounds, interval: Interval) -> Rao:
    """
    The burn of a registration after an interval, under the rules of spec 393.

    It moves towards `burn * (registrations + target) / (2 * target)`. An interval with some
    registrations, but not more than its target, leaves it: then the price of work fell.

    Source: subtensor pallets/subtensor/src/coinbase/block_step.rs `adjust_registration_terms`,
    `upgraded_burn` at spec 393.
    """
    if 0 < interval.registrations <= interval.target:
        return burn
    both = interval.registrations + interval.target
    goal = (int(burn) * both << _FINE_BITS) // (2 * interval.target) if interval.target else 0
    kept = (interval.weight << _FINE_BITS) // _U64_MAX
    moved = kept * int(burn) + ((_FINE_ONE - kept) * goal >> _FINE_BITS)
    return bounds.clamp(moved >> _FINE_BITS)


def lock_reduction_interval(interval: int, block_emission: Rao) -> int:
    """
    The blocks over which the lock of a subnet falls by what was last paid.

    Odd 7: the interval shrinks with the block's emission, so it halves at each halving and is 0,
    which stops the decay, when nothing is emitted any more. The real chain does so too.

    Source: subtensor pallets/subtensor/src/coinbase/root.rs @ 14bc6f9.
    """
    emission = i64f64.from_ratio(int(block_emission), RAO_PER_TAO)
    return i64f64.to_u64_floor(i64f64.mul_floor(i64f64.from_int(interval), emission))


@dataclass(frozen=True, slots=True)
class LastLock:
    """What the last subnet's registration locked, and in which block; block 0 means never."""

    cost: Rao
    block: int


def network_lock_cost(last: LastLock, minimum: Rao, interval: int, current_block: int) -> Rao:
    """
    What registering a subnet locks: twice the last lock, falling by it in `interval` blocks.

    Until a first registration, once the last lock. `interval` is the reduced one; with 0 the cost
    does not fall. The fall per block is cut to whole rao.

    Source: subtensor pallets/subtensor/src/coinbase/root.rs `get_network_lock_cost` @ 14bc6f9.
    """
    cost = int(last.cost)
    start = saturate_u64(cost * (1 if last.block == 0 else 2))
    per_block = cost // interval if interval else 0
    fallen = saturate_u64(per_block * max(current_block - last.block, 0))
    return Rao(max(saturate_u64(start - fallen), int(minimum)))


def median_price(prices: Iterable[U64F64]) -> U64F64:
    """
    The median of the prices above 0, which a new subnet starts at; 1 if there is none.

    Of an even number of prices, the mean of the middle two, rounded down.

    Source: subtensor pallets/subtensor/src/staking/stake_utils.rs @ 14bc6f9.
    """
    positive = sorted(price for price in prices if price > 0)
    if not positive:
        return u64f64.one
    lower, upper = positive[(len(positive) - 1) // 2], positive[len(positive) // 2]
    if len(positive) % 2:
        return upper
    return u64f64.safe_div(u64f64.saturating_add(lower, upper), u64f64.from_int(2))


def initial_reserves(locked: Rao, minimum: Rao, price: U64F64) -> tuple[Rao, Alpha]:
    """
    The TAO and alpha that a new subnet's pool starts with, at `price`.

    All that was locked goes into the pool, and at least the minimum lock.

    Source: subtensor pallets/subtensor/src/subnets/subnet.rs @ 14bc6f9.
    """
    tao = max(int(locked), int(minimum))
    alpha = u64f64.to_u64_floor(u64f64.safe_div(u64f64.from_int(tao), price))
    return Rao(tao), Alpha(alpha)
