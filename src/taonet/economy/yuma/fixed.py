"""
Arrays of I32F32: numbers with 32 fraction bits, as raw bits in int64, with the chain's rounding.

Everything an epoch computes with is at most 1 after it was normalised, so that a product of two
numbers fits 64 bits and NumPy needs no wider type. Two corners don't fit and are handled where they
arise: 1 times 1, and bonds that a bonds moving average above 1 has let grow, which go through
Python's integers.

Sums are sums of bits: each product is rounded before it is added, which is why nothing here is a
matrix product of NumPy.

Source: substrate-fixed 0.6.0, primitives/safe-math @ 14bc6f9.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taonet.primitives.fixed_point import I64_MAX, U16_MAX, truncating_div

Bits: TypeAlias = NDArray[np.int64]
"""Raw bits of I32F32 numbers."""

Mask: TypeAlias = NDArray[np.bool_]
"""True where an element counts."""

FRACTION_BITS: Final = 32
ONE: Final = 1 << FRACTION_BITS

FLOAT_EXACT_LIMIT: Final = 2**53
"""Integers below this are exact in a float64, which makes a first guess of a quotient good."""


def multiply(numbers: Bits, factors: Bits) -> Bits:
    """
    `numbers * factors`, rounded down; both in 0..1 and broadcast together.

    Give the operand that is the smaller array as `factors`: it is searched for a 1.
    """
    products = (numbers * factors).view(np.uint64)
    products >>= np.uint64(FRACTION_BITS)
    result = products.view(np.int64)
    if factors.size and factors.max() >= ONE:
        # 1 times 1 is 2**64 and has left no bits in the product.
        np.copyto(result, numbers, where=factors == ONE)
    return result


def divide(dividends: Bits, divisors: Bits) -> Bits:
    """
    `dividends / divisors`, rounded down, for 0 <= dividend <= divisor; 0 / 0 is 0.

    The quotient of two float64 is a guess that is right or one too high, and integers decide:
    the answer does not depend on how a machine rounds.
    """
    divisors = np.maximum(divisors, 1)
    if divisors.size and divisors.max() >= FLOAT_EXACT_LIMIT:
        return _divide_wide(dividends, divisors)
    guesses = dividends * np.float64(ONE)
    guesses /= divisors
    quotients = guesses.astype(np.int64)
    # The shift and the product may wrap, their difference does not.
    remainders = dividends << FRACTION_BITS
    remainders -= quotients * divisors
    quotients -= remainders < 0
    return quotients


def _divide_wide(dividends: Bits, divisors: Bits) -> Bits:
    """`divide` in Python's integers."""
    quotients = (dividends.astype(object) << FRACTION_BITS) // divisors.astype(object)
    return np.asarray(quotients, dtype=np.int64)


def reciprocal(numbers: Bits) -> Bits:
    """`1 / numbers`, rounded down, for numbers from 1 to 2**29."""
    quotients = (np.float64(ONE) * np.float64(ONE) / numbers).astype(np.int64)
    # Large numbers lose bits as floats: the guess may miss by one either way. 2**64 wraps to 0.
    remainders = -quotients * numbers
    quotients -= remainders < 0
    remainders = -quotients * numbers
    quotients += remainders >= numbers
    return quotients


def normalise(numbers: Bits) -> Bits:
    """Each number over the sum of all, rounded down; zeros stay."""
    return divide(numbers, numbers.sum(keepdims=True))


def normalise_columns(matrix: Bits) -> Bits:
    """Each number over the sum of its column, rounded down; columns of zeros stay."""
    return divide(matrix, column_sums(matrix))


def column_sums(matrix: Bits) -> Bits:
    """The sum of each column, at most the largest I32F32; numbers are not negative."""
    if matrix.size and int(matrix.max()) * matrix.shape[0] > I64_MAX:
        wide = matrix.astype(object).sum(axis=0)
        return np.asarray(np.minimum(wide, I64_MAX), dtype=np.int64)
    sums: Bits = matrix.sum(axis=0)
    return sums


def upscale_columns(matrix: Bits) -> Bits:
    """Each number over the largest of its column, rounded down; columns of zeros stay."""
    return divide(matrix, matrix.max(axis=0, initial=0))


def from_u16_proportion(part: int) -> int:
    """`part / 65535` of a u16, rounded down."""
    return (part << FRACTION_BITS) // U16_MAX


def u16_proportions(parts: Bits) -> Bits:
    """`part / 65535` of each u16, rounded down."""
    # 2**32 is 65535 * 65537 + 1: the quotient needs no division.
    quotients: Bits = parts * (U16_MAX + 2)
    quotients += parts == U16_MAX
    return quotients


def to_u16(numbers: Bits) -> NDArray[np.uint16]:
    """`numbers * 65535`, rounded down; numbers above 1 count as 1, negative ones as 0."""
    proportions = np.clip(numbers, 0, ONE) * U16_MAX >> FRACTION_BITS
    return proportions.astype(np.uint16)


def multiply_wide(numbers: Bits, factor: int) -> NDArray[np.object_]:
    """`numbers * factor`, rounded down and clamped, for any size or sign; in Python's integers."""
    products = numbers.astype(object) * factor >> FRACTION_BITS
    return np.clip(products, -I64_MAX - 1, I64_MAX)


def quotient_towards_zero(dividend: int, divisor: int) -> int:
    """`dividend / divisor` of two whole numbers."""
    return truncating_div(dividend << FRACTION_BITS, divisor)


def bits(numbers: Sequence[int]) -> Bits:
    """An array of raw bits."""
    return np.array(numbers, dtype=np.int64)
