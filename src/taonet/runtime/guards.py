"""
Checks of a call that depend on the state and come before it: at the pool, and again at dispatch.

At the pool a refusal is `Custom error: N`, in a block it is the pallet's own error.

Source: subtensor pallets/subtensor/src/{guards,extensions} @ 14bc6f9.
"""

from typing import TYPE_CHECKING

from taonet.frame.call import Call
from taonet.frame.dispatch_error import ModuleError
from taonet.pallets.subtensor.guards import CUSTOM_CODES
from taonet.primitives.ids import AccountId

if TYPE_CHECKING:
    from taonet.runtime.runtime import Runtime

BAD_REQUEST = 255
"""The code of an error that has none of its own."""

COLDKEY_SWAP_CODES = frozenset({0, 21})
"""A coldkey that announced or disputes its swap: older clients know these two from the pool."""


def check_guards(runtime: "Runtime", signer: AccountId, call: Call) -> None:
    """Raise the `ModuleError` that the call would meet."""
    runtime.subtensor.guards.check(signer, call)
    runtime.fine_tuning.check(signer, call)


def custom_code(error: ModuleError) -> int:
    """What the pool calls a guard's error."""
    return CUSTOM_CODES.get(type(error), BAD_REQUEST)
