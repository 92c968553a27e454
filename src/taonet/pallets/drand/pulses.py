"""
Which pulses the chain knows, and of which beacon; no behaviour.

Source: subtensor pallets/drand/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, StorageValue, blake2_128_concat, identity
from taonet.pallets.drand.payloads import QUICKNET, BeaconConfiguration, Pulse
from taonet.scale.types import boolean, bounded_bytes, u32, u64

MIGRATION_NAME_BYTES_MAX: Final = 128


class Pulses(Pallet, prefix="Drand"):
    """Which pulses the chain knows, and of which beacon."""

    beacon_config = StorageValue(
        BeaconConfiguration, default=QUICKNET, doc="The beacon whose pulses are taken."
    )
    has_migration_run = StorageMap(
        identity(bounded_bytes(MIGRATION_NAME_BYTES_MAX)),
        value=boolean,
        default=False,
        doc="Whether a migration has run.",
    )
    pulses = OptionMap(blake2_128_concat(u64), value=Pulse, doc="What the beacon said, by round.")
    last_stored_round = StorageValue(u64, default=0, doc="The newest round that is known.")
    oldest_stored_round = StorageValue(u64, default=0, doc="The oldest round that is still known.")
    next_unsigned_at = StorageValue(
        u32, default=0, doc="The block from which a node may bring the next pulse."
    )
