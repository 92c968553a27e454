"""
Powers with fractional exponents, in integers of any size.

The pools' prices hang on the last digit of these powers, so the series, the guard bits and the
place where they stop are the chain's own. Every division by the internal scale is a shift, since
that scale is a power of two.

Most powers are of a base near one: a block's emission hardly moves a pool. Those are found with a
third of the bits and a known bound on the error, and computed as the chain does only where that
bound leaves two answers open.

Source: safe-bigmath 0.4.2, `SafeInt::pow_ratio_scaled`.
"""

from functools import lru_cache
from math import gcd, isqrt
from typing import Final

_EXACT_EXPONENT_MAX: Final = 1024
"""Exponents whose reduced parts are both at most this are computed exactly."""

_PRECISION_BITS_MIN: Final = 32
_GUARD_BITS: Final = 24

_SHORT_BITS: Final = 160
_SHORT_ERROR: Final = 1 << 40
"""
What a short power may be off by, in parts of `2**_SHORT_BITS`, and the chain's own with it.

Each of at most 45 terms of the logarithm is less than 3 parts off, and the exponent multiplies
that by 2 * 128 at most; the exponential of at most 1 multiplies it by less than 3 and adds less
than 100 parts: less than 2**18 in all. The chain's own series ends within its guard bits, which
with the factors of the exponent and of ln 2 leaves it less than one part off.
"""

_SHORT_PRECISION_BITS_MIN: Final = 200
_SHORT_EXPONENT_MAX: Final = 128

_ITERATIONS_MAX: Final = 4096
_ITERATIONS_BEYOND_PRECISION: Final = 128


def pow_ratio_scaled(
    base: tuple[int, int], exponent: tuple[int, int], precision_bits: int, scale: int
) -> int | None:
    """
    `(numerator / denominator of base) ** (numerator / denominator of exponent) * scale`.

    All four parts and the scale are whole and not negative. `None` if a denominator is zero. Exact
    and rounded down if the reduced exponent's parts are at most 1024; otherwise about
    `precision_bits` correct bits of the power, rounded down after scaling.

    Cost: 5 µs for a base near one, else 50 to 150 µs at 256 bits of precision, 1 ms at 1024.
    """
    base_numerator, base_denominator = base
    exponent_numerator, exponent_denominator = exponent
    if base_denominator == 0 or exponent_denominator == 0:
        return None
    if base_numerator == 0:
        return 0
    if exponent_numerator == 0:
        return scale
    divisor = gcd(exponent_numerator, exponent_denominator)
    exponent_numerator //= divisor
    exponent_denominator //= divisor
    if max(exponent_numerator, exponent_denominator) <= _EXACT_EXPONENT_MAX:
        power = base_numerator**exponent_numerator * scale**exponent_denominator
        return integer_root(power // base_denominator**exponent_numerator, exponent_denominator)

    if precision_bits >= _SHORT_PRECISION_BITS_MIN:
        short = _short_power(base, (exponent_numerator, exponent_denominator), scale)
        if short is not None:
            return short
    return _series_power(base, (exponent_numerator, exponent_denominator), precision_bits, scale)


def _short_power(base: tuple[int, int], exponent: tuple[int, int], scale: int) -> int | None:
    """
    The same to the last digit, from fewer bits; `None` where the base is too far from one, or the
    power too near a whole number to tell.
    """
    above, below = base
    exponent_numerator, exponent_denominator = exponent
    distance, whole = abs(above - below), above + below
    if 4 * distance > whole or exponent_numerator > _SHORT_EXPONENT_MAX * exponent_denominator:
        return None
    # ln(a / b) = 2 * artanh((a - b) / (a + b)), without its sign.
    term = logarithm = (distance << _SHORT_BITS) // whole
    square = term * term >> _SHORT_BITS
    n = 1
    while term:
        n += 2
        term = term * square >> _SHORT_BITS
        logarithm += term // n
    x = 2 * logarithm * exponent_numerator // exponent_denominator
    term = one = 1 << _SHORT_BITS
    if x > one:
        return None
    even, odd, n = one, 0, 0
    while term:
        n += 2
        term = (term * x >> _SHORT_BITS) // (n - 1)
        odd += term
        term = (term * x >> _SHORT_BITS) // n
        even += term
    power = even + odd if above >= below else even - odd
    low = (power - _SHORT_ERROR) * scale >> _SHORT_BITS
    high = (power + _SHORT_ERROR) * scale >> _SHORT_BITS
    return low if low == high else None


def _series_power(
    base: tuple[int, int], exponent: tuple[int, int], precision_bits: int, scale: int
) -> int:
    """The power by the chain's own series, with the chain's own number of bits."""
    base_numerator, base_denominator = base
    exponent_numerator, exponent_denominator = exponent
    requested = max(precision_bits, _PRECISION_BITS_MIN, scale.bit_length() + 8)
    precision = requested + _GUARD_BITS
    logarithm = _ln(base_numerator, precision) - _ln(base_denominator, precision)
    power = _exp(logarithm * exponent_numerator // exponent_denominator, precision)
    return _round_half_away(power) * scale >> requested


def integer_root(number: int, degree: int) -> int:
    """The largest integer whose `degree`-th power is at most `number`, for a number >= 0."""
    if degree == 1:
        return number
    if degree == 2:
        return isqrt(number)
    bits = (number.bit_length() - 1) // degree + 1
    if bits <= 1:
        return min(number, 1)
    # A root of the leading half of the digits, plus one, lies above the root: Newton's steps
    # from there fall, and the first that doesn't fall has reached it.
    shift = bits // 2
    root = integer_root(number >> degree * shift, degree) + 1 << shift
    while True:
        lower = ((degree - 1) * root + number // root ** (degree - 1)) // degree
        if lower >= root:
            return root
        root = lower


def _iterations(precision: int) -> int:
    # Odd 1: the cap cuts the exponential before it converges once the exponent times the
    # logarithm of the base passes about 136 (at 256 bits), and the sum of the first terms is
    # returned as if it were the power. The real chain does so too.
    return min(_ITERATIONS_MAX, precision + _ITERATIONS_BEYOND_PRECISION)


def _ln_one_plus(x: int, precision: int) -> int:
    """
    ln(1 + x) by its Taylor series; divisions round down, for negative terms too.

    It ends with the first step that lies within the guard bits. The chain also ends when the sum
    without its guard bits stays the same, which no larger step can leave it.
    """
    term = result = x
    for n in range(2, _iterations(precision) + 1):
        term = term * x >> precision
        step = term // n
        if n & 1:
            result += step
        else:
            result -= step
        if step.bit_length() <= _GUARD_BITS:
            break
    return result


@lru_cache(maxsize=16)
def _ln_two(precision: int) -> int:
    return -_ln_one_plus(-(1 << precision - 1), precision)


def _ln(number: int, precision: int) -> int:
    """The logarithm of a positive integer, from a mantissa brought into [0.75, 1.5)."""
    one = 1 << precision
    shift = number.bit_length() - 1
    mantissa = number << precision >> shift
    if mantissa >= one + (one >> 1):
        mantissa >>= 1
        shift += 1
    return _ln_one_plus(mantissa - one, precision) + _ln_two(precision) * shift


def _exp(x: int, precision: int) -> int:
    """e**x by its Taylor series; divisions round down, for negative terms too."""
    term = result = 1 << precision
    for n in range(1, _iterations(precision) + 1):
        term = (term * x >> precision) // n
        result += term
        if term.bit_length() <= _GUARD_BITS:
            break
    return result


def _round_half_away(value: int) -> int:
    """Drops the guard bits, to the nearest integer, halves away from zero."""
    half = 1 << _GUARD_BITS - 1
    return value + half >> _GUARD_BITS if value >= 0 else -(half - value >> _GUARD_BITS)
