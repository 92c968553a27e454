"""
Gas as dispatch weight: a block's normal share is 75 million gas.

Source: subtensor runtime/src/lib.rs `weight_per_gas`; frontier `FixedGasWeightMapping`.
"""

from typing import Final

from taonet.frame.weight import Weight
from taonet.pallets.block_limits import BASE_EXTRINSIC, BLOCK_WEIGHTS

BLOCK_GAS_LIMIT: Final = 75_000_000

_U64_MAX = 2**64 - 1
_NORMAL = BLOCK_WEIGHTS.per_class.normal.max_total
assert _NORMAL is not None
REF_TIME_PER_GAS: Final = _NORMAL.ref_time // BLOCK_GAS_LIMIT
_PROOF_PER_GAS: Final = _NORMAL.proof_size // BLOCK_GAS_LIMIT


def declared_weight(gas_limit: int) -> Weight:
    """What a transaction of that gas limit may cost, beside any extrinsic's own cost."""
    gas = min(gas_limit, _U64_MAX)
    ref_time = min(gas * REF_TIME_PER_GAS, _U64_MAX)
    return Weight(max(ref_time - BASE_EXTRINSIC.ref_time, 0), min(gas * _PROOF_PER_GAS, _U64_MAX))


def spent_weight(gas: int) -> Weight:
    """What a run of that gas cost; proofs are not measured."""
    return Weight(max(gas * REF_TIME_PER_GAS - BASE_EXTRINSIC.ref_time, 0), 0)


def gas_of(weight: Weight) -> int:
    """The gas that a dispatched call's weight costs, rounded down."""
    return weight.ref_time // REF_TIME_PER_GAS
