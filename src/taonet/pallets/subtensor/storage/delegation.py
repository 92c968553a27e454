"""What validators take for themselves from those who stake on them."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, StorageValue, blake2_128_concat
from taonet.pallets.subtensor.constants import Constants, initially
from taonet.primitives.ids import AccountId
from taonet.scale.types import u16


class Delegation(Pallet, prefix="SubtensorModule"):
    """What validators take for themselves from those who stake on them."""

    max_delegate_take = StorageValue(
        u16,
        default=initially(Constants.initial_default_delegate_take),
        doc="Largest take, over 65535.",
    )
    min_delegate_take = StorageValue(
        u16,
        default=initially(Constants.initial_min_delegate_take),
        doc="Smallest take, over 65535.",
    )
    delegates = StorageMap(
        blake2_128_concat(AccountId),
        value=u16,
        default=initially(Constants.initial_default_delegate_take),
        doc="Take of a hotkey, over 65535.",
    )
