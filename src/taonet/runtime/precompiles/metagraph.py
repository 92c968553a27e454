"""
Metagraph (2050) and uid lookup (2054): what is known of neurons.

A neuron that is not there reads as zeros, but for its keys, which are an error.

Source: subtensor precompiles/src/{metagraph,uid_lookup}.rs @ 14bc6f9.
"""

from collections.abc import Callable
from typing import Any, Final

from taonet.frame.storage import BoundMap
from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.pallets.evm.exit_reason import InvalidRange
from taonet.pallets.evm.machine.world import Halted
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Uid
from taonet.runtime.precompiles.contract import Contract, Handle, Method, failed, view

_BOTH = "(uint16,uint16)"


def _column(name: str, size: int, *, by_mechanism: bool = False) -> Callable[..., int]:
    """A reader of one neuron's place in a vector of little-endian integers of `size` bytes."""

    def read(handle: Handle, netuid: int, uid: int) -> int:
        handle.reads(1)
        stored: BoundMap[Any, bytes] = getattr(handle.runtime.subtensor.scores, name)
        key = MechanismIndex(netuid) if by_mechanism else NetUid(netuid)
        return int.from_bytes(stored[key][uid * size : (uid + 1) * size], "little")

    return read


def _nothing(handle: Handle, netuid: int, uid: int) -> int:
    """Rank and trust are not computed any more."""
    del handle, netuid, uid
    return 0


def _hotkey_of(handle: Handle, netuid: int, uid: int) -> AccountId | None:
    neurons, key = handle.runtime.subtensor.neurons, (NetUid(netuid), Uid(uid))
    if key not in neurons.keys:
        return None
    return neurons.keys[key]


def _ensure_hotkey(handle: Handle, netuid: int, uid: int) -> AccountId:
    found = _hotkey_of(handle, netuid, uid)
    if found is None:
        raise Halted(InvalidRange())
    return found


def _count(handle: Handle, netuid: int) -> int:
    handle.reads(1)
    return handle.runtime.subtensor.networks.subnetwork_n[NetUid(netuid)]


def _stake(handle: Handle, netuid: int, uid: int) -> int:
    handle.reads(2)
    hotkey = _ensure_hotkey(handle, netuid, uid)
    return int(handle.runtime.subtensor.staking.total_of_hotkey(hotkey))


def _axon(handle: Handle, netuid: int, uid: int) -> tuple[int, ...]:
    handle.reads(2)
    hotkey = _hotkey_of(handle, netuid, uid)
    if hotkey is None:
        raise failed("hotkey not found")
    axon = handle.runtime.subtensor.neurons.axons[NetUid(netuid), hotkey]
    if axon is None:
        return (0,) * 6
    return axon.block, axon.version, axon.ip, axon.port, axon.ip_type, axon.protocol


def _hotkey(handle: Handle, netuid: int, uid: int) -> AccountId:
    handle.reads(1)
    return _ensure_hotkey(handle, netuid, uid)


def _coldkey(handle: Handle, netuid: int, uid: int) -> AccountId:
    handle.reads(2)
    return handle.runtime.subtensor.accounts.owner[_ensure_hotkey(handle, netuid, uid)]


def _lookup(handle: Handle, netuid: int, address: bytes, limit: int) -> list[tuple[int, int]]:
    """Uids with the address, of the first `limit` that have one; the earliest proven first."""
    handle.reads(limit)
    associated = handle.runtime.subtensor.neurons.associated_evm_address
    found = []
    for place, (key, (known, block)) in enumerate(associated.under(NetUid(netuid))):
        if place >= limit:
            break
        if known == address:
            found.append((int(key[1]), block))
    return sorted(found, key=lambda entry: entry[1])


def _of_neuron(name: str, output: str, run: Callable[..., Any]) -> Method:
    return view(f"{name}{_BOTH}", output, run)


METAGRAPH: Final = Contract(
    2050,
    PrecompileEnum.METAGRAPH,
    (
        view("getUidCount(uint16)", "uint16", _count),
        _of_neuron("getStake", "uint64", _stake),
        _of_neuron("getRank", "uint16", _nothing),
        _of_neuron("getTrust", "uint16", _nothing),
        _of_neuron("getConsensus", "uint16", _column("consensus", 2)),
        _of_neuron("getIncentive", "uint16", _column("incentive", 2, by_mechanism=True)),
        _of_neuron("getDividends", "uint16", _column("dividends", 2)),
        _of_neuron("getEmission", "uint64", _column("emission", 8)),
        _of_neuron("getVtrust", "uint16", _column("validator_trust", 2)),
        _of_neuron("getValidatorStatus", "bool", _column("validator_permit", 1)),
        _of_neuron("getLastUpdate", "uint64", _column("last_update", 8, by_mechanism=True)),
        _of_neuron("getIsActive", "bool", _column("active", 1)),
        _of_neuron("getAxon", "(uint64,uint32,uint128,uint16,uint8,uint8)", _axon),
        _of_neuron("getHotkey", "bytes32", _hotkey),
        _of_neuron("getColdkey", "bytes32", _coldkey),
    ),
)

UID_LOOKUP: Final = Contract(
    2054,
    PrecompileEnum.UID_LOOKUP,
    (view("uidLookup(uint16,address,uint16)", "(uint16,uint64)[]", _lookup),),
)
