"""Hotkeys that lend their stake to others."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import FromConfig, StorageMap, StorageValue, blake2_128_concat, identity
from taonet.pallets.subtensor.constants import Constants, initially
from taonet.pallets.subtensor.types import child_proportions
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import pair, u16, u64


class Children(Pallet, prefix="SubtensorModule"):
    """Hotkeys that lend their stake to others."""

    max_childkey_take = StorageValue(
        u16,
        default=initially(Constants.initial_max_child_key_take),
        doc="Largest childkey take, over 65535.",
    )
    min_childkey_take = StorageValue(
        u16,
        default=initially(Constants.initial_min_child_key_take),
        doc="Smallest childkey take, over 65535.",
    )
    childkey_take = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=u16,
        default=0,
        doc="What a child takes of what its parents' stake earns, over 65535.",
    )
    pending_child_keys = StorageMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=pair(child_proportions, u64),
        default=((), 0),
        doc="Children that a hotkey will have, and from which block.",
    )
    child_keys = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=child_proportions,
        default=(),
        doc="Children of a hotkey and the shares of its stake that they hold.",
    )
    parent_keys = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=child_proportions,
        default=(),
        doc="Parents of a hotkey and the shares of their stake that it holds.",
    )
    pending_child_key_cooldown = StorageValue(
        u64,
        default=FromConfig(lambda config: config.pick(7_200, 15)),
        doc="Blocks before new children are in force.",
    )
    auto_parent_delegation_enabled = StorageMap(
        blake2_128_concat(AccountId),
        value=bool,
        default=True,
        doc="Whether a root validator lets owners of new subnets use its stake.",
    )
