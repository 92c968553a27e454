"""Stake that is locked to a hotkey, and the conviction that this earns."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageValue, blake2_128_concat, identity
from taonet.pallets.subtensor.types import LockState
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import u64, unit


class Locks(Pallet, prefix="SubtensorModule"):
    """Stake that is locked to a hotkey, and the conviction that this earns."""

    lock = OptionMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=LockState,
        doc="Lock of a coldkey: by coldkey, subnet, hotkey.",
    )
    locking_coldkeys = OptionMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        blake2_128_concat(AccountId),
        value=unit,
        doc="Coldkeys that locked stake to a hotkey: by subnet, hotkey, coldkey.",
    )
    hotkey_lock = OptionMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=LockState,
        doc="Sum of the lasting locks to a hotkey.",
    )
    decaying_hotkey_lock = OptionMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=LockState,
        doc="Sum of the decaying locks to a hotkey.",
    )
    owner_lock = OptionMap(
        identity(NetUid), value=LockState, doc="Sum of the lasting locks to the owner's hotkey."
    )
    decaying_owner_lock = OptionMap(
        identity(NetUid), value=LockState, doc="Sum of the decaying locks to the owner's hotkey."
    )
    decaying_lock = OptionMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=bool,
        doc="False if a coldkey's lock lasts; absent if it decays.",
    )
    maturity_rate = StorageValue(
        u64, default=934_866, doc="Blocks in which conviction matures, as a time constant."
    )
    unlock_rate = StorageValue(
        u64, default=934_866, doc="Blocks in which a lock decays, as a time constant."
    )
