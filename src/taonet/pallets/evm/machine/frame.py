"""One running contract: its code, stack, memory and gas; and what makes one run."""

import enum
from dataclasses import dataclass
from functools import lru_cache

from taonet.pallets.evm.exit_reason import STOPPED, ExitReason, OutOfGas
from taonet.pallets.evm.machine.gas import memory_price, words
from taonet.pallets.evm.machine.world import Checkpoint, Halted

WORD = 2**256 - 1
"""The largest value of a word; arithmetic is modulo one more."""

STACK_MAX = 1024
DEPTH_MAX = 1024

MEMORY_BYTES_MAX = 2**32
"""Memory beyond this costs more gas than there is; the bound keeps the arithmetic small."""

ANALYSES_MAX = 256
"""So many contracts' jump targets are remembered."""

_PUSH1, _PUSH32, _JUMPDEST = 0x60, 0x7F, 0x5B


class Purpose(enum.Enum):
    """What a frame runs for."""

    CALL = "call"
    CREATE = "create"


@dataclass(frozen=True)
class Message:
    """
    A call, or a contract's creation (then `input` is its init code), to be run.

    `value` is what the code is told; `transfers` says whether it moves as well.
    """

    purpose: Purpose
    caller: bytes
    address: bytes
    code_address: bytes
    value: int
    input: bytes
    gas: int
    depth: int
    is_static: bool
    transfers: bool = True


@dataclass(frozen=True)
class Result:
    """What became of a message; `output` is what it returned, or why it reverted."""

    reason: ExitReason
    gas_left: int
    output: bytes
    created: bytes | None = None

    @property
    def success(self) -> bool:
        """Whether what it did stays."""
        return self.reason.variant_index == 0


@lru_cache(maxsize=ANALYSES_MAX)
def jump_targets(code: bytes) -> frozenset[int]:
    """Where a jump may land: at a JUMPDEST that is no part of a PUSH's data."""
    targets, place, end = set(), 0, len(code)
    while place < end:
        opcode = code[place]
        if opcode == _JUMPDEST:
            targets.add(place)
        elif _PUSH1 <= opcode <= _PUSH32:
            place += opcode - _PUSH1 + 1
        place += 1
    return frozenset(targets)


class Frame:
    """A contract while it runs; `wants` is a message that has to run before it goes on."""

    __slots__ = (
        "checkpoint",
        "code",
        "gas",
        "mark",
        "memory",
        "message",
        "output",
        "pc",
        "reason",
        "return_area",
        "return_data",
        "running",
        "stack",
        "targets",
        "wants",
    )

    def __init__(self, message: Message, code: bytes, checkpoint: Checkpoint, mark: int) -> None:
        self.message = message
        self.code = code
        self.checkpoint = checkpoint
        self.mark = mark
        self.gas = message.gas
        self.pc = 0
        self.stack: list[int] = []
        self.memory = bytearray()
        self.targets = jump_targets(code)
        self.return_data = b""
        self.running = True
        self.reason: ExitReason = STOPPED
        self.output = b""
        self.wants: Message | None = None
        self.return_area = (0, 0)

    def charge(self, amount: int) -> None:
        """Take gas; raises `Halted` of `OutOfGas`."""
        if amount > self.gas:
            raise Halted(OutOfGas())
        self.gas -= amount

    def expansion_price(self, *areas: tuple[int, int]) -> int:
        """What it costs to make memory hold all areas, each an offset and a length."""
        end = max((offset + length for offset, length in areas if length), default=0)
        present = len(self.memory) // 32
        if end <= len(self.memory):
            return 0
        if end > MEMORY_BYTES_MAX:
            raise Halted(OutOfGas())
        return memory_price(words(end)) - memory_price(present)

    def extend(self, offset: int, length: int) -> None:
        """Make memory hold an area that is paid for."""
        if length and offset + length > len(self.memory):
            missing = words(offset + length) * 32 - len(self.memory)
            self.memory += bytes(missing)

    def touch(self, offset: int, length: int, price: int = 0) -> None:
        """Pay for an area of memory, and `price`, and make memory hold it."""
        self.charge(price + self.expansion_price((offset, length)))
        self.extend(offset, length)

    def read(self, offset: int, length: int) -> bytes:
        """An area of memory that is there."""
        return bytes(self.memory[offset : offset + length]) if length else b""

    def write(self, offset: int, data: bytes) -> None:
        """Write to memory that is there."""
        if data:
            self.memory[offset : offset + len(data)] = data

    def stop(self, reason: ExitReason, output: bytes = b"") -> None:
        """End the run."""
        self.running, self.reason, self.output = False, reason, output

    def suspend(self, message: Message, return_area: tuple[int, int] = (0, 0)) -> None:
        """Wait for a message to run; its output goes to the area of memory."""
        self.running, self.wants, self.return_area = False, message, return_area


def part(data: bytes, offset: int, length: int) -> bytes:
    """A part of `data`, zeros where there is none."""
    if offset >= len(data):
        return bytes(length)
    return data[offset : offset + length].ljust(length, b"\0")
