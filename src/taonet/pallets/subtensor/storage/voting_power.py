"""Stake of validators, smoothed over time, that contracts count votes by."""

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageMap, blake2_128_concat, identity
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import u64


class VotingPower(Pallet, prefix="SubtensorModule"):
    """Stake of validators, smoothed over time, that contracts count votes by."""

    voting_power = StorageMap(
        identity(NetUid),
        blake2_128_concat(AccountId),
        value=u64,
        default=0,
        doc="Smoothed stake of a hotkey.",
    )
    voting_power_tracking_enabled = StorageMap(
        identity(NetUid), value=bool, default=False, doc="Whether voting power is tracked."
    )
    voting_power_disable_at_block = StorageMap(
        identity(NetUid),
        value=u64,
        default=0,
        doc="Block at which tracking ends; 0 if it does not.",
    )
    voting_power_ema_alpha = StorageMap(
        identity(NetUid),
        value=u64,
        default=3_570_000_000_000_000,
        doc="Weight of the present stake in the average, in 10**-18.",
    )
