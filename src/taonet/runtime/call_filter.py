"""
Calls that nobody but root may make.

A batch may not hold a batch: the weight and depth of one transaction stay foreseeable. What a
`batch_all` dispatches may not make one again, however deep it stands.

Source: subtensor runtime/src/lib.rs `NoNestingCallFilter`, pallets/utility/src/lib.rs `batch_all`
@ 14bc6f9.
"""

from taonet.frame.call import Call
from taonet.frame.origin import Origin, Root, Signed

BATCHES = frozenset({"batch", "batch_all", "force_batch"})


def _is_batch(call: Call) -> bool:
    return call.pallet == "Utility" and call.spec.name in BATCHES


def allows(call: Call, origin: Origin) -> bool:
    """Whether the chain lets the origin make the call; root may make any."""
    if isinstance(origin, Root) or not _is_batch(call):
        return True
    if isinstance(origin, Signed) and origin.in_batch_all and call.spec.name == "batch_all":
        return False
    return not any(_is_batch(inner) for inner in call.arguments[0])
