"""What each block issues, and what waits for the next epoch."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, StorageValue, blake2_128_concat, identity
from taonet.pallets.subtensor.constants import Constants, initially
from taonet.primitives.fixed_point import U96F32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.scale.types import u64, u96f32


class Emission(Pallet, prefix="SubtensorModule"):
    """What each block issues, and what waits for the next epoch."""

    total_issuance = StorageValue(
        Rao,
        default=initially(Constants.initial_issuance),
        doc="TAO ever issued, less what was recycled.",
    )
    block_emission = StorageValue(
        u64, default=1_000_000_000, doc="TAO issued by the last block, in rao."
    )
    root_prop = StorageMap(
        identity(NetUid),
        value=u96f32,
        default=U96F32(0),
        doc="Share of root in the validators' emission at the last block.",
    )
    subnet_tao_in_emission = StorageMap(
        identity(NetUid),
        value=Rao,
        default=Rao(0),
        doc="TAO that the last block put into the pool.",
    )
    subnet_alpha_in_emission = StorageMap(
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha that the last block put into the pool.",
    )
    subnet_alpha_out_emission = StorageMap(
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha that the last block issued outside of the pool.",
    )
    subnet_excess_tao = StorageMap(
        identity(NetUid),
        value=Rao,
        default=Rao(0),
        doc="TAO with which the last block bought alpha.",
    )
    subnet_root_sell_tao = StorageMap(
        identity(NetUid),
        value=Rao,
        default=Rao(0),
        doc="TAO that the last block got for sold root dividends.",
    )
    pending_server_emission = StorageMap(
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha for miners that waits for the epoch.",
    )
    pending_validator_emission = StorageMap(
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha for validators that waits for the epoch.",
    )
    pending_root_alpha_divs = StorageMap(
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha for root stakers that waits for the epoch.",
    )
    pending_owner_cut = StorageMap(
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Alpha for the owner that waits for the epoch.",
    )
    miner_burned = StorageMap(
        identity(NetUid),
        value=u96f32,
        default=U96F32(0),
        doc="Share of the miners' emission that the last epoch withheld from the owner's neurons.",
    )
    alpha_dividends_per_subnet = StorageMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=Alpha,
        default=Alpha(0),
        doc="Dividends of a hotkey in the last epoch.",
    )
    root_alpha_dividends_per_subnet = StorageMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=Alpha,
        default=Alpha(0),
        doc="Dividends of a hotkey's root stake in the last epoch.",
    )
    last_hotkey_emission_on_netuid = StorageMap(
        blake2_128_concat(AccountId),
        identity(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Emission of a hotkey in the last epoch.",
    )
