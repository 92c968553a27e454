"""
The columns of a subnet's neurons with what their hotkeys earned everywhere.

Source: subtensor pallets/subtensor/src/rpc_info/show_subnet.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.neuron_columns import NeuronColumns
from taonet.runtime.runtime_apis.subnet_readings import exists, netuids
from taonet.runtime.runtime_apis.view_types import (
    OF_ACCOUNTS,
    Booleans,
    CompactNetUid,
    CompactU16s,
    CompactU64s,
)
from taonet.scale.types import Struct, compact, u64, vec


class SubnetState(
    Struct,
    path="pallet_subtensor::rpc_info::show_subnet::SubnetState",
    parameters=OF_ACCOUNTS,
):
    """Neurons in columns by uid; `emission_history` has a row for each subnet."""

    netuid: CompactNetUid
    hotkeys: tuple[AccountId, ...]
    coldkeys: tuple[AccountId, ...]
    active: Booleans
    validator_permit: Booleans
    pruning_score: CompactU16s
    last_update: CompactU64s
    emission: CompactU64s
    dividends: CompactU16s
    incentives: CompactU16s
    consensus: CompactU16s
    trust: CompactU16s
    rank: CompactU16s
    block_at_registration: CompactU64s
    alpha_stake: CompactU64s
    tao_stake: CompactU64s
    total_stake: CompactU64s
    emission_history: Annotated[tuple[tuple[int, ...], ...], vec(vec(compact(u64)))]


def subnet_state(runtime: Runtime, netuid: NetUid) -> SubnetState | None:
    """The columns of one subnet; None if it does not exist."""
    if not exists(runtime, netuid):
        return None
    columns = NeuronColumns(runtime, netuid)
    last_emission = runtime.subtensor.emission.last_hotkey_emission_on_netuid
    return SubnetState(
        netuid=netuid,
        hotkeys=columns.hotkeys,
        coldkeys=columns.coldkeys,
        active=columns.active,
        validator_permit=columns.validator_permit,
        pruning_score=columns.pruning_score,
        last_update=columns.last_update,
        emission=columns.emission,
        dividends=columns.dividends,
        incentives=columns.incentives,
        consensus=columns.consensus,
        trust=columns.trust,
        rank=columns.rank,
        block_at_registration=columns.block_at_registration,
        alpha_stake=columns.alpha_stake,
        tao_stake=columns.tao_stake,
        total_stake=columns.total_stake,
        emission_history=tuple(
            tuple(int(last_emission[hotkey, place]) for hotkey in columns.hotkeys)
            for place in netuids(runtime)
        ),
    )
