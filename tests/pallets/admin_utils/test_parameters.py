"""Parameters that owners and root set: by whom, when, within which bounds."""

from collections.abc import Callable
from typing import Any

import pytest

from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.origin import Root, Signed
from taonet.frame.pallet import merge
from taonet.pallets.admin_utils import ADMIN_UTILS_CLASSES, AdminUtils
from taonet.pallets.admin_utils.chain_parameters import ChainParameters
from taonet.pallets.admin_utils.errors import (
    BondsMovingAverageMaxReached,
    Deprecated,
    InvalidValue,
    MaxAllowedUidsGreaterThanDefaultMaxAllowedUids,
    MaxAllowedUIdsLessThanCurrentUIds,
    MaxAllowedUidsLessThanMinAllowedUids,
    MaxValidatorsLargerThanMaxUIds,
    MinAllowedUidsGreaterThanCurrentUids,
    MinAllowedUidsGreaterThanMaxAllowedUids,
    NegativeSigmoidSteepness,
    NotPermittedOnRootSubnet,
    POWRegistrationDisabled,
    SubnetDoesNotExist,
    ValueNotInBounds,
)
from taonet.pallets.admin_utils.events import PrecompileEnum, PrecompileUpdated, Yuma3EnableToggled
from taonet.pallets.subtensor.errors import (
    ActivityCutoffTooLow,
    AdminActionProhibitedDuringWeightsWindow,
    AlphaHighTooLow,
    AlphaLowOutOfRange,
    CannotUseSystemAccount,
    LiquidAlphaDisabled,
    RevealPeriodTooLarge,
    RevealPeriodTooSmall,
    SubnetNotExists,
    TooManyUIDsPerMechanism,
    TxRateLimitExceeded,
)
from taonet.pallets.subtensor.errors import InvalidValue as InvalidParameter
from taonet.pallets.subtensor.events.parameters import ServingRateLimitSet
from taonet.pallets.subtensor.storage.hyperparameters import Hyperparameters
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.pallets.subtensor.types import RecycleOrBurn
from taonet.primitives.fixed_point import I64F64, I96F32, U64F64
from taonet.primitives.units import ROOT, MechId, NetUid, Rao
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

OWNER, STRANGER = Signed(account("owner")), Signed(account("stranger"))
NOWHERE = NetUid(9)
ONE = 1 << 64
SPEC = merge(19, ADMIN_UTILS_CLASSES)
TEMPO = 100

OWNER_SETTINGS: dict[str, tuple[Any, str]] = {
    "sudo_set_serving_rate_limit": (7, "serving_rate_limit"),
    "sudo_set_max_difficulty": (7, "max_difficulty"),
    "sudo_set_weights_version_key": (7, "weights_version_key"),
    "sudo_set_adjustment_alpha": (7, "adjustment_alpha"),
    "sudo_set_immunity_period": (7, "immunity_period"),
    "sudo_set_min_allowed_weights": (7, "min_allowed_weights"),
    "sudo_set_max_allowed_uids": (100, "max_allowed_uids"),
    "sudo_set_rho": (7, "rho"),
    "sudo_set_activity_cutoff": (400, "activity_cutoff"),
    "sudo_set_min_burn": (Rao(10**8), "min_burn"),
    "sudo_set_max_burn": (Rao(10**10), "max_burn"),
    "sudo_set_bonds_moving_average": (975_000, "bonds_moving_average"),
    "sudo_set_bonds_penalty": (7, "bonds_penalty"),
    "sudo_set_min_childkey_take_per_subnet": (7, "min_childkey_take_per_subnet"),
    "sudo_set_commit_reveal_weights_enabled": (True, "commit_reveal_weights_enabled"),
    "sudo_set_liquid_alpha_enabled": (True, "liquid_alpha_on"),
    "sudo_set_commit_reveal_weights_interval": (100, "reveal_period_epochs"),
    "sudo_set_toggle_transfer": (False, "transfer_toggle"),
    "sudo_set_recycle_or_burn": (RecycleOrBurn.RECYCLE, "recycle_or_burn"),
    "sudo_set_alpha_sigmoid_steepness": (7, "alpha_sigmoid_steepness"),
    "sudo_set_yuma3_enabled": (False, "yuma3_on"),
    "sudo_set_bonds_reset_enabled": (True, "bonds_reset_on"),
    "sudo_set_owner_immune_neuron_limit": (10, "immune_owner_uids_limit"),
    "sudo_set_burn_half_life": (36_100, "burn_half_life"),
    "sudo_set_burn_increase_mult": (U64F64(3 * ONE), "burn_increase_mult"),
}

UNLIMITED_OWNER_SETTINGS: dict[str, tuple[Any, str]] = {
    "sudo_set_owner_cut_enabled": (False, "owner_cut_enabled"),
    "sudo_set_owner_cut_auto_lock_enabled": (True, "owner_cut_auto_lock_enabled"),
}

ROOT_SETTINGS: dict[str, tuple[Any, str]] = {
    "sudo_set_min_difficulty": (7, "min_difficulty"),
    "sudo_set_weights_set_rate_limit": (7, "weights_set_rate_limit"),
    "sudo_set_adjustment_interval": (7, "adjustment_interval"),
    "sudo_set_kappa": (7, "kappa"),
    "sudo_set_network_registration_allowed": (False, "network_registration_allowed"),
    "sudo_set_target_registrations_per_interval": (7, "target_registrations_per_interval"),
    "sudo_set_max_allowed_validators": (7, "max_allowed_validators"),
    "sudo_set_max_registrations_per_block": (7, "max_registrations_per_block"),
    "sudo_set_min_non_immune_uids": (7, "min_non_immune_uids"),
    "sudo_set_ema_price_halving_period": (7, "ema_price_halving_blocks"),
    "sudo_set_subnet_emission_enabled": (False, "subnet_emission_enabled"),
}

NETWORK_SETTINGS: dict[str, tuple[Any, str]] = {
    "sudo_set_default_take": (7, "delegation.max_delegate_take"),
    "sudo_set_tx_rate_limit": (7, "global_parameters.tx_rate_limit"),
    "sudo_set_subnet_owner_cut": (7, "global_parameters.subnet_owner_cut"),
    "sudo_set_network_rate_limit": (7, "global_parameters.network_rate_limit"),
    "sudo_set_network_immunity_period": (7, "global_parameters.network_immunity_period"),
    "sudo_set_network_min_lock_cost": (Rao(7), "global_parameters.network_min_lock_cost"),
    "sudo_set_subnet_limit": (7, "global_parameters.subnet_limit"),
    "sudo_set_lock_reduction_interval": (7, "global_parameters.network_lock_reduction_interval"),
    "sudo_set_stake_threshold": (7, "global_parameters.stake_threshold"),
    "sudo_set_nominator_min_required_stake": (
        7,
        "global_parameters.nominator_min_required_stake",
    ),
    "sudo_set_tx_delegate_take_rate_limit": (7, "global_parameters.tx_delegate_take_rate_limit"),
    "sudo_set_min_delegate_take": (7, "delegation.min_delegate_take"),
    "sudo_set_dissolve_network_schedule_duration": (
        7,
        "global_parameters.dissolve_network_schedule_duration",
    ),
    "sudo_set_subnet_moving_alpha": (I96F32(7), "pools.subnet_moving_alpha"),
    "sudo_set_commit_reveal_version": (7, "global_parameters.commit_reveal_weights_version"),
    "sudo_set_ck_burn": (7, "global_parameters.ck_burn"),
    "sudo_set_admin_freeze_window": (7, "global_parameters.admin_freeze_window"),
    "sudo_set_owner_hparam_rate_limit": (7, "global_parameters.owner_hyperparam_rate_limit"),
    "sudo_set_tao_flow_cutoff": (I64F64(7), "flows.tao_flow_cutoff"),
    "sudo_set_tao_flow_normalization_exponent": (U64F64(2 * ONE), "flows.flow_norm_exponent"),
    "sudo_set_tao_flow_smoothing_factor": (7, "flows.flow_ema_smoothing_factor"),
    "sudo_set_net_tao_flow_enabled": (False, "flows.net_tao_flow_enabled"),
    "sudo_set_max_mechanism_count": (MechId(7), "global_parameters.max_mechanism_count"),
    "sudo_set_start_call_delay": (7, "global_parameters.start_call_delay"),
    "sudo_set_coldkey_swap_announcement_delay": (7, "key_swaps.coldkey_swap_announcement_delay"),
    "sudo_set_coldkey_swap_reannouncement_delay": (
        7,
        "key_swaps.coldkey_swap_reannouncement_delay",
    ),
    "sudo_set_max_epochs_per_block": (7, "global_parameters.max_epochs_per_block"),
}


class Administration:
    """A subnet of tempo 100 whose last epoch was in block 1000, in block 1010, and its calls."""

    def __init__(self) -> None:
        self.chain = Chain()
        self.chain.add_subnet()
        self.subtensor = self.chain.subtensor
        self.subtensor.hyperparameters.tempo[NETUID] = TEMPO
        self.subtensor.epochs.last_epoch_block[NETUID] = 1000
        self.subtensor.hyperparameters.min_allowed_uids[NETUID] = 4
        self.chain.system.number = 1010
        self.calls = AdminUtils(self.subtensor, self.chain.system)

    def call(self, name: str) -> Callable[..., None]:
        """The method of a call."""
        owner = next(c for c in vars(self.calls).values() if hasattr(c, name))
        method: Callable[..., None] = getattr(owner, name)
        return method

    def parameter(self, name: str, netuid: NetUid = NETUID) -> Any:
        """The value of a subnet's parameter."""
        return getattr(self.subtensor.hyperparameters, name)[netuid]

    def refuse(self, error: type[DispatchError], name: str, *arguments: Any) -> None:
        """Expect a call to be refused, without a trace."""
        refuse(self.chain, error, self.call(name), *arguments)


@pytest.fixture
def administration() -> Administration:
    return Administration()


def test_every_call_is_covered_here() -> None:
    apart = {
        "sudo_set_alpha_values",
        "sudo_set_subnet_owner_hotkey",
        "sudo_set_sn_owner_hotkey",
        "sudo_set_mechanism_count",
        "sudo_set_mechanism_emission_split",
        "sudo_trim_to_max_allowed_uids",
        "sudo_set_network_pow_registration_allowed",
        "sudo_set_difficulty",
        "sudo_set_tempo",
        "sudo_set_rao_recycled",
        "sudo_set_min_allowed_uids",
        "sudo_set_subtoken_enabled",
        "sudo_set_total_issuance",
        "sudo_toggle_evm_precompile",
    } | {call.name for call in ChainParameters.calls}
    tables = (OWNER_SETTINGS, UNLIMITED_OWNER_SETTINGS, ROOT_SETTINGS, NETWORK_SETTINGS)
    assert {call.name for call in SPEC.calls} == apart.union(*tables)


@pytest.mark.parametrize("name", OWNER_SETTINGS)
def test_an_owner_sets_a_parameter_once_in_a_while(
    administration: Administration, name: str
) -> None:
    value, parameter = OWNER_SETTINGS[name]
    call = administration.call(name)
    call(OWNER, NETUID, value)
    assert administration.parameter(parameter) == value
    assert parameter in vars(Hyperparameters)
    tempos = 5 if name == "sudo_set_weights_version_key" else 2
    administration.subtensor.epochs.last_epoch_block[NETUID] += (tempos - 1) * TEMPO
    administration.chain.system.number += tempos * TEMPO - 20
    administration.refuse(TxRateLimitExceeded, name, OWNER, NETUID, value)
    administration.subtensor.epochs.last_epoch_block[NETUID] += TEMPO
    administration.chain.system.number += 20
    call(OWNER, NETUID, value)


@pytest.mark.parametrize("name", OWNER_SETTINGS | UNLIMITED_OWNER_SETTINGS)
def test_root_sets_what_owners_do_but_not_close_to_an_epoch(
    administration: Administration, name: str
) -> None:
    value, parameter = (OWNER_SETTINGS | UNLIMITED_OWNER_SETTINGS)[name]
    administration.refuse(BadOrigin, name, STRANGER, NETUID, value)
    administration.call(name)(Root(), NETUID, value)
    administration.call(name)(Root(), NETUID, value)
    assert administration.parameter(parameter) == value
    administration.chain.system.number = 1091
    for origin in (Root(), Signed(account("owner"))):
        error = AdminActionProhibitedDuringWeightsWindow
        administration.refuse(error, name, origin, NETUID, value)


@pytest.mark.parametrize("name", ROOT_SETTINGS)
def test_root_alone_sets_these_of_a_subnet(administration: Administration, name: str) -> None:
    value, parameter = ROOT_SETTINGS[name]
    administration.refuse(BadOrigin, name, OWNER, NETUID, value)
    administration.call(name)(Root(), NETUID, value)

    assert administration.parameter(parameter) == value


@pytest.mark.parametrize("name", NETWORK_SETTINGS)
def test_root_alone_sets_these_of_the_network(administration: Administration, name: str) -> None:
    value, place = NETWORK_SETTINGS[name]
    administration.refuse(BadOrigin, name, OWNER, value)
    administration.call(name)(Root(), value)

    group, item = place.split(".")
    assert getattr(getattr(administration.subtensor, group), item) == value


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("sudo_set_max_allowed_uids", (3,), MaxAllowedUidsLessThanMinAllowedUids),
        ("sudo_set_max_allowed_uids", (4,), MaxAllowedUIdsLessThanCurrentUIds),
        ("sudo_set_max_allowed_uids", (257,), MaxAllowedUidsGreaterThanDefaultMaxAllowedUids),
        ("sudo_set_activity_cutoff", (359,), ActivityCutoffTooLow),
        ("sudo_set_min_burn", (Rao(10**9),), ValueNotInBounds),
        ("sudo_set_max_burn", (Rao(10**8),), ValueNotInBounds),
        ("sudo_set_bonds_moving_average", (975_001,), BondsMovingAverageMaxReached),
        ("sudo_set_min_childkey_take_per_subnet", (11_797,), InvalidValue),
        ("sudo_set_alpha_values", (1_638, 2_000), LiquidAlphaDisabled),
        ("sudo_set_commit_reveal_weights_interval", (0,), RevealPeriodTooSmall),
        ("sudo_set_commit_reveal_weights_interval", (101,), RevealPeriodTooLarge),
        ("sudo_set_alpha_sigmoid_steepness", (-1,), NegativeSigmoidSteepness),
        ("sudo_set_owner_immune_neuron_limit", (0,), InvalidParameter),
        ("sudo_set_owner_immune_neuron_limit", (11,), InvalidParameter),
        ("sudo_set_mechanism_count", (MechId(3),), InvalidParameter),
        ("sudo_set_mechanism_emission_split", ((1,),), InvalidParameter),
        ("sudo_trim_to_max_allowed_uids", (3,), InvalidParameter),
        ("sudo_set_burn_half_life", (0,), InvalidValue),
        ("sudo_set_burn_half_life", (36_101,), InvalidValue),
        ("sudo_set_burn_increase_mult", (U64F64(ONE - 1),), InvalidValue),
        ("sudo_set_burn_increase_mult", (U64F64(3 * ONE + 1),), InvalidValue),
    ],
)
def test_owners_keep_within_bounds(
    administration: Administration,
    name: str,
    arguments: tuple[Any, ...],
    error: type[DispatchError],
) -> None:
    for number in range(5):
        administration.chain.register(f"miner {number}")
    administration.refuse(error, name, OWNER, NETUID, *arguments)


def test_root_goes_beyond_some_bounds_of_owners(administration: Administration) -> None:
    administration.call("sudo_set_bonds_moving_average")(Root(), NETUID, 999_999)
    administration.call("sudo_set_alpha_sigmoid_steepness")(Root(), NETUID, -5)

    assert administration.parameter("bonds_moving_average") == 999_999
    assert administration.parameter("alpha_sigmoid_steepness") == -5


def test_prices_keep_their_order(administration: Administration) -> None:
    administration.call("sudo_set_max_burn")(Root(), NETUID, Rao(2 * 10**8))
    administration.refuse(ValueNotInBounds, "sudo_set_min_burn", OWNER, NETUID, Rao(2 * 10**8))
    administration.call("sudo_set_min_burn")(Root(), NETUID, Rao(15 * 10**7))
    administration.refuse(ValueNotInBounds, "sudo_set_max_burn", OWNER, NETUID, Rao(15 * 10**7))


def test_alpha_values_belong_to_liquid_alpha(administration: Administration) -> None:
    call = administration.call("sudo_set_alpha_values")
    administration.call("sudo_set_liquid_alpha_enabled")(OWNER, NETUID, True)
    for low, high, error in (
        (1_000, 1_637, AlphaHighTooLow),
        (1_637, 2_000, AlphaLowOutOfRange),
        (2_001, 2_000, AlphaLowOutOfRange),
    ):
        administration.refuse(error, "sudo_set_alpha_values", OWNER, NETUID, low, high)
    call(OWNER, NETUID, 1_638, 2_000)

    assert administration.parameter("alpha_values") == (1_638, 2_000)


@pytest.mark.parametrize("name", ["sudo_set_subnet_owner_hotkey", "sudo_set_sn_owner_hotkey"])
def test_an_owner_changes_its_hotkey_once_a_week(administration: Administration, name: str) -> None:
    hotkey = account("new hotkey")
    administration.refuse(BadOrigin, name, STRANGER, NETUID, hotkey)
    administration.refuse(SubnetNotExists, name, Root(), NOWHERE, hotkey)
    administration.refuse(CannotUseSystemAccount, name, OWNER, NETUID, subnet_account(NETUID))
    administration.call(name)(OWNER, NETUID, hotkey)

    assert administration.subtensor.networks.subnet_owner_hotkey[NETUID] == hotkey
    administration.chain.system.number += 50_399
    administration.refuse(TxRateLimitExceeded, name, OWNER, NETUID, hotkey)


def test_mechanisms_are_counted_and_share_emission(administration: Administration) -> None:
    count, split = "sudo_set_mechanism_count", "sudo_set_mechanism_emission_split"
    administration.refuse(TooManyUIDsPerMechanism, count, OWNER, NETUID, MechId(2))
    administration.call("sudo_set_max_allowed_uids")(OWNER, NETUID, 128)
    administration.call(count)(OWNER, NETUID, MechId(2))
    administration.call(split)(OWNER, NETUID, (60_000, 5_535))

    networks = administration.subtensor.networks
    assert networks.mechanism_count_current[NETUID] == MechId(2)
    assert networks.mechanism_emission_split[NETUID] == (60_000, 5_535)
    administration.refuse(TooManyUIDsPerMechanism, "sudo_set_max_allowed_uids", Root(), NETUID, 129)


def test_a_subnet_is_trimmed(administration: Administration) -> None:
    administration.subtensor.hyperparameters.immunity_period[NETUID] = 0
    for number in range(6):
        administration.chain.register(f"miner {number}")
    administration.call("sudo_trim_to_max_allowed_uids")(OWNER, NETUID, 4)

    assert administration.subtensor.networks.subnetwork_n[NETUID] == 4


@pytest.mark.parametrize("name", ["sudo_set_min_difficulty", "sudo_set_kappa", "sudo_set_tempo"])
def test_a_subnet_must_exist(administration: Administration, name: str) -> None:
    administration.subtensor.hyperparameters.tempo[NOWHERE] = 0
    administration.refuse(SubnetDoesNotExist, name, Root(), NOWHERE, 1)


def test_root_sets_any_tempo_and_the_cycle_starts_anew(administration: Administration) -> None:
    administration.refuse(BadOrigin, "sudo_set_tempo", OWNER, NETUID, 5)
    administration.call("sudo_set_tempo")(Root(), NETUID, 5)

    assert administration.parameter("tempo") == 5
    assert administration.subtensor.epochs.last_epoch_block[NETUID] == 1010


def test_root_sets_prices_counts_and_trading(administration: Administration) -> None:
    administration.call("sudo_set_difficulty")(Root(), NETUID, 5)
    administration.call("sudo_set_rao_recycled")(Root(), NETUID, Rao(6))
    administration.call("sudo_set_subtoken_enabled")(Root(), NETUID, False)

    counts = administration.subtensor.registrations
    assert (counts.difficulty[NETUID], counts.rao_recycled_for_registration[NETUID]) == (5, Rao(6))
    assert not administration.subtensor.networks.subtoken_enabled[NETUID]


def test_root_keeps_validators_and_neurons_within_each_other(
    administration: Administration,
) -> None:
    for number in range(10):
        administration.chain.register(f"miner {number}")
    name = "sudo_set_min_allowed_uids"
    administration.refuse(
        MaxValidatorsLargerThanMaxUIds, "sudo_set_max_allowed_validators", Root(), NETUID, 257
    )
    administration.refuse(MinAllowedUidsGreaterThanMaxAllowedUids, name, Root(), NETUID, 256)
    administration.refuse(MinAllowedUidsGreaterThanCurrentUids, name, Root(), NETUID, 10)
    administration.call(name)(Root(), NETUID, 9)

    assert administration.parameter("min_allowed_uids") == 9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sudo_set_burn_half_life", 5),
        ("sudo_set_burn_increase_mult", U64F64(ONE)),
        ("sudo_set_owner_cut_enabled", True),
        ("sudo_set_owner_cut_auto_lock_enabled", True),
        ("sudo_set_subnet_emission_enabled", True),
    ],
)
def test_root_has_no_such_parameters(
    administration: Administration, name: str, value: object
) -> None:
    administration.subtensor.hyperparameters.tempo[ROOT] = 0
    administration.refuse(NotPermittedOnRootSubnet, name, Root(), ROOT, value)


def test_bounds_of_the_network(administration: Administration) -> None:
    exponent = "sudo_set_tao_flow_normalization_exponent"
    administration.refuse(InvalidValue, exponent, Root(), U64F64(ONE - 1))
    administration.refuse(InvalidValue, exponent, Root(), U64F64(2 * ONE + 1))
    administration.refuse(ValueNotInBounds, "sudo_set_max_epochs_per_block", Root(), 0)
    administration.refuse(Deprecated, "sudo_set_total_issuance", Root(), Rao(1))
    administration.refuse(
        POWRegistrationDisabled,
        "sudo_set_network_pow_registration_allowed",
        Root(),
        NETUID,
        True,
    )


def test_a_higher_minimum_pays_small_nominators_out(administration: Administration) -> None:
    chain = administration.chain
    chain.register("validator")
    chain.stake("nominator", "validator", 1)
    administration.call("sudo_set_nominator_min_required_stake")(Root(), 10**9)

    assert chain.stake_of("nominator", "validator") == 0
    assert int(chain.subtensor.tao.balance(account("nominator"))) > 19 * 10**8


def test_precompiles_are_toggled_once(administration: Administration) -> None:
    call = administration.call("sudo_toggle_evm_precompile")
    administration.refuse(
        BadOrigin, "sudo_toggle_evm_precompile", OWNER, PrecompileEnum.STAKING, False
    )
    call(Root(), PrecompileEnum.STAKING, False)
    call(Root(), PrecompileEnum.STAKING, False)

    enabled = administration.calls.network_parameters.precompile_enable
    assert not enabled[PrecompileEnum.STAKING]
    assert enabled[PrecompileEnum.ALPHA]
    assert administration.chain.events(PrecompileUpdated) == [
        PrecompileUpdated(PrecompileEnum.STAKING, False)
    ]


def test_changes_are_reported(administration: Administration) -> None:
    administration.call("sudo_set_serving_rate_limit")(OWNER, NETUID, 7)
    administration.call("sudo_set_yuma3_enabled")(OWNER, NETUID, False)

    chain = administration.chain
    assert chain.events(ServingRateLimitSet) == [ServingRateLimitSet(NETUID, 7)]
    assert chain.events(Yuma3EnableToggled) == [Yuma3EnableToggled(NETUID, False)]
