"""Instructions on memory and storage, the lasting and the transient, and logs."""

from taonet.pallets.evm.exit_reason import InvalidCode, Opcode, OutOfGas
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import Frame
from taonet.pallets.evm.machine.gas import (
    COLD_SLOT,
    COPIED_WORD,
    LOG_BYTE,
    LOG_TOPIC,
    SLOT_CLEARED_REFUND,
    SLOT_RESET,
    SLOT_SET,
    STIPEND,
    WARM,
    words,
)
from taonet.pallets.evm.machine.substate import LogEntry
from taonet.pallets.evm.machine.world import Halted


def refuse_static(frame: Frame) -> None:
    """A call that may change nothing comes to an instruction that would."""
    if frame.message.is_static:
        raise Halted(InvalidCode(Opcode(frame.code[frame.pc - 1])))


def pop(_: Context, frame: Frame) -> None:
    """Drop a word."""
    frame.stack.pop()


def mload(_: Context, frame: Frame) -> None:
    """A word of memory."""
    offset = frame.stack.pop()
    frame.touch(offset, 32)
    frame.stack.append(int.from_bytes(frame.memory[offset : offset + 32], "big"))


def mstore(_: Context, frame: Frame) -> None:
    """A word to memory."""
    offset, value = frame.stack.pop(), frame.stack.pop()
    frame.touch(offset, 32)
    frame.memory[offset : offset + 32] = value.to_bytes(32, "big")


def mstore8(_: Context, frame: Frame) -> None:
    """A word's lowest byte to memory."""
    offset, value = frame.stack.pop(), frame.stack.pop()
    frame.touch(offset, 1)
    frame.memory[offset] = value & 0xFF


def msize(_: Context, frame: Frame) -> None:
    """The memory's length."""
    frame.stack.append(len(frame.memory))


def mcopy(_: Context, frame: Frame) -> None:
    """An area of memory to another."""
    stack = frame.stack
    target, source, length = stack.pop(), stack.pop(), stack.pop()
    price = frame.expansion_price((target, length), (source, length))
    frame.charge(COPIED_WORD * words(length) + price)
    frame.extend(max(target, source), length)
    frame.write(target, frame.read(source, length))


def sload(context: Context, frame: Frame) -> None:
    """A slot of storage."""
    slot, address = frame.stack.pop(), frame.message.address
    frame.charge(COLD_SLOT if context.substate.touch_slot(address, slot) else WARM)
    frame.stack.append(context.world.storage(address, slot))


def sstore(context: Context, frame: Frame) -> None:
    """A word to storage; what it costs depends on what the slot held before the transaction."""
    refuse_static(frame)
    slot, value = frame.stack.pop(), frame.stack.pop()
    if frame.gas <= STIPEND:
        raise Halted(OutOfGas())
    address, world, substate = frame.message.address, context.world, context.substate
    present = world.storage(address, slot)
    original = substate.original.setdefault((address, slot), present)
    price = COLD_SLOT if substate.touch_slot(address, slot) else 0
    if original == present and present != value:
        price += SLOT_SET if original == 0 else SLOT_RESET
    else:
        price += WARM
    frame.charge(price)
    refund = _storage_refund(original, present, value)
    if refund:
        substate.add_refund(refund)
    if present != value:
        world.set_storage(address, slot, value)


def _storage_refund(original: int, present: int, value: int) -> int:
    """Gas to give back, or to take back, for what a write frees."""
    if present == value:
        return 0
    refund = 0
    if original and present and not value:
        refund += SLOT_CLEARED_REFUND
    if original and not present:
        refund -= SLOT_CLEARED_REFUND
    if original == value:
        refund += SLOT_SET - WARM if original == 0 else SLOT_RESET - WARM
    return refund


def tload(context: Context, frame: Frame) -> None:
    """A slot of the transaction's own storage."""
    slot = frame.stack.pop()
    frame.stack.append(context.substate.transient.get((frame.message.address, slot), 0))


def tstore(context: Context, frame: Frame) -> None:
    """A word to the transaction's own storage."""
    refuse_static(frame)
    slot, value = frame.stack.pop(), frame.stack.pop()
    context.substate.set_transient(frame.message.address, slot, value)


def log(context: Context, frame: Frame) -> None:
    """Report an area of memory, under as many topics as the instruction's number says."""
    count = frame.code[frame.pc - 1] - 0xA0
    stack = frame.stack
    offset, length = stack.pop(), stack.pop()
    topics = tuple(stack.pop().to_bytes(32, "big") for _ in range(count))
    frame.touch(offset, length, LOG_BYTE * length + LOG_TOPIC * count)
    refuse_static(frame)
    data = frame.read(offset, length)
    context.substate.log(LogEntry(frame.message.address, topics, data))
