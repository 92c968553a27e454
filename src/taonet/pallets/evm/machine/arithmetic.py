"""Instructions on words: arithmetic, comparison, bits, keccak."""

from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import WORD, Frame
from taonet.pallets.evm.machine.gas import EXPONENT_BYTE, KECCAK_WORD, words
from taonet.pallets.subtensor.evm_keys import keccak_256

_SIGN = 1 << 255
_MODULUS = 1 << 256


def signed(word: int) -> int:
    """A word in two's complement."""
    return word - _MODULUS if word & _SIGN else word


def add(_: Context, frame: Frame) -> None:
    """a + b."""
    stack = frame.stack
    stack.append((stack.pop() + stack.pop()) & WORD)


def mul(_: Context, frame: Frame) -> None:
    """a * b."""
    stack = frame.stack
    stack.append((stack.pop() * stack.pop()) & WORD)


def sub(_: Context, frame: Frame) -> None:
    """a - b."""
    stack = frame.stack
    stack.append((stack.pop() - stack.pop()) & WORD)


def div(_: Context, frame: Frame) -> None:
    """a / b towards zero; 0 by zero."""
    stack = frame.stack
    dividend, divisor = stack.pop(), stack.pop()
    stack.append(dividend // divisor if divisor else 0)


def sdiv(_: Context, frame: Frame) -> None:
    """a / b towards zero, of signed words."""
    stack = frame.stack
    dividend, divisor = signed(stack.pop()), signed(stack.pop())
    if not divisor:
        stack.append(0)
        return
    quotient = abs(dividend) // abs(divisor)
    stack.append((quotient if (dividend < 0) == (divisor < 0) else -quotient) & WORD)


def mod(_: Context, frame: Frame) -> None:
    """a mod b; 0 by zero."""
    stack = frame.stack
    dividend, divisor = stack.pop(), stack.pop()
    stack.append(dividend % divisor if divisor else 0)


def smod(_: Context, frame: Frame) -> None:
    """a mod b of signed words, with the dividend's sign."""
    stack = frame.stack
    dividend, divisor = signed(stack.pop()), signed(stack.pop())
    if not divisor:
        stack.append(0)
        return
    rest = abs(dividend) % abs(divisor)
    stack.append((-rest if dividend < 0 else rest) & WORD)


def addmod(_: Context, frame: Frame) -> None:
    """(a + b) mod n, the sum unbounded."""
    stack = frame.stack
    total, divisor = stack.pop() + stack.pop(), stack.pop()
    stack.append(total % divisor if divisor else 0)


def mulmod(_: Context, frame: Frame) -> None:
    """(a * b) mod n, the product unbounded."""
    stack = frame.stack
    product, divisor = stack.pop() * stack.pop(), stack.pop()
    stack.append(product % divisor if divisor else 0)


def exp(_: Context, frame: Frame) -> None:
    """a to the b; each byte of the exponent costs."""
    stack = frame.stack
    radix, exponent = stack.pop(), stack.pop()
    frame.charge(EXPONENT_BYTE * ((exponent.bit_length() + 7) // 8))
    stack.append(pow(radix, exponent, _MODULUS))


def signextend(_: Context, frame: Frame) -> None:
    """Spread the sign of the byte of a place over the bytes above it."""
    stack = frame.stack
    place, value = stack.pop(), stack.pop()
    if place < 31:
        bits = 8 * (place + 1)
        low = value & ((1 << bits) - 1)
        value = (low - (1 << bits)) & WORD if low >> (bits - 1) else low
    stack.append(value)


def lt(_: Context, frame: Frame) -> None:
    """a < b."""
    stack = frame.stack
    stack.append(int(stack.pop() < stack.pop()))


def gt(_: Context, frame: Frame) -> None:
    """a > b."""
    stack = frame.stack
    stack.append(int(stack.pop() > stack.pop()))


def slt(_: Context, frame: Frame) -> None:
    """a < b of signed words."""
    stack = frame.stack
    stack.append(int(signed(stack.pop()) < signed(stack.pop())))


def sgt(_: Context, frame: Frame) -> None:
    """a > b of signed words."""
    stack = frame.stack
    stack.append(int(signed(stack.pop()) > signed(stack.pop())))


def eq(_: Context, frame: Frame) -> None:
    """a = b."""
    stack = frame.stack
    stack.append(int(stack.pop() == stack.pop()))


def iszero(_: Context, frame: Frame) -> None:
    """a = 0."""
    stack = frame.stack
    stack.append(int(stack.pop() == 0))


def and_(_: Context, frame: Frame) -> None:
    """Bits of both."""
    stack = frame.stack
    stack.append(stack.pop() & stack.pop())


def or_(_: Context, frame: Frame) -> None:
    """Bits of either."""
    stack = frame.stack
    stack.append(stack.pop() | stack.pop())


def xor(_: Context, frame: Frame) -> None:
    """Bits of one alone."""
    stack = frame.stack
    stack.append(stack.pop() ^ stack.pop())


def not_(_: Context, frame: Frame) -> None:
    """The other bits."""
    stack = frame.stack
    stack.append(stack.pop() ^ WORD)


def byte(_: Context, frame: Frame) -> None:
    """The byte of a place, counted from the highest."""
    stack = frame.stack
    place, value = stack.pop(), stack.pop()
    stack.append((value >> (8 * (31 - place))) & 0xFF if place < 32 else 0)


def shl(_: Context, frame: Frame) -> None:
    """Shift left."""
    stack = frame.stack
    shift, value = stack.pop(), stack.pop()
    stack.append((value << shift) & WORD if shift < 256 else 0)


def shr(_: Context, frame: Frame) -> None:
    """Shift right."""
    stack = frame.stack
    shift, value = stack.pop(), stack.pop()
    stack.append(value >> shift if shift < 256 else 0)


def sar(_: Context, frame: Frame) -> None:
    """Shift right, keeping the sign."""
    stack = frame.stack
    shift, value = stack.pop(), signed(stack.pop())
    stack.append((value >> min(shift, 256)) & WORD)


def keccak(_: Context, frame: Frame) -> None:
    """The hash of an area of memory."""
    stack = frame.stack
    offset, length = stack.pop(), stack.pop()
    frame.touch(offset, length, KECCAK_WORD * words(length))
    stack.append(int.from_bytes(keccak_256(frame.read(offset, length)), "big"))
