"""
Subnets with their pools and emission: what prices are made of.

Source: subtensor pallets/subtensor/src/rpc_info/dynamic_info.rs @ 14bc6f9.
"""

from taonet.pallets.subtensor.types import SubnetIdentityV3
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.subnet_readings import READINGS, exists, read
from taonet.runtime.runtime_apis.view_types import (
    OF_ACCOUNTS,
    CompactAlpha,
    CompactNetUid,
    CompactRao,
    CompactText,
    CompactU128,
    MovingPrice,
)
from taonet.scale.types import CompactU16, CompactU64, Struct


class DynamicInfo(
    Struct,
    path="pallet_subtensor::rpc_info::dynamic_info::DynamicInfo",
    parameters=OF_ACCOUNTS,
):
    """A subnet, its pool and its last block's emission."""

    netuid: CompactNetUid
    owner_hotkey: AccountId
    owner_coldkey: AccountId
    subnet_name: CompactText
    token_symbol: CompactText
    tempo: CompactU16
    last_step: CompactU64
    blocks_since_last_step: CompactU64
    emission: CompactU64
    alpha_in: CompactAlpha
    alpha_out: CompactAlpha
    tao_in: CompactRao
    alpha_out_emission: CompactAlpha
    alpha_in_emission: CompactAlpha
    tao_in_emission: CompactRao
    pending_alpha_emission: CompactAlpha
    pending_root_emission: CompactRao
    subnet_volume: CompactU128
    network_registered_at: CompactU64
    subnet_identity: SubnetIdentityV3 | None
    moving_price: MovingPrice


def dynamic_info(runtime: Runtime, netuid: NetUid) -> DynamicInfo | None:
    """One subnet; None if it does not exist."""
    if not exists(runtime, netuid):
        return None
    given = {
        "subnet_name": READINGS["name"](runtime, netuid),
        "token_symbol": READINGS["symbol"](runtime, netuid),
        "subnet_identity": READINGS["identity"](runtime, netuid),
        # Kept by the real chain for old clients: nothing fills it any more.
        "emission": 0,
    }
    return read(DynamicInfo, runtime, netuid, given)
