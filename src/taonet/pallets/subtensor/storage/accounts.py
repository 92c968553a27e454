"""Coldkeys, the hotkeys they own and back, and what they say about themselves."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, blake2_128_concat, identity
from taonet.pallets.subtensor.types import ChainIdentityV2
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import u128, vec

ZERO = AccountId.zero()


class Accounts(Pallet, prefix="SubtensorModule"):
    """Coldkeys, the hotkeys they own and back, and what they say about themselves."""

    owner = StorageMap(
        blake2_128_concat(AccountId),
        value=AccountId,
        default=ZERO,
        doc="Coldkey that owns a hotkey.",
    )
    owned_hotkeys = StorageMap(
        blake2_128_concat(AccountId),
        value=vec(AccountId),
        default=(),
        doc="Hotkeys that a coldkey owns.",
    )
    staking_hotkeys = StorageMap(
        blake2_128_concat(AccountId),
        value=vec(AccountId),
        default=(),
        doc="Hotkeys that a coldkey has stake on.",
    )
    account_flags = StorageMap(
        blake2_128_concat(AccountId),
        value=u128,
        default=0,
        doc="Choices of a coldkey; bit 0 accepts locked alpha.",
    )
    identities_v2 = OptionMap(
        blake2_128_concat(AccountId), value=ChainIdentityV2, doc="What a coldkey says about itself."
    )
    auto_stake_destination = OptionMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=AccountId,
        doc="Hotkey that a coldkey's miner rewards are staked on.",
    )
    auto_stake_destination_coldkeys = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=vec(AccountId),
        default=(),
        doc="Coldkeys whose miner rewards are staked on a hotkey.",
    )
