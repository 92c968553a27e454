"""
Subnet (2051): founding subnets, and reading and setting what they are run by.

Setters that do nothing on the real chain do nothing here.

Source: subtensor precompiles/src/subnet.rs @ 14bc6f9.
"""

from collections.abc import Iterator
from typing import Any, Final

from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.pallets.subtensor.types import SubnetIdentityV3
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.runtime.precompiles.contract import (
    Contract,
    Handle,
    Method,
    payable,
    refused,
    view,
)
from taonet.runtime.precompiles.staking import MODULE

_U16_MAX = 2**16 - 1
_TEXT_BYTES_MAX = (256, 1024, 1024, 1024, 256, 1024, 1024, 1024)
"""Name, repository, contact, address, discord, description, what else, and logo."""

_READINGS: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("getNetworkRegistrationBlock", "uint64", "networks", "network_registered_at"),
    ("getServingRateLimit", "uint64", "hyperparameters", "serving_rate_limit"),
    ("getMinDifficulty", "uint64", "hyperparameters", "min_difficulty"),
    ("getMaxDifficulty", "uint64", "hyperparameters", "max_difficulty"),
    ("getWeightsVersionKey", "uint64", "hyperparameters", "weights_version_key"),
    ("getWeightsSetRateLimit", "uint64", "hyperparameters", "weights_set_rate_limit"),
    ("getAdjustmentAlpha", "uint64", "hyperparameters", "adjustment_alpha"),
    ("getImmunityPeriod", "uint16", "hyperparameters", "immunity_period"),
    ("getMinAllowedWeights", "uint16", "hyperparameters", "min_allowed_weights"),
    ("getKappa", "uint16", "hyperparameters", "kappa"),
    ("getRho", "uint16", "hyperparameters", "rho"),
    ("getActivityCutoff", "uint16", "hyperparameters", "activity_cutoff"),
    (
        "getNetworkRegistrationAllowed",
        "bool",
        "hyperparameters",
        "network_registration_allowed",
    ),
    (
        "getNetworkPowRegistrationAllowed",
        "bool",
        "hyperparameters",
        "network_pow_registration_allowed",
    ),
    ("getMinBurn", "uint64", "hyperparameters", "min_burn"),
    ("getMaxBurn", "uint64", "hyperparameters", "max_burn"),
    ("getDifficulty", "uint64", "registrations", "difficulty"),
    ("getBondsMovingAverage", "uint64", "hyperparameters", "bonds_moving_average"),
    (
        "getCommitRevealWeightsEnabled",
        "bool",
        "hyperparameters",
        "commit_reveal_weights_enabled",
    ),
    ("getLiquidAlphaEnabled", "bool", "hyperparameters", "liquid_alpha_on"),
    ("getYuma3Enabled", "bool", "hyperparameters", "yuma3_on"),
    ("getBondsResetEnabled", "bool", "hyperparameters", "bonds_reset_on"),
    ("getCommitRevealWeightsInterval", "uint64", "hyperparameters", "reveal_period_epochs"),
)
"""Method, type, and where in SubtensorModule's storage."""

_SETTERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("setServingRateLimit", "uint64", "serving_rate_limit"),
    ("setMinDifficulty", "uint64", "min_difficulty"),
    ("setMaxDifficulty", "uint64", "max_difficulty"),
    ("setWeightsVersionKey", "uint64", "weights_version_key"),
    ("setAdjustmentAlpha", "uint64", "adjustment_alpha"),
    ("setImmunityPeriod", "uint16", "immunity_period"),
    ("setMinAllowedWeights", "uint16", "min_allowed_weights"),
    ("setKappa", "uint16", "kappa"),
    ("setRho", "uint16", "rho"),
    ("setAlphaSigmoidSteepness", "uint16", "alpha_sigmoid_steepness"),
    ("setActivityCutoff", "uint16", "activity_cutoff"),
    ("setNetworkRegistrationAllowed", "bool", "network_registration_allowed"),
    ("setNetworkPowRegistrationAllowed", "bool", "network_pow_registration_allowed"),
    ("setDifficulty", "uint64", "difficulty"),
    ("setBondsMovingAverage", "uint64", "bonds_moving_average"),
    ("setCommitRevealWeightsEnabled", "bool", "commit_reveal_weights_enabled"),
    ("setLiquidAlphaEnabled", "bool", "liquid_alpha_enabled"),
    ("setYuma3Enabled", "bool", "yuma3_enabled"),
    ("setBondsResetEnabled", "bool", "bonds_reset_enabled"),
    ("setAlphaValues", "uint16,uint16", "alpha_values"),
    ("setCommitRevealWeightsInterval", "uint64", "commit_reveal_weights_interval"),
    ("toggleTransfers", "bool", "toggle_transfer"),
)
"""Method, types, and which of AdminUtils' calls."""

_WITHOUT_EFFECT: Final = ("setWeightsSetRateLimit", "setMinBurn", "setMaxBurn")


def _readings() -> Iterator[Method]:
    for name, kind, group, item in _READINGS:
        yield view(f"{name}(uint16)", kind, _reader(group, item))


def _reader(group: str, item: str) -> Any:
    def run(handle: Handle, netuid: int) -> int:
        handle.reads(1)
        return int(getattr(getattr(handle.runtime.subtensor, group), item)[NetUid(netuid)])

    return run


def _setters() -> Iterator[Method]:
    for name, kinds, parameter in _SETTERS:
        yield payable(f"{name}(uint16,{kinds})", _setter(f"sudo_set_{parameter}"))
    for name in _WITHOUT_EFFECT:
        yield payable(f"{name}(uint16,uint64)", _nothing)


def _setter(call: str) -> Any:
    def run(handle: Handle, netuid: int, *values: Any) -> None:
        handle.dispatch(handle.caller, "AdminUtils", call, NetUid(netuid), *values)

    return run


def _nothing(handle: Handle, netuid: int, value: int) -> None:
    """What only root may set any more."""
    del handle, netuid, value


def _found(handle: Handle, hotkey: bytes, *texts: str) -> None:
    """Found a subnet, with an identity if there are texts."""
    identity = _identity(texts) if texts else None
    name = "register_network_with_identity"
    handle.dispatch(handle.caller, MODULE, name, AccountId(hotkey), identity)


def _identity(texts: tuple[str, ...]) -> SubnetIdentityV3:
    parts = [text.encode() for text in texts]
    if any(len(p) > limit for p, limit in zip(parts, _TEXT_BYTES_MAX, strict=False)):
        raise refused("Value is too large for length")
    name, repository, contact, address, discord, description, additional, *logo = parts
    return SubnetIdentityV3(
        subnet_name=name,
        github_repo=repository,
        subnet_contact=contact,
        subnet_url=address,
        discord=discord,
        description=description,
        logo_url=logo[0] if logo else b"",
        additional=additional,
    )


def _steepness(handle: Handle, netuid: int) -> int:
    handle.reads(1)
    hyperparameters = handle.runtime.subtensor.hyperparameters
    return int(hyperparameters.alpha_sigmoid_steepness[NetUid(netuid)]) & _U16_MAX


def _cutoff_factor(handle: Handle, netuid: int) -> int:
    return handle.runtime.subtensor.hyperparameters.activity_cutoff_factor_milli[NetUid(netuid)]


def _set_cutoff_factor(handle: Handle, netuid: int, factor: int) -> None:
    name = "set_activity_cutoff_factor"
    handle.dispatch(handle.caller, MODULE, name, NetUid(netuid), factor)


def _alpha_values(handle: Handle, netuid: int) -> tuple[int, int]:
    handle.reads(1)
    return handle.runtime.subtensor.hyperparameters.alpha_values[NetUid(netuid)]


SUBNET: Final = Contract(
    2051,
    PrecompileEnum.SUBNET,
    (
        payable("registerNetwork(bytes32)", _found),
        payable(f"registerNetwork(bytes32{',string' * 7})", _found),
        payable(f"registerNetwork(bytes32{',string' * 8})", _found),
        *_readings(),
        *_setters(),
        view("getMaxWeightLimit(uint16)", "uint16", lambda *_: _U16_MAX),
        view("getAlphaSigmoidSteepness(uint16)", "uint16", _steepness),
        view("getActivityCutoffFactor(uint16)", "uint32", _cutoff_factor),
        payable("setActivityCutoffFactor(uint16,uint32)", _set_cutoff_factor),
        view("getAlphaValues(uint16)", "uint16,uint16", _alpha_values),
    ),
)
