"""
Neuron (2052): registration, weights and endpoints of the caller's neurons.

Source: subtensor precompiles/src/neuron.rs @ 14bc6f9.
"""

from typing import Any, Final

from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.precompiles.contract import Contract, Handle, Method, payable
from taonet.runtime.precompiles.staking import MODULE


def _plain(signature: str, name: str) -> Method:
    """A call whose first parameter is a subnet, and whose others are as the method's."""

    def run(handle: Handle, netuid: int, *arguments: Any) -> None:
        handle.dispatch(handle.caller, MODULE, name, NetUid(netuid), *arguments)

    return payable(signature, run)


def _commit(handle: Handle, netuid: int, commitment: bytes) -> None:
    handle.dispatch(handle.caller, MODULE, "commit_weights", NetUid(netuid), H256(commitment))


def _register(handle: Handle, netuid: int, hotkey: bytes) -> None:
    handle.dispatch(handle.caller, MODULE, "burned_register", NetUid(netuid), AccountId(hotkey))


def _register_limit(handle: Handle, netuid: int, hotkey: bytes, price: int) -> None:
    arguments = (NetUid(netuid), AccountId(hotkey), price)
    handle.dispatch(handle.caller, MODULE, "register_limit", *arguments)


_ENDPOINT = "uint16,uint32,uint128,uint16,uint8"

NEURON: Final = Contract(
    2052,
    PrecompileEnum.NEURON,
    (
        _plain("setWeights(uint16,uint16[],uint16[],uint64)", "set_weights"),
        payable("commitWeights(uint16,bytes32)", _commit),
        _plain("revealWeights(uint16,uint16[],uint16[],uint16[],uint64)", "reveal_weights"),
        payable("burnedRegister(uint16,bytes32)", _register),
        payable("registerLimit(uint16,bytes32,uint64)", _register_limit),
        _plain(f"serveAxon({_ENDPOINT},uint8,uint8,uint8)", "serve_axon"),
        _plain(f"serveAxonTls({_ENDPOINT},uint8,uint8,uint8,bytes)", "serve_axon_tls"),
        _plain(f"servePrometheus({_ENDPOINT})", "serve_prometheus"),
    ),
)
