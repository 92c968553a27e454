"""
The driver: runs a message, and the messages that it leads to, without recursion.

The frames that wait for others are a list, so that how deep calls may nest is the EVM's rule and
not the language's.
"""

from taonet.pallets.evm.exit_reason import (
    RETURNED,
    REVERTED,
    STOPPED,
    CallTooDeep,
    CreateCollision,
    CreateContractLimit,
    Failed,
    InvalidCode,
    Opcode,
    OutOfFund,
    OutOfGas,
    StackOverflow,
    StackUnderflow,
)
from taonet.pallets.evm.machine.calls import CODE_BYTES_MAX
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import DEPTH_MAX, STACK_MAX, Frame, Message, Purpose, Result
from taonet.pallets.evm.machine.gas import CODE_BYTE
from taonet.pallets.evm.machine.instructions import INSTRUCTIONS
from taonet.pallets.evm.machine.world import (
    Checkpoint,
    Halted,
    Native,
    NativeCall,
    RevertedByNative,
)

_RESERVED_FIRST_BYTE = 0xEF
_CREATING = (0xF0, 0xF5)


class _Meter:
    """The gas of a native contract's call."""

    def __init__(self, left: int) -> None:
        self._left = left

    @property
    def left(self) -> int:
        """What is left."""
        return self._left

    def charge(self, amount: int) -> None:
        """Take gas; raises `Halted` of `OutOfGas`."""
        if amount > self._left:
            raise Halted(OutOfGas())
        self._left -= amount


def execute(context: Context, message: Message) -> Result:
    """Run a message to its end; what a failed one did is undone."""
    frames: list[Frame] = []
    started = _start(context, message)
    while True:
        if isinstance(started, Frame):
            frames.append(started)
        elif not frames:
            return started
        else:
            _resume(frames[-1], started)
        frame = frames[-1]
        _run(context, frame)
        if frame.wants is not None:
            message, frame.wants = frame.wants, None
            started = _start(context, message)
        else:
            frames.pop()
            started = _finish(context, frame)


def _run(context: Context, frame: Frame) -> None:
    """Run until the code ends, fails, or wants another message to run first."""
    try:
        _step(context, frame)
    except Halted as halted:
        frame.gas, frame.wants = 0, None
        frame.stop(Failed(halted.error))


def _step(context: Context, frame: Frame) -> None:
    code, stack, table = frame.code, frame.stack, INSTRUCTIONS
    end = len(code)
    while frame.running:
        place = frame.pc
        opcode = code[place] if place < end else 0
        instruction = table[opcode]
        if instruction is None:
            raise Halted(InvalidCode(Opcode(opcode)))
        height = len(stack)
        if height < instruction.takes:
            raise Halted(StackUnderflow())
        if height + instruction.grows > STACK_MAX:
            raise Halted(StackOverflow())
        gas = frame.gas - instruction.gas
        if gas < 0:
            raise Halted(OutOfGas())
        frame.gas = gas
        frame.pc = place + 1
        instruction.run(context, frame)


def _start(context: Context, message: Message) -> Frame | Result:
    """The frame that runs a message, or its result where nothing has to run."""
    world = context.world
    if message.depth > DEPTH_MAX:
        return Result(Failed(CallTooDeep()), message.gas, b"")
    if message.transfers and message.value and world.balance(message.caller) < message.value:
        return Result(Failed(OutOfFund()), message.gas, b"")
    if message.purpose is Purpose.CREATE:
        return _start_creation(context, message)
    checkpoint, mark = world.checkpoint(), context.substate.mark()
    try:
        if message.transfers:
            world.transfer(message.caller, message.address, message.value)
    except Halted as halted:
        checkpoint.rollback()
        return Result(Failed(halted.error), message.gas, b"")
    native = world.native(message.code_address)
    if native is not None:
        return _call_native(context, native, message, checkpoint, mark)
    code = world.code(message.code_address)
    if not code:
        checkpoint.commit()
        return Result(STOPPED, message.gas, b"")
    return Frame(message, code, checkpoint, mark)


def _start_creation(context: Context, message: Message) -> Frame | Result:
    world, target = context.world, message.address
    world.increment_nonce(message.caller)
    checkpoint, mark = world.checkpoint(), context.substate.mark()
    if world.code_size(target) or world.nonce(target):
        checkpoint.rollback()
        return Result(Failed(CreateCollision()), 0, b"")
    context.substate.note_created(target)
    world.clear_storage(target)
    try:
        world.transfer(message.caller, target, message.value)
    except Halted as halted:
        checkpoint.rollback()
        context.substate.revert(mark)
        return Result(Failed(halted.error), message.gas, b"")
    world.increment_nonce(target)
    return Frame(message, message.input, checkpoint, mark)


def _call_native(
    context: Context, native: Native, message: Message, checkpoint: Checkpoint, mark: int
) -> Result:
    meter = _Meter(message.gas)
    call = NativeCall(
        address=message.address,
        caller=message.caller,
        value=message.value,
        input=message.input,
        is_static=message.is_static,
        gas=meter,
        work=context.work,
    )
    try:
        output = native(call)
    except Halted as halted:
        result = Result(Failed(halted.error), 0, b"")
    except RevertedByNative as reverted:
        result = Result(REVERTED, meter.left, reverted.output)
    else:
        checkpoint.commit()
        return Result(RETURNED, meter.left, output)
    checkpoint.rollback()
    context.substate.revert(mark)
    return result


def _finish(context: Context, frame: Frame) -> Result:
    """Keep or undo what a frame did that has ended."""
    if frame.message.purpose is Purpose.CREATE and frame.reason.variant_index == 0:
        try:
            _deploy(context, frame)
        except Halted as halted:
            frame.gas = 0
            frame.stop(Failed(halted.error))
    result = Result(
        frame.reason,
        frame.gas,
        frame.output,
        frame.message.address if frame.message.purpose is Purpose.CREATE else None,
    )
    if result.success:
        frame.checkpoint.commit()
    else:
        frame.checkpoint.rollback()
        context.substate.revert(frame.mark)
    return result


def _deploy(context: Context, frame: Frame) -> None:
    """Make what the init code returned the contract's code."""
    code = frame.output
    if code and code[0] == _RESERVED_FIRST_BYTE:
        raise Halted(InvalidCode(Opcode(_RESERVED_FIRST_BYTE)))
    if len(code) > CODE_BYTES_MAX:
        raise Halted(CreateContractLimit())
    frame.charge(CODE_BYTE * len(code))
    context.world.set_code(frame.message.address, code)


def _resume(frame: Frame, result: Result) -> None:
    """Let a frame go on with what it waited for."""
    frame.running = True
    frame.gas += result.gas_left
    if frame.code[frame.pc - 1] in _CREATING:
        made = result.created if result.success else None
        frame.stack.append(0 if made is None else int.from_bytes(made, "big"))
        frame.return_data = result.output if result.reason == REVERTED else b""
        return
    frame.stack.append(int(result.success))
    frame.return_data = result.output
    offset, length = frame.return_area
    frame.write(offset, result.output[:length])
