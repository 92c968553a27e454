"""
Neurons one by one, with what they weigh and hold or without.

Source: subtensor pallets/subtensor/src/rpc_info/neuron_info.rs @ 14bc6f9.
"""

from collections.abc import Sequence
from typing import Any

from taonet.pallets.subtensor.packed_vectors import pairs
from taonet.pallets.subtensor.types import AxonInfo, PrometheusInfo
from taonet.primitives.fixed_point import U16_MAX
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Uid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.neuron_columns import NeuronColumns
from taonet.runtime.runtime_apis.subnet_readings import exists
from taonet.runtime.runtime_apis.view_types import (
    OF_ACCOUNTS,
    AlphaByAccount,
    CompactAlpha,
    CompactNetUid,
    CompactPairs,
    CompactUid,
)
from taonet.scale.types import CompactU16, CompactU64, Struct


class NeuronInfo(
    Struct,
    path="pallet_subtensor::rpc_info::neuron_info::NeuronInfo",
    parameters=OF_ACCOUNTS,
):
    """A neuron with its weights and bonds."""

    hotkey: AccountId
    coldkey: AccountId
    uid: CompactUid
    netuid: CompactNetUid
    active: bool
    axon_info: AxonInfo
    prometheus_info: PrometheusInfo
    stake: AlphaByAccount
    rank: CompactU16
    emission: CompactAlpha
    incentive: CompactU16
    consensus: CompactU16
    trust: CompactU16
    validator_trust: CompactU16
    dividends: CompactU16
    last_update: CompactU64
    validator_permit: bool
    weights: CompactPairs
    bonds: CompactPairs
    pruning_score: CompactU16


class NeuronInfoLite(
    Struct,
    path="pallet_subtensor::rpc_info::neuron_info::NeuronInfoLite",
    parameters=OF_ACCOUNTS,
):
    """A neuron without its weights and bonds."""

    hotkey: AccountId
    coldkey: AccountId
    uid: CompactUid
    netuid: CompactNetUid
    active: bool
    axon_info: AxonInfo
    prometheus_info: PrometheusInfo
    stake: AlphaByAccount
    rank: CompactU16
    emission: CompactAlpha
    incentive: CompactU16
    consensus: CompactU16
    trust: CompactU16
    validator_trust: CompactU16
    dividends: CompactU16
    last_update: CompactU64
    validator_permit: bool
    pruning_score: CompactU16


class NeuronReader:
    """The neurons of one subnet, read one by one from columns."""

    def __init__(self, runtime: Runtime, netuid: NetUid) -> None:
        self._subtensor = runtime.subtensor
        self._pools = runtime.subtensor.staking.pools
        self._columns = NeuronColumns(runtime, netuid)
        self._netuid = netuid

    def size(self) -> int:
        """How many neurons there are."""
        return self._columns.size

    def whole(self, uid: Uid) -> NeuronInfo | None:
        """One neuron; None if nobody has the uid."""
        shared = self._shared(uid)
        if shared is None:
            return None
        key = self._columns.index, uid
        weights = _positive_pairs(self._subtensor.weights.weights[key])
        bonds = _positive_pairs(self._subtensor.weights.bonds[key])
        return NeuronInfo(weights=weights, bonds=bonds, **shared)

    def lite(self, uid: Uid) -> NeuronInfoLite | None:
        """One neuron without weights and bonds; None if nobody has the uid."""
        shared = self._shared(uid)
        return None if shared is None else NeuronInfoLite(**shared)

    def _shared(self, uid: Uid) -> dict[str, Any] | None:
        """The fields that both forms of a neuron have."""
        if (self._netuid, uid) not in self._subtensor.neurons.keys:
            return None
        columns, place = self._columns, int(uid)
        hotkey = self._subtensor.neurons.keys[self._netuid, uid]
        coldkey = self._subtensor.accounts.owner[hotkey]
        return {
            "hotkey": hotkey,
            "coldkey": coldkey,
            "uid": uid,
            "netuid": self._netuid,
            "active": bool(_at(columns.active, place)),
            "axon_info": columns.axon(hotkey),
            "prometheus_info": columns.prometheus(hotkey),
            "stake": ((coldkey, self._pools.total(hotkey, self._netuid)),),
            "emission": _at(columns.emission, place),
            "incentive": _at(columns.incentives, place),
            "consensus": _at(columns.consensus, place),
            "validator_trust": _at(columns.validator_trust, place),
            "dividends": _at(columns.dividends, place),
            "last_update": _at(columns.last_update, place),
            "validator_permit": bool(_at(columns.validator_permit, place)),
            # Not computed any more; the real chain reports these values.
            "rank": 0,
            "trust": 0,
            "pruning_score": U16_MAX,
        }


def _at(column: Sequence[int], place: int) -> int:
    """The number at `place`, 0 behind the end."""
    return column[place] if place < len(column) else 0


def _positive_pairs(packed: bytes) -> tuple[tuple[int, int], ...]:
    """The pairs of a packed vector whose second number is positive."""
    return tuple(pair for pair in pairs(packed) if pair[1])


def neuron(runtime: Runtime, netuid: NetUid, uid: Uid) -> NeuronInfo | None:
    """One neuron; None if the subnet or the uid does not exist."""
    return NeuronReader(runtime, netuid).whole(uid) if exists(runtime, netuid) else None


def neuron_lite(runtime: Runtime, netuid: NetUid, uid: Uid) -> NeuronInfoLite | None:
    """One neuron without weights and bonds; None if the subnet or the uid does not exist."""
    return NeuronReader(runtime, netuid).lite(uid) if exists(runtime, netuid) else None


def neurons(runtime: Runtime, netuid: NetUid) -> tuple[NeuronInfo, ...]:
    """A subnet's neurons up to the first free uid."""
    if not exists(runtime, netuid):
        return ()
    reader = NeuronReader(runtime, netuid)
    found = []
    for uid in range(reader.size()):
        info = reader.whole(Uid(uid))
        if info is None:
            break
        found.append(info)
    return tuple(found)


def neurons_lite(runtime: Runtime, netuid: NetUid) -> tuple[NeuronInfoLite, ...]:
    """A subnet's neurons up to the first free uid, without weights and bonds."""
    if not exists(runtime, netuid):
        return ()
    reader = NeuronReader(runtime, netuid)
    found = []
    for uid in range(reader.size()):
        info = reader.lite(Uid(uid))
        if info is None:
            break
        found.append(info)
    return tuple(found)
