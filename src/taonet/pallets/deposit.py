"""
What an account sets aside for what it stores: more for more, and all of it back.

Source: subtensor runtime/src/lib.rs `deposit` @ 14bc6f9.
"""

from typing import Final

from taonet.primitives.units import Rao

ITEM_RAO: Final = 20_000_000
BYTE_RAO: Final = 1_000_000


def storage_deposit(items: int, size: int) -> Rao:
    """The deposit for so many storage items of together `size` bytes."""
    return Rao(items * ITEM_RAO + size * BYTE_RAO)
