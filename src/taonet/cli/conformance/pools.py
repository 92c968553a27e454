"""Adapters of the kinds that exercise a subnet's pool: its price curve and its swaps."""

from dataclasses import replace
from typing import Any, Final

from taonet.cli.conformance.cases import Case
from taonet.economy.balancer import Balancer, WeightOutOfRange
from taonet.economy.swap import (
    Pool,
    Reserves,
    SwapError,
    SwapResult,
    after_buy,
    after_sell,
    buy,
    limit_price,
    sell,
    stake_added_by_buy,
)
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.units import Alpha, Rao

_TOTAL_STAKE_BEFORE: Final = 10**15
"""The total stake that every recorded swap started from; a sale takes at most that off."""


def balancer(case: Case) -> dict[str, Any]:
    """`balancer`: one method of the price curve."""
    match case["function"]:
        case "new":
            return _new(case)
        case "maybe_initialize_palswap":
            return _from_price(case)
        case "update_weights_for_added_liquidity":
            return _with_added_liquidity(case)
        case _:
            return _value(Balancer(case["quote_weight_parts_1e18"]), case)


def _value(curve: Balancer, case: Case) -> dict[str, Any]:
    tao, alpha = Rao(case.get("tao_reserve", 0)), Alpha(case.get("alpha_reserve", 0))
    current = U64F64(case.get("current_price_u64f64_bits", 0))
    target = U64F64(case.get("target_price_u64f64_bits", 0))
    match case["function"]:
        case "calculate_price":
            return {"price_u64f64_bits": curve.price(tao, alpha)}
        case "exp_base_quote":
            return {"result_u64f64_bits": curve.power_base_quote(case["x"], case["dx"])}
        case "exp_quote_base":
            return {"result_u64f64_bits": curve.power_quote_base(case["y"], case["dy"])}
        case "calculate_quote_delta_in":
            return {"delta_in_rao": int(curve.tao_in_to_price(current, target, tao))}
        case "calculate_base_delta_in":
            return {"delta_in_rao": int(curve.alpha_in_to_price(current, target, alpha))}
        case "get_base_needed_for_quote":
            needed = curve.alpha_needed_for(tao, alpha, Rao(case["delta_tao"]))
            return {"alpha_needed_rao": int(needed)}
        case function:
            raise ValueError(f"a balancer has no function {function!r}")


def _new(case: Case) -> dict[str, Any]:
    try:
        Balancer.new(case["quote_weight_parts_1e18"])
    except WeightOutOfRange:
        return {"valid": False}
    return {"valid": True}


def _from_price(case: Case) -> dict[str, Any]:
    price, tao, alpha = case["price_u64f64_bits"], case["tao_reserve"], case["alpha_reserve"]
    try:
        curve = Balancer.from_price(U64F64(price), Rao(tao), Alpha(alpha))
    except WeightOutOfRange:
        return {"error": "ReservesOutOfBalance"}
    return {"quote_weight_parts_1e18": curve.quote_weight}


def _with_added_liquidity(case: Case) -> dict[str, Any]:
    curve = Balancer(case["quote_weight_parts_1e18"])
    try:
        updated = curve.with_added_liquidity(
            Rao(case["tao_reserve"]),
            Alpha(case["alpha_reserve"]),
            Rao(case["tao_delta"]),
            Alpha(case["alpha_delta"]),
        )
    except WeightOutOfRange:
        return {"ok": False, "quote_weight_parts_1e18_after": curve.quote_weight}
    return {"ok": True, "quote_weight_parts_1e18_after": updated.quote_weight}


def swap(case: Case) -> dict[str, Any]:
    """`swap`: a buy or a sale, settled or only simulated."""
    pool = Pool(
        Rao(case["tao_reserve_rao"]),
        Alpha(case["alpha_reserve_rao"]),
        Balancer(case["quote_weight_parts_1e18"]),
        balancer_initialized=case["balancer_initialized"],
        fee_rate=case["fee_rate_u16"],
        dynamic=case["mechanism"] == 1,
    )
    trade = _bought if case["direction"] == "buy_alpha_with_tao" else _sold
    try:
        paid, after = trade(pool, case)
    except SwapError as error:
        return {"error": type(error).__name__, **_balancer_fields(pool)}
    before = {"price_before_u64f64_bits": pool.price()}
    if case["kind"] == "sim_swap":
        return before | paid
    limit = limit_price(Rao(case["price_limit_rao_per_alpha"]))
    return {**before, "limit_price_u64f64_bits": limit, **paid, **after}


def _bought(pool: Pool, case: Case) -> tuple[dict[str, int], dict[str, Any]]:
    tao = Rao(case["amount_in_rao"])
    if case["kind"] == "sim_swap":
        result = buy(pool, tao)
    else:
        limit = Rao(case["price_limit_rao_per_alpha"])
        result = buy(pool, tao, limit, drop_fees=case["drop_fees"])
    moved = after_buy(_reserves(pool, case), result)
    staked = int(stake_added_by_buy(tao))
    return _paid(result), _after(result.pool, moved) | {
        "total_stake_delta_rao": staked,
        "volume_delta_rao": staked,
    }


def _sold(pool: Pool, case: Case) -> tuple[dict[str, int], dict[str, Any]]:
    alpha = Alpha(case["amount_in_rao"])
    if case["kind"] == "sim_swap":
        result = sell(pool, alpha)
    else:
        limit = Rao(case["price_limit_rao_per_alpha"])
        result = sell(pool, alpha, limit, drop_fees=case["drop_fees"])
    moved = after_sell(_reserves(pool, case), result)
    return _paid(result), _after(result.pool, moved) | {
        "total_stake_delta_rao": -min(int(result.paid_out), _TOTAL_STAKE_BEFORE),
        "volume_delta_rao": int(result.paid_out),
    }


def _reserves(pool: Pool, case: Case) -> Reserves:
    return Reserves(pool.tao_reserve, pool.alpha_reserve, Alpha(case["alpha_out_rao"]))


def _after(pool: Pool, moved: Reserves) -> dict[str, Any]:
    priced = replace(pool, tao_reserve=moved.tao, alpha_reserve=moved.alpha_in)
    return {
        "tao_reserve_after": int(moved.tao),
        "alpha_reserve_after": int(moved.alpha_in),
        "alpha_out_after": int(moved.alpha_out),
        **_balancer_fields(pool),
        "price_after_u64f64_bits": priced.price(),
    }


def _paid(result: SwapResult[Rao, Alpha] | SwapResult[Alpha, Rao]) -> dict[str, int]:
    return {
        "amount_paid_in": int(result.paid_in),
        "amount_paid_out": int(result.paid_out),
        "fee_paid": int(result.fee_paid),
        "fee_to_block_author": int(result.fee_to_block_author),
    }


def _balancer_fields(pool: Pool) -> dict[str, Any]:
    return {
        "balancer_initialized_after": pool.balancer_initialized,
        "quote_weight_parts_1e18_after": pool.balancer.quote_weight,
    }
