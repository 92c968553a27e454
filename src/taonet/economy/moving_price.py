"""The slow price of a subnet's alpha, by which subnets share the block's emission."""

from dataclasses import dataclass
from typing import Final

from taonet.primitives.fixed_point import I96F32, U64F64, i96f32, u64f64

DEFAULT_SMOOTHING: Final = I96F32(12_885)
"""0.000003, rounded up to 32 fraction bits: the weight of the present price in the long run."""

DEFAULT_HALVING_BLOCKS: Final = 201_600
"""28 days: the default time that half of a price change takes to be followed, at a weight of ½."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """
    How quickly the moving price of a subnet follows: its hyperparameters and its age.

    `first_emission_block` is `None` before the subnet was started; young subnets follow slowly.
    """

    first_emission_block: int | None
    halving_blocks: int = DEFAULT_HALVING_BLOCKS
    weight: I96F32 = DEFAULT_SMOOTHING


def effective_moving_price(stored: I96F32, *, dynamic: bool = True) -> U64F64:
    """The moving price that counts: 1 for the root and for subnets that aren't dynamic."""
    return u64f64.convert(stored, 32) if dynamic else u64f64.one


def next_moving_price(
    moving: U64F64, spot: U64F64, smoothing: Smoothing, current_block: int
) -> I96F32:
    """
    The moving price after one more block, in the format it is stored in.

    `moving` is the effective moving price; `spot` counts up to 1. With b blocks since the start
    and a half-life of h, the present price has the weight `smoothing.weight * b / (b + h)`.

    Source: subtensor pallets/subtensor/src/staking/stake_utils.rs `update_moving_price` @ 14bc6f9.
    """
    started = max((smoothing.first_emission_block or 0) - 1, 0)
    age = u64f64.from_int(max(current_block - started, 0))
    until_half = u64f64.saturating_add(age, u64f64.from_int(smoothing.halving_blocks))
    weight = u64f64.mul_floor(
        u64f64.convert(smoothing.weight, 32), u64f64.safe_div(age, until_half)
    )
    present = u64f64.mul_floor(weight, min(spot, u64f64.one))
    past = u64f64.mul_floor(u64f64.saturating_sub(u64f64.one, weight), moving)
    return i96f32.convert(u64f64.saturating_add(present, past), 64)
