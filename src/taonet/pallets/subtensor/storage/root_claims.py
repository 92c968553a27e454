"""Alpha that root stakers have earned and may claim."""

from types import MappingProxyType

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, StorageValue, blake2_128_concat, identity
from taonet.pallets.subtensor.types import RootClaimType, Swap
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import i96f32, mapping, u64, u128


class RootClaims(Pallet, prefix="SubtensorModule"):
    """Alpha that root stakers have earned and may claim."""

    root_claimable_threshold = StorageMap(
        blake2_128_concat(NetUid),
        value=i96f32,
        default=I96F32(500_000 << 32),
        doc="Smallest amount that is claimed, in alpha's smallest unit.",
    )
    root_claimable = StorageMap(
        blake2_128_concat(AccountId),
        value=mapping(NetUid, i96f32),
        default=MappingProxyType({}),
        doc="Alpha earned for each root stake of a hotkey, by subnet.",
    )
    root_claimed = StorageMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        blake2_128_concat(AccountId),
        value=u128,
        default=0,
        doc="Alpha that a coldkey has claimed: by subnet, hotkey, coldkey.",
    )
    root_claim_type = StorageMap(
        blake2_128_concat(AccountId),
        value=RootClaimType,
        default=Swap(),
        doc="How a coldkey's root dividends are paid.",
    )
    staking_coldkeys_by_index = OptionMap(
        identity(u64), value=AccountId, doc="Coldkeys with stake, numbered."
    )
    staking_coldkeys = OptionMap(
        identity(AccountId), value=u64, doc="Number of a coldkey with stake."
    )
    num_staking_coldkeys = StorageValue(u64, default=0, doc="How many coldkeys have stake.")
    num_root_claim = StorageValue(
        u64, default=5, doc="How many coldkeys claim automatically in a block."
    )
