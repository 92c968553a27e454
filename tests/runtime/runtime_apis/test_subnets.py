"""Subnets in short and with their pools, their parameters, schedules and columns."""

from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.units import NetUid
from tests.runtime.runtime_apis.small_chain import (
    APEX,
    CONFIG,
    HOTKEYS,
    NOW,
    OMRON,
    OWNER,
    UNIT,
    SmallChain,
    ss58,
)

TRAIT = "SubnetInfoRuntimeApi"
NOWHERE = 77


def test_a_subnet_in_short_has_its_size_and_parameters(chain: SmallChain) -> None:
    info = chain.ask(TRAIT, "get_subnet_info", 1)

    assert (info["netuid"], info["subnetwork_n"], info["tempo"]) == (1, 3, 360)
    assert info["blocks_since_last_step"] == 281
    assert info["max_allowed_uids"] == 256
    assert info["owner"] == ss58(OWNER)
    assert info["network_connect"] == []
    assert "identity" not in info


def test_the_second_version_adds_the_identity(chain: SmallChain) -> None:
    info = chain.ask(TRAIT, "get_subnet_info_v2", 2)

    assert info["identity"]["description"] == "The second"
    assert "emission_value" in info
    assert "emission_values" not in info


def test_all_subnets_are_listed_ascending_with_root(chain: SmallChain) -> None:
    for method in ("get_subnets_info", "get_subnets_info_v2", "get_all_dynamic_info"):
        assert [info["netuid"] for info in chain.ask(TRAIT, method)] == [0, 1, 2]


def test_what_does_not_exist_is_none(chain: SmallChain) -> None:
    for method in (
        "get_subnet_info",
        "get_subnet_info_v2",
        "get_subnet_hyperparams",
        "get_subnet_hyperparams_v2",
        "get_subnet_hyperparams_v3",
        "get_dynamic_info",
        "get_metagraph",
        "get_subnet_state",
        "get_subnet_account_id",
    ):
        assert chain.ask(TRAIT, method, NOWHERE) is None


def test_dynamic_info_tells_the_pool_and_what_waits_for_the_epoch(chain: SmallChain) -> None:
    info = chain.ask(TRAIT, "get_dynamic_info", 1)

    assert (info["tao_in"], info["alpha_in"]) == (100 * UNIT, 400 * UNIT)
    assert info["moving_price"] == {"bits": 1 << 31}
    assert info["pending_alpha_emission"] == 15
    assert (info["last_step"], info["blocks_since_last_step"]) == (720, NOW - 720)
    assert bytes(info["token_symbol"]).decode() == "α"
    assert info["owner_hotkey"] == ss58(HOTKEYS[0])


def test_a_subnet_is_called_what_it_calls_itself_or_by_its_number(chain: SmallChain) -> None:
    infos = chain.ask(TRAIT, "get_all_dynamic_info")

    assert [bytes(info["subnet_name"]).decode() for info in infos] == ["root", "apex", "Two"]


def test_hyperparameters_are_alike_in_all_versions(chain: SmallChain) -> None:
    chain.runtime.subtensor.hyperparameters.alpha_values[APEX] = (10, 20)
    first = chain.ask(TRAIT, "get_subnet_hyperparams", 1)
    second = chain.ask(TRAIT, "get_subnet_hyperparams_v2", 1)
    entries = chain.ask(TRAIT, "get_subnet_hyperparams_v3", 1)
    third = {entry["name"]: next(iter(entry["value"].values())) for entry in entries}

    assert (first["alpha_low"], first["alpha_high"]) == (10, 20)
    assert first.items() <= second.items()
    shared = second.keys() & third.keys()
    assert {name: second[name] for name in shared} == {name: third[name] for name in shared}
    assert second.keys() - third.keys() == {
        "rho",
        "min_difficulty",
        "max_difficulty",
        "adjustment_interval",
        "adjustment_alpha",
        "difficulty",
    }


def test_named_hyperparameters_carry_their_types(chain: SmallChain) -> None:
    parameters = chain.runtime.subtensor.hyperparameters
    parameters.alpha_sigmoid_steepness[APEX] = -2
    parameters.activity_cutoff_factor_milli[APEX] = 1_500
    parameters.min_childkey_take_per_subnet[APEX] = 9
    parameters.yuma3_on[APEX] = False
    entries = chain.ask(TRAIT, "get_subnet_hyperparams_v3", 1)
    values = {entry["name"]: entry["value"] for entry in entries}

    assert values["activity_cutoff"] == {"U64": 540}
    assert values["activity_cutoff_factor"] == {"U32": 1_500}
    assert values["min_burn"] == {"TaoBalance": 500_000}
    assert values["registration_allowed"] == {"Bool": True}
    assert values["alpha_sigmoid_steepness"] == {"I32F32": {"bits": -2 << 32}}
    assert values["min_childkey_take"] == {"U16": 9}
    assert values["yuma_version"] == {"U16": 2}


def test_the_activity_cutoff_is_at_least_one_block(chain: SmallChain) -> None:
    chain.runtime.subtensor.hyperparameters.activity_cutoff_factor_milli[APEX] = 0

    assert chain.ask(TRAIT, "get_subnet_hyperparams", 1)["activity_cutoff"] == 1


def test_the_next_epoch_is_the_regular_one_or_the_one_asked_for(chain: SmallChain) -> None:
    assert CONFIG.client_profile.value == "sdk11"
    assert chain.ask(TRAIT, "get_next_epoch_start_block", 1) == 1_080

    chain.runtime.subtensor.epochs.pending_epoch_at[APEX] = 1_003
    assert chain.ask(TRAIT, "get_next_epoch_start_block", 1) == 1_003

    chain.runtime.subtensor.hyperparameters.tempo[APEX] = 0
    assert chain.ask(TRAIT, "get_next_epoch_start_block", 1) is None


def test_the_subnet_of_the_lowest_price_is_pruned_first(chain: SmallChain) -> None:
    subtensor = chain.runtime.subtensor
    assert chain.ask(TRAIT, "get_subnet_to_prune") is None

    subtensor.global_parameters.network_immunity_period = NOW - 10
    assert chain.ask(TRAIT, "get_subnet_to_prune") == 2

    subtensor.networks.network_registered_at[OMRON] = 11
    assert chain.ask(TRAIT, "get_subnet_to_prune") == 1


def test_of_equal_prices_the_oldest_subnet_is_pruned(chain: SmallChain) -> None:
    subtensor = chain.runtime.subtensor
    subtensor.global_parameters.network_immunity_period = 0
    prices = subtensor.pools.subnet_moving_price
    prices[OMRON] = prices[APEX]
    subtensor.networks.network_registered_at[OMRON] = 9

    assert chain.ask(TRAIT, "get_subnet_to_prune") == 2


def test_a_subnets_account_is_where_its_tao_lies(chain: SmallChain) -> None:
    assert chain.ask(TRAIT, "get_subnet_account_id", 1) == ss58(subnet_account(NetUid(1)))


def test_the_hotkey_of_automatic_stake_is_told(chain: SmallChain) -> None:
    method = "get_coldkey_auto_stake_hotkey"
    assert chain.ask(TRAIT, method, ss58(OWNER), 1) is None

    destinations = chain.runtime.subtensor.accounts.auto_stake_destination
    destinations[OWNER, APEX] = HOTKEYS[2]
    assert chain.ask(TRAIT, method, ss58(OWNER), 1) == ss58(HOTKEYS[2])


def test_the_state_has_columns_and_what_hotkeys_earned_everywhere(chain: SmallChain) -> None:
    state = chain.ask(TRAIT, "get_subnet_state", 1)

    assert state["hotkeys"] == [ss58(hotkey) for hotkey in HOTKEYS]
    assert state["emission"] == [5 * UNIT, 3 * UNIT, UNIT]
    assert state["alpha_stake"] == [50 * UNIT, 40 * UNIT, 0]
    assert state["emission_history"] == [[0, 0, 0], [0, 0, UNIT], [0, 0, 0]]
    assert state["rank"] == []
