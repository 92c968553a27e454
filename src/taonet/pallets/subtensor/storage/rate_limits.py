"""When something was last done that may not be done too often."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, blake2_128_concat, identity
from taonet.pallets.subtensor.types import RateLimitKey
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import u16, u64


class RateLimits(Pallet, prefix="SubtensorModule"):
    """When something was last done that may not be done too often."""

    last_rate_limited_block = StorageMap(
        identity(RateLimitKey),
        value=u64,
        default=0,
        doc="Block at which a limited operation was last done.",
    )
    transaction_key_last_block = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        identity(u16),
        value=u64,
        default=0,
        doc="Block of a hotkey's last transaction of a kind in a subnet.",
    )
    last_tx_block = StorageMap(
        identity(AccountId),
        value=u64,
        default=0,
        doc="Block of an account's last transaction; replaced by LastRateLimitedBlock.",
    )
    last_tx_block_child_key_take = StorageMap(
        identity(AccountId),
        value=u64,
        default=0,
        doc="Block of a hotkey's last childkey take; replaced by LastRateLimitedBlock.",
    )
    last_tx_block_delegate_take = StorageMap(
        identity(AccountId),
        value=u64,
        default=0,
        doc="Block of a hotkey's last delegate take; replaced by LastRateLimitedBlock.",
    )
