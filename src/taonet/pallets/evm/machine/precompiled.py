"""
Ethereum's own native contracts, at the addresses that the real chain gives them.

There, addition on the curve stands at 9, and 6 dispatches calls, which is left out as pairing is.

Source: subtensor precompiles/src/lib.rs @ 14bc6f9; EIP-196, EIP-198, EIP-2565; frontier
frame/evm/precompile.
"""

from collections.abc import Mapping
from hashlib import sha3_256, sha256
from typing import Final

from taonet.pallets.evm.exit_reason import OtherError
from taonet.pallets.evm.machine.frame import part
from taonet.pallets.evm.machine.gas import words
from taonet.pallets.evm.machine.world import Halted, Native, NativeCall
from taonet.pallets.subtensor.evm_keys import recovered_address, recovered_public_key

MODEXP_BYTES_MAX: Final = 1024
"""The longest number that is raised to a power; more is refused as Osaka's EIP-7823 does."""

_CURVE_FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583
_Point = tuple[int, int] | None
"""A point of the curve y² = x³ + 3; None is the point at infinity."""


def address_of(number: int) -> bytes:
    """The address of a native contract."""
    return number.to_bytes(20, "big")


def _linear(call: NativeCall, base: int, word: int) -> None:
    call.gas.charge(base + word * words(len(call.input)))


def ecrecover(call: NativeCall) -> bytes:
    """Who signed a hash: hash, v, r and s, a word each; nothing where nobody did."""
    call.gas.charge(3000)
    signature = _signature(call.input)
    found = None if signature is None else recovered_address(part(call.input, 0, 32), signature)
    return b"" if found is None else bytes(12) + found


def ecrecover_public_key(call: NativeCall) -> bytes:
    """The public key of whoever signed a hash, in 64 bytes."""
    call.gas.charge(3000)
    signature = _signature(call.input)
    found = None if signature is None else recovered_public_key(part(call.input, 0, 32), signature)
    return b"" if found is None else found


def _signature(data: bytes) -> bytes | None:
    v = int.from_bytes(part(data, 32, 32), "big")
    return part(data, 64, 64) + bytes([v - 27]) if v in (27, 28) else None


def sha_256(call: NativeCall) -> bytes:
    """SHA-256."""
    _linear(call, 60, 12)
    return sha256(call.input).digest()


def ripemd_160(call: NativeCall) -> bytes:
    """RIPEMD-160, in a word."""
    _linear(call, 600, 120)
    # Slow to import, and few contracts ask for it.
    from Crypto.Hash import RIPEMD160

    return bytes(12) + RIPEMD160.new(call.input).digest()


def identity(call: NativeCall) -> bytes:
    """The input."""
    _linear(call, 15, 3)
    return call.input


def sha3_fips_256(call: NativeCall) -> bytes:
    """SHA3-256 of the standard, which keccak-256 is not."""
    _linear(call, 60, 12)
    return sha3_256(call.input).digest()


def modexp(call: NativeCall) -> bytes:
    """Base to the exponent, modulo a number; each is given with its length first."""
    data = call.input
    lengths = [int.from_bytes(part(data, 32 * i, 32), "big") for i in range(3)]
    base_length, exponent_length, modulus_length = lengths
    if max(lengths) > MODEXP_BYTES_MAX:
        call.gas.charge(call.gas.left)
        raise Halted(OtherError("the numbers are too long"))
    base = int.from_bytes(part(data, 96, base_length), "big")
    exponent_bytes = part(data, 96 + base_length, exponent_length)
    modulus_start = 96 + base_length + exponent_length
    modulus = int.from_bytes(part(data, modulus_start, modulus_length), "big")
    call.gas.charge(_modexp_price(base_length, modulus_length, exponent_bytes))
    if not modulus_length:
        return b""
    power = pow(base, int.from_bytes(exponent_bytes, "big"), modulus) if modulus else 0
    return power.to_bytes(modulus_length, "big")


def _modexp_price(base_length: int, modulus_length: int, exponent: bytes) -> int:
    eighths = (max(base_length, modulus_length) + 7) // 8
    head = int.from_bytes(exponent[:32], "big").bit_length()
    rounds = max(head - 1, 0) + 8 * max(len(exponent) - 32, 0)
    return max(200, eighths * eighths * max(rounds, 1) // 3)


def curve_add(call: NativeCall) -> bytes:
    """The sum of two points of alt_bn128."""
    call.gas.charge(150)
    return _encode_point(_sum(_point(call.input, 0), _point(call.input, 64)))


def curve_mul(call: NativeCall) -> bytes:
    """A point of alt_bn128, a number of times."""
    call.gas.charge(6000)
    point, times = _point(call.input, 0), int.from_bytes(part(call.input, 64, 32), "big")
    total: _Point = None
    while times:
        if times & 1:
            total = _sum(total, point)
        point, times = _sum(point, point), times >> 1
    return _encode_point(total)


def _point(data: bytes, offset: int) -> _Point:
    x = int.from_bytes(part(data, offset, 32), "big")
    y = int.from_bytes(part(data, offset + 32, 32), "big")
    if x == y == 0:
        return None
    if x >= _CURVE_FIELD or y >= _CURVE_FIELD or (y * y - x**3 - 3) % _CURVE_FIELD:
        raise Halted(OtherError("invalid curve point"))
    return x, y


def _sum(first: _Point, second: _Point) -> _Point:
    if first is None or second is None:
        return second if first is None else first
    (x1, y1), (x2, y2) = first, second
    if x1 == x2 and (y1 + y2) % _CURVE_FIELD == 0:
        return None
    if first == second:
        slope = 3 * x1 * x1 * pow(2 * y1, -1, _CURVE_FIELD)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, _CURVE_FIELD)
    x = (slope * slope - x1 - x2) % _CURVE_FIELD
    return x, (slope * (x1 - x) - y1) % _CURVE_FIELD


def _encode_point(point: _Point) -> bytes:
    x, y = point or (0, 0)
    return x.to_bytes(32, "big") + y.to_bytes(32, "big")


STANDARD: Final[Mapping[bytes, Native]] = {
    address_of(1): ecrecover,
    address_of(2): sha_256,
    address_of(3): ripemd_160,
    address_of(4): identity,
    address_of(5): modexp,
    address_of(7): curve_mul,
    address_of(9): curve_add,
    address_of(1024): sha3_fips_256,
    address_of(1025): ecrecover_public_key,
}
"""What needs nothing but its input."""
