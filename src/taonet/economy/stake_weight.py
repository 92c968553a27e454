"""
The stake a validator counts with on a subnet: its own, less what it lent, plus what it borrows.

Source: subtensor pallets/subtensor/src/staking/stake_utils.rs
`get_stake_weights_for_hotkey_on_subnet` @ 14bc6f9.
"""

from collections.abc import Iterable

from taonet.economy.dividends import Stake
from taonet.primitives.fixed_point import I64F64, U64_MAX, U96F32, i64f64, u96f32


def inherited_stake(own: int, lent: Iterable[int], borrowed: Iterable[tuple[int, int]]) -> int:
    """
    A hotkey's stake after child keys, in whole units of one token.

    `lent` has the proportion (parts of 2**64 - 1) that each child gets of `own`; `borrowed` each
    parent's proportion and stake. Each product is rounded down to 32 fraction bits, the result to
    a whole. On the root network nothing is lent: pass no pairs.
    """
    whole = u96f32.from_int(own)
    given = u96f32.saturate(sum(_part(whole, proportion) for proportion in lent))
    received = u96f32.saturate(
        sum(_part(u96f32.from_int(stake), proportion) for proportion, stake in borrowed)
    )
    kept = u96f32.saturating_sub(whole, given)
    return u96f32.to_u64_floor(u96f32.saturating_add(kept, received))


def stake_weight(inherited: Stake, tao_weight: U96F32) -> I64F64:
    """Alpha plus weighted root TAO, both inherited: what the epoch normalises."""
    alpha = i64f64.from_int(int(inherited.alpha))
    root = i64f64.mul_floor(i64f64.from_int(int(inherited.root)), i64f64.convert(tao_weight, 32))
    return i64f64.saturating_add(alpha, root)


def _part(stake: U96F32, proportion: int) -> U96F32:
    return u96f32.mul_floor(stake, u96f32.from_ratio(proportion, U64_MAX))
