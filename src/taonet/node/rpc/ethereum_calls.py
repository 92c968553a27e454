"""
Calls that only ask: `eth_call`, and how much gas a transaction would need.

A call's failure is told as Ethereum's own nodes tell it: code 3 and the revert's data where the
contract reverts, -32000 and a sentence otherwise.
"""

from typing import Final

from taonet.frame.dispatch_outcome import Failure, PalletFailure
from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.errors import RpcError
from taonet.node.rpc.ethereum_format import CallRequest, hexed
from taonet.pallets.evm import EVM_INDEX
from taonet.pallets.evm.errors import BalanceLow, GasPriceTooLow, NotAllowed
from taonet.pallets.evm.exit_reason import (
    ExitReason,
    Failed,
    OtherError,
    OutOfFund,
    OutOfGas,
    Undone,
)
from taonet.pallets.evm.machine.gas import STIPEND
from taonet.pallets.evm.types import U256
from taonet.runtime.runtime_apis.ethereum import (
    CallErr,
    CallOk,
    CallResult,
    CreateErr,
    CreateOk,
    CreateResult,
    EthereumRuntimeRPCApi,
)
from taonet.scale.codec import PLAIN
from taonet.scale.types import Type, type_of

SERVER_ERROR: Final = -32000
REVERTED: Final = 3

CALL_GAS_MAX: Final = 6_000_000
"""
The gas of a call that nobody pays for: enough to make the largest contract. The machine makes about
a million of the cheapest steps a second, and everyone else waits meanwhile.
"""

ESTIMATE_GAS_MAX: Final = 2 * CALL_GAS_MAX
"""The gas of all runs of one estimate together, but for what the last one takes."""

ESTIMATE_TRIES_MAX: Final = 8
"""How often a transaction is tried with more gas, each time a quarter more."""

_ERROR_SELECTOR = bytes.fromhex("08c379a0")
_PANIC_SELECTOR = bytes.fromhex("4e487b71")

_SPECS = {spec.name: spec for spec in EthereumRuntimeRPCApi.methods}
_CALL_RESULT = PLAIN.of(type_of(CallResult))
_CREATE_RESULT = PLAIN.of(type_of(CreateResult))

_TEXTS: Final[dict[int, str]] = {
    BalanceLow.index: "insufficient funds for gas * price + value",
    GasPriceTooLow.index: "max fee per gas less than block base fee",
    NotAllowed.index: "contract creation is not allowed: the address is not whitelisted",
}


class EthereumError(RpcError):
    """A refusal in the words that Ethereum's tools match."""

    def __init__(self, message: str, code: int = SERVER_ERROR, data: str | None = None) -> None:
        super().__init__(code, message, data)


class EthereumCalls:
    """Runs calls at a block, for nothing."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend

    def call(self, request: CallRequest, block_hash: bytes) -> bytes:
        """What a call returns; a creation returns nothing. Raises `EthereumError`."""
        gas = min(request.gas or CALL_GAS_MAX, CALL_GAS_MAX)
        reason, output, _ = self._run(request, gas, block_hash)
        _refuse_failed(reason, output)
        return output

    def estimate(self, request: CallRequest, block_hash: bytes) -> int:
        """Enough gas for a transaction, at most a quarter too much; raises `EthereumError`."""
        most = min(request.gas or CALL_GAS_MAX, CALL_GAS_MAX)
        reason, output, used = self._run(request, most, block_hash)
        _refuse_failed(reason, output)
        candidate, spent = used, used
        for _ in range(ESTIMATE_TRIES_MAX):
            if spent > ESTIMATE_GAS_MAX:
                break
            spent += candidate
            if self._run(request, candidate, block_hash)[0].variant_index == 0:
                return candidate
            # Less gas than is spent in the end is refused where some is given back, or kept back.
            candidate = min(candidate * 5 // 4 + STIPEND, most)
        return most

    def _run(
        self, request: CallRequest, gas: int, block_hash: bytes
    ) -> tuple[ExitReason, bytes, int]:
        """How it ended, the output, the gas."""
        fee = None if request.fee_max is None else U256.of(request.fee_max)
        shared = (U256.of(request.value), U256.of(gas), fee, None, None, True)
        rest = (request.access_list or None, None)
        if request.to is None:
            arguments = (request.source, request.data, *shared, *rest)
            raw = self._ask("create", arguments, block_hash)
            made = _CREATE_RESULT.decode(raw)
            if isinstance(made, CreateErr):
                raise _refusal(made._0)
            assert isinstance(made, CreateOk)
            return made._0.exit_reason, b"", int(made._0.used_gas.effective)
        called = (request.source, request.to, request.data, *shared, *rest)
        result = _CALL_RESULT.decode(self._ask("call", called, block_hash))
        if isinstance(result, CallErr):
            raise _refusal(result._0)
        assert isinstance(result, CallOk)
        info = result._0
        return info.exit_reason, bytes(info.value), int(info.used_gas.effective)

    def _ask(self, name: str, arguments: tuple[object, ...], block_hash: bytes) -> bytes:
        fields = _SPECS[name].inputs
        data = b"".join(
            _encode(field.type, value) for field, value in zip(fields, arguments, strict=True)
        )
        return self._backend.call_api(block_hash, f"EthereumRuntimeRPCApi_{name}", data)


def _encode(kind: Type[object], value: object) -> bytes:
    return PLAIN.of(kind).encode(value)


def _refusal(failure: Failure) -> EthereumError:
    if isinstance(failure, PalletFailure) and failure._0.index == EVM_INDEX:
        text = _TEXTS.get(failure._0.error[0])
        if text is not None:
            return EthereumError(text)
    return EthereumError(f"the call was refused: {failure}")


def _refuse_failed(reason: ExitReason, output: bytes) -> None:
    if isinstance(reason, Undone):
        text = revert_reason(output)
        message = f"execution reverted: {text}" if text else "execution reverted"
        raise EthereumError(message, REVERTED, hexed(output))
    if isinstance(reason, Failed):
        raise EthereumError(_failure_text(reason))


def _failure_text(reason: Failed) -> str:
    error = reason._0
    if isinstance(error, OutOfGas):
        return "out of gas"
    if isinstance(error, OutOfFund):
        return "insufficient funds for transfer"
    if isinstance(error, OtherError):
        return f"evm error: {error._0}"
    return f"evm error: {type(error).__name__}"


def revert_reason(output: bytes) -> str:
    """What a contract says when it reverts: Solidity's `Error(string)` or `Panic(uint256)`."""
    selector, body = output[:4], output[4:]
    if selector == _PANIC_SELECTOR and len(body) >= 32:
        return f"panic: 0x{int.from_bytes(body[:32], 'big'):02x}"
    if selector != _ERROR_SELECTOR or len(body) < 64:
        return ""
    length = int.from_bytes(body[32:64], "big")
    return body[64 : 64 + length].decode(errors="replace") if length <= len(body) - 64 else ""
