"""
The fields of BLS12-381: integers modulo `P`, and its extensions of degree 2, 6 and 12.

An element of Fp2 is `(a, b)`, meaning a + b·u with u² = -1; of Fp6, `(x, y, z)` over Fp2 with
v³ = 1 + u; of Fp12, `(x, y)` over Fp6 with w² = v. Numbers are reduced by multiplication and may be
negative or unreduced between sums.

Source: draft-irtf-cfrg-pairing-friendly-curves-11, section 4.2.1.
"""

from functools import lru_cache
from typing import Final

Fp2 = tuple[int, int]
Fp6 = tuple[Fp2, Fp2, Fp2]
Fp12 = tuple[Fp6, Fp6]

P: Final = int(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f624"
    "1eabfffeb153ffffb9feffffffffaaab",
    16,
)
ORDER: Final = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
"""The number of points of each group."""

SEED: Final = 0xD201000000010000
"""The curve's parameter x is its negative."""

ZERO2: Final[Fp2] = (0, 0)
ONE2: Final[Fp2] = (1, 0)
ZERO6: Final[Fp6] = (ZERO2, ZERO2, ZERO2)
ONE6: Final[Fp6] = (ONE2, ZERO2, ZERO2)
ONE12: Final[Fp12] = (ONE6, ZERO6)


def square_root(value: int) -> int | None:
    """A square root modulo `P`, None if there is none."""
    root = pow(value, (P + 1) // 4, P)
    return root if root * root % P == value % P else None


def add2(a: Fp2, b: Fp2) -> Fp2:
    return a[0] + b[0], a[1] + b[1]


def sub2(a: Fp2, b: Fp2) -> Fp2:
    return a[0] - b[0], a[1] - b[1]


def mul2(a: Fp2, b: Fp2) -> Fp2:
    a0, a1 = a
    b0, b1 = b
    return (a0 * b0 - a1 * b1) % P, (a0 * b1 + a1 * b0) % P


def scale2(a: Fp2, factor: int) -> Fp2:
    return a[0] * factor % P, a[1] * factor % P


def square2(a: Fp2) -> Fp2:
    a0, a1 = a
    return (a0 + a1) * (a0 - a1) % P, 2 * a0 * a1 % P


def invert2(a: Fp2) -> Fp2:
    """The inverse; `ValueError` for zero."""
    norm = pow(a[0] * a[0] + a[1] * a[1], -1, P)
    return a[0] * norm % P, -a[1] * norm % P


def is_zero2(a: Fp2) -> bool:
    return a[0] % P == 0 and a[1] % P == 0


def square_root2(a: Fp2) -> Fp2 | None:
    """A square root in Fp2, None if there is none."""
    norm = square_root(a[0] * a[0] + a[1] * a[1])
    if norm is None:
        return None
    half = pow(2, -1, P)
    for sign in (norm, -norm):
        real = square_root((a[0] + sign) * half)
        if real is None:
            continue
        if real == 0:
            imaginary = square_root(-a[0])
            root = (0, imaginary or 0)
        else:
            root = (real, a[1] * pow(2 * real, -1, P) % P)
        if is_zero2(sub2(square2(root), a)):
            return root
    return None


def _times_v3(a: Fp2) -> Fp2:
    """The product with v³ = 1 + u."""
    return a[0] - a[1], a[0] + a[1]


def _add6(a: Fp6, b: Fp6) -> Fp6:
    return add2(a[0], b[0]), add2(a[1], b[1]), add2(a[2], b[2])


def _sub6(a: Fp6, b: Fp6) -> Fp6:
    return sub2(a[0], b[0]), sub2(a[1], b[1]), sub2(a[2], b[2])


def _mul6(a: Fp6, b: Fp6) -> Fp6:
    a0, a1, a2 = a
    b0, b1, b2 = b
    t0, t1, t2 = mul2(a0, b0), mul2(a1, b1), mul2(a2, b2)
    mixed12 = mul2(add2(a1, a2), add2(b1, b2))
    mixed01 = mul2(add2(a0, a1), add2(b0, b1))
    mixed02 = mul2(add2(a0, a2), add2(b0, b2))
    return (
        add2(t0, _times_v3(sub2(mixed12, add2(t1, t2)))),
        add2(sub2(mixed01, add2(t0, t1)), _times_v3(t2)),
        add2(sub2(mixed02, add2(t0, t2)), t1),
    )


def _times_w2(a: Fp6) -> Fp6:
    """The product with w² = v."""
    return _times_v3(a[2]), a[0], a[1]


def _invert6(a: Fp6) -> Fp6:
    a0, a1, a2 = a
    c0 = sub2(square2(a0), _times_v3(mul2(a1, a2)))
    c1 = sub2(_times_v3(square2(a2)), mul2(a0, a1))
    c2 = sub2(square2(a1), mul2(a0, a2))
    rest = _times_v3(add2(mul2(a2, c1), mul2(a1, c2)))
    inverse = invert2(add2(mul2(a0, c0), rest))
    return mul2(c0, inverse), mul2(c1, inverse), mul2(c2, inverse)


def mul12(a: Fp12, b: Fp12) -> Fp12:
    a0, a1 = a
    b0, b1 = b
    t0, t1 = _mul6(a0, b0), _mul6(a1, b1)
    mixed = _mul6(_add6(a0, a1), _add6(b0, b1))
    return _add6(t0, _times_w2(t1)), _sub6(mixed, _add6(t0, t1))


def square12(a: Fp12) -> Fp12:
    a0, a1 = a
    product = _mul6(a0, a1)
    mixed = _mul6(_add6(a0, a1), _add6(a0, _times_w2(a1)))
    return _sub6(mixed, _add6(product, _times_w2(product))), _add6(product, product)


def conjugate12(a: Fp12) -> Fp12:
    """a to the power of P⁶; the inverse of an element whose norm to Fp6 is one."""
    return a[0], _sub6(ZERO6, a[1])


def invert12(a: Fp12) -> Fp12:
    """The inverse; `ValueError` for zero."""
    a0, a1 = a
    inverse = _invert6(_sub6(_mul6(a0, a0), _times_w2(_mul6(a1, a1))))
    return _mul6(a0, inverse), _sub6(ZERO6, _mul6(a1, inverse))


def is_one12(a: Fp12) -> bool:
    (a0, a1, a2), odd = a
    return is_zero2(sub2(a0, ONE2)) and all(map(is_zero2, (a1, a2, *odd)))


def power2(a: Fp2, exponent: int) -> Fp2:
    """`a` to a power of 0 or more."""
    result = ONE2
    for bit in bin(exponent)[2:]:
        result = square2(result)
        if bit == "1":
            result = mul2(result, a)
    return result


@lru_cache(maxsize=1)
def _frobenius_factors() -> tuple[Fp2, ...]:
    """What the powers of w are multiplied by when an element is raised to P."""
    step = power2((1, 1), (P - 1) // 6)
    factors = [ONE2]
    for _ in range(5):
        factors.append(mul2(factors[-1], step))
    return tuple(factors)


def frobenius12(a: Fp12) -> Fp12:
    """`a` to the power of P."""
    factors = _frobenius_factors()

    def part(values: Fp6, first: int) -> Fp6:
        x, y, z = ((v[0], -v[1]) for v in values)
        return (
            mul2(x, factors[first]),
            mul2(y, factors[first + 2]),
            mul2(z, factors[first + 4]),
        )

    return part(a[0], 0), part(a[1], 1)
