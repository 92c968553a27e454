"""Adapters of the kinds that exercise the emission: moving prices, terms, whole sequences."""

from typing import Any

from taonet.cli.conformance.cases import Case
from taonet.economy import subnet_emission
from taonet.economy.balancer import Balancer
from taonet.economy.moving_price import Smoothing, effective_moving_price, next_moving_price
from taonet.economy.subnet_emission import Root, Subnet, SubnetEmission
from taonet.economy.swap import Pool
from taonet.primitives.fixed_point import I96F32, U96F32
from taonet.primitives.units import Alpha, Rao


def moving_price(case: Case) -> dict[str, Any]:
    """`moving_price`: one block of one subnet; the spot price is checked as well."""
    dynamic = case["mechanism"] == 1
    balancer = Balancer(case["quote_weight_parts_1e18"])
    reserves = Rao(case["tao_reserve_rao"]), Alpha(case["alpha_reserve_rao"])
    spot = Pool(*reserves, balancer, dynamic=dynamic).price()
    if spot != case["current_price_u64f64_bits"]:
        raise ValueError(f"the spot price is {spot}")
    smoothing = Smoothing(
        case["first_emission_block"],
        case["ema_price_halving_blocks"],
        I96F32(case["moving_alpha_i96f32_bits"]),
    )
    old = effective_moving_price(I96F32(case["old_moving_price_i96f32_bits"]), dynamic=dynamic)
    new = next_moving_price(old, spot, smoothing, case["current_block"])
    return {"new_moving_price_i96f32_bits": new}


def _subnet(fields: Case) -> Subnet:
    pool = Pool(
        Rao(fields["tao_reserve_rao"]),
        Alpha(fields["alpha_in_rao"]),
        Balancer(fields["quote_weight_parts_1e18"]),
        balancer_initialized=fields.get("balancer_initialized", True),
        dynamic=fields.get("mechanism", 1) == 1,
    )
    return Subnet(
        pool,
        Alpha(fields["alpha_out_rao"]),
        I96F32(fields["moving_price_i96f32_bits"]),
        U96F32(fields["miner_burned_u96f32_bits"]),
        emission_enabled=fields.get("emission_enabled", True),
        owner_cut_enabled=fields.get("owner_cut_enabled", True),
    )


def _root(case: Case) -> Root:
    tao, weight, cut = case["root_tao_rao"], case["tao_weight_u64"], case["subnet_owner_cut_u16"]
    return Root.from_stored(Rao(tao), weight, cut)


def emission_terms(case: Case) -> dict[str, Any]:
    """`emission_terms`: one block's shares, terms, and subnets after the emission."""
    emission, root = Rao(case["block_emission_rao"]), _root(case)
    netuids = [fields["netuid"] for fields in case["subnets"]]
    subnets = [_subnet(fields) for fields in case["subnets"]]
    shares = subnet_emission.shares(subnets)
    tao = subnet_emission.tao_emissions(subnets, emission)
    done, recycled = subnet_emission.emit(subnets, emission, root)
    return {
        "root_sell_flag": subnet_emission.root_sells(subnets),
        "terms": [
            {"netuid": netuid, "share_u64f64_bits": share, **_terms(subnet, granted, root)}
            for netuid, share, granted, subnet in zip(netuids, shares, tao, subnets, strict=True)
        ],
        "after": [
            {"netuid": netuid, **_after(result)}
            for netuid, result in zip(netuids, done, strict=True)
        ],
        "recycled_tao_rao": int(recycled),
        "total_stake_delta_rao": sum(int(result.injection.stake_added) for result in done),
    }


def _terms(subnet: Subnet, tao_emission: U96F32, root: Root) -> dict[str, int]:
    granted = subnet_emission.terms(subnet, tao_emission, root)
    return {
        "tao_emission_u96f32_bits": tao_emission,
        "price_u64f64_bits": subnet.pool.price(),
        "root_proportion_u96f32_bits": root.proportion(subnet.alpha_issuance()),
        "tao_in_u96f32_bits": granted.tao_in,
        "alpha_in_u96f32_bits": granted.alpha_in,
        "alpha_out_u96f32_bits": granted.alpha_out,
        "excess_tao_u96f32_bits": granted.excess_tao,
    }


def _after(result: SubnetEmission) -> dict[str, Any]:
    pool, injection, pending = result.subnet.pool, result.injection, result.pending
    return {
        "tao_reserve_rao": int(pool.tao_reserve),
        "alpha_in_rao": int(pool.alpha_reserve),
        "alpha_out_rao": int(result.subnet.alpha_out),
        "quote_weight_parts_1e18": pool.balancer.quote_weight,
        "tao_in_emission_rao": int(injection.tao_in),
        "alpha_in_emission_rao": int(injection.alpha_in),
        "alpha_out_emission_rao": int(pending.minted),
        "excess_tao_rao": int(injection.tao_bought_with),
        "protocol_alpha_rao": int(injection.alpha_bought),
        "protocol_flow_rao": int(injection.tao_bought_with) + int(injection.tao_in),
        "pending_owner_cut_rao": int(pending.owner_cut),
        "pending_server_rao": int(pending.server),
        "pending_validator_rao": int(pending.validator),
        "pending_root_alpha_rao": int(pending.root),
        "balancer_initialized": pool.balancer_initialized,
    }
