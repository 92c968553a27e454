"""
Locked alpha: how much of it is still locked, and the conviction that it has earned by waiting.

A decaying lock is released over time and its conviction first rises, then falls; a perpetual lock
stays and its conviction rises to its mass. A lock on the subnet owner's hotkey has at once the
conviction of its mass.

Source: subtensor pallets/subtensor/src/staking/lock.rs @ 14bc6f9; substrate-fixed 0.6.0
transcendental.rs `exp`.
"""

from dataclasses import dataclass, replace
from typing import Final

from taonet.primitives.fixed_point import I64F64, U64F64, i64f64, saturate_u64, u64f64
from taonet.primitives.units import Alpha

DUST: Final = 100
"""A lock of less alpha and less conviction than this, both in smallest units, is no lock."""

_EXPONENT_MAX: Final = I64F64(40 << 64)


@dataclass(frozen=True, slots=True)
class Lock:
    """`mass` of alpha, locked with `conviction`, as of the block `updated`."""

    mass: Alpha
    conviction: U64F64
    updated: int

    def is_dust(self) -> bool:
        """Whether so little is left that the lock is dropped."""
        return int(self.mass) < DUST and self.conviction < u64f64.from_int(DUST)

    def is_empty(self) -> bool:
        """Whether nothing at all is left."""
        return not self.mass and not self.conviction

    def plus(self, other: "Lock") -> "Lock":
        """Both locks as one."""
        return Lock(
            Alpha(saturate_u64(int(self.mass) + int(other.mass))),
            u64f64.saturating_add(self.conviction, other.conviction),
            max(self.updated, other.updated),
        )

    def minus(self, mass: Alpha, conviction: U64F64) -> "Lock":
        """What is left without that much, down to nothing."""
        return Lock(
            Alpha(saturate_u64(int(self.mass) - int(mass))),
            u64f64.saturating_sub(self.conviction, conviction),
            self.updated,
        )


@dataclass(frozen=True, slots=True)
class Rates:
    """The time constants in blocks of the release of locks and of the growth of conviction."""

    unlock: int
    maturity: int


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides how a lock ages."""

    owner: bool
    """It lies on the subnet owner's hotkey."""

    perpetual: bool
    """It is not released by time."""


def decay(blocks: int, time_constant: int) -> U64F64:
    """exp(-blocks / time_constant) by 62 terms of Taylor's series; 0 for a time constant of 0."""
    if blocks == 0:
        return u64f64.one
    if time_constant == 0:
        return u64f64.zero
    ratio = i64f64.checked_div(i64f64.from_int(blocks), i64f64.from_int(time_constant))
    exponent = _EXPONENT_MAX if ratio is None else min(ratio, _EXPONENT_MAX)
    if exponent == 0:
        return u64f64.one
    term, total = int(exponent), int(exponent) + int(i64f64.one)
    for divisor in range(2, i64f64.fraction_bits):
        term = (term * exponent >> i64f64.fraction_bits) // divisor
        total += term
    return u64f64.convert(i64f64.safe_div(i64f64.one, I64F64(total)), i64f64.fraction_bits)


def roll(lock: Lock, now: int, rates: Rates, kind: Kind) -> Lock:
    """The lock as it stands at the block `now`; dust becomes nothing."""
    if now > lock.updated:
        mass, conviction = _aged(lock, now - lock.updated, rates, kind)
        lock = Lock(mass, conviction, now)
    if kind.owner:
        lock = replace(lock, conviction=u64f64.from_int(int(lock.mass)))
    if lock.is_dust():
        lock = Lock(Alpha(0), u64f64.zero, lock.updated)
    return lock


def _aged(lock: Lock, blocks: int, rates: Rates, kind: Kind) -> tuple[Alpha, U64F64]:
    """Mass and conviction after `blocks` more."""
    unlocked, matured = decay(blocks, rates.unlock), decay(blocks, rates.maturity)
    mass = u64f64.from_int(int(lock.mass))
    kept = u64f64.mul_floor(matured, lock.conviction)
    if kind.perpetual:
        growth = u64f64.saturating_sub(u64f64.one, matured)
        return lock.mass, u64f64.saturating_add(kept, u64f64.mul_floor(mass, growth))
    left = Alpha(u64f64.to_u64_floor(u64f64.mul_floor(unlocked, mass)))
    growth = _growth(blocks, rates, unlocked, matured)
    return left, u64f64.saturating_add(kept, u64f64.mul_floor(mass, growth))


def _growth(blocks: int, rates: Rates, unlocked: U64F64, matured: U64F64) -> U64F64:
    """The conviction that one unit of decaying mass gains."""
    if rates.unlock == rates.maturity:
        return u64f64.mul_floor(u64f64.from_ratio(blocks, rates.maturity), matured)
    if rates.unlock == 0 or rates.maturity == 0:
        return u64f64.zero
    difference = i64f64.saturating_sub(i64f64.convert(unlocked, 64), i64f64.convert(matured, 64))
    product = i64f64.mul_floor(i64f64.from_int(rates.unlock), difference)
    gain = i64f64.safe_div(product, i64f64.from_int(rates.unlock - rates.maturity))
    return u64f64.convert(gain, i64f64.fraction_bits)
