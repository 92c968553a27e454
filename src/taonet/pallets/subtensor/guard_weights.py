"""
What the guards of a call weigh: a part of what every call declares, and so of its fee.

A call of whatever pallet pays for the look at its signer's announced coldkey swap, and some of
this module's for a look of their own. A call that says what it weighed after all pays for no
guard: what it says replaces all that it declared. Transaction extensions weigh nothing, since
the real chain's extrinsics report their call's weight alone.

Source: subtensor pallets/subtensor/src/{guards,weights.rs} @ 14bc6f9; opentensor/polkadot-sdk
substrate/frame/support `DispatchExtension` and construct_runtime's `get_dispatch_info`;
opentensor/frontier primitives/self-contained @ d553a11.
"""

from typing import Final

from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.guards import ONE_SUBNET, SEVERAL_SUBNETS

MODULE: Final = "SubtensorModule"

COLDKEY_SWAP: Final = Weight(17_583_000, 4_198) + database_weight(reads=2)
WEIGHTS: Final = Weight(52_958_000, 7_671) + database_weight(reads=11)
RATE_LIMITS: Final = Weight(35_376_000, 4_484) + database_weight(reads=7)
DELEGATE_TAKE: Final = Weight(15_378_000, 4_186) + database_weight(reads=3)
SERVING: Final = Weight(19_035_000, 4_112) + database_weight(reads=3)
EVM_KEY: Final = Weight(15_448_000, 4_117) + database_weight(reads=2)

GUARDED: Final[tuple[tuple[Weight, frozenset[str]], ...]] = (
    (WEIGHTS, ONE_SUBNET | SEVERAL_SUBNETS),
    (
        RATE_LIMITS,
        frozenset(
            {
                "commit_weights",
                "commit_mechanism_weights",
                "set_weights",
                "set_mechanism_weights",
                "register_network",
            }
        ),
    ),
    (DELEGATE_TAKE, frozenset({"increase_take", "decrease_take"})),
    (SERVING, frozenset({"serve_axon", "serve_axon_tls", "serve_prometheus"})),
    (EVM_KEY, frozenset({"associate_evm_key"})),
)
"""What guards of this module's calls weigh, and which calls they look at."""


def guard_weight(pallet: str, call: str) -> Weight:
    """What all guards of a call weigh, by its names on the wire."""
    weight = COLDKEY_SWAP
    for guard, calls in GUARDED:
        if pallet == MODULE and call in calls:
            weight += guard
    return weight
