"""
Subnets in short, in two versions; clients of several years read either.

Source: subtensor pallets/subtensor/src/rpc_info/subnet_info.rs @ 14bc6f9.
"""

from typing import Annotated, Any, TypeVar

from taonet.pallets.subtensor.types import SubnetIdentityV3
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.subnet_readings import exists, netuids, read
from taonet.runtime.runtime_apis.view_types import OF_ACCOUNTS, CompactNetUid, CompactRao
from taonet.scale.types import Array, CompactU16, CompactU64, Struct, u16, vec

Connections = Annotated[tuple[tuple[int, ...], ...], vec(Array(u16, 2))]

V = TypeVar("V", "SubnetInfo", "SubnetInfov2")


class SubnetInfo(
    Struct,
    path="pallet_subtensor::rpc_info::subnet_info::SubnetInfo",
    parameters=OF_ACCOUNTS,
):
    """A subnet's size and main parameters."""

    netuid: CompactNetUid
    rho: CompactU16
    kappa: CompactU16
    difficulty: CompactU64
    immunity_period: CompactU16
    max_allowed_validators: CompactU16
    min_allowed_weights: CompactU16
    max_weights_limit: CompactU16
    scaling_law_power: CompactU16
    subnetwork_n: CompactU16
    max_allowed_uids: CompactU16
    blocks_since_last_step: CompactU64
    tempo: CompactU16
    network_modality: CompactU16
    network_connect: Connections
    emission_values: CompactU64
    burn: CompactRao
    owner: AccountId


class SubnetInfov2(
    Struct,
    path="pallet_subtensor::rpc_info::subnet_info::SubnetInfov2",
    parameters=OF_ACCOUNTS,
):
    """A subnet's size, main parameters and identity."""

    netuid: CompactNetUid
    rho: CompactU16
    kappa: CompactU16
    difficulty: CompactU64
    immunity_period: CompactU16
    max_allowed_validators: CompactU16
    min_allowed_weights: CompactU16
    max_weights_limit: CompactU16
    scaling_law_power: CompactU16
    subnetwork_n: CompactU16
    max_allowed_uids: CompactU16
    blocks_since_last_step: CompactU64
    tempo: CompactU16
    network_modality: CompactU16
    network_connect: Connections
    emission_value: CompactU64
    burn: CompactRao
    owner: AccountId
    identity: SubnetIdentityV3 | None


def subnet_info(view: type[V], runtime: Runtime, netuid: NetUid) -> V | None:
    """One subnet in either version; None if it does not exist."""
    if not exists(runtime, netuid):
        return None
    subtensor = runtime.subtensor
    given: dict[str, Any] = {
        "max_allowed_validators": subtensor.hyperparameters.max_allowed_validators[netuid],
        "max_allowed_uids": subtensor.hyperparameters.max_allowed_uids[netuid],
        "subnetwork_n": subtensor.networks.subnetwork_n[netuid],
        "blocks_since_last_step": subtensor.epochs.blocks_since_last_step[netuid],
        "owner": subtensor.networks.subnet_owner[netuid],
        # Kept by the real chain for old clients: nothing fills them any more.
        "network_modality": 0,
        "network_connect": (),
        "emission_values": 0,
        "emission_value": 0,
    }
    return read(view, runtime, netuid, given)


def subnets_info(view: type[V], runtime: Runtime) -> tuple[V | None, ...]:
    """All subnets in either version, ascending."""
    return tuple(subnet_info(view, runtime, netuid) for netuid in sorted(netuids(runtime)))
