"""Instructions that run other code: calls and the creation of contracts."""

from typing import Final, NamedTuple

from taonet.pallets.evm.exit_reason import OutOfGas
from taonet.pallets.evm.machine.environment import access_price, to_address
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import Frame, Message, Purpose
from taonet.pallets.evm.machine.gas import (
    CALL_VALUE,
    INIT_CODE_WORD,
    KECCAK_WORD,
    NEW_ACCOUNT,
    STIPEND,
    all_but_a_64th,
    words,
)
from taonet.pallets.evm.machine.memory import refuse_static
from taonet.pallets.evm.machine.world import Halted
from taonet.pallets.subtensor.evm_keys import keccak_256

CODE_BYTES_MAX: Final = 24_576
INIT_CODE_BYTES_MAX: Final = 2 * CODE_BYTES_MAX


def contract_address(creator: bytes, nonce: int) -> bytes:
    """Where the creator's contract of a nonce stands: keccak of the RLP of both."""
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    head = b"" if nonce and nonce < 0x80 else bytes([0x80 + len(number)])
    body = b"\x94" + creator + head + number
    return keccak_256(bytes([0xC0 + len(body)]) + body)[12:]


def salted_address(creator: bytes, salt: bytes, init_code: bytes) -> bytes:
    """Where a contract of that salt and init code stands."""
    return keccak_256(b"\xff" + creator + salt + keccak_256(init_code))[12:]


def create(context: Context, frame: Frame) -> None:
    """Make a contract, its address by the creator's nonce."""
    stack = frame.stack
    value, offset, length = stack.pop(), stack.pop(), stack.pop()
    _check_init_code(frame, offset, length, 0)
    init_code = frame.read(offset, length)
    creator = frame.message.address
    target = contract_address(creator, context.world.nonce(creator))
    _create(context, frame, target, value, init_code)


def create2(context: Context, frame: Frame) -> None:
    """Make a contract, its address by a salt and its init code."""
    stack = frame.stack
    value, offset, length, salt = stack.pop(), stack.pop(), stack.pop(), stack.pop()
    _check_init_code(frame, offset, length, KECCAK_WORD)
    init_code = frame.read(offset, length)
    target = salted_address(frame.message.address, salt.to_bytes(32, "big"), init_code)
    _create(context, frame, target, value, init_code)


def _check_init_code(frame: Frame, offset: int, length: int, word_price: int) -> None:
    refuse_static(frame)
    if length > INIT_CODE_BYTES_MAX:
        raise Halted(OutOfGas())
    frame.touch(offset, length, (INIT_CODE_WORD + word_price) * words(length))


def _create(context: Context, frame: Frame, target: bytes, value: int, init_code: bytes) -> None:
    message = frame.message
    context.substate.touch_address(target)
    passed = all_but_a_64th(frame.gas)
    frame.gas -= passed
    frame.return_data = b""
    frame.suspend(
        Message(
            purpose=Purpose.CREATE,
            caller=message.address,
            address=target,
            code_address=target,
            value=value,
            input=init_code,
            gas=passed,
            depth=message.depth + 1,
            is_static=False,
        )
    )


def call(context: Context, frame: Frame) -> None:
    """Call a contract, with value."""
    gas, target, value = _pop3(frame)
    if value:
        refuse_static(frame)
    areas = _pop_areas(frame)
    extra = access_price(context, target)
    if value:
        extra += CALL_VALUE + (NEW_ACCOUNT if context.world.is_empty(target) else 0)
    passed = _pay(frame, areas, extra, gas) + (STIPEND if value else 0)
    message = frame.message
    _suspend(
        frame,
        areas,
        _Parties(message.address, target, target),
        value,
        passed,
        is_static=message.is_static,
    )


def callcode(context: Context, frame: Frame) -> None:
    """Run another contract's code on this one's storage, with value that stays here."""
    gas, target, value = _pop3(frame)
    areas = _pop_areas(frame)
    extra = access_price(context, target) + (CALL_VALUE if value else 0)
    passed = _pay(frame, areas, extra, gas) + (STIPEND if value else 0)
    message = frame.message
    own = message.address
    parties = _Parties(own, own, target)
    _suspend(frame, areas, parties, value, passed, is_static=message.is_static)


def delegatecall(context: Context, frame: Frame) -> None:
    """Run another contract's code as if it stood here."""
    gas, target = frame.stack.pop(), to_address(frame.stack.pop())
    areas = _pop_areas(frame)
    passed = _pay(frame, areas, access_price(context, target), gas)
    message = frame.message
    _suspend(
        frame,
        areas,
        _Parties(message.caller, message.address, target),
        message.value,
        passed,
        is_static=message.is_static,
        transfers=False,
    )


def staticcall(context: Context, frame: Frame) -> None:
    """Call a contract that may change nothing."""
    gas, target = frame.stack.pop(), to_address(frame.stack.pop())
    areas = _pop_areas(frame)
    passed = _pay(frame, areas, access_price(context, target), gas)
    own = frame.message.address
    _suspend(frame, areas, _Parties(own, target, target), 0, passed, is_static=True)


_Areas = tuple[tuple[int, int], tuple[int, int]]
"""Of memory: where the input is, and where the output goes."""


class _Parties(NamedTuple):
    """Who calls, on whose account the code runs, and whose code it is."""

    caller: bytes
    address: bytes
    code_address: bytes


def _pop3(frame: Frame) -> tuple[int, bytes, int]:
    stack = frame.stack
    return stack.pop(), to_address(stack.pop()), stack.pop()


def _pop_areas(frame: Frame) -> _Areas:
    stack = frame.stack
    return (stack.pop(), stack.pop()), (stack.pop(), stack.pop())


def _pay(frame: Frame, areas: _Areas, extra: int, wanted: int) -> int:
    """Pay for a call and for the gas that goes with it, of which it returns the amount."""
    frame.charge(extra + frame.expansion_price(*areas))
    for offset, length in areas:
        frame.extend(offset, length)
    passed = min(wanted, all_but_a_64th(frame.gas))
    frame.gas -= passed
    return passed


def _suspend(
    frame: Frame,
    areas: _Areas,
    parties: _Parties,
    value: int,
    gas: int,
    *,
    is_static: bool,
    transfers: bool = True,
) -> None:
    frame.return_data = b""
    frame.suspend(
        Message(
            purpose=Purpose.CALL,
            caller=parties.caller,
            address=parties.address,
            code_address=parties.code_address,
            value=value,
            input=frame.read(*areas[0]),
            gas=gas,
            depth=frame.message.depth + 1,
            is_static=is_static,
            transfers=transfers,
        ),
        areas[1],
    )
