"""Metagraphs, whole and in part, of subnets and of their mechanisms."""

from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import BOOL, U16, U64, pack
from taonet.primitives.units import MechId
from taonet.runtime.runtime_apis.metagraph import METAGRAPH_FIELDS, SELECTIVE_FIELDS
from tests.runtime.runtime_apis.small_chain import (
    ALICE,
    APEX,
    BOB,
    HOTKEYS,
    NOW,
    OWNER,
    UNIT,
    SmallChain,
    ss58,
)

TRAIT = "SubnetInfoRuntimeApi"


def test_a_metagraph_has_the_neurons_in_columns(chain: SmallChain) -> None:
    graph = chain.ask(TRAIT, "get_metagraph", 1)

    assert graph["hotkeys"] == [ss58(hotkey) for hotkey in HOTKEYS]
    assert graph["coldkeys"] == [ss58(coldkey) for coldkey in (OWNER, ALICE, BOB)]
    assert graph["active"] == [True, True, False]
    assert graph["incentives"] == [0, 0, 65_535]
    assert graph["last_update"] == [900, 950, 10]
    assert graph["block_at_registration"] == [10, 10, 10]
    assert [axon["port"] for axon in graph["axons"]] == [0, 8091, 0]
    assert graph["alpha_dividends_per_hotkey"][1] == (ss58(HOTKEYS[1]), 3 * UNIT)
    assert graph["identities"] == [None, None, None]
    assert (graph["block"], graph["num_uids"]) == (NOW, 3)


def test_stake_is_weighed_with_root_stake_by_its_weight(chain: SmallChain) -> None:
    chain.runtime.subtensor.global_parameters.tao_weight = 2**63
    graph = chain.ask(TRAIT, "get_metagraph", 1)

    assert graph["alpha_stake"] == [50 * UNIT, 40 * UNIT, 0]
    assert graph["tao_stake"] == [0, 200 * UNIT, 0]
    assert graph["total_stake"] == [50 * UNIT, 140 * UNIT, 0]


def test_children_count_with_what_their_parents_lent_them(chain: SmallChain) -> None:
    family = chain.runtime.subtensor.children
    family.child_keys[HOTKEYS[0], APEX] = ((2**63, HOTKEYS[2]),)
    family.parent_keys[HOTKEYS[2], APEX] = ((2**63, HOTKEYS[0]),)
    graph = chain.ask(TRAIT, "get_metagraph", 1)

    assert graph["alpha_stake"] == [25 * UNIT, 40 * UNIT, 25 * UNIT]


def test_all_metagraphs_come_in_the_order_of_subnets(chain: SmallChain) -> None:
    graphs = chain.ask(TRAIT, "get_all_metagraphs")

    assert [graph["netuid"] for graph in graphs] == [0, 1, 2]
    assert [len(graph["hotkeys"]) for graph in graphs] == [0, 3, 1]


def test_a_mechanism_has_incentives_and_updates_of_its_own(chain: SmallChain) -> None:
    subtensor = chain.runtime.subtensor
    assert chain.ask(TRAIT, "get_mechagraph", 1, 1) is None

    subtensor.networks.mechanism_count_current[APEX] = MechId(2)
    index = mechanism_index(APEX, MechId(1))
    subtensor.scores.incentive[index] = pack((1, 2, 3), U16)
    subtensor.scores.last_update[index] = pack((4, 5, 6), U64)
    graph = chain.ask(TRAIT, "get_mechagraph", 1, 1)

    assert (graph["netuid"], graph["name"]) == (4_097, list(b"apex"))
    assert (graph["incentives"], graph["last_update"]) == ([1, 2, 3], [4, 5, 6])
    assert graph["dividends"] == [40_000, 25_535, 0]
    graphs = chain.ask(TRAIT, "get_all_mechagraphs")
    assert [graph["netuid"] for graph in graphs] == [0, 1, 4_097, 2]


def test_a_selective_metagraph_has_what_was_asked_for(chain: SmallChain) -> None:
    asked = [52, 1, 1, 60, 9_999]
    part = chain.ask(TRAIT, "get_selective_metagraph", 1, asked)

    present = {name for name, value in part.items() if value is not None}
    assert present == {"netuid", "hotkeys", "name", "emission"}
    assert part["netuid"] == 1
    assert part["emission"] == [5 * UNIT, 3 * UNIT, UNIT]


def test_all_parts_together_are_the_metagraph(chain: SmallChain) -> None:
    whole = chain.ask(TRAIT, "get_metagraph", 1)
    parts = chain.ask(TRAIT, "get_selective_metagraph", 1, list(range(len(SELECTIVE_FIELDS))))

    assert {name: parts[name] for name in METAGRAPH_FIELDS} == whole
    assert parts["commitments"] == []


def test_fields_have_the_numbers_that_clients_ask_by() -> None:
    numbers = {name: number for number, name in enumerate(SELECTIVE_FIELDS)}

    assert numbers["tempo"] == 8
    assert numbers["alpha_low"] == 50
    assert numbers["hotkeys"] == 52
    assert (numbers["alpha_dividends_per_hotkey"], numbers["validators"]) == (71, 72)
    assert numbers["commitments"] == 73


def test_a_selective_mechagraph_keeps_the_subnets_number(chain: SmallChain) -> None:
    subtensor = chain.runtime.subtensor
    subtensor.networks.mechanism_count_current[APEX] = MechId(2)
    subtensor.scores.incentive[mechanism_index(APEX, MechId(1))] = pack((7, 8, 9), U16)
    part = chain.ask(TRAIT, "get_selective_mechagraph", 1, 1, [0, 62])

    assert (part["netuid"], part["incentives"]) == (1, [7, 8, 9])


def test_parts_of_a_subnet_that_does_not_exist_are_none(chain: SmallChain) -> None:
    assert chain.ask(TRAIT, "get_selective_metagraph", 77, [1]) is None
    assert chain.ask(TRAIT, "get_selective_mechagraph", 77, 0, [1]) is None


def test_validators_are_permitted_and_staked_enough_by_rising_stake(chain: SmallChain) -> None:
    subtensor = chain.runtime.subtensor
    subtensor.global_parameters.tao_weight = 2**63
    assert chain.ask(TRAIT, "get_selective_metagraph", 1, [72])["validators"] == [0, 1]

    subtensor.global_parameters.stake_threshold = 50 * UNIT
    assert chain.ask(TRAIT, "get_selective_metagraph", 1, [72])["validators"] == [1]

    subtensor.scores.validator_permit[APEX] = pack((1,), BOOL)
    assert chain.ask(TRAIT, "get_selective_metagraph", 1, [72])["validators"] == []


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 2**16 - 1), max_size=20))
def test_whatever_numbers_are_asked_for_get_an_answer(asked: list[int]) -> None:
    part = SmallChain().ask(TRAIT, "get_selective_metagraph", 2, asked)

    wanted = {SELECTIVE_FIELDS[number] for number in asked if number < len(SELECTIVE_FIELDS)}
    assert {name for name, value in part.items() if value is not None} == wanted | {"netuid"}


def test_an_identity_that_is_missing_differs_from_one_not_asked_for(chain: SmallChain) -> None:
    identity_number = SELECTIVE_FIELDS.index("identity").to_bytes(2, "little")
    method = f"{TRAIT}_get_selective_metagraph"
    # Some metagraph of subnet 1; no name, no symbol; then the identity.
    not_asked = chain.table.call(chain.runtime, method, b"\x01\x00\x00")
    missing = chain.table.call(chain.runtime, method, b"\x01\x00\x04" + identity_number)

    assert not_asked[:5] == b"\x01\x04\x00\x00\x00"
    assert missing[:6] == b"\x01\x04\x00\x00\x01\x00"
    named = chain.ask(TRAIT, "get_selective_metagraph", 2, [3])
    assert named["identity"]["subnet_name"] == "Two"
