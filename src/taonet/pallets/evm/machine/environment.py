"""Instructions that ask: about the call, accounts, other code and the block."""

from taonet.pallets.evm.exit_reason import OutOfGas, OutOfOffset
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import Frame, Purpose, part
from taonet.pallets.evm.machine.gas import COLD_ACCOUNT, COPIED_WORD, WARM, words
from taonet.pallets.evm.machine.world import Halted

_ADDRESS_MASK = (1 << 160) - 1


def to_address(word: int) -> bytes:
    """The address in a word's lower 20 bytes."""
    return (word & _ADDRESS_MASK).to_bytes(20, "big")


def from_address(address: bytes) -> int:
    """An address as a word."""
    return int.from_bytes(address, "big")


def access_price(context: Context, address: bytes) -> int:
    """What it costs to look at an account, which is warm from then on."""
    return COLD_ACCOUNT if context.substate.touch_address(address) else WARM


def _pop_account(context: Context, frame: Frame) -> bytes:
    address = to_address(frame.stack.pop())
    frame.charge(access_price(context, address))
    return address


def address(_: Context, frame: Frame) -> None:
    """The contract's own address."""
    frame.stack.append(from_address(frame.message.address))


def balance(context: Context, frame: Frame) -> None:
    """An account's balance."""
    frame.stack.append(context.world.balance(_pop_account(context, frame)))


def origin(context: Context, frame: Frame) -> None:
    """Who signed the transaction."""
    frame.stack.append(from_address(context.origin))


def caller(_: Context, frame: Frame) -> None:
    """Who called the contract."""
    frame.stack.append(from_address(frame.message.caller))


def callvalue(_: Context, frame: Frame) -> None:
    """What came with the call."""
    frame.stack.append(frame.message.value)


def calldataload(_: Context, frame: Frame) -> None:
    """A word of the input."""
    offset = frame.stack.pop()
    frame.stack.append(int.from_bytes(part(_input(frame), offset, 32), "big"))


def calldatasize(_: Context, frame: Frame) -> None:
    """The input's length."""
    frame.stack.append(len(_input(frame)))


def calldatacopy(_: Context, frame: Frame) -> None:
    """A part of the input to memory."""
    _copy(frame, _input(frame))


def codesize(_: Context, frame: Frame) -> None:
    """The running code's length."""
    frame.stack.append(len(frame.code))


def codecopy(_: Context, frame: Frame) -> None:
    """A part of the running code to memory."""
    _copy(frame, frame.code)


def gasprice(context: Context, frame: Frame) -> None:
    """What a unit of gas costs."""
    frame.stack.append(context.gas_price)


def extcodesize(context: Context, frame: Frame) -> None:
    """The length of another contract's code."""
    frame.stack.append(context.world.code_size(_pop_account(context, frame)))


def extcodecopy(context: Context, frame: Frame) -> None:
    """A part of another contract's code to memory."""
    stack = frame.stack
    account = to_address(stack.pop())
    target, offset, length = stack.pop(), stack.pop(), stack.pop()
    price = COPIED_WORD * words(length)
    _refuse_expensive(frame, length)
    frame.touch(target, length, price + access_price(context, account))
    frame.write(target, part(context.world.code(account), offset, length))


def extcodehash(context: Context, frame: Frame) -> None:
    """The hash of another contract's code, 0 of an account that is empty."""
    account = _pop_account(context, frame)
    world = context.world
    empty = world.is_empty(account)
    frame.stack.append(0 if empty else int.from_bytes(world.code_hash(account), "big"))


def returndatasize(_: Context, frame: Frame) -> None:
    """The length of what the last call returned."""
    frame.stack.append(len(frame.return_data))


def returndatacopy(_: Context, frame: Frame) -> None:
    """A part of what the last call returned to memory; there is nothing beyond its end."""
    stack = frame.stack
    target, offset, length = stack.pop(), stack.pop(), stack.pop()
    _refuse_expensive(frame, length)
    frame.touch(target, length, COPIED_WORD * words(length))
    if offset + length > len(frame.return_data):
        raise Halted(OutOfOffset())
    frame.write(target, frame.return_data[offset : offset + length])


def blockhash(context: Context, frame: Frame) -> None:
    """An earlier block's hash."""
    number = frame.stack.pop()
    frame.stack.append(int.from_bytes(context.world.block_hash(number), "big"))


def coinbase(context: Context, frame: Frame) -> None:
    """The block's author."""
    frame.stack.append(from_address(context.world.block.coinbase))


def timestamp(context: Context, frame: Frame) -> None:
    """The block's time in seconds."""
    frame.stack.append(context.world.block.time_s)


def number(context: Context, frame: Frame) -> None:
    """The block's number."""
    frame.stack.append(context.world.block.number)


def prevrandao(_: Context, frame: Frame) -> None:
    """No randomness, as on the real chain."""
    frame.stack.append(0)


def gaslimit(context: Context, frame: Frame) -> None:
    """The gas that a block has."""
    frame.stack.append(context.world.block.gas_limit)


def chainid(context: Context, frame: Frame) -> None:
    """The chain's number."""
    frame.stack.append(context.world.block.chain_id)


def selfbalance(context: Context, frame: Frame) -> None:
    """The contract's own balance."""
    frame.stack.append(context.world.balance(frame.message.address))


def basefee(context: Context, frame: Frame) -> None:
    """The block's price of a unit of gas."""
    frame.stack.append(context.world.block.base_fee)


def _input(frame: Frame) -> bytes:
    """The call's data; a contract that is being made has none."""
    message = frame.message
    return b"" if message.purpose is Purpose.CREATE else message.input


def _copy(frame: Frame, source: bytes) -> None:
    stack = frame.stack
    target, offset, length = stack.pop(), stack.pop(), stack.pop()
    _refuse_expensive(frame, length)
    frame.touch(target, length, COPIED_WORD * words(length))
    frame.write(target, part(source, offset, length))


def _refuse_expensive(frame: Frame, length: int) -> None:
    """Say no before anything of that length is made."""
    if COPIED_WORD * words(length) > frame.gas:
        raise Halted(OutOfGas())
