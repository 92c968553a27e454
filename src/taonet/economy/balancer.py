"""
The price curve of a subnet's pool: a weighted product of the TAO and the alpha in it.

With the reserves x (alpha) and y (TAO) and the weights w1 + w2 = 1, the pool keeps x**w1 * y**w2
as people swap, and the price of alpha is (w1 / w2) * (y / x). Where a constant product pool (w1 =
w2) forces TAO and alpha to be added in the ratio of the price, here the weights move instead, so
that emission may add any amounts without moving the price.

Source: subtensor pallets/swap/src/pallet/balancer.rs @ 14bc6f9.
"""

from dataclasses import dataclass
from typing import Final

from taonet.economy.bigmath import pow_ratio_scaled
from taonet.primitives.fixed_point import (
    U64_MAX,
    U64F64,
    saturate_u64,
    saturate_u128,
    u64f64,
)
from taonet.primitives.units import Alpha, Rao

WEIGHT_ONE: Final = 10**18
"""Weights are counted in parts of this (a Perquintill)."""

WEIGHT_MIN: Final = WEIGHT_ONE // 100
"""Neither weight may fall below it."""

_SWAP_PRECISION_BITS: Final = 256
_LIMIT_PRECISION_BITS: Final = 1024


class WeightOutOfRange(Exception):
    """A weight would leave [0.01, 0.99]: the pool is too far out of balance."""


def weight_from_ratio(part: int, whole: int) -> int:
    """`part / whole` in parts of `WEIGHT_ONE`, rounded down, at most one; `whole` > 0."""
    return min(WEIGHT_ONE * part // whole, WEIGHT_ONE)


@dataclass(frozen=True, slots=True)
class Balancer:
    """The weight of TAO in parts of 10**18; alpha's is the rest. A new pool has half and half."""

    quote_weight: int = WEIGHT_ONE // 2

    @classmethod
    def new(cls, quote_weight: int) -> "Balancer":
        """A balancer with that weight of TAO; raises `WeightOutOfRange`."""
        if not WEIGHT_MIN <= quote_weight <= WEIGHT_ONE - WEIGHT_MIN:
            raise WeightOutOfRange(f"a TAO weight of {quote_weight} parts in {WEIGHT_ONE}")
        return cls(quote_weight)

    @classmethod
    def from_price(cls, price: U64F64, tao_reserve: Rao, alpha_reserve: Alpha) -> "Balancer":
        """
        The weights under which these reserves have that price: y / (price * x + y) for TAO.

        Raises `WeightOutOfRange`, also if there is nothing to weigh.

        Source: subtensor pallets/swap/src/pallet/impls.rs `maybe_initialize_palswap` @ 14bc6f9.
        """
        alpha, tao = int(alpha_reserve), int(tao_reserve)
        fraction = u64f64.mul_floor(u64f64.from_int(alpha), u64f64.fraction(price))
        value = saturate_u128(u64f64.to_int_floor(price) * alpha)
        value = saturate_u128(value + u64f64.to_int_floor(fraction) + tao)
        if value == 0:
            raise WeightOutOfRange("both reserves are empty")
        return cls.new(weight_from_ratio(tao, value))

    @property
    def base_weight(self) -> int:
        """The weight of alpha in parts of 10**18."""
        return WEIGHT_ONE - self.quote_weight

    def price(self, tao_reserve: Rao, alpha_reserve: Alpha) -> U64F64:
        """TAO per alpha; 0 without alpha. Each quotient and the product round down."""
        quote, alpha = self.quote_weight, int(alpha_reserve)
        if not quote or not alpha:
            return u64f64.zero
        # Quotients of 64-bit numbers are in range: only their product can leave it.
        weights, ratio = (WEIGHT_ONE - quote << 64) // quote, (int(tao_reserve) << 64) // alpha
        return u64f64.saturate(weights * ratio >> 64)

    def power_base_quote(self, reserve: int, delta: int) -> U64F64:
        """(x / (x + delta)) ** (w1 / w2): the part of the TAO that stays when alpha comes in."""
        return self._power(reserve, delta, (self.base_weight, self.quote_weight))

    def power_quote_base(self, reserve: int, delta: int) -> U64F64:
        """(y / (y + delta)) ** (w2 / w1): the part of the alpha that stays when TAO comes in."""
        return self._power(reserve, delta, (self.quote_weight, self.base_weight))

    def alpha_out(self, tao_reserve: Rao, alpha_reserve: Alpha, tao_in: Rao) -> Alpha:
        """The alpha that `tao_in` buys, rounded down; may be the whole reserve (odd 2)."""
        stays = self.power_quote_base(int(tao_reserve), int(tao_in))
        return Alpha(_leaving(int(alpha_reserve), stays))

    def tao_out(self, tao_reserve: Rao, alpha_reserve: Alpha, alpha_in: Alpha) -> Rao:
        """The TAO that `alpha_in` is sold for, rounded down; may be the whole reserve (odd 2)."""
        stays = self.power_base_quote(int(alpha_reserve), int(alpha_in))
        return Rao(_leaving(int(tao_reserve), stays))

    def tao_in_to_price(self, current: U64F64, target: U64F64, tao_reserve: Rao) -> Rao:
        """The TAO that lifts the price to `target`: y * ((target / current) ** w1 - 1)."""
        return Rao(_delta_in((target, current), self.base_weight, int(tao_reserve)))

    def alpha_in_to_price(self, current: U64F64, target: U64F64, alpha_reserve: Alpha) -> Alpha:
        """The alpha that lowers the price to `target`: x * ((current / target) ** w2 - 1)."""
        return Alpha(_delta_in((current, target), self.quote_weight, int(alpha_reserve)))

    def alpha_needed_for(self, tao_reserve: Rao, alpha_reserve: Alpha, tao_out: Rao) -> Alpha:
        """The alpha that must be sold to be paid `tao_out`."""
        growth = self.power_quote_base(int(tao_reserve), -int(tao_out))
        return Alpha(_share(int(alpha_reserve), u64f64.saturating_sub(growth, u64f64.one)))

    def with_added_liquidity(
        self, tao_reserve: Rao, alpha_reserve: Alpha, tao_added: Rao, alpha_added: Alpha
    ) -> "Balancer":
        """
        The weights that keep the price when liquidity is added to those reserves.

        Half and half if either side stays empty. Raises `WeightOutOfRange`.
        """
        tao, alpha = int(tao_reserve), int(alpha_reserve)
        base = _weigh(self.base_weight, saturate_u128(tao * (alpha + int(alpha_added))))
        quote = _weigh(self.quote_weight, saturate_u128(alpha * (tao + int(tao_added))))
        whole = saturate_u128(base + quote)
        return Balancer.new(weight_from_ratio(quote, whole) if whole else WEIGHT_ONE // 2)

    def _power(self, reserve: int, delta: int, exponent: tuple[int, int]) -> U64F64:
        after = saturate_u64(reserve + delta)
        if after == 0:
            return u64f64.zero
        power = pow_ratio_scaled((reserve, after), exponent, _SWAP_PRECISION_BITS, WEIGHT_ONE)
        if power is None or not 0 <= power <= U64_MAX:
            return u64f64.zero
        result = u64f64.from_ratio(power, WEIGHT_ONE)
        return min(result, u64f64.one) if delta >= 0 else result


def _weigh(weight: int, value: int) -> int:
    """`weight * value`, to the nearest whole number, halves up."""
    return saturate_u128((value * weight + WEIGHT_ONE // 2) // WEIGHT_ONE)


def _share(reserve: int, share: U64F64) -> int:
    return u64f64.to_u64_floor(u64f64.mul_floor(u64f64.from_int(reserve), share))


def _leaving(reserve: int, stays: U64F64) -> int:
    return _share(reserve, u64f64.saturating_sub(u64f64.one, stays))


def _delta_in(prices: tuple[U64F64, U64F64], weight: int, reserve: int) -> int:
    """`reserve * ((ratio of prices) ** weight - 1)`; the power saturates at 18.4."""
    power = pow_ratio_scaled(prices, (weight, WEIGHT_ONE), _LIMIT_PRECISION_BITS, WEIGHT_ONE)
    if power is None:
        return 0
    growth = u64f64.from_ratio(saturate_u64(power), WEIGHT_ONE)
    return _share(reserve, u64f64.saturating_sub(growth, u64f64.one))
