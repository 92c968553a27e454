"""
Calls that nobody but root may make.

A batch may not hold a batch: the weight and depth of one transaction stay foreseeable.

Source: subtensor runtime/src/lib.rs `NoNestingCallFilter` @ 14bc6f9.
"""

from taonet.frame.call import Call

BATCHES = frozenset({"batch", "batch_all", "force_batch"})


def _is_batch(call: Call) -> bool:
    return call.pallet == "Utility" and call.spec.name in BATCHES


def allows(call: Call) -> bool:
    """Whether the chain lets signed accounts make the call."""
    if not _is_batch(call):
        return True
    return not any(_is_batch(inner) for inner in call.arguments[0])
