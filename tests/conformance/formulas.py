"""The formulas that the tables name, each put to the code that the chain runs on."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from taonet.economy import conviction, tao_flow
from taonet.economy import swap as mathematics
from taonet.economy.balancer import WEIGHT_ONE, Balancer, WeightOutOfRange, weight_from_ratio
from taonet.economy.bigmath import pow_ratio_scaled
from taonet.economy.dividends import Stake, divide
from taonet.economy.safe_float import SafeFloat
from taonet.economy.share_pool import SharePool
from taonet.economy.swap import Pool
from taonet.economy.yuma import consensus, fixed, liquid_alpha, split_among_mechanisms, stake
from taonet.economy.yuma.matrix import RowMatrix
from taonet.pallets.limit_orders.batch import Entry, Netting
from taonet.pallets.limit_orders.orders import order_id_of
from taonet.pallets.subtensor import mechanisms, weight_setting
from taonet.pallets.subtensor.symbols import default_symbol
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.primitives.fixed_point import U64F64, U96F32, u64f64, u96f32
from taonet.primitives.units import Alpha, MechId, NetUid, Rao
from tests.conformance.order_ledger import limit_orders, signed_order
from tests.conformance.stage import Stage

ONE = 1 << 32


def single(number: float) -> Fraction:
    """A decimal as the 32-bit float that a test writes."""
    return Fraction(float(np.float32(number)))


def narrow(number: float) -> int:
    """The bits of the I32F32 nearest to a 32-bit float."""
    return round(single(number) * ONE)


def narrow_bits(numbers: Sequence[float]) -> fixed.Bits:
    """Those of several."""
    return fixed.bits([narrow(number) for number in numbers])


def shown(bits: fixed.Bits) -> list[Fraction]:
    """I32F32 numbers as fractions."""
    return [Fraction(int(number), ONE) for number in bits]


def upscaled(_stage: Stage, values: list[int]) -> list[int]:
    """Weights with the largest at 65535."""
    return weight_setting.upscaled(values)


def exponential(_stage: Stage, number: float) -> Fraction:
    """e to the power of a number within 20."""
    return shown(liquid_alpha.exponential(narrow_bits([number])))[0]


def largest(_stage: Stage, values: list[float], count: int) -> list[bool]:
    """Which are the `count` largest."""
    return [bool(flag) for flag in stake._largest(narrow_bits(values), count)]


def normalised(_stage: Stage, values: list[float]) -> list[Fraction]:
    """Each over the sum of all."""
    return shown(fixed.normalise(narrow_bits(values)))


def upscaled_columns(_stage: Stage, matrix: list[list[float]]) -> list[list[Fraction]]:
    """Each over the largest of its column."""
    rows = np.array([narrow_bits(row) for row in matrix])
    return [shown(row) for row in fixed.upscale_columns(rows)]


def normalised_columns(_stage: Stage, matrix: list[list[float]]) -> list[list[Fraction]]:
    """Each over the sum of its column."""
    rows = np.array([narrow_bits(row) for row in matrix])
    return [shown(row) for row in fixed.normalise_columns(rows)]


def weighted_medians(
    _stage: Stage, shares: list[float], weights: list[list[float]], majority: float
) -> list[Fraction]:
    """The consensus weight of each column."""
    values = np.array([narrow_bits(row) for row in weights])
    matrix = RowMatrix(values, values > 0, None)
    return shown(consensus.consensus_weights(matrix, narrow_bits(shares), narrow(majority)))


def to_u16(_stage: Stage, number: float) -> int:
    """A proportion in 65535ths."""
    return int(fixed.to_u16(narrow_bits([number]))[0])


def decay(_stage: Stage, blocks: int, time_constant: int) -> Fraction:
    """What exponential decay leaves of 1."""
    return Fraction(int(conviction.decay(blocks, time_constant)), 2**64)


def rolled(_stage: Stage, given: Mapping[str, Any]) -> dict[str, Any]:
    """A lock at a later block."""
    lock = conviction.Lock(
        Alpha(given["locked"]), u64f64.from_int(given.get("conviction", 0)), given.get("updated", 0)
    )
    rates = conviction.Rates(given["unlock"], given["maturity"])
    kind = conviction.Kind(given.get("owner", False), given.get("perpetual", False))
    for now in given["now"]:
        lock = conviction.roll(lock, now, rates, kind)
    convinced = Fraction(int(lock.conviction), 2**64)
    return {"locked": int(lock.mass), "conviction": convinced, "updated": lock.updated}


def conviction_of(stage: Stage, given: Mapping[str, Any]) -> Fraction:
    """The conviction of a lock at a later block."""
    found: Fraction = rolled(stage, given)["conviction"]
    return found


def until_epoch(stage: Stage, netuid: int, tempo: int, block: int) -> int:
    """The blocks until a subnet's next regular epoch."""
    stage.put("Tempo", [netuid], tempo)
    return stage.module.schedule.blocks_until_regular(NetUid(netuid), block)


def largest_add(stage: Stage, netuid: int, limit: int) -> int:
    """The TAO that lifts a price to a limit."""
    return int(stage.module.staking_calls._rules.largest_add(NetUid(netuid), Rao(limit)))


def largest_remove(stage: Stage, netuid: int, limit: int) -> int:
    """The alpha that lowers a price to a limit."""
    return int(stage.module.staking_calls._rules.largest_remove(NetUid(netuid), Rao(limit)))


def largest_move(stage: Stage, origin: int, destination: int, limit: int) -> int:
    """The alpha that may move until the price of one in the other falls to a limit."""
    rules, places = stage.module.staking_calls._rules, (NetUid(origin), NetUid(destination))
    return int(rules.largest_move(*places, Rao(limit)))


def balancer(weight: list[int]) -> Balancer:
    """A balancer whose weight of TAO is a quotient."""
    return Balancer.new(weight_from_ratio(*weight))


def price_of(number: str) -> U64F64:
    """A price that a test writes as a 64-bit float."""
    return U64F64(round(Fraction(float(number)) * 2**64))


def paid_out(
    _stage: Stage, weight: list[int], reserve_in: int, reserve_out: int, amount: int, side: str
) -> Fraction:
    """What a swap pays by the pool's curve, unrounded; `side` is what is given up."""
    pool = balancer(weight)
    stays = (pool.power_base_quote if side == "alpha" else pool.power_quote_base)(
        reserve_in, amount
    )
    out = u64f64.from_int(reserve_out)
    return Fraction(u64f64.mul_floor(out, u64f64.saturating_sub(u64f64.one, stays)), 2**64)


def staying(_stage: Stage, weight: list[int], reserve: int, delta: int, side: str) -> Fraction:
    """The part of the other reserve that stays when this one grows."""
    pool = balancer(weight)
    power = pool.power_base_quote if side == "alpha" else pool.power_quote_base
    return Fraction(int(power(reserve, delta)), 2**64)


def pool_price(_stage: Stage, weight: list[int], tao: int, alpha: int) -> Fraction:
    """The price that weights and reserves make."""
    return Fraction(int(balancer(weight).price(Rao(tao), Alpha(alpha))), 2**64)


def tao_to_price(_stage: Stage, weight: list[int], now: str, then: str, tao: int) -> int:
    """The TAO that lifts a price."""
    return int(balancer(weight).tao_in_to_price(price_of(now), price_of(then), Rao(tao)))


def alpha_to_price(_stage: Stage, weight: list[int], now: str, then: str, alpha: int) -> int:
    """The alpha that lowers a price."""
    return int(balancer(weight).alpha_in_to_price(price_of(now), price_of(then), Alpha(alpha)))


def alpha_needed(_stage: Stage, weight: list[int], tao: int, alpha: int, out: int) -> int:
    """The alpha that must be sold for some TAO."""
    return int(balancer(weight).alpha_needed_for(Rao(tao), Alpha(alpha), Rao(out)))


def bought(_stage: Stage, weight: list[int], tao: int, alpha: int, amount: int) -> int:
    """The alpha that TAO buys, before fees."""
    return int(balancer(weight).alpha_out(Rao(tao), Alpha(alpha), Rao(amount)))


def sold(_stage: Stage, weight: list[int], tao: int, alpha: int, amount: int) -> int:
    """The TAO that alpha is sold for, before fees."""
    return int(balancer(weight).tao_out(Rao(tao), Alpha(alpha), Alpha(amount)))


def grown(_stage: Stage, reserves: list[int], added: list[int]) -> list[Fraction]:
    """The weight of TAO and the price after liquidity came to an even pool, which may keep both."""
    tao, alpha = reserves
    more = Rao(added[0]), Alpha(added[1])
    try:
        after = Balancer().with_added_liquidity(Rao(tao), Alpha(alpha), *more)
    except WeightOutOfRange:
        after = Balancer()
    price = after.price(Rao(tao + added[0]), Alpha(alpha + added[1]))
    return [Fraction(after.quote_weight, WEIGHT_ONE), Fraction(int(price), 2**64)]


def weight_for_price(_stage: Stage, price: str, tao: int, alpha: int) -> Fraction:
    """The price that a pool has, which was opened at it."""
    opened = Balancer.from_price(price_of(price), Rao(tao), Alpha(alpha))
    return Fraction(int(opened.price(Rao(tao), Alpha(alpha))), 2**64)


def power_ratio(
    _stage: Stage, base: list[int], exponent: list[int], precision: int, scale: int
) -> int | None:
    """A quotient to the power of a quotient, scaled."""
    return pow_ratio_scaled((base[0], base[1]), (exponent[0], exponent[1]), precision, scale)


def swap(_stage: Stage, tao: int, alpha: int, amount: int, side: str, limit: int) -> list[int]:
    """What a swap in an even pool pays out, what entered the pool, and the fee."""
    pool = Pool(Rao(tao), Alpha(alpha), Balancer(), balancer_initialized=True)
    if side == "alpha":
        sale = mathematics.sell(pool, Alpha(amount), Rao(limit))
        return [int(sale.paid_out), int(sale.paid_in), int(sale.fee_paid)]
    purchase = mathematics.buy(pool, Rao(amount), Rao(limit))
    return [int(purchase.paid_out), int(purchase.paid_in), int(purchase.fee_paid)]


def number(parts: list[int]) -> SafeFloat:
    """A decimal floating number by mantissa and exponent."""
    found = SafeFloat.new(*parts)
    assert found is not None, parts
    return found


def parts_of(found: SafeFloat | None) -> list[int] | None:
    """Mantissa and exponent."""
    return None if found is None else [found.mantissa, found.exponent]


def decimal_new(_stage: Stage, *parts: int) -> list[int] | None:
    """A decimal floating number in its normal form."""
    return parts_of(number(list(parts)))


def decimal_sum(_stage: Stage, a: list[int], b: list[int]) -> list[list[int] | None]:
    """A sum, both ways round."""
    return [parts_of(number(a).add(number(b))), parts_of(number(b).add(number(a)))]


def decimal_ratio(_stage: Stage, a: list[int], b: list[int]) -> Fraction | None:
    """A quotient over the true one; None by 0."""
    found = number(a).div(number(b))
    if found is None:
        return None
    true = _fraction(number(a)) / _fraction(number(b))
    return _fraction(found) / true


def decimal_product_ratio(
    _stage: Stage, a: list[int], b: list[int], divisor: list[int]
) -> Fraction | None:
    """`a * b / divisor` over the true result."""
    found = number(a).mul_div(number(b), number(divisor))
    true = _fraction(number(a)) * _fraction(number(b)) / _fraction(number(divisor))
    return None if found is None else _fraction(found) / true


def _fraction(value: SafeFloat) -> Fraction:
    return value.mantissa * Fraction(10) ** value.exponent


def pool_values(_stage: Stage, given: Mapping[str, Any], changes: list[list[Any]]) -> list[int]:
    """What the holders of a share pool have after changes; "all" is everyone alike."""
    pool = SharePool(given.get("value", 0), number(given.get("denominator", [0, 0])))
    shares = {key: number(parts) for key, parts in given.get("shares", {}).items()}
    for key, delta in changes:
        if key == "all":
            pool = pool.update_all(delta)
        else:
            pool, shares[key] = pool.update_one(shares.get(key, SafeFloat()), delta)
    return [pool.value_of(shares[key]) for key in sorted(shares)] or [pool.shared_value]


def shares_issued(_stage: Stage, delta: int, value: int, denominator: list[int]) -> Fraction:
    """Shares for a deposit over the true number of them."""
    found = SharePool(value, number(denominator))._shares_for(delta)
    return _fraction(found) / (delta * _fraction(number(denominator)) / value)


def powers(_stage: Stage, values: list[float], exponent: float) -> list[Fraction]:
    """Values to a power, as parts of their sum."""
    bits = [U64F64(int(Fraction(value) * 2**64)) for value in values]
    raised = tao_flow.normalised_powers(bits, U64F64(int(Fraction(exponent) * 2**64)))
    return [Fraction(int(part), 2**64) for part in raised]


def power_part(stage: Stage, values: list[float], exponent: float, index: int) -> Fraction:
    """One of them."""
    return powers(stage, values, exponent)[index]


def emission_shares(stage: Stage, netuids: list[int]) -> list[Fraction]:
    """The subnets' parts of a block's emission."""
    places = [NetUid(netuid) for netuid in netuids]
    coinbase = stage.module.coinbase
    found = coinbase._shares.of(places, [coinbase._subnet(place) for place in places])
    return [Fraction(int(share), 2**64) for share in found]


def mechanism_index(_stage: Stage, netuid: int, mechanism: int) -> int:
    """Where a mechanism's weights, bonds and incentives are stored."""
    return int(mechanisms.mechanism_index(NetUid(netuid), MechId(mechanism)))


def netuid_of_index(_stage: Stage, index: int) -> int:
    """The subnet of such a place."""
    return int(mechanisms.netuid_of(MechanismIndex(index)))


def mechanism_split(stage: Stage, netuid: int, emission: int) -> list[int]:
    """A subnet's emission among its mechanisms."""
    networks, place = stage.module.networks, NetUid(netuid)
    count = len(list(stage.module.mechanisms.indices(place)))
    return split_among_mechanisms(emission, count, networks.mechanism_emission_split[place])


def netted(_stage: Stage, buys: int, sales: int, price: str) -> int:
    """What a batch of orders leaves to trade with the pool."""
    return Netting(U64F64(int(Fraction(price) * 2**64)), buys, sales).rest


def worth_in_alpha(_stage: Stage, buys: int, price: str) -> int:
    """What the buyers of a batch pay, in alpha."""
    return Netting(U64F64(int(Fraction(price) * 2**64)), buys, 0).bought()


def swap_limit(_stage: Stage, kind: str, limit: int, slippage: int | None) -> int:
    """The worst price that an order takes from the pool."""
    margin = {} if slippage is None else {"slippage": slippage}
    return signed_order(["@alice", "@bob", kind, 1, limit, margin]).inner.swap_limit


def order_net(_stage: Stage, amount: int, fee: int) -> int:
    """What of a buy is traded."""
    signed = signed_order(["@alice", "@bob", "LIMIT_BUY", amount, 1, {"fee": fee}])
    return Entry(signed, order_id_of(signed.order)).net


def dividend_sums(_stage: Stage, alpha: int, root: int, weight: str) -> list[Fraction]:
    """What two hotkeys of the real chain's tests have together of validators' and root's alpha."""
    stakes = {0: Stake(Alpha(4_859_302), Alpha(2_342_352)), 1: Stake(Alpha(23_423), Alpha(859_273))}
    dividends = {0: u96f32.from_int(77_783_738), 1: u96f32.from_int(19_283_940)}
    counts = U96F32(int(Fraction(weight) * 2**32))
    found = divide(dividends, stakes, Alpha(alpha), Alpha(root), counts)
    return [Fraction(sum(map(int, part.values())), 2**32) for part in (found.alpha, found.root)]


def symbol(_stage: Stage, netuid: int) -> str:
    """The symbol of a new subnet where none is taken, as bytes."""
    return "0x" + default_symbol(NetUid(netuid), ()).hex()


def swap_out(stage: Stage, *given: Any) -> int:
    """What a swap in an even pool pays out."""
    return swap(stage, *given)[0]


FORMULAS: Mapping[str, Callable[..., Any]] = {
    formula.__name__: formula
    for formula in (
        upscaled,
        exponential,
        largest,
        normalised,
        upscaled_columns,
        normalised_columns,
        weighted_medians,
        to_u16,
        decay,
        rolled,
        conviction_of,
        until_epoch,
        largest_add,
        largest_remove,
        largest_move,
        paid_out,
        staying,
        pool_price,
        tao_to_price,
        alpha_to_price,
        alpha_needed,
        bought,
        sold,
        grown,
        weight_for_price,
        power_ratio,
        swap,
        mechanism_index,
        netuid_of_index,
        mechanism_split,
        limit_orders,
        netted,
        worth_in_alpha,
        swap_limit,
        order_net,
        dividend_sums,
        symbol,
        swap_out,
        decimal_new,
        decimal_sum,
        decimal_ratio,
        decimal_product_ratio,
        pool_values,
        shares_issued,
        powers,
        power_part,
        emission_shares,
    )
}
