"""
Swapping TAO for a subnet's alpha and back against its pool, with fees and a limit price.

Everything here is a function of a `Pool`; the caller stores what a result says. `buy` and `sell`
find out what is paid in, out and as a fee, and with their default limits are the simulation that
clients ask for; `after_buy` and `after_sell` move the reserves.

Source: subtensor pallets/swap/src/pallet/{impls,swap_step}.rs,
pallets/subtensor/src/staking/stake_utils.rs @ 14bc6f9.
"""

from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from taonet.economy.balancer import Balancer
from taonet.primitives.fixed_point import (
    I64_MAX,
    U16_MAX,
    U64F64,
    saturate_u64,
    u64f64,
)
from taonet.primitives.units import RAO_PER_TAO, Alpha, Rao

DEFAULT_FEE_RATE: Final = 33
"""The fee of a swap in parts of 65535: 0.05 %."""

MINIMUM_RESERVE: Final = 1_000_000
"""A reserve that is to pay out must hold at least this."""

INPUT_PER_RESERVE_MAX: Final = 1_000
"""One swap may bring in at most this many times the reserve that it is added to."""

PRICE_LIMIT_BUY: Final = Rao(1_000_000_000_000_000)
"""In rao per whole alpha: the limit of a buyer who sets none."""

PRICE_LIMIT_SELL: Final = Rao(1_000)
"""In rao per whole alpha: the limit of a seller who sets none."""


_NEW_BALANCER: Final = Balancer()


class SwapError(Exception):
    """
    A swap that the pool refuses; nothing has changed.

    ├── SwapInputTooLarge       more than a thousand times the reserve
    ├── ReservesTooLow          the reserve to pay from is nearly empty, or nothing would be paid
    ├── PriceLimitExceeded      the price is already at or beyond the limit
    └── InsufficientLiquidity   more would be paid than there is
    """


class SwapInputTooLarge(SwapError):
    """The input after fees exceeds a thousand times the reserve that it is added to."""


class ReservesTooLow(SwapError):
    """The reserve to pay from is below the minimum, or the input is too small to be paid for."""


class PriceLimitExceeded(SwapError):
    """The price is already at or beyond the limit."""


class InsufficientLiquidity(SwapError):
    """More would be paid out than the reserve holds."""


In = TypeVar("In", Rao, Alpha)
Out = TypeVar("Out", Rao, Alpha)


@dataclass(frozen=True, slots=True)
class Pool:
    """
    What a swap reads of a subnet.

    `balancer_initialized` is false until weights were set on purpose. `fee_rate` is in parts of
    65535. A subnet that is not `dynamic` (mechanism 0) exchanges one for one, without fee.
    """

    tao_reserve: Rao
    alpha_reserve: Alpha
    balancer: Balancer = _NEW_BALANCER
    balancer_initialized: bool = True
    fee_rate: int = DEFAULT_FEE_RATE
    dynamic: bool = True

    # Written out, since a copy of a dataclass by field names takes longer than a swap.

    def with_reserves(self, tao: Rao, alpha: Alpha) -> "Pool":
        """The pool with other reserves."""
        return Pool(
            tao, alpha, self.balancer, self.balancer_initialized, self.fee_rate, self.dynamic
        )

    def with_balancer(self, balancer: Balancer) -> "Pool":
        """The pool with other weights."""
        return Pool(
            self.tao_reserve,
            self.alpha_reserve,
            balancer,
            self.balancer_initialized,
            self.fee_rate,
            self.dynamic,
        )

    def price(self) -> U64F64:
        """TAO per alpha: 1 if not dynamic, 0 without alpha."""
        if not self.dynamic:
            return u64f64.one
        return self.balancer.price(self.tao_reserve, self.alpha_reserve)

    def fee_of(self, amount: int) -> int:
        """The fee on an input of `amount`, fee included; rounded down, the rate too."""
        if not self.dynamic:
            return 0
        rate = u64f64.from_ratio(self.fee_rate, U16_MAX)
        return u64f64.to_u64_floor(u64f64.mul_floor(u64f64.from_int(amount), rate))

    def initialized(self) -> "Pool":
        """
        The pool with a balancer that may be swapped against.

        Odd 4: a balancer that was never initialised starts at half and half here, and so loses
        weights that emission gave it before. The real chain does so too.
        """
        if self.balancer_initialized:
            return self
        return replace(self, balancer=_NEW_BALANCER, balancer_initialized=True)


@dataclass(frozen=True)
class SwapResult(Generic[In, Out]):
    """
    What a swap moves; `paid_in` reaches the reserve, `fee_paid` comes on top of it.

    `paid_in + fee_paid` is less than was asked where the limit price stopped the swap: the rest is
    the trader's still. All of the fee is owed to the block's author. `pool` is the pool with its
    balancer initialised, its reserves not yet moved.
    """

    paid_in: In
    paid_out: Out
    fee_paid: In
    fee_to_block_author: In
    pool: Pool


@dataclass(frozen=True, slots=True)
class Reserves:
    """A subnet's TAO, its alpha in the pool and its alpha outside."""

    tao: Rao
    alpha_in: Alpha
    alpha_out: Alpha


def limit_price(limit: Rao) -> U64F64:
    """The price that a limit in rao per whole alpha (10**9) means."""
    return u64f64.from_ratio(int(limit), RAO_PER_TAO)


def buy(
    pool: Pool, tao: Rao, limit: Rao = PRICE_LIMIT_BUY, *, drop_fees: bool = False
) -> SwapResult[Rao, Alpha]:
    """
    `tao` rao, fee included, for alpha, as far as the price stays at or below `limit`.

    `limit` is in rao per whole alpha. Raises a `SwapError`; a zero amount passes. In a pool that is
    not dynamic one rao buys one alpha, whatever the limit.
    """
    if not pool.dynamic:
        return SwapResult(tao, Alpha(int(tao)), Rao(0), Rao(0), pool)
    fee = 0 if drop_fees else pool.fee_of(int(tao))
    net = int(tao) - fee
    _check_size(net, int(pool.tao_reserve), int(pool.alpha_reserve))
    pool = pool.initialized()
    current, highest = pool.price(), limit_price(limit)
    if not current < highest:
        raise PriceLimitExceeded
    balancer, tao_reserve, alpha_reserve = pool.balancer, pool.tao_reserve, pool.alpha_reserve
    paid_in = Rao(net)
    paid_out = balancer.alpha_out(tao_reserve, alpha_reserve, paid_in)
    grown = Rao(saturate_u64(int(tao_reserve) + net))
    if balancer.price(grown, alpha_reserve - paid_out) > highest:
        paid_in = balancer.tao_in_to_price(current, highest, tao_reserve)
        fee = 0 if drop_fees else _fee_on_top(int(paid_in), pool.fee_rate)
        paid_out = balancer.alpha_out(tao_reserve, alpha_reserve, paid_in)
    author_fee = _check_paid(int(paid_in), int(paid_out), int(alpha_reserve), fee)
    return SwapResult(paid_in, paid_out, Rao(fee), Rao(author_fee), pool)


def sell(
    pool: Pool, alpha: Alpha, limit: Rao = PRICE_LIMIT_SELL, *, drop_fees: bool = False
) -> SwapResult[Alpha, Rao]:
    """
    `alpha`, fee included, for TAO, as far as the price stays at or above `limit`.

    The mirror image of `buy`.
    """
    if not pool.dynamic:
        return SwapResult(alpha, Rao(int(alpha)), Alpha(0), Alpha(0), pool)
    fee = 0 if drop_fees else pool.fee_of(int(alpha))
    net = int(alpha) - fee
    _check_size(net, int(pool.alpha_reserve), int(pool.tao_reserve))
    pool = pool.initialized()
    current, lowest = pool.price(), limit_price(limit)
    if not current > lowest:
        raise PriceLimitExceeded
    balancer, tao_reserve, alpha_reserve = pool.balancer, pool.tao_reserve, pool.alpha_reserve
    paid_in = Alpha(net)
    paid_out = balancer.tao_out(tao_reserve, alpha_reserve, paid_in)
    grown = Alpha(saturate_u64(int(alpha_reserve) + net))
    if balancer.price(tao_reserve - paid_out, grown) < lowest:
        paid_in = balancer.alpha_in_to_price(current, lowest, alpha_reserve)
        fee = 0 if drop_fees else _fee_on_top(int(paid_in), pool.fee_rate)
        paid_out = balancer.tao_out(tao_reserve, alpha_reserve, paid_in)
    author_fee = _check_paid(int(paid_in), int(paid_out), int(tao_reserve), fee)
    return SwapResult(paid_in, paid_out, Alpha(fee), Alpha(author_fee), pool)


def after_buy(reserves: Reserves, result: SwapResult[Rao, Alpha]) -> Reserves:
    """The reserves once a buy is settled: TAO in, alpha out of the pool and outstanding."""
    return Reserves(
        Rao(saturate_u64(int(reserves.tao) + _clamped_in(int(result.paid_in)))),
        Alpha(saturate_u64(int(reserves.alpha_in) - _clamped_out(int(result.paid_out)))),
        Alpha(saturate_u64(int(reserves.alpha_out) + int(result.paid_out))),
    )


def after_sell(reserves: Reserves, result: SwapResult[Alpha, Rao]) -> Reserves:
    """The reserves once a sale is settled: TAO out, alpha into the pool, less outstanding."""
    alpha = _clamped_in(int(result.paid_in))
    return Reserves(
        Rao(saturate_u64(int(reserves.tao) - _clamped_out(int(result.paid_out)))),
        Alpha(saturate_u64(int(reserves.alpha_in) + alpha)),
        Alpha(saturate_u64(int(reserves.alpha_out) - alpha)),
    )


def stake_added_by_buy(requested: Rao) -> Rao:
    """
    What a buy of `requested` rao adds to the total stake and to the subnet's volume.

    Odd 5: all that was asked, even if a limit price stopped the swap early and the rest went back
    to the buyer. The real chain does so too; a sale counts what was paid out.
    """
    return requested


def alpha_for_tao(pool: Pool, tao: Rao) -> Alpha:
    """The alpha that `tao` is worth at the present price, slippage left out; rounded down."""
    if not pool.dynamic:
        return Alpha(int(tao))
    return Alpha(u64f64.to_u64_floor(u64f64.safe_div(u64f64.from_int(int(tao)), pool.price())))


def _check_size(net: int, reserve_in: int, reserve_out: int) -> None:
    if net > saturate_u64(reserve_in * INPUT_PER_RESERVE_MAX):
        raise SwapInputTooLarge
    if reserve_out < MINIMUM_RESERVE:
        raise ReservesTooLow


def _check_paid(paid_in: int, paid_out: int, reserve_out: int, fee: int) -> int:
    """The part of the fee that the block's author is owed: all, unless nothing was swapped."""
    if paid_in == 0:
        return 0
    if paid_out == 0:
        raise ReservesTooLow
    # Odd 2: the whole reserve may be paid out, as on the real chain; only more is refused.
    if reserve_out < paid_out:
        raise InsufficientLiquidity
    return fee


def _fee_on_top(net: int, fee_rate: int) -> int:
    """The fee on what is left of an input after the fee, so that both make up the input."""
    rate = u64f64.from_ratio(fee_rate, U16_MAX - fee_rate)
    return u64f64.to_u64_floor(u64f64.mul_floor(u64f64.from_int(net), rate))


# Odd 8: the reserves move by signed 64-bit amounts, so that what is beyond 2**63 is lost to them.


def _clamped_in(amount: int) -> int:
    return min(amount, I64_MAX)


def _clamped_out(amount: int) -> int:
    return min(amount, I64_MAX + 1)
