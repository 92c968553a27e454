"""
The table of instructions: what each is called, costs, takes from the stack and leaves on it.

Source: Ethereum's Cancun fork; what needs blobs is not there, as on the real chain.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from taonet.pallets.evm.machine import arithmetic, calls, control, environment, memory
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import Frame

Run = Callable[[Context, Frame], None]


@dataclass(frozen=True, slots=True)
class Instruction:
    """`gas` is what it costs at least; `grows` how many more words the stack has after it."""

    run: Run
    gas: int
    takes: int
    grows: int


def push(count: int) -> Run:
    """The instruction that pushes the next `count` bytes of code."""

    def run(_: Context, frame: Frame) -> None:
        start = frame.pc
        end = start + count
        data = frame.code[start:end]
        if len(data) < count:
            data = data.ljust(count, b"\0")
        frame.stack.append(int.from_bytes(data, "big"))
        frame.pc = end

    return run


def duplicate(place: int) -> Run:
    """The instruction that copies the word of a place, counted from the top."""

    def run(_: Context, frame: Frame) -> None:
        frame.stack.append(frame.stack[-place])

    return run


def swap(place: int) -> Run:
    """The instruction that exchanges the top and the word so many below it."""

    def run(_: Context, frame: Frame) -> None:
        stack = frame.stack
        stack[-1], stack[-1 - place] = stack[-1 - place], stack[-1]

    return run


_PLAIN: Final[dict[int, tuple[Run, int, int, int]]] = {
    0x00: (control.stop, 0, 0, 0),
    0x01: (arithmetic.add, 3, 2, 1),
    0x02: (arithmetic.mul, 5, 2, 1),
    0x03: (arithmetic.sub, 3, 2, 1),
    0x04: (arithmetic.div, 5, 2, 1),
    0x05: (arithmetic.sdiv, 5, 2, 1),
    0x06: (arithmetic.mod, 5, 2, 1),
    0x07: (arithmetic.smod, 5, 2, 1),
    0x08: (arithmetic.addmod, 8, 3, 1),
    0x09: (arithmetic.mulmod, 8, 3, 1),
    0x0A: (arithmetic.exp, 10, 2, 1),
    0x0B: (arithmetic.signextend, 5, 2, 1),
    0x10: (arithmetic.lt, 3, 2, 1),
    0x11: (arithmetic.gt, 3, 2, 1),
    0x12: (arithmetic.slt, 3, 2, 1),
    0x13: (arithmetic.sgt, 3, 2, 1),
    0x14: (arithmetic.eq, 3, 2, 1),
    0x15: (arithmetic.iszero, 3, 1, 1),
    0x16: (arithmetic.and_, 3, 2, 1),
    0x17: (arithmetic.or_, 3, 2, 1),
    0x18: (arithmetic.xor, 3, 2, 1),
    0x19: (arithmetic.not_, 3, 1, 1),
    0x1A: (arithmetic.byte, 3, 2, 1),
    0x1B: (arithmetic.shl, 3, 2, 1),
    0x1C: (arithmetic.shr, 3, 2, 1),
    0x1D: (arithmetic.sar, 3, 2, 1),
    0x20: (arithmetic.keccak, 30, 2, 1),
    0x30: (environment.address, 2, 0, 1),
    0x31: (environment.balance, 0, 1, 1),
    0x32: (environment.origin, 2, 0, 1),
    0x33: (environment.caller, 2, 0, 1),
    0x34: (environment.callvalue, 2, 0, 1),
    0x35: (environment.calldataload, 3, 1, 1),
    0x36: (environment.calldatasize, 2, 0, 1),
    0x37: (environment.calldatacopy, 3, 3, 0),
    0x38: (environment.codesize, 2, 0, 1),
    0x39: (environment.codecopy, 3, 3, 0),
    0x3A: (environment.gasprice, 2, 0, 1),
    0x3B: (environment.extcodesize, 0, 1, 1),
    0x3C: (environment.extcodecopy, 0, 4, 0),
    0x3D: (environment.returndatasize, 2, 0, 1),
    0x3E: (environment.returndatacopy, 3, 3, 0),
    0x3F: (environment.extcodehash, 0, 1, 1),
    0x40: (environment.blockhash, 20, 1, 1),
    0x41: (environment.coinbase, 2, 0, 1),
    0x42: (environment.timestamp, 2, 0, 1),
    0x43: (environment.number, 2, 0, 1),
    0x44: (environment.prevrandao, 2, 0, 1),
    0x45: (environment.gaslimit, 2, 0, 1),
    0x46: (environment.chainid, 2, 0, 1),
    0x47: (environment.selfbalance, 5, 0, 1),
    0x48: (environment.basefee, 2, 0, 1),
    0x50: (memory.pop, 2, 1, 0),
    0x51: (memory.mload, 3, 1, 1),
    0x52: (memory.mstore, 3, 2, 0),
    0x53: (memory.mstore8, 3, 2, 0),
    0x54: (memory.sload, 0, 1, 1),
    0x55: (memory.sstore, 0, 2, 0),
    0x56: (control.jump, 8, 1, 0),
    0x57: (control.jumpi, 10, 2, 0),
    0x58: (control.pc, 2, 0, 1),
    0x59: (memory.msize, 2, 0, 1),
    0x5A: (control.gas, 2, 0, 1),
    0x5B: (control.jumpdest, 1, 0, 0),
    0x5C: (memory.tload, 100, 1, 1),
    0x5D: (memory.tstore, 100, 2, 0),
    0x5E: (memory.mcopy, 3, 3, 0),
    0xF0: (calls.create, 32_000, 3, 1),
    0xF1: (calls.call, 0, 7, 1),
    0xF2: (calls.callcode, 0, 7, 1),
    0xF3: (control.return_, 0, 2, 0),
    0xF4: (calls.delegatecall, 0, 6, 1),
    0xF5: (calls.create2, 32_000, 4, 1),
    0xFA: (calls.staticcall, 0, 6, 1),
    0xFD: (control.revert, 0, 2, 0),
    0xFE: (control.invalid, 0, 0, 0),
    0xFF: (control.selfdestruct, 5_000, 1, 0),
}


def _numbered() -> Iterator[tuple[int, Instruction]]:
    """The families whose members differ in a number."""
    for count in range(33):
        yield 0x5F + count, Instruction(push(count), 3 if count else 2, 0, 1)
    for place in range(1, 17):
        yield 0x7F + place, Instruction(duplicate(place), 3, place, 1)
        yield 0x8F + place, Instruction(swap(place), 3, place + 1, 0)
    for topics in range(5):
        yield 0xA0 + topics, Instruction(memory.log, 375, topics + 2, -topics - 2)


def _table() -> tuple[Instruction | None, ...]:
    known = {
        number: Instruction(run, gas, takes, leaves - takes)
        for number, (run, gas, takes, leaves) in _PLAIN.items()
    } | dict(_numbered())
    return tuple(known.get(number) for number in range(256))


INSTRUCTIONS: Final = _table()
"""By number; None where there is no instruction."""
