"""
`subnetInfo_*`, `neuronInfo_*`, `delegateInfo_*`, `stakeInfo_*`, `swap_*`: runtime APIs under names
of their own. Most answer with the SCALE bytes as an array of numbers.

Source: subtensor pallets/subtensor/rpc/src/lib.rs and pallets/swap/rpc/src/lib.rs @ 14bc6f9.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.errors import RUNTIME_ERROR_CODE, RpcError
from taonet.node.rpc.exchange import Exchange
from taonet.node.rpc.method import Method
from taonet.node.rpc.parameters import (
    Account,
    BlockHash,
    Integer,
    Kind,
    Signature,
    parse_account,
    parse_integer,
)
from taonet.node.rpc.state import call_runtime
from taonet.primitives.ids import AccountId
from taonet.scale.codec import codec, encode_compact
from taonet.scale.types import U16, U64, Option, Struct, Vec, type_of

INDEXES_MAX = 256
"""Fields that one selective metagraph may ask for; there are 73."""


class _SubnetPrice(Struct, path="pallet_subtensor_swap_runtime_api::SubnetPrice"):
    netuid: U16
    price: U64


def _unsigned(bits: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        number = parse_integer(value)
        if number >> bits:
            raise ValueError(f"at most {(1 << bits) - 1} is expected, not {number}")
        return number

    return parse


def _parse_account_bytes(value: Any) -> AccountId:
    """An account as an array of numbers, which these methods took first, or as an address."""
    if not isinstance(value, list):
        return parse_account(value)
    if any(type(byte) is not int or not 0 <= byte < 256 for byte in value):
        raise ValueError("an array of bytes is expected")
    return AccountId(bytes(value))


def _parse_indexes(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > INDEXES_MAX:
        raise ValueError(f"a list of at most {INDEXES_MAX} numbers is expected")
    return tuple(map(_unsigned(16), value))


_NetUid = Annotated[int, Kind(_unsigned(16))]
_MechId = Annotated[int, Kind(_unsigned(8))]
_Indexes = Annotated[tuple[int, ...], Kind(_parse_indexes, ("metagraph_index",))]
_AccountBytes = Annotated[AccountId, Kind(_parse_account_bytes)]


def _u16(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _indexes(values: tuple[int, ...]) -> bytes:
    return encode_compact(len(values)) + b"".join(map(_u16, values))


# Each of these says what parameters a method takes, and encodes them.
def _nothing(at: BlockHash | None = None) -> tuple[bytes, bytes | None]:
    return b"", at


def _subnet(netuid: _NetUid, at: BlockHash | None = None) -> tuple[bytes, bytes | None]:
    return _u16(netuid), at


def _neuron(
    netuid: _NetUid, uid: _NetUid, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return _u16(netuid) + _u16(uid), at


def _mechanism(
    netuid: _NetUid, mecid: _MechId, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return _u16(netuid) + bytes((mecid,)), at


def _fields(
    netuid: _NetUid, metagraph_index: _Indexes, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return _u16(netuid) + _indexes(metagraph_index), at


def _mechanism_fields(
    netuid: _NetUid, mecid: _MechId, metagraph_index: _Indexes, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return _u16(netuid) + bytes((mecid,)) + _indexes(metagraph_index), at


def _delegate(
    delegate_account_vec: _AccountBytes, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return delegate_account_vec, at


def _delegatee(
    delegatee_account_vec: _AccountBytes, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return delegatee_account_vec, at


def _coldkey_subnet(
    coldkey: Account, netuid: _NetUid, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return coldkey + _u16(netuid), at


def _tao(netuid: _NetUid, tao: Integer, at: BlockHash | None = None) -> tuple[bytes, bytes | None]:
    return _u16(netuid) + _u64(tao), at


def _alpha(
    netuid: _NetUid, alpha: Integer, at: BlockHash | None = None
) -> tuple[bytes, bytes | None]:
    return _u16(netuid) + _u64(alpha), at


def _prices(answer: bytes) -> list[dict[str, int]]:
    prices = codec(Vec(type_of(_SubnetPrice))).decode(answer)
    return [{"netuid": price.netuid, "price": price.price} for price in prices]


def _number(answer: bytes) -> int:
    return int.from_bytes(answer, "little")


def _optional_number(answer: bytes) -> int | None:
    return codec(Option(type_of(U16))).decode(answer)


def _existing(answer: bytes) -> list[int]:
    """The account in an option; an error for none, as the reference says it."""
    if answer[:1] != b"\x01":
        raise RpcError(RUNTIME_ERROR_CODE, "Subnet does not exist")
    return list(answer[1:])


@dataclass(frozen=True)
class _Wrapped:
    """A method: the runtime API that it calls, its parameters, what is made of the answer."""

    api: str
    parameters: Callable[..., tuple[bytes, bytes | None]]
    result: Callable[[bytes], Any] = list


_DELEGATES, _NEURONS = "DelegateInfoRuntimeApi_", "NeuronInfoRuntimeApi_"
_SUBNETS, _SWAP = "SubnetInfoRuntimeApi_", "SwapRuntimeApi_"

WRAPPED = {
    "delegateInfo_getDelegates": _Wrapped(f"{_DELEGATES}get_delegates", _nothing),
    "delegateInfo_getDelegate": _Wrapped(f"{_DELEGATES}get_delegate", _delegate),
    "delegateInfo_getDelegated": _Wrapped(f"{_DELEGATES}get_delegated", _delegatee),
    "neuronInfo_getNeuronsLite": _Wrapped(f"{_NEURONS}get_neurons_lite", _subnet),
    "neuronInfo_getNeuronLite": _Wrapped(f"{_NEURONS}get_neuron_lite", _neuron),
    "neuronInfo_getNeurons": _Wrapped(f"{_NEURONS}get_neurons", _subnet),
    "neuronInfo_getNeuron": _Wrapped(f"{_NEURONS}get_neuron", _neuron),
    "subnetInfo_getSubnetInfo": _Wrapped(f"{_SUBNETS}get_subnet_info", _subnet),
    "subnetInfo_getSubnetsInfo": _Wrapped(f"{_SUBNETS}get_subnets_info", _nothing),
    "subnetInfo_getSubnetInfo_v2": _Wrapped(f"{_SUBNETS}get_subnet_info_v2", _subnet),
    "subnetInfo_getSubnetsInfo_v2": _Wrapped(f"{_SUBNETS}get_subnets_info_v2", _nothing),
    "subnetInfo_getSubnetHyperparams": _Wrapped(f"{_SUBNETS}get_subnet_hyperparams", _subnet),
    "subnetInfo_getSubnetHyperparamsV2": _Wrapped(f"{_SUBNETS}get_subnet_hyperparams_v2", _subnet),
    "subnetInfo_getAllDynamicInfo": _Wrapped(f"{_SUBNETS}get_all_dynamic_info", _nothing),
    "subnetInfo_getDynamicInfo": _Wrapped(f"{_SUBNETS}get_dynamic_info", _subnet),
    "subnetInfo_getAllMetagraphs": _Wrapped(f"{_SUBNETS}get_all_metagraphs", _nothing),
    "subnetInfo_getMetagraph": _Wrapped(f"{_SUBNETS}get_metagraph", _subnet),
    "subnetInfo_getAllMechagraphs": _Wrapped(f"{_SUBNETS}get_all_mechagraphs", _nothing),
    "subnetInfo_getMechagraph": _Wrapped(f"{_SUBNETS}get_mechagraph", _mechanism),
    "subnetInfo_getSubnetState": _Wrapped(f"{_SUBNETS}get_subnet_state", _subnet),
    "subnetInfo_getLockCost": _Wrapped(
        "SubnetRegistrationRuntimeApi_get_network_registration_cost", _nothing, _number
    ),
    "subnetInfo_getSelectiveMetagraph": _Wrapped(f"{_SUBNETS}get_selective_metagraph", _fields),
    "subnetInfo_getColdkeyAutoStakeHotkey": _Wrapped(
        f"{_SUBNETS}get_coldkey_auto_stake_hotkey", _coldkey_subnet
    ),
    "subnetInfo_getSelectiveMechagraph": _Wrapped(
        f"{_SUBNETS}get_selective_mechagraph", _mechanism_fields
    ),
    "subnetInfo_getSubnetToPrune": _Wrapped(
        f"{_SUBNETS}get_subnet_to_prune", _nothing, _optional_number
    ),
    "subnetInfo_getSubnetAccountId": _Wrapped(
        f"{_SUBNETS}get_subnet_account_id", _subnet, _existing
    ),
    "stakeInfo_getColdkeyLock": _Wrapped("StakeInfoRuntimeApi_get_coldkey_lock", _coldkey_subnet),
    "swap_currentAlphaPrice": _Wrapped(f"{_SWAP}current_alpha_price", _subnet, _number),
    "swap_currentAlphaPriceAll": _Wrapped(f"{_SWAP}current_alpha_price_all", _nothing, _prices),
    "swap_simSwapTaoForAlpha": _Wrapped(f"{_SWAP}sim_swap_tao_for_alpha", _tao),
    "swap_simSwapAlphaForTao": _Wrapped(f"{_SWAP}sim_swap_alpha_for_tao", _alpha),
}


def wrapped_methods(backend: ChainBackend) -> Iterator[tuple[str, Method]]:
    """All of them, by name."""
    for name, wrapped in WRAPPED.items():
        yield name, _bound(backend, wrapped)


def _bound(backend: ChainBackend, wrapped: _Wrapped) -> Method:
    signature = Signature(wrapped.parameters, given=0)

    def call(params: Any, _: Exchange) -> Any:
        arguments, at = signature.call(wrapped.parameters, params)
        return wrapped.result(call_runtime(backend, at or backend.best(), wrapped.api, arguments))

    return Method(call, is_async=False, parameters=signature.names())
