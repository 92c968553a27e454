"""Adapters of the kinds that exercise the emission: moving prices, terms, whole sequences."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from taonet.cli.conformance.cases import Case
from taonet.economy import subnet_emission
from taonet.economy.balancer import Balancer
from taonet.economy.block_emission import block_emission
from taonet.economy.moving_price import Smoothing, effective_moving_price, next_moving_price
from taonet.economy.registration import BurnBounds, decayed_burn, raised_burn
from taonet.economy.subnet_emission import Root, Subnet, SubnetEmission
from taonet.economy.swap import (
    Pool,
    Reserves,
    SwapError,
    after_buy,
    after_sell,
    buy,
    sell,
    stake_added_by_buy,
)
from taonet.primitives.fixed_point import I96F32, U64F64, U96F32
from taonet.primitives.units import Alpha, NetUid, Rao


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


@dataclass(slots=True)
class _Network:
    """What a sequence keeps from block to block; maps are by netuid."""

    case: Case
    total_issuance: int
    total_stake: int
    subnets: dict[int, Subnet]
    burns: dict[int, Rao]
    totals: dict[int, Counter[str]]


def coinbase_sequence(case: Case) -> dict[str, Any]:
    """`coinbase_sequence`: some blocks end to end, users' operations after each."""
    fields_of = {fields["netuid"]: fields for fields in case["subnets"]}
    network = _Network(
        case,
        case["total_issuance_rao"],
        case["total_stake_rao"],
        {netuid: _subnet(fields) for netuid, fields in fields_of.items()},
        {netuid: Rao(fields["burn_rao"]) for netuid, fields in fields_of.items()},
        {netuid: Counter() for netuid in fields_of},
    )
    first, blocks = case["first_block"], case["blocks"]
    checkpoints = []
    for block in range(first, first + blocks):
        _emit_block(network, block)
        for _, operation, netuid, *arguments in (op for op in case["user_ops"] if op[0] == block):
            if operation == "register":
                increase = U64F64(case["burn_increase_mult_u64f64_bits"])
                burn = network.burns[netuid]
                network.burns[netuid] = raised_burn(NetUid(netuid), burn, _bounds(case), increase)
            else:
                _trade(network, operation, netuid, *arguments)
        if block - first + 1 in (blocks // 2, blocks):
            checkpoints.append(_checkpoint(network, block))
    return {"checkpoints": checkpoints}


def _bounds(case: Case) -> BurnBounds:
    return BurnBounds(Rao(case["min_burn_rao"]), Rao(case["max_burn_rao"]))


def _emit_block(network: _Network, block: int) -> None:
    case = network.case
    for netuid, burn in network.burns.items():
        half_life = case["burn_half_life_blocks"]
        network.burns[netuid] = decayed_burn(burn, _bounds(case), half_life, block)
    emission = block_emission(Rao(network.total_issuance))
    done, recycled = subnet_emission.emit(list(network.subnets.values()), emission, _root(case))
    network.total_issuance += int(emission) - int(recycled)
    for fields, result in zip(case["subnets"], done, strict=True):
        netuid, injection, pending = fields["netuid"], result.injection, result.pending
        network.total_stake += int(injection.stake_added)
        network.totals[netuid].update(
            protocol_alpha_rao=int(injection.alpha_bought),
            protocol_flow_rao=int(injection.tao_bought_with) + int(injection.tao_in),
            pending_owner_cut_rao=int(pending.owner_cut),
            pending_server_rao=int(pending.server),
            pending_validator_rao=int(pending.validator),
            pending_root_alpha_rao=int(pending.root),
            volume_rao=int(injection.stake_added) - int(injection.tao_in),
        )
        smoothing = Smoothing(
            fields["first_emission_block"],
            case["ema_price_halving_blocks"],
            I96F32(case["moving_alpha_i96f32_bits"]),
        )
        moving, spot = result.subnet.effective_moving_price(), result.subnet.pool.price()
        new = next_moving_price(moving, spot, smoothing, block)
        network.subnets[netuid] = replace(result.subnet, moving_price=new)


def _trade(network: _Network, operation: str, netuid: int, amount: int, limit: int) -> None:
    subnet = network.subnets[netuid]
    pool = replace(subnet.pool, fee_rate=network.case["fee_rate_u16"])
    reserves = Reserves(pool.tao_reserve, pool.alpha_reserve, subnet.alpha_out)
    try:
        if operation == "buy":
            bought = buy(pool, Rao(amount), Rao(limit))
            after, pool = after_buy(reserves, bought), bought.pool
            staked = volume = int(stake_added_by_buy(Rao(amount)))
        else:
            sold = sell(pool, Alpha(amount), Rao(limit))
            after, pool = after_sell(reserves, sold), sold.pool
            volume = int(sold.paid_out)
            staked = -volume
    except SwapError:
        return
    network.total_stake += staked
    network.totals[netuid]["volume_rao"] += volume
    pool = replace(pool, tao_reserve=after.tao, alpha_reserve=after.alpha_in)
    network.subnets[netuid] = replace(subnet, pool=pool, alpha_out=after.alpha_out)


def _checkpoint(network: _Network, block: int) -> dict[str, Any]:
    return {
        "after_block": block,
        "total_issuance_rao": network.total_issuance,
        "total_stake_rao": network.total_stake,
        "subnets": [
            {
                "netuid": netuid,
                "tao_reserve_rao": int(subnet.pool.tao_reserve),
                "alpha_in_rao": int(subnet.pool.alpha_reserve),
                "alpha_out_rao": int(subnet.alpha_out),
                "quote_weight_parts_1e18": subnet.pool.balancer.quote_weight,
                "moving_price_i96f32_bits": subnet.moving_price,
                "price_u64f64_bits": subnet.pool.price(),
                "burn_rao": int(network.burns[netuid]),
                **network.totals[netuid],
            }
            for netuid, subnet in network.subnets.items()
        ],
    }
