"""Instructions that lead through the code, and out of it."""

from taonet.pallets.evm.exit_reason import (
    RETURNED,
    REVERTED,
    STOPPED,
    SUICIDED,
    DesignatedInvalid,
    InvalidJump,
)
from taonet.pallets.evm.machine.environment import to_address
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import Frame
from taonet.pallets.evm.machine.gas import COLD_ACCOUNT, NEW_ACCOUNT
from taonet.pallets.evm.machine.memory import refuse_static
from taonet.pallets.evm.machine.world import Halted


def stop(_: Context, frame: Frame) -> None:
    """End without output."""
    frame.stop(STOPPED)


def jump(_: Context, frame: Frame) -> None:
    """Go on elsewhere."""
    _jump_to(frame, frame.stack.pop())


def jumpi(_: Context, frame: Frame) -> None:
    """Go on elsewhere if a word is not zero."""
    target, condition = frame.stack.pop(), frame.stack.pop()
    if condition:
        _jump_to(frame, target)


def pc(_: Context, frame: Frame) -> None:
    """The instruction's own place."""
    frame.stack.append(frame.pc - 1)


def gas(_: Context, frame: Frame) -> None:
    """What gas is left."""
    frame.stack.append(frame.gas)


def jumpdest(_: Context, frame: Frame) -> None:
    """A place to land."""


def return_(_: Context, frame: Frame) -> None:
    """End with an area of memory as output."""
    frame.stop(RETURNED, _output(frame))


def revert(_: Context, frame: Frame) -> None:
    """End, undo everything and say why."""
    frame.stop(REVERTED, _output(frame))


def invalid(_: Context, __: Frame) -> None:
    """End, undo everything and burn the gas."""
    raise Halted(DesignatedInvalid())


def selfdestruct(context: Context, frame: Frame) -> None:
    """Give the balance away; a contract of this transaction is gone at its end."""
    world, substate, address = context.world, context.substate, frame.message.address
    heir = to_address(frame.stack.pop())
    price = COLD_ACCOUNT if substate.touch_address(heir) else 0
    value = world.balance(address)
    if value and world.is_empty(heir):
        price += NEW_ACCOUNT
    frame.charge(price)
    refuse_static(frame)
    world.transfer(address, heir, value)
    if address in substate.created:
        substate.note_destroyed(address)
    frame.stop(SUICIDED)


def _jump_to(frame: Frame, target: int) -> None:
    if target not in frame.targets:
        raise Halted(InvalidJump())
    frame.pc = target


def _output(frame: Frame) -> bytes:
    offset, length = frame.stack.pop(), frame.stack.pop()
    frame.touch(offset, length)
    return frame.read(offset, length)
