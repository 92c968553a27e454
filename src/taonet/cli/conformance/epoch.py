"""Adapter of the kind `epoch`: one epoch of one mechanism."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taonet.cli.conformance.cases import Case
from taonet.economy.yuma import EpochInput, EpochOutput, run_epoch

STAKE_FRACTION_BITS = 64


def epoch(case: Case) -> dict[str, Any]:
    """
    `epoch`: emission, consensus, bonds and permits from stake, weights and old bonds.

    The form has no owner, stake threshold or commits, and names the last epoch's block, so that
    no tempo is needed. Its bonds are recorded with ascending uids, whereas the chain stores them
    in the order of the weights they came from.
    """
    return _recorded_output(run_epoch(epoch_input(case)))


def epoch_input(case: Case) -> EpochInput:
    """The input of one line as the production code takes it."""
    return EpochInput(
        emission_rao=case["emission_rao"],
        current_block=case["current_block"],
        last_epoch_block=case["last_step_block"],
        tempo_blocks=0,
        activity_cutoff_blocks=case["activity_cutoff_blocks"],
        stake_weights=[stake << STAKE_FRACTION_BITS for stake in case["total_stake_u64"]],
        last_update_block=case["last_update_block"],
        registration_block=case["block_at_registration"],
        validator_permits=case["validator_permit"],
        weights_rows=_pair_rows(case["weights_rows_uid_u16"]),
        bonds_rows=_pair_rows(case["bonds_rows_uid_u16"]),
        max_allowed_validators=case["max_allowed_validators"],
        kappa_u16=case["kappa_u16"],
        bonds_penalty_u16=case["bonds_penalty_u16"],
        bonds_moving_average_millionths=case["bonds_moving_average_millionths"],
        yuma3=case["yuma3"],
        liquid_alpha=case["liquid_alpha"],
        alpha_sigmoid_steepness=case["alpha_sigmoid_steepness_i16"],
        alpha_low_u16=case["alpha_low_u16"],
        alpha_high_u16=case["alpha_high_u16"],
    )


def _pair_rows(rows: Sequence[Sequence[Sequence[int]]]) -> list[NDArray[np.uint16]]:
    return [np.array(row, dtype=np.uint16).reshape(-1, 2) for row in rows]


def _recorded_output(output: EpochOutput) -> dict[str, Any]:
    bonds: list[list[list[int]]] = [[] for _ in output.stake_bits]
    for validator, miner, value in output.bond_entries():
        bonds[validator].append([miner, value])
    return {
        "server_emission": output.server_emission_rao.tolist(),
        "validator_emission": output.validator_emission_rao.tolist(),
        "combined_emission": output.combined_emission_rao.tolist(),
        "consensus_i32f32_bits": output.consensus_bits.tolist(),
        "incentive_i32f32_bits": output.incentive_bits.tolist(),
        "dividends_i32f32_bits": output.dividends_bits.tolist(),
        "validator_trust_i32f32_bits": output.validator_trust_bits.tolist(),
        "stake_i32f32_bits": output.stake_bits.tolist(),
        "new_validator_permit": output.validator_permits.tolist(),
        "bonds_rows_uid_i32f32_bits": [sorted(row) for row in bonds],
    }
