"""
A subnet's parameters: two fixed lists for older clients, and one of names and tagged values.

Source: subtensor pallets/subtensor/src/rpc_info/subnet_info.rs @ 14bc6f9.
"""

from typing import TypeVar

from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.subnet_readings import READINGS, exists, read
from taonet.runtime.runtime_apis.view_types import (
    CompactRao,
    CompactU128,
    Fraction,
    SignedFraction,
)
from taonet.scale.types import CompactU16, CompactU32, CompactU64, Struct, TaggedUnion

V = TypeVar("V", "SubnetHyperparams", "SubnetHyperparamsV2")


class SubnetHyperparams(Struct, path="pallet_subtensor::rpc_info::subnet_info::SubnetHyperparams"):
    """The parameters that there were at first."""

    rho: CompactU16
    kappa: CompactU16
    immunity_period: CompactU16
    min_allowed_weights: CompactU16
    max_weights_limit: CompactU16
    tempo: CompactU16
    min_difficulty: CompactU64
    max_difficulty: CompactU64
    weights_version: CompactU64
    weights_rate_limit: CompactU64
    adjustment_interval: CompactU16
    activity_cutoff: CompactU64
    registration_allowed: bool
    target_regs_per_interval: CompactU16
    min_burn: CompactRao
    max_burn: CompactRao
    bonds_moving_avg: CompactU64
    max_regs_per_block: CompactU16
    serving_rate_limit: CompactU64
    max_validators: CompactU16
    adjustment_alpha: CompactU64
    difficulty: CompactU64
    commit_reveal_period: CompactU64
    commit_reveal_weights_enabled: bool
    alpha_high: CompactU16
    alpha_low: CompactU16
    liquid_alpha_enabled: bool


class SubnetHyperparamsV2(
    Struct, path="pallet_subtensor::rpc_info::subnet_info::SubnetHyperparamsV2"
):
    """The parameters that there were when subnets got tokens."""

    rho: CompactU16
    kappa: CompactU16
    immunity_period: CompactU16
    min_allowed_weights: CompactU16
    max_weights_limit: CompactU16
    tempo: CompactU16
    min_difficulty: CompactU64
    max_difficulty: CompactU64
    weights_version: CompactU64
    weights_rate_limit: CompactU64
    adjustment_interval: CompactU16
    activity_cutoff: CompactU64
    registration_allowed: bool
    target_regs_per_interval: CompactU16
    min_burn: CompactRao
    max_burn: CompactRao
    bonds_moving_avg: CompactU64
    max_regs_per_block: CompactU16
    serving_rate_limit: CompactU64
    max_validators: CompactU16
    adjustment_alpha: CompactU64
    difficulty: CompactU64
    commit_reveal_period: CompactU64
    commit_reveal_weights_enabled: bool
    alpha_high: CompactU16
    alpha_low: CompactU16
    liquid_alpha_enabled: bool
    alpha_sigmoid_steepness: SignedFraction
    yuma_version: CompactU16
    subnet_is_active: bool
    transfers_enabled: bool
    bonds_reset_enabled: bool
    user_liquidity_enabled: bool


class HyperparamValue(TaggedUnion, path="pallet_subtensor::rpc_info::subnet_info::HyperparamValue"):
    """A parameter's value with its type."""


class Flag(HyperparamValue, index=0, name="Bool"):
    """Yes or no."""

    _0: bool


class Number16(HyperparamValue, index=1, name="U16"):
    """A number below 2**16."""

    _0: CompactU16


class Number32(HyperparamValue, index=2, name="U32"):
    """A number below 2**32."""

    _0: CompactU32


class Number64(HyperparamValue, index=3, name="U64"):
    """A number below 2**64."""

    _0: CompactU64


class Number128(HyperparamValue, index=4, name="U128"):
    """A number below 2**128."""

    _0: CompactU128


class Money(HyperparamValue, index=5, name="TaoBalance"):
    """An amount in rao."""

    _0: CompactRao


class Signed(HyperparamValue, index=6, name="I32F32"):
    """A signed binary fraction."""

    _0: SignedFraction


class Unsigned(HyperparamValue, index=7, name="U64F64"):
    """A binary fraction."""

    _0: Fraction


class HyperparamEntry(Struct, path="pallet_subtensor::rpc_info::subnet_info::HyperparamEntry"):
    """One parameter."""

    name: bytes
    value: HyperparamValue


ENTRIES: tuple[tuple[str, type[HyperparamValue]], ...] = (
    ("kappa", Number16),
    ("immunity_period", Number16),
    ("min_allowed_weights", Number16),
    ("max_weights_limit", Number16),
    ("tempo", Number16),
    ("weights_version", Number64),
    ("weights_rate_limit", Number64),
    ("activity_cutoff", Number64),
    ("activity_cutoff_factor", Number32),
    ("registration_allowed", Flag),
    ("target_regs_per_interval", Number16),
    ("min_burn", Money),
    ("max_burn", Money),
    ("burn_half_life", Number16),
    ("burn_increase_mult", Unsigned),
    ("bonds_moving_avg", Number64),
    ("max_regs_per_block", Number16),
    ("serving_rate_limit", Number64),
    ("max_validators", Number16),
    ("commit_reveal_period", Number64),
    ("commit_reveal_weights_enabled", Flag),
    ("alpha_high", Number16),
    ("alpha_low", Number16),
    ("liquid_alpha_enabled", Flag),
    ("alpha_sigmoid_steepness", Signed),
    ("yuma_version", Number16),
    ("subnet_is_active", Flag),
    ("transfers_enabled", Flag),
    ("bonds_reset_enabled", Flag),
    ("user_liquidity_enabled", Flag),
    ("owner_cut_enabled", Flag),
    ("owner_cut_auto_lock_enabled", Flag),
    ("min_childkey_take", Number16),
)
"""The parameters of the present list, in its order."""


def fixed_hyperparameters(view: type[V], runtime: Runtime, netuid: NetUid) -> V | None:
    """One of the two fixed lists; None if the subnet does not exist."""
    return read(view, runtime, netuid, {}) if exists(runtime, netuid) else None


def hyperparameters(runtime: Runtime, netuid: NetUid) -> tuple[HyperparamEntry, ...] | None:
    """Every parameter by name; None if the subnet does not exist."""
    if not exists(runtime, netuid):
        return None
    return tuple(
        HyperparamEntry(name.encode(), kind(READINGS[name](runtime, netuid)))
        for name, kind in ENTRIES
    )
