"""
The two groups of BLS12-381 and the encoding of their points.

A point is `(x, y)`, or None for the point at infinity. G1 is on y² = x³ + 4 over Fp, G2 on
y² = x³ + 4(1 + u) over Fp2. Only points of the groups of prime order are decoded.

Source: draft-irtf-cfrg-pairing-friendly-curves-11, sections 4.2.1 and appendix C.
"""

from functools import lru_cache
from typing import Final

from tests.primitives.bls12_381.plain.fields import (
    ORDER,
    Fp2,
    P,
    add2,
    invert2,
    is_zero2,
    mul2,
    scale2,
    square2,
    square_root,
    square_root2,
    sub2,
)

G1 = tuple[int, int] | None
G2 = tuple[Fp2, Fp2] | None

G1_BYTES: Final = 48
G2_BYTES: Final = 96

COMPRESSED: Final = 0x80
INFINITY: Final = 0x40
Y_IS_LARGER: Final = 0x20

GENERATOR2: Final[G2] = (
    (
        0x024AA2B2F08F0A91260805272DC51051C6E47AD4FA403B02B4510B647AE3D1770BAC0326A805BBEFD48056C8C121BDB8,
        0x13E02B6052719F607DACD3A088274F65596BD0D09920B61AB5DA61BBDC7F5049334CF11213945D57E5AC7D055D042B7E,
    ),
    (
        0x0CE5D527727D6E118CC9CDC6DA2E351AADFD9BAA8CBDD3A76D429A695160D12C923AC9CC3BACA289E193548608B82801,
        0x0606C4A02EA734CC32ACD2B02BC28B99CB3E287E85A763AF267492AB572E99AB3F370D275CEC1DA1AAA9075FF05F79BE,
    ),
)


class NotAPoint(ValueError):
    """Bytes that do not encode a point of the group."""


def add_points(a: G1, b: G1) -> G1:
    """The sum of two points over Fp."""
    if a is None or b is None:
        return a if b is None else b
    (ax, ay), (bx, by) = a, b
    if ax == bx:
        if (ay + by) % P == 0:
            return None
        slope = 3 * ax * ax * pow(2 * ay, -1, P) % P
    else:
        slope = (by - ay) * pow(bx - ax, -1, P) % P
    x = (slope * slope - ax - bx) % P
    return x, (slope * (ax - x) - ay) % P


def multiply(point: G1, factor: int) -> G1:
    """`factor`, 0 or more, times a point over Fp."""
    result: G1 = None
    for bit in bin(factor)[2:]:
        result = add_points(result, result)
        if bit == "1":
            result = add_points(result, point)
    return result


def negate(point: G1) -> G1:
    """The point that adds to infinity."""
    return None if point is None else (point[0], P - point[1])


def add_points2(a: G2, b: G2) -> G2:
    """The sum of two points over Fp2."""
    if a is None or b is None:
        return a if b is None else b
    (ax, ay), (bx, by) = a, b
    if is_zero2(sub2(ax, bx)):
        if is_zero2(add2(ay, by)):
            return None
        slope = mul2(scale2(square2(ax), 3), invert2(scale2(ay, 2)))
    else:
        slope = mul2(sub2(by, ay), invert2(sub2(bx, ax)))
    x = _reduced(sub2(square2(slope), add2(ax, bx)))
    return x, _reduced(sub2(mul2(slope, sub2(ax, x)), ay))


def multiply2(point: G2, factor: int) -> G2:
    """`factor`, 0 or more, times a point over Fp2."""
    result: G2 = None
    for bit in bin(factor)[2:]:
        result = add_points2(result, result)
        if bit == "1":
            result = add_points2(result, point)
    return result


@lru_cache(maxsize=16)
def decode_g1(data: bytes) -> G1:
    """The point that 48 compressed bytes encode; raises `NotAPoint`."""
    flags, (x,) = _coordinates(data, 1)
    if flags & INFINITY:
        return None
    y = square_root(x * x * x + 4)
    if y is None:
        raise NotAPoint("no point of the curve has this x")
    larger = y > P - y
    point = (x, y if larger == bool(flags & Y_IS_LARGER) else P - y)
    if multiply(point, ORDER) is not None:
        raise NotAPoint("the point is not of the group of prime order")
    return point


@lru_cache(maxsize=4)
def decode_g2(data: bytes) -> G2:
    """The point that 96 compressed bytes encode; raises `NotAPoint`."""
    flags, (imaginary, real) = _coordinates(data, 2)
    if flags & INFINITY:
        return None
    x = (real, imaginary)
    y = square_root2(add2(mul2(square2(x), x), (4, 4)))
    if y is None:
        raise NotAPoint("no point of the curve has this x")
    negative = _reduced((-y[0], -y[1]))
    larger = (y[1], y[0]) > (negative[1], negative[0])
    point = (x, y if larger == bool(flags & Y_IS_LARGER) else negative)
    if multiply2(point, ORDER) is not None:
        raise NotAPoint("the point is not of the group of prime order")
    return point


def _reduced(a: Fp2) -> Fp2:
    return a[0] % P, a[1] % P


def _coordinates(data: bytes, count: int) -> tuple[int, list[int]]:
    """The flags of an encoded point and its numbers."""
    if len(data) != count * G1_BYTES:
        raise NotAPoint(f"{len(data)} bytes, where a point has {count * G1_BYTES}")
    flags = data[0] & (COMPRESSED | INFINITY | Y_IS_LARGER)
    plain = bytes([data[0] & 0x1F]) + data[1:]
    numbers = [
        int.from_bytes(plain[i * G1_BYTES : (i + 1) * G1_BYTES], "big") for i in range(count)
    ]
    if not flags & COMPRESSED:
        raise NotAPoint("the point is not compressed")
    if flags & INFINITY and (flags & Y_IS_LARGER or any(numbers)):
        raise NotAPoint("the point at infinity has no coordinates")
    if any(number >= P for number in numbers):
        raise NotAPoint("a coordinate is not below the field's size")
    return flags, numbers
