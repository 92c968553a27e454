"""
How a block's TAO is shared among subnets, and what it becomes there.

A subnet gets TAO by its moving price and by how much of its miners' emission it lets through. The
TAO goes into its pool with alpha at the present price, as far as the subnet's age allows, and the
rest buys alpha. Beside it the subnet mints alpha for its owner, miners, validators and the root.

Source: subtensor pallets/subtensor/src/coinbase/{subnet_emissions,run_coinbase,block_step}.rs
@ 14bc6f9.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from taonet.economy.balancer import WeightOutOfRange
from taonet.economy.block_emission import block_emission
from taonet.economy.moving_price import effective_moving_price
from taonet.economy.swap import (
    Pool,
    Reserves,
    SwapError,
    after_buy,
    buy,
    stake_added_by_buy,
)
from taonet.primitives.fixed_point import (
    I96F32,
    U16_MAX,
    U64F64,
    U96F32,
    saturate_u64,
    u64f64,
    u96f32,
)
from taonet.primitives.units import Alpha, Rao

_HALF: Final = U96F32(1 << 31)


@dataclass(frozen=True, slots=True)
class Subnet:
    """
    What the emission reads of a subnet that is emitted to.

    `miner_burned` is the part of the last epoch's miner emission that was withheld from miners.
    Without `emission_enabled` a subnet gets no TAO but still mints alpha.
    """

    pool: Pool
    alpha_out: Alpha
    moving_price: I96F32
    miner_burned: U96F32 = u96f32.zero
    emission_enabled: bool = True
    owner_cut_enabled: bool = True

    def alpha_issuance(self) -> Alpha:
        """All alpha of the subnet: in the pool and outside."""
        return Alpha(saturate_u64(int(self.pool.alpha_reserve) + int(self.alpha_out)))

    def effective_moving_price(self) -> U64F64:
        """The moving price; 1 if the subnet is not dynamic."""
        return effective_moving_price(self.moving_price, dynamic=self.pool.dynamic)

    def moved(self, pool: Pool, alpha_out: Alpha) -> "Subnet":
        """The subnet with another pool and alpha outside."""
        return Subnet(
            pool,
            alpha_out,
            self.moving_price,
            self.miner_burned,
            self.emission_enabled,
            self.owner_cut_enabled,
        )


@dataclass(frozen=True)
class Root:
    """What all subnets' emission has in common: the root's TAO, its weight, the owners' cut."""

    tao: Rao
    tao_weight: U96F32
    owner_cut: U96F32

    @classmethod
    def from_stored(cls, tao: Rao, tao_weight: int, owner_cut: int) -> "Root":
        """From the weight as a u64 and the cut as a u16, which count as parts of their maximum."""
        weight = tao_weight_fraction(tao_weight)
        return cls(tao, weight, u96f32.from_ratio(owner_cut, U16_MAX))

    @cached_property
    def weighted(self) -> U96F32:
        """What the root's TAO counts; the same for all subnets."""
        return u96f32.mul_floor(u96f32.from_int(int(self.tao)), self.tao_weight)

    def proportion(self, alpha_issuance: Alpha) -> U96F32:
        """The root's part in a subnet: weighted TAO over weighted TAO plus the alpha issued."""
        whole = u96f32.saturating_add(self.weighted, u96f32.from_int(int(alpha_issuance)))
        return u96f32.safe_div(self.weighted, whole)


def tao_weight_fraction(stored: int) -> U96F32:
    """The weight of root TAO against alpha, from its u64 storage; 2**64 - 1 is 1."""
    return u96f32.from_ratio(stored, 2**64 - 1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a subnet gets in one block, in unrounded TAO and alpha."""

    tao_in: U96F32
    alpha_in: U96F32
    alpha_out: U96F32
    excess_tao: U96F32


@dataclass(frozen=True, slots=True)
class Injection:
    """
    What the TAO side of one block did to a subnet; `subnet` has its pool after it.

    `tao_in` and `alpha_in` were added to the pool. `tao_spent` was taken from the block's credit,
    `tao_bought_with` of it reached the pool in exchange for `alpha_bought`, which the protocol
    keeps. `stake_added` is what the total stake grew by; volume grew by `stake_added - tao_in`.
    """

    subnet: Subnet
    tao_in: Rao
    alpha_in: Alpha
    tao_spent: Rao
    tao_bought_with: Rao
    alpha_bought: Alpha
    stake_added: Rao


@dataclass(frozen=True, slots=True)
class Pending:
    """What one block adds to a subnet's pending emission, and what it minted and recycled."""

    minted: Alpha
    owner_cut: Alpha
    server: Alpha
    validator: Alpha
    root: Alpha
    recycled: Alpha


@dataclass(frozen=True, slots=True)
class SubnetEmission:
    """One subnet's block: both sides, and the subnet with its alpha and pool after them."""

    subnet: Subnet
    injection: Injection
    pending: Pending


def price_shares(subnets: Sequence[Subnet]) -> list[U64F64]:
    """Each subnet's part of the sum of moving prices; all 0 if that is 0."""
    prices = [subnet.effective_moving_price() for subnet in subnets]
    whole = u64f64.saturate(sum(prices))
    return [u64f64.safe_div(price, whole) for price in prices]


def shares(subnets: Sequence[Subnet]) -> list[U64F64]:
    """
    Each subnet's part of the block's emission: its price share times what it lets miners have.

    If every subnet withholds everything, the price shares alone, so that nothing is stranded.
    """
    by_price = price_shares(subnets)
    weighted = [
        u64f64.mul_floor(share, _let_through(subnet))
        for share, subnet in zip(by_price, subnets, strict=True)
    ]
    whole = u64f64.saturate(sum(weighted))
    return [u64f64.safe_div(weight, whole) for weight in weighted] if whole else by_price


def _let_through(subnet: Subnet) -> U64F64:
    burned = min(u64f64.convert(subnet.miner_burned, 32), u64f64.one)
    return u64f64.saturating_sub(u64f64.one, burned)


def tao_emissions(subnets: Sequence[Subnet], emission: Rao) -> list[U96F32]:
    """The TAO of each subnet under the rules of spec 425."""
    return split_emission(subnets, shares(subnets), emission)


def split_emission(
    subnets: Sequence[Subnet], parts: Sequence[U64F64], emission: Rao
) -> list[U96F32]:
    """The TAO of each subnet by its part; a disabled one's is shared by the enabled ones."""
    if not all(subnet.emission_enabled for subnet in subnets):
        enabled = [
            share if subnet.emission_enabled else u64f64.zero
            for share, subnet in zip(parts, subnets, strict=True)
        ]
        whole = u64f64.saturate(sum(enabled))
        parts = [u64f64.safe_div(share, whole) for share in enabled]
    block = u64f64.from_int(int(emission))
    return [u96f32.convert(u64f64.mul_floor(block, share), 64) for share in parts]


def root_sells(subnets: Sequence[Subnet]) -> bool:
    """Whether root dividends are paid: if the moving prices add up to more than 1."""
    return sum(subnet.effective_moving_price() for subnet in subnets) > u64f64.one


def terms(subnet: Subnet, tao_emission: U96F32, root: Root) -> Terms:
    """
    How a subnet's TAO splits into liquidity and a buy, and the alpha it mints.

    Alpha enters the pool at the present price, but at most the root's proportion of the alpha
    emission: as a subnet's alpha grows, more of its TAO buys.
    """
    issuance = subnet.alpha_issuance()
    alpha_emission = u96f32.from_int(int(block_emission(Rao(int(issuance)))))
    price = u96f32.convert(subnet.pool.price(), 64)
    tao_in, alpha_in = tao_emission, u96f32.safe_div(tao_emission, price)
    cap = u96f32.mul_floor(root.proportion(issuance), alpha_emission)
    if alpha_in > cap:
        alpha_in, tao_in = cap, u96f32.mul_floor(cap, price)
    excess = u96f32.saturating_sub(tao_emission, tao_in)
    return Terms(tao_in, alpha_in, alpha_emission, excess)


def inject(subnet: Subnet, granted: Terms, credit: Rao) -> Injection:
    """
    Adds liquidity to the subnet's pool and buys with the excess, out of `credit`.

    The weights move first, for the liquidity to come; the buy meets the old reserves under them.
    Liquidity that would push the weights out of range is not added at all. What exceeds the credit
    is left out.
    """
    pool = subnet.pool
    tao_in = Rao(u96f32.to_u64_floor(granted.tao_in))
    alpha_in = Alpha(u96f32.to_u64_floor(granted.alpha_in))
    try:
        balancer = pool.balancer.with_added_liquidity(
            pool.tao_reserve, pool.alpha_reserve, tao_in, alpha_in
        )
    except WeightOutOfRange:
        tao_in, alpha_in = Rao(0), Alpha(0)
    else:
        pool = pool.with_balancer(balancer)
    excess = Rao(u96f32.to_u64_floor(granted.excess_tao))
    purchase = _purchase(pool, subnet.alpha_out, excess, credit)
    if int(tao_in) > int(credit) - int(purchase.spent):
        tao_in = Rao(0)
    pool = purchase.pool.with_reserves(
        Rao(saturate_u64(int(purchase.pool.tao_reserve) + int(tao_in))),
        Alpha(saturate_u64(int(purchase.pool.alpha_reserve) + int(alpha_in))),
    )
    return Injection(
        subnet.moved(pool, purchase.alpha_out),
        tao_in,
        alpha_in,
        purchase.spent + tao_in,
        purchase.paid_in,
        purchase.alpha_bought,
        purchase.stake_added + tao_in,
    )


class _Purchase(NamedTuple):
    """A pool after the protocol bought from it, the subnet's alpha outside, and the amounts."""

    pool: Pool
    alpha_out: Alpha
    spent: Rao = Rao(0)
    paid_in: Rao = Rao(0)
    alpha_bought: Alpha = Alpha(0)
    stake_added: Rao = Rao(0)


def _purchase(pool: Pool, alpha_out: Alpha, excess: Rao, credit: Rao) -> _Purchase:
    if not excess or excess > credit:
        return _Purchase(pool, alpha_out)
    try:
        bought = buy(pool, excess, drop_fees=True)
    except SwapError:
        # Odd 3: the credit is spent even if the pool then refuses the buy; the TAO lies on the
        # subnet's account, in no reserve. The real chain does so too.
        return _Purchase(pool, alpha_out, spent=excess)
    moved = after_buy(Reserves(pool.tao_reserve, pool.alpha_reserve, alpha_out), bought)
    pool = bought.pool.with_reserves(moved.tao, moved.alpha_in)
    added = stake_added_by_buy(excess)
    return _Purchase(pool, moved.alpha_out, excess, bought.paid_in, bought.paid_out, added)


def split_alpha(
    subnet: Subnet, alpha_out: U96F32, root: Root, *, root_sells: bool
) -> tuple[Subnet, Pending]:
    """
    Mints a subnet's alpha of one block and splits it into what is pending until its epoch.

    `subnet` is as the injection left it. Half is for miners, half for validators; of their half
    the root's proportion goes to root stakers, or is recycled unless `root_sells`.
    """
    minted = u96f32.to_u64_floor(alpha_out)
    outside = saturate_u64(int(subnet.alpha_out) + minted)
    issuance = Alpha(saturate_u64(int(subnet.pool.alpha_reserve) + outside))
    owner_cut = u96f32.zero
    if subnet.owner_cut_enabled:
        owner_cut = u96f32.mul_floor(alpha_out, root.owner_cut)
        alpha_out = u96f32.saturating_sub(alpha_out, owner_cut)
    root_alpha = u96f32.mul_floor(u96f32.mul_floor(root.proportion(issuance), alpha_out), _HALF)
    server = u96f32.mul_floor(alpha_out, _HALF)
    validator = u96f32.saturating_sub(u96f32.saturating_sub(alpha_out, server), root_alpha)
    root_whole = u96f32.to_u64_floor(root_alpha)
    if not root_sells:
        outside = saturate_u64(outside - root_whole)
    return subnet.moved(subnet.pool, Alpha(outside)), Pending(
        Alpha(minted),
        Alpha(u96f32.to_u64_floor(owner_cut)),
        Alpha(u96f32.to_u64_floor(server)),
        Alpha(u96f32.to_u64_floor(validator)),
        Alpha(root_whole if root_sells else 0),
        Alpha(0 if root_sells else root_whole),
    )


def emit(subnets: Sequence[Subnet], emission: Rao, root: Root) -> tuple[list[SubnetEmission], Rao]:
    """
    One block's emission to `subnets`, ascending by netuid; and the TAO that nobody got.

    What nobody got is to be taken off the total issuance again.
    """
    sells = root_sells(subnets)
    credit, done = emission, []
    for subnet, tao_emission in zip(subnets, tao_emissions(subnets, emission), strict=True):
        granted = terms(subnet, tao_emission, root)
        injection = inject(subnet, granted, credit)
        credit -= injection.tao_spent
        after, pending = split_alpha(injection.subnet, granted.alpha_out, root, root_sells=sells)
        done.append(SubnetEmission(after, injection, pending))
    return done, Rao(int(credit))
