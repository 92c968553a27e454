"""
Calls that nobody but root may make.

A batch may not hold a batch: the weight and depth of one transaction stay foreseeable. And whoever
is held to less, as a proxy is, makes only what its origin's own filters let through.

In safe mode, little may be called: what the network's validators and its authority cannot do
without.

Source: subtensor runtime/src/lib.rs `NoNestingCallFilter`, `SafeModeWhitelistedCalls` @ 14bc6f9.
"""

from taonet.frame.call import Call
from taonet.frame.origin import Origin, Root, Signed

BATCH_PALLET = "Utility"
"""The pallet whose calls may be batches; the filter has nothing to say of another one's."""
BATCHES = frozenset({"batch", "batch_all", "force_batch"})

SAFE_PALLETS = frozenset({"Sudo", "Multisig", "System", "SafeMode", "Timestamp"})
SAFE_CALLS = frozenset(
    {
        "SubtensorModule.set_weights",
        "SubtensorModule.serve_axon",
        "Commitments.set_commitment",
    }
)


def _is_batch(call: Call) -> bool:
    return call.pallet == BATCH_PALLET and call.spec.name in BATCHES


def allows(call: Call, origin: Origin) -> bool:
    """Whether the chain lets the origin make the call; root may make any."""
    if isinstance(origin, Root):
        return True
    if isinstance(origin, Signed) and not origin.allows(call):
        return False
    return not _is_batch(call) or not any(_is_batch(inner) for inner in call.arguments[0])


def survives_safe_mode(call: Call, origin: Origin) -> bool:
    """Whether the origin may make the call while the chain is in safe mode."""
    return isinstance(origin, Root) or call.pallet in SAFE_PALLETS or call.name in SAFE_CALLS
