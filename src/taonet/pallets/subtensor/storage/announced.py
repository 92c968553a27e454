"""
What wallets of SDK 11.3 read before they act and version 425 does not keep.

Nothing here is ever written. The defaults say what is so: no collateral, Yuma's consensus, root
stake that is free at once, no queue for new subnets.
"""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import (
    OptionMap,
    StorageMap,
    StorageValue,
    blake2_128_concat,
    identity,
)
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid
from taonet.scale.types import U64, CLike, Struct, c_like, u16, u64, unit, vec


@c_like("pallet_subtensor::pallet::EpochConsensus")
class EpochConsensus(CLike):
    """How a subnet's epoch turns weights into emission."""

    YUMA = 0
    NULL = 1


class MinerCollateralState(Struct, path="pallet_subtensor::pallet::MinerCollateralState"):
    """Stake of a neuron that earned emission releases."""

    locked: Alpha
    min_locked: Alpha
    earned: Alpha
    drain_ratio: U64F64


class NetworkRegistrationInfo(Struct, path="pallet_subtensor::pallet::NetworkRegistrationInfo"):
    """A new subnet that waits for a place."""

    coldkey: AccountId
    hotkey: AccountId
    registration_block: U64


class Announced(Pallet, prefix="SubtensorModule"):
    """Storage of later versions, always as it is by default."""

    collateral_lock_share = StorageMap(
        identity(NetUid),
        value=u16,
        default=0,
        doc="Share of the registration price that is locked instead of burned, over 65535.",
    )
    collateral_drain_ratio = StorageMap(
        identity(NetUid),
        value=U64F64,
        default=U64F64(0),
        doc="Collateral that is released for each alpha earned.",
    )
    miner_collateral = OptionMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        blake2_128_concat(AccountId),
        value=MinerCollateralState,
        doc="Collateral of a hotkey and coldkey.",
    )
    subnet_epoch_consensus = StorageMap(
        identity(NetUid),
        value=EpochConsensus,
        default=EpochConsensus.YUMA,
        doc="How a subnet's epoch turns weights into emission.",
    )
    root_stake_unlock_interval = StorageValue(
        u64, default=0, doc="Blocks for which new root stake is held."
    )
    childkey_threshold_suspended = OptionMap(
        blake2_128_concat(AccountId),
        value=unit,
        doc="Parents whose stake is too low for their children.",
    )
    network_registration_queue = StorageValue(
        vec(NetworkRegistrationInfo), default=(), doc="New subnets that wait for a place."
    )
    dissolve_cleanup_queue = StorageValue(
        vec(NetUid), default=(), doc="Dissolved subnets whose storage is being removed."
    )
