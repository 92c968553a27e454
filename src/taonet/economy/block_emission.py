"""How much TAO a block mints: one, halved each time another half of what is left is issued."""

from bisect import bisect_right
from typing import Final

from taonet.primitives.units import RAO_PER_TAO, Rao

TOTAL_SUPPLY: Final = Rao(21_000_000 * RAO_PER_TAO)
FIRST_EMISSION: Final = Rao(RAO_PER_TAO)

_HALVINGS: Final = int(FIRST_EMISSION).bit_length()
"""After that many halvings less than one rao is left."""

_THRESHOLDS: Final = tuple(
    int(TOTAL_SUPPLY) - (int(TOTAL_SUPPLY) >> halvings) for halvings in range(1, _HALVINGS + 1)
)
"""The issuance, in rao, from which the n-th halving holds: half the supply, three quarters, …"""


def block_emission(issuance: Rao) -> Rao:
    """
    The rao that one block mints when `issuance` rao exist; 0 from 0.99999999907 of the supply.

    The chain floors the base-2 logarithm of supply / (supply - issuance) in 32-bit fractions. Its
    thresholds are exact, rounded up to whole rao, so they are compared with here. The same curve
    gives a subnet's alpha per block from its own issuance.

    Source: subtensor pallets/subtensor/src/coinbase/block_emission.rs @ 14bc6f9.
    """
    return Rao(int(FIRST_EMISSION) >> bisect_right(_THRESHOLDS, int(issuance)))
