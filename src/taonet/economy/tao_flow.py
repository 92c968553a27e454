"""
Shares of the emission by how much TAO flows into each subnet, as earlier rules had it.

What stakers bring less what they take is averaged over about a month; the averages above a lower
limit, raised to a power, are the shares. Net flow first takes off what the protocol itself brought.

Source: subtensor pallets/subtensor/src/coinbase/subnet_emissions.rs `get_shares_flow` and what it
calls; primitives/safe-math/src/lib.rs `checked_sqrt` @ 14bc6f9; substrate-fixed 0.6.0
transcendental.rs `ln`, `exp`.
"""

from collections.abc import Sequence
from typing import Final

from taonet.primitives.fixed_point import (
    I32F32,
    I64_MAX,
    I64F64,
    U64_MAX,
    U64F64,
    i32f32,
    i64f64,
    u64f64,
)

_LARGEST: Final = 2**31 - 1
"""The largest whole number of an `I32F32`."""

_LOG2_E: Final = I32F32(0xB8AA3B << 9)
_E: Final = I32F32(0x15BF0A8 << 9)
"""Constants of the real chain, which holds them to 23 fraction bits."""

_TAYLOR_TERMS: Final = 32
_ROOT_STEPS_MAX: Final = 129
_ROOT_PRECISION: Final = u64f64.from_ratio(1, 1_000)


def next_average(average: I64F64, flow_rao: int, smoothing_factor: int) -> I64F64:
    """
    The moving average of a flow in rao after one more block.

    `smoothing_factor` is the weight of the block, over 2**63 - 1; the flow is an i64.
    """
    weight = i64f64.from_ratio(smoothing_factor, I64_MAX)
    kept = i64f64.mul_floor(i64f64.saturating_sub(i64f64.one, weight), average)
    return i64f64.saturating_add(kept, i64f64.mul_floor(weight, i64f64.from_int(flow_rao)))


def net_of_protocol(stakers: Sequence[I64F64], protocol: Sequence[I64F64]) -> list[I64F64]:
    """
    Stakers' averages less the protocol's, by subnet.

    What the protocol brought is scaled so that it takes off at most what stakers brought; what it
    drained counts in full, in the subnet's favour.
    """
    brought = i64f64.saturate(sum(max(flow, i64f64.zero) for flow in stakers))
    by_protocol = i64f64.saturate(sum(max(flow, i64f64.zero) for flow in protocol))
    factor = min(i64f64.safe_div(brought, by_protocol), i64f64.one)
    return [
        i64f64.saturating_sub(theirs, i64f64.mul_floor(factor, own) if own > 0 else own)
        for theirs, own in zip(stakers, protocol, strict=True)
    ]


def flow_shares(averages: Sequence[I64F64], cutoff: I64F64, exponent: U64F64) -> list[U64F64]:
    """
    Each subnet's part of the emission by its average; all 0 if none is above the lower limit.

    The limit is the lowest average, or 0 if all are above it, but at least `cutoff`.
    """
    limit = max(cutoff, min((min(flow, i64f64.zero) for flow in averages), default=i64f64.zero))
    above = [u64f64.saturate(max(flow - limit, 0)) for flow in averages]
    return normalised_powers(above, exponent)


def normalised_powers(values: Sequence[U64F64], exponent: U64F64) -> list[U64F64]:
    """
    The values to a power, as parts of their sum; all 0 if every value is.

    Scaled up as far as the narrow format of the power allows for an exponent of 2, first.
    """
    highest = max(values, default=u64f64.zero)
    unit = u64f64.safe_div(u64f64.one, highest)
    scaled = [u64f64.mul_floor(unit, value) for value in values]
    highest = max(scaled, default=u64f64.zero)
    squares = u64f64.mul_floor(u64f64.from_int(len(scaled)), u64f64.mul_floor(highest, highest))
    if squares < u64f64.from_ratio(_LARGEST, U64_MAX):
        return scaled
    factor = square_root(u64f64.safe_div(u64f64.from_int(_LARGEST), squares), _ROOT_PRECISION)
    powers = [power(u64f64.mul_floor(factor, value), exponent) for value in scaled]
    whole = u64f64.saturate(sum(powers))
    return [u64f64.safe_div(value, whole) for value in powers]


def square_root(value: U64F64, precision: U64F64) -> U64F64:
    """The root by bisection, until it and the value over it are `precision` apart."""
    low, high = (u64f64.zero, value) if value > u64f64.one else (value, u64f64.one)
    for _ in range(_ROOT_STEPS_MAX + 1):
        middle = U64F64(u64f64.saturating_add(high, low) >> 1)
        other = u64f64.safe_div(value, middle)
        if abs(other - middle) <= precision:
            break
        if other < middle:
            high = middle
        else:
            low = middle
    return middle


def power(value: U64F64, exponent: U64F64) -> U64F64:
    """
    The value to the power of `exponent`, to the 32 fraction bits of the narrow format.

    0 for what that format rounds to 0, and for the two smallest steps above, whose inverse it
    cannot hold; its largest whole number for what is too large.
    """
    logarithm = _ln(i32f32.convert(value, 64))
    if logarithm is None:
        return u64f64.zero
    exponential = _exp(i32f32.mul_floor(i32f32.convert(exponent, 64), logarithm))
    narrow = i32f32.from_int(_LARGEST) if exponential is None else exponential
    return u64f64.convert(narrow, 32)


def _ln(value: I32F32) -> I32F32 | None:
    if value <= 0:
        return None
    if value >= i32f32.one:
        return i32f32.safe_div(_log2(value), _LOG2_E)
    inverse = i32f32.checked_div(i32f32.one, value)
    # The real chain would stop at an inverse that is out of range.
    return None if inverse is None else i32f32.safe_div(I32F32(-_log2(inverse)), _LOG2_E)


def _log2(value: I32F32) -> I32F32:
    """The binary logarithm of at least 1, bit by bit; halves round up, as on the real chain."""
    whole, rest = 0, int(value)
    while rest >= i32f32.one * 2:
        whole += 1
        rest = (rest >> 1) + (rest & 1)
    if rest == i32f32.one:
        return i32f32.from_int(whole)
    for _ in range(i32f32.fraction_bits):
        rest = rest * rest >> i32f32.fraction_bits
        whole <<= 1
        if rest >= i32f32.one * 2:
            whole |= 1
            rest = (rest >> 1) + (rest & 1)
    return I32F32(whole)


def _exp(exponent: I32F32) -> I32F32 | None:
    """e to a power by Taylor's series; None if a term or the sum is out of range."""
    if exponent in (i32f32.zero, i32f32.one):
        return _E if exponent else i32f32.one
    size = abs(exponent)
    term = size
    result = size + i32f32.one
    for divisor in range(2, _TAYLOR_TERMS):
        term = term * size >> i32f32.fraction_bits
        if term > i32f32.highest:
            return None
        term //= divisor
        result += term
    if result > i32f32.highest:
        return None
    if exponent > 0:
        return I32F32(result)
    return i32f32.checked_div(i32f32.one, I32F32(result))
