"""
The real chain's recorded sequences of blocks, through storage and the block step.

`taonet conformance` holds the mathematics to them; here it is the pallets that must agree: what is
loaded, in which order, and where it is put.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from taonet.economy.registration import BurnBounds, raised_burn
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.swap import Balancer, Perquintill
from taonet.primitives.fixed_point import I96F32, U64F64, U96F32
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao
from tests.pallets.subtensor.chain import Chain

VECTORS = Path(__file__).parents[2] / "vectors" / "coinbase_sequence.jsonl.gz"

Case = dict[str, Any]


def cases() -> list[Case]:
    """All recorded sequences."""
    with gzip.open(VECTORS, "rt") as lines:
        return [json.loads(line) for line in lines]


def chain_of(case: Case) -> Chain:
    """A chain in the state that a sequence starts from; no epochs run."""
    chain = Chain()
    module = chain.subtensor
    module.pools.subnet_tao[ROOT] = Rao(case["root_tao_rao"])
    module.pools.subnet_moving_alpha = I96F32(case["moving_alpha_i96f32_bits"])
    module.global_parameters.tao_weight = case["tao_weight_u64"]
    module.global_parameters.subnet_owner_cut = case["subnet_owner_cut_u16"]
    for subnet in case["subnets"]:
        add_subnet(chain, case, subnet)
    module.emission.total_issuance = Rao(case["total_issuance_rao"])
    module.stake.total_stake = Rao(case["total_stake_rao"])
    return chain


def add_subnet(chain: Chain, case: Case, subnet: Case) -> None:
    """One subnet of a sequence's start."""
    module, netuid = chain.subtensor, NetUid(subnet["netuid"])
    chain.add_subnet(netuid)
    weights = Balancer(Perquintill(subnet["quote_weight_parts_1e18"]))
    chain.swap.swap_balancer[netuid] = weights
    chain.swap.pal_swap_initialized[netuid] = True
    chain.swap.fee_rate[netuid] = case["fee_rate_u16"]
    pools, parameters = module.pools, module.hyperparameters
    pools.subnet_tao[netuid] = Rao(subnet["tao_reserve_rao"])
    pools.subnet_alpha_in[netuid] = Alpha(subnet["alpha_in_rao"])
    pools.subnet_alpha_out[netuid] = Alpha(subnet["alpha_out_rao"])
    pools.subnet_moving_price[netuid] = I96F32(subnet["moving_price_i96f32_bits"])
    module.networks.first_emission_block_number[netuid] = subnet["first_emission_block"]
    module.emission.miner_burned[netuid] = U96F32(subnet["miner_burned_u96f32_bits"])
    module.registrations.burn[netuid] = Rao(subnet["burn_rao"])
    parameters.tempo[netuid] = 0
    parameters.ema_price_halving_blocks[netuid] = case["ema_price_halving_blocks"]
    parameters.burn_half_life[netuid] = case["burn_half_life_blocks"]
    parameters.min_burn[netuid] = Rao(case["min_burn_rao"])
    parameters.max_burn[netuid] = Rao(case["max_burn_rao"])


def operate(chain: Chain, case: Case, operation: str, netuid: NetUid, *amounts: int) -> None:
    """What a user did after a block; what was refused leaves no trace."""
    if operation == "register":
        burns = chain.subtensor.registrations.burn
        bounds = BurnBounds(Rao(case["min_burn_rao"]), Rao(case["max_burn_rao"]))
        increase = U64F64(case["burn_increase_mult_u64f64_bits"])
        burns[netuid] = raised_burn(netuid, burns[netuid], bounds, increase)
        return
    amount, limit = amounts
    try:
        with chain.state.transaction():
            if operation == "buy":
                chain.staking.buy(netuid, Rao(amount), Rao(limit))
            else:
                chain.staking.sell(netuid, Alpha(amount), Rao(limit))
    except DispatchError:
        return


def checkpoint(chain: Chain, case: Case) -> Case:
    """What the recorded sequences say of a block."""
    module = chain.subtensor
    return {
        "after_block": chain.system.number,
        "total_issuance_rao": int(module.emission.total_issuance),
        "total_stake_rao": int(module.stake.total_stake),
        "subnets": [subnet_of(chain, NetUid(subnet["netuid"])) for subnet in case["subnets"]],
    }


def subnet_of(chain: Chain, netuid: NetUid) -> Case:
    """What they say of a subnet."""
    pools, emission = chain.subtensor.pools, chain.subtensor.emission
    return {
        "netuid": int(netuid),
        "tao_reserve_rao": int(pools.subnet_tao[netuid]),
        "alpha_in_rao": int(pools.subnet_alpha_in[netuid]),
        "alpha_out_rao": int(pools.subnet_alpha_out[netuid]),
        "quote_weight_parts_1e18": chain.swap.swap_balancer[netuid].quote._0,
        "moving_price_i96f32_bits": pools.subnet_moving_price[netuid],
        "price_u64f64_bits": chain.swap.price(netuid),
        "protocol_alpha_rao": int(pools.subnet_protocol_alpha[netuid]),
        "protocol_flow_rao": chain.subtensor.flows.subnet_protocol_flow[netuid],
        "pending_owner_cut_rao": int(emission.pending_owner_cut[netuid]),
        "pending_server_rao": int(emission.pending_server_emission[netuid]),
        "pending_validator_rao": int(emission.pending_validator_emission[netuid]),
        "pending_root_alpha_rao": int(emission.pending_root_alpha_divs[netuid]),
        "burn_rao": int(chain.subtensor.registrations.burn[netuid]),
        "volume_rao": pools.subnet_volume[netuid],
    }


@pytest.mark.parametrize("case", cases())
def test_blocks_are_the_real_chains(case: Case) -> None:
    start, expected = case["input"], case["output"]["checkpoints"]
    chain, found = chain_of(start), []
    for passed in range(1, start["blocks"] + 1):
        chain.state.events.clear()
        chain.system.number = start["first_block"] + passed - 1
        chain.subtensor.block_step.on_initialize(chain.system.number)
        for block, operation, netuid, *amounts in start["user_ops"]:
            if block == chain.system.number:
                operate(chain, start, operation, NetUid(netuid), *amounts)
        if passed in (start["blocks"] // 2, start["blocks"]):
            found.append(checkpoint(chain, start))
    assert found == expected
