"""
What can be said of a subnet in one value, by the name that views give it.

The same parameters stand in many views; each is read in one place here, and `read` fills a view's
fields by their names.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.symbols import subnet_name
from taonet.primitives.fixed_point import i32f32, saturate_u64
from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime
from taonet.scale.types import Struct

V = TypeVar("V", bound=Struct)

Reading = Callable[[Runtime, NetUid], Any]

CUTOFF_FACTOR_ONE = 1_000
"""The activity cutoff's factor is in thousandths of a tempo."""


def exists(runtime: Runtime, netuid: NetUid) -> bool:
    """Whether there is such a subnet; root counts."""
    return runtime.subtensor.networks.networks_added[netuid]


def netuids(runtime: Runtime) -> list[NetUid]:
    """The subnets in the order of their storage keys, root among them."""
    return list(runtime.subtensor.networks.networks_added.keys())


def activity_cutoff_blocks(subtensor: Storage, netuid: NetUid) -> int:
    """
    Blocks without weights after which a validator counts as inactive, at least 1.

    Source: subtensor pallets/subtensor/src/utils/misc.rs @ 14bc6f9.
    """
    parameters = subtensor.hyperparameters
    factor = parameters.activity_cutoff_factor_milli[netuid]
    return max(saturate_u64(factor * parameters.tempo[netuid]) // CUTOFF_FACTOR_ONE, 1)


def blocks_since_last_step(runtime: Runtime, netuid: NetUid) -> int:
    """Blocks since the subnet's last epoch that ran."""
    last = runtime.subtensor.epochs.last_mechansim_step_block[netuid]
    return max(runtime.system.number - last, 0)


def pending_alpha(subtensor: Storage, netuid: NetUid) -> int:
    """What validators and miners together wait for, in alpha's smallest unit."""
    emission = subtensor.emission
    validators = int(emission.pending_validator_emission[netuid])
    return saturate_u64(validators + int(emission.pending_server_emission[netuid]))


def least_childkey_take(subtensor: Storage, netuid: NetUid) -> int:
    """The larger of the network's least childkey take and the subnet's, over 65535."""
    here = subtensor.hyperparameters.min_childkey_take_per_subnet[netuid]
    return max(subtensor.children.min_childkey_take, here)


_IDENTITY: Mapping[str, Reading] = {
    "netuid": lambda _, n: n,
    "name": lambda r, n: subnet_name(r.subtensor, n),
    "symbol": lambda r, n: r.subtensor.networks.token_symbol[n],
    "identity": lambda r, n: r.subtensor.networks.subnet_identities_v3[n],
    "network_registered_at": lambda r, n: r.subtensor.networks.network_registered_at[n],
    "owner_hotkey": lambda r, n: r.subtensor.networks.subnet_owner_hotkey[n],
    "owner_coldkey": lambda r, n: r.subtensor.networks.subnet_owner[n],
    "num_uids": lambda r, n: r.subtensor.networks.subnetwork_n[n],
    "subnet_is_active": lambda r, n: r.subtensor.networks.subtoken_enabled[n],
}

_TIME: Mapping[str, Reading] = {
    "block": lambda r, _: r.system.number,
    "tempo": lambda r, n: r.subtensor.hyperparameters.tempo[n],
    "last_step": lambda r, n: r.subtensor.epochs.last_mechansim_step_block[n],
    "blocks_since_last_step": blocks_since_last_step,
}

_ECONOMY: Mapping[str, Reading] = {
    "alpha_in": lambda r, n: r.subtensor.pools.subnet_alpha_in[n],
    "alpha_out": lambda r, n: r.subtensor.pools.subnet_alpha_out[n],
    "tao_in": lambda r, n: r.subtensor.pools.subnet_tao[n],
    "subnet_volume": lambda r, n: r.subtensor.pools.subnet_volume[n],
    "moving_price": lambda r, n: r.subtensor.pools.subnet_moving_price[n],
    "alpha_out_emission": lambda r, n: r.subtensor.emission.subnet_alpha_out_emission[n],
    "alpha_in_emission": lambda r, n: r.subtensor.emission.subnet_alpha_in_emission[n],
    "tao_in_emission": lambda r, n: r.subtensor.emission.subnet_tao_in_emission[n],
    "pending_alpha_emission": lambda r, n: pending_alpha(r.subtensor, n),
    # Kept by the real chain for old clients: nothing fills them any more.
    "pending_root_emission": lambda _r, _n: 0,
    "subnet_emission": lambda _r, _n: 0,
}

_REGISTRATION: Mapping[str, Reading] = {
    "burn": lambda r, n: r.subtensor.registrations.burn[n],
    "difficulty": lambda r, n: r.subtensor.registrations.difficulty[n],
    "min_burn": lambda r, n: r.subtensor.hyperparameters.min_burn[n],
    "max_burn": lambda r, n: r.subtensor.hyperparameters.max_burn[n],
    "burn_half_life": lambda r, n: r.subtensor.hyperparameters.burn_half_life[n],
    "burn_increase_mult": lambda r, n: r.subtensor.hyperparameters.burn_increase_mult[n],
    "min_difficulty": lambda r, n: r.subtensor.hyperparameters.min_difficulty[n],
    "max_difficulty": lambda r, n: r.subtensor.hyperparameters.max_difficulty[n],
    "registration_allowed": lambda r, n: r.subtensor.hyperparameters.network_registration_allowed[
        n
    ],
    "pow_registration_allowed": lambda r, n: (
        r.subtensor.hyperparameters.network_pow_registration_allowed[n]
    ),
    "immunity_period": lambda r, n: r.subtensor.hyperparameters.immunity_period[n],
    "max_uids": lambda r, n: r.subtensor.hyperparameters.max_allowed_uids[n],
    "adjustment_alpha": lambda r, n: r.subtensor.hyperparameters.adjustment_alpha[n],
    "adjustment_interval": lambda r, n: r.subtensor.hyperparameters.adjustment_interval[n],
    "target_regs_per_interval": lambda r, n: (
        r.subtensor.hyperparameters.target_registrations_per_interval[n]
    ),
    "max_regs_per_block": lambda r, n: r.subtensor.hyperparameters.max_registrations_per_block[n],
}

_CONSENSUS: Mapping[str, Reading] = {
    "rho": lambda r, n: r.subtensor.hyperparameters.rho[n],
    "kappa": lambda r, n: r.subtensor.hyperparameters.kappa[n],
    "min_allowed_weights": lambda r, n: r.subtensor.hyperparameters.min_allowed_weights[n],
    "max_weights_limit": lambda r, n: r.subtensor.hyperparameters.max_weights_limit[n],
    "weights_version": lambda r, n: r.subtensor.hyperparameters.weights_version_key[n],
    "weights_rate_limit": lambda r, n: r.subtensor.hyperparameters.weights_set_rate_limit[n],
    "activity_cutoff": lambda r, n: activity_cutoff_blocks(r.subtensor, n),
    "activity_cutoff_factor": lambda r, n: r.subtensor.hyperparameters.activity_cutoff_factor_milli[
        n
    ],
    "max_validators": lambda r, n: r.subtensor.hyperparameters.max_allowed_validators[n],
    "scaling_law_power": lambda r, n: r.subtensor.hyperparameters.scaling_law_power[n],
    "commit_reveal_weights_enabled": lambda r, n: (
        r.subtensor.hyperparameters.commit_reveal_weights_enabled[n]
    ),
    "commit_reveal_period": lambda r, n: r.subtensor.hyperparameters.reveal_period_epochs[n],
    "liquid_alpha_enabled": lambda r, n: r.subtensor.hyperparameters.liquid_alpha_on[n],
    "alpha_low": lambda r, n: r.subtensor.hyperparameters.alpha_values[n][0],
    "alpha_high": lambda r, n: r.subtensor.hyperparameters.alpha_values[n][1],
    "alpha_sigmoid_steepness": lambda r, n: i32f32.from_int(
        r.subtensor.hyperparameters.alpha_sigmoid_steepness[n]
    ),
    "bonds_moving_avg": lambda r, n: r.subtensor.hyperparameters.bonds_moving_average[n],
    "bonds_reset_enabled": lambda r, n: r.subtensor.hyperparameters.bonds_reset_on[n],
    "yuma_version": lambda r, n: 3 if r.subtensor.hyperparameters.yuma3_on[n] else 2,
}

_RIGHTS: Mapping[str, Reading] = {
    "serving_rate_limit": lambda r, n: r.subtensor.hyperparameters.serving_rate_limit[n],
    "transfers_enabled": lambda r, n: r.subtensor.hyperparameters.transfer_toggle[n],
    "owner_cut_enabled": lambda r, n: r.subtensor.hyperparameters.owner_cut_enabled[n],
    "owner_cut_auto_lock_enabled": lambda r, n: (
        r.subtensor.hyperparameters.owner_cut_auto_lock_enabled[n]
    ),
    "min_childkey_take": lambda r, n: least_childkey_take(r.subtensor, n),
    # Users can no longer own liquidity; clients still ask.
    "user_liquidity_enabled": lambda _r, _n: False,
}

READINGS: Mapping[str, Reading] = {
    **_IDENTITY,
    **_TIME,
    **_ECONOMY,
    **_REGISTRATION,
    **_CONSENSUS,
    **_RIGHTS,
}


def read(view: type[V], runtime: Runtime, netuid: NetUid, given: Mapping[str, Any]) -> V:
    """A view of a subnet: its fields by name, from `given` before `READINGS`."""
    values = [
        given[field.name] if field.name in given else READINGS[field.name](runtime, netuid)
        for field in fields(view)  # type: ignore[arg-type]
    ]
    build: Callable[..., V] = view
    return build(*values)
