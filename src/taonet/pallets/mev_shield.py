"""
MevShield: calls that stay encrypted until a block holds them. Here only what clients read of it.

No author of this chain offers a key, so `NextKey` is absent and wallets submit in the clear, as
they do on the real chain while no key is offered. Nothing here is ever written.

Source: subtensor pallets/shield/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionValue, StorageValue
from taonet.scale.types import bounded_bytes, u32, u64

MEV_SHIELD_INDEX: Final = 30

KEY_BYTES_MAX: Final = 2048
"""Room for an ML-KEM-768 encapsulation key of 1 184 bytes."""

_KEY = bounded_bytes(KEY_BYTES_MAX)


class MevShield(Pallet, prefix="MevShield"):
    current_key = OptionValue(_KEY, doc="The key of this block's author.")
    pending_key = OptionValue(_KEY, doc="The key of the next block's author.")
    next_key = OptionValue(_KEY, doc="The key to encrypt with: of the author after the next.")
    pending_key_expires_at = OptionValue(u32, doc="The block from which PendingKey is void.")
    next_key_expires_at = OptionValue(u32, doc="The block from which NextKey is void.")
    max_pending_extrinsics_limit = StorageValue(
        u32, default=100, doc="How many encrypted calls may wait."
    )
    extrinsic_lifetime = StorageValue(
        u32, default=10, doc="For how many blocks an encrypted call may wait."
    )
    on_initialize_weight = StorageValue(
        u64, default=500_000_000_000, doc="The weight that waiting calls may take of a block."
    )
    max_extrinsic_weight = StorageValue(
        u64, default=50_000_000_000, doc="The weight that one waiting call may take."
    )
    counter_for_pending_extrinsics = StorageValue(
        u32, default=0, doc="How many encrypted calls wait."
    )
    next_pending_extrinsic_index = StorageValue(
        u32, default=0, doc="The number of the next encrypted call."
    )
