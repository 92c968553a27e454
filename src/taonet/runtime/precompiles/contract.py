"""
What a precompile is: methods by their selectors, each a function of a handle and its arguments.

    ADDRESS_MAPPING = Contract(2060, PrecompileEnum.ADDRESS_MAPPING, (
        view("addressMapping(address)", "bytes32", lambda handle, address: mirror_account(address)),
    ))

Source: frontier precompiles/macro; subtensor precompiles/src/{lib,extensions}.rs @ 14bc6f9.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from taonet.frame.call import Call
from taonet.frame.dispatch_error import DispatchError, ModuleError
from taonet.frame.origin import Signed
from taonet.frame.weight import READ_REF_TIME, WRITE_REF_TIME, Pays
from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.pallets.evm.exit_reason import OtherError, OutOfGas
from taonet.pallets.evm.gas_weight import REF_TIME_PER_GAS, gas_of
from taonet.pallets.evm.machine.precompiled import address_of
from taonet.pallets.evm.machine.world import Halted, NativeCall, RevertedByNative
from taonet.pallets.evm.types import mirror_account
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.pallets import CALLS
from taonet.runtime.precompiles.abi import (
    MalformedInput,
    decode,
    encode,
    revert_with,
    split_types,
)

if TYPE_CHECKING:
    from taonet.runtime.runtime import Runtime

READ_GAS: Final = READ_REF_TIME // REF_TIME_PER_GAS
WRITE_GAS: Final = WRITE_REF_TIME // REF_TIME_PER_GAS

_U16_MAX = 2**16 - 1
_U64_MAX = 2**64 - 1


class Handle:
    """A call of a precompile, over the runtime that it reaches into."""

    def __init__(self, runtime: "Runtime", call: NativeCall, own: AccountId) -> None:
        self.runtime = runtime
        self.call = call
        self.own = own
        """The account of the precompile: what comes with a call is there."""

    @property
    def caller(self) -> AccountId:
        """The account of whoever calls."""
        return mirror_account(self.call.caller)

    def reads(self, count: int) -> None:
        """Pay for reads of the store."""
        self.call.gas.charge(READ_GAS * count)

    def writes(self, count: int) -> None:
        """Pay for writes of the store."""
        self.call.gas.charge(WRITE_GAS * count)

    def dispatch(self, who: AccountId, pallet: str, name: str, *arguments: Any) -> None:
        """
        Make a pallet's call for an account, and pay its weight in gas; a refusal is an error, and
        takes all gas.
        """
        call = Call(*CALLS[pallet, name], arguments)
        info = call.info()
        declared = info.weight.ref_time
        if declared > self.call.gas.left * REF_TIME_PER_GAS:
            raise Halted(OutOfGas())
        self.call.work.take(declared)
        try:
            post = self.runtime.apply(call, Signed(who))
        except DispatchError as error:
            raise failed(f"dispatch execution failed: {name_of(error)}") from error
        if info.pays_fee is Pays.NO or post.pays is Pays.NO:
            return
        weight = info.weight if post.weight is None else post.weight
        self.call.gas.charge(gas_of(weight))
        self.call.work.give_back(max(declared - weight.ref_time, 0))


Run = Callable[..., Any]
"""Takes a handle and the decoded arguments; returns the value, or a tuple of them."""


@dataclass(frozen=True)
class Method:
    """`signature` is what the selector is of; a view changes nothing."""

    signature: str
    outputs: tuple[str, ...]
    run: Run
    is_view: bool
    is_payable: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        """The types of its parameters."""
        return split_types(self.signature[self.signature.index("(") + 1 : -1])


def view(signature: str, outputs: str, run: Run) -> Method:
    """A method that reads."""
    return Method(signature, split_types(outputs), run, is_view=True, is_payable=False)


def payable(signature: str, run: Run) -> Method:
    """A method that acts, and takes TAO."""
    return Method(signature, (), run, is_view=False, is_payable=True)


def acting(signature: str, run: Run) -> Method:
    """A method that acts, and takes no TAO."""
    return Method(signature, (), run, is_view=False, is_payable=False)


class Contract:
    """A precompile at the address of its index."""

    def __init__(
        self, index: int, switch: PrecompileEnum | None, methods: Sequence[Method]
    ) -> None:
        self.index = index
        self.address = address_of(index)
        self.account = mirror_account(self.address)
        self.switch = switch
        self.methods: Mapping[bytes, Method] = {
            keccak_256(method.signature.encode())[:4]: method for method in methods
        }

    def answer(self, runtime: "Runtime", call: NativeCall) -> bytes:
        """Run the method that the input names; raises `Halted` or `RevertedByNative`."""
        enabled = runtime.admin_utils.network_parameters.precompile_enable
        if self.switch is not None and not enabled[self.switch]:
            raise failed(f"Precompile {self.switch.name.title().replace('_', '')} is disabled")
        method = self.methods.get(call.input[:4])
        if method is None:
            short = len(call.input) < 4
            raise refused("Tried to read selector out of bounds" if short else "Unknown selector")
        if call.is_static and not method.is_view:
            raise refused("Can't call non-static function in static context")
        if call.value and not method.is_payable:
            raise refused("Function is not payable")
        try:
            arguments = decode(method.inputs, call.input[4:])
        except MalformedInput as error:
            raise refused(str(error)) from error
        result = method.run(Handle(runtime, call, self.account), *arguments)
        if not method.outputs:
            return b""
        return encode(method.outputs, result if len(method.outputs) > 1 else (result,))


def failed(reason: str) -> Halted:
    """An error that takes all gas."""
    return Halted(OtherError(reason))


def refused(reason: str) -> RevertedByNative:
    """A revert with a reason."""
    return RevertedByNative(revert_with(reason))


def netuid_of(value: int) -> NetUid:
    """A subnet's number out of a word."""
    if value > _U16_MAX:
        raise failed("the value is outside of u16 bounds")
    return NetUid(value)


def amount_of(value: int) -> int:
    """An amount out of a word; more than there can be counts as the most there can be."""
    return min(value, _U64_MAX)


def name_of(error: DispatchError) -> str:
    """What a refused dispatch is called."""
    return error.name if isinstance(error, ModuleError) else type(error).__name__
