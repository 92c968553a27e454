"""Coldkeys and hotkeys that are being exchanged for new ones."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import (
    OptionMap,
    StorageMap,
    StorageValue,
    blake2_128_concat,
    identity,
    twox_64_concat,
)
from taonet.pallets.subtensor.constants import Constants, initially
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import pair, u32, u64


class KeySwaps(Pallet, prefix="SubtensorModule"):
    """Coldkeys and hotkeys that are being exchanged for new ones."""

    coldkey_swap_announcement_delay = StorageValue(
        u32,
        default=initially(Constants.initial_coldkey_swap_announcement_delay),
        doc="Blocks from the announcement of a coldkey swap to the swap.",
    )
    coldkey_swap_reannouncement_delay = StorageValue(
        u32,
        default=initially(Constants.initial_coldkey_swap_reannouncement_delay),
        doc="Blocks after that delay before a swap may be announced anew.",
    )
    coldkey_swap_announcements = OptionMap(
        twox_64_concat(AccountId),
        value=pair(u32, H256),
        doc="Block from which a coldkey may be swapped, and the new one's hash.",
    )
    coldkey_swap_disputes = OptionMap(
        twox_64_concat(AccountId), value=u32, doc="Block at which a coldkey's swap was disputed."
    )
    last_hotkey_swap_on_netuid = StorageMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=u64,
        default=0,
        doc="Block at which a coldkey last swapped a hotkey in a subnet.",
    )
