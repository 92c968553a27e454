"""Who holds how much alpha on which hotkey, as shares of the hotkey's pool."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import (
    FromConfig,
    OptionMap,
    StorageMap,
    StorageValue,
    blake2_128_concat,
    identity,
    twox_64_concat,
)
from taonet.pallets.subtensor.types import SafeFloatStruct
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.scale.types import byte_vec, option, u64, u64f64


class Stake(Pallet, prefix="SubtensorModule"):
    """Who holds how much alpha on which hotkey, as shares of the hotkey's pool."""

    total_stake = StorageValue(Rao, default=Rao(0), doc="TAO in all pools and on root.")
    total_hotkey_alpha = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha on a hotkey.",
    )
    total_hotkey_alpha_last_epoch = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha on a hotkey at the last epoch.",
    )
    total_hotkey_shares = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=u64f64,
        default=U64F64(0),
        doc="Shares of a hotkey's pool, in the old format.",
    )
    alpha = StorageMap(
        blake2_128_concat(AccountId),
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=u64f64,
        default=U64F64(0),
        doc="Shares that a coldkey holds of a hotkey's pool, in the old format.",
    )
    total_hotkey_shares_v2 = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=SafeFloatStruct,
        default=SafeFloatStruct(0, 0),
        doc="Shares of a hotkey's pool.",
    )
    alpha_v2 = StorageMap(
        blake2_128_concat(AccountId),
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=SafeFloatStruct,
        default=SafeFloatStruct(0, 0),
        doc="Shares that a coldkey holds of a hotkey's pool: by hotkey, coldkey, subnet.",
    )
    alpha_map_last_key = StorageValue(
        option(byte_vec),
        default=FromConfig(lambda _: None),
        doc="Where the walk over the old shares stands.",
    )
    alpha_v2_map_last_key = StorageValue(
        option(byte_vec),
        default=FromConfig(lambda _: None),
        doc="Where the walk over the shares stands.",
    )
    last_coldkey_hotkey_stake_block = OptionMap(
        twox_64_concat(AccountId),
        twox_64_concat(AccountId),
        value=u64,
        doc="Block at which a coldkey last changed its stake on a hotkey.",
    )
    next_stake_job_id = StorageValue(
        u64, default=0, doc="Number of the next delayed stake operation."
    )
