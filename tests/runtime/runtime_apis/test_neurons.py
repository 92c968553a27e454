"""Neurons one by one and all together."""

from taonet.pallets.subtensor.packed_vectors import U16, pack
from taonet.pallets.subtensor.types import PrometheusInfo
from taonet.primitives.units import Uid
from tests.runtime.runtime_apis.small_chain import (
    ALICE,
    APEX,
    HOTKEYS,
    OMRON,
    OWNER,
    UNIT,
    SmallChain,
    ss58,
)

TRAIT = "NeuronInfoRuntimeApi"


def test_a_neuron_has_its_scores_and_whom_it_weighs(chain: SmallChain) -> None:
    neuron = chain.ask(TRAIT, "get_neuron", 1, 0)

    assert (neuron["hotkey"], neuron["coldkey"]) == (ss58(HOTKEYS[0]), ss58(OWNER))
    assert (neuron["uid"], neuron["netuid"]) == (0, 1)
    assert neuron["stake"] == [(ss58(OWNER), 50 * UNIT)]
    assert (neuron["emission"], neuron["dividends"]) == (5 * UNIT, 40_000)
    assert (neuron["active"], neuron["validator_permit"]) == (True, True)
    assert (neuron["validator_trust"], neuron["last_update"]) == (65_535, 900)
    assert neuron["weights"] == [(2, 65_535)]
    assert neuron["bonds"] == [(2, 65_535)]


def test_columns_that_are_not_computed_any_more_have_fixed_values(chain: SmallChain) -> None:
    neuron = chain.ask(TRAIT, "get_neuron", 1, 2)

    assert (neuron["rank"], neuron["trust"], neuron["pruning_score"]) == (0, 0, 65_535)


def test_stake_of_all_coldkeys_is_told_as_the_owners(chain: SmallChain) -> None:
    neuron = chain.ask(TRAIT, "get_neuron_lite", 1, 1)

    assert neuron["stake"] == [(ss58(ALICE), 40 * UNIT)]


def test_a_lite_neuron_is_a_neuron_without_weights_and_bonds(chain: SmallChain) -> None:
    prometheus = chain.runtime.subtensor.neurons.prometheus
    prometheus[APEX, HOTKEYS[1]] = PrometheusInfo(5, 2, 9, 7777, 4)
    whole = chain.ask(TRAIT, "get_neurons", 1)
    lite = chain.ask(TRAIT, "get_neurons_lite", 1)

    assert [neuron["uid"] for neuron in lite] == [0, 1, 2]
    assert lite[1]["prometheus_info"]["port"] == 7777
    assert lite[1]["axon_info"]["ip"] == 0x7F000001
    for neuron in whole:
        del neuron["weights"], neuron["bonds"]
    assert lite == whole


def test_a_free_uid_is_nobody_and_ends_the_list(chain: SmallChain) -> None:
    del chain.runtime.subtensor.neurons.keys[APEX, Uid(1)]

    assert chain.ask(TRAIT, "get_neuron", 1, 1) is None
    assert [neuron["uid"] for neuron in chain.ask(TRAIT, "get_neurons", 1)] == [0]
    assert [neuron["uid"] for neuron in chain.ask(TRAIT, "get_neurons_lite", 1)] == [0]


def test_scores_behind_the_end_of_their_vector_are_nothing(chain: SmallChain) -> None:
    scores = chain.runtime.subtensor.scores
    scores.dividends[APEX] = pack((1,), U16)
    scores.active[APEX] = b""
    neuron = chain.ask(TRAIT, "get_neuron_lite", 1, 1)

    assert (neuron["dividends"], neuron["active"]) == (0, False)


def test_a_subnet_that_does_not_exist_has_no_neurons(chain: SmallChain) -> None:
    chain.runtime.subtensor.networks.networks_added[OMRON] = False

    for netuid in (2, 77):
        assert chain.ask(TRAIT, "get_neurons", netuid) == []
        assert chain.ask(TRAIT, "get_neurons_lite", netuid) == []
        assert chain.ask(TRAIT, "get_neuron", netuid, 0) is None
        assert chain.ask(TRAIT, "get_neuron_lite", netuid, 0) is None
