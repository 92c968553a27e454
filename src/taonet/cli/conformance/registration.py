"""Adapters of the kinds that exercise the cost of registering neurons and subnets."""

from typing import Any

from taonet.cli.conformance.cases import Case
from taonet.economy.block_emission import block_emission
from taonet.economy.registration import (
    BurnBounds,
    LastLock,
    decay_factor_q32,
    decayed_burn,
    lock_reduction_interval,
    network_lock_cost,
    raised_burn,
)
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.units import NetUid, Rao


def registration_burn(case: Case) -> dict[str, Any]:
    """`registration_burn`: the decay factor, the decay over blocks, the jump."""
    if case["function"] == "decay_factor_q32":
        return {"factor_q32": decay_factor_q32(case["half_life_blocks"])}
    burn = Rao(case["burn_rao"])
    bounds = BurnBounds(Rao(case["min_burn_rao"]), Rao(case["max_burn_rao"]))
    if case["function"] == "bump_registration_price_after_registration":
        increase = U64F64(case["burn_increase_mult_u64f64_bits"])
        return {"new_burn_rao": int(raised_burn(NetUid(case["netuid"]), burn, bounds, increase))}
    first, half_life = case["first_block_number"], case["half_life_blocks"]
    burns = []
    for block in range(first, first + case["blocks_run"]):
        burn = decayed_burn(burn, bounds, half_life, block)
        burns.append(int(burn))
    return {"burn_after_first_block_rao": burns[0], "burn_after_all_blocks_rao": burns[-1]}


def lock_cost(case: Case) -> dict[str, Any]:
    """`network_lock_cost`: emission, interval and cost."""
    emission = block_emission(Rao(case["total_issuance_rao"]))
    interval = lock_reduction_interval(case["lock_reduction_interval_blocks"], emission)
    last = LastLock(Rao(case["last_lock_cost_rao"]), case["last_lock_block"])
    minimum = Rao(case["min_lock_cost_rao"])
    return {
        "block_emission_rao": int(emission),
        "effective_interval_blocks": interval,
        "lock_cost_rao": int(network_lock_cost(last, minimum, interval, case["current_block"])),
    }
