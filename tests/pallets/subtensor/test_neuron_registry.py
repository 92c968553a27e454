"""Uids: who has them, who loses them, and what a newcomer does not inherit."""

import pytest

from taonet.pallets.subtensor.errors import HotKeyNotRegisteredInSubNet
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import (
    U16,
    U64,
    item,
    items,
    pack,
    pack_pairs,
    pairs,
    with_item,
)
from taonet.pallets.subtensor.types import AxonInfo
from taonet.primitives.units import Uid
from tests.pallets.subtensor.chain import NETUID, Chain, account

MAIN = mechanism_index(NETUID)


@pytest.fixture
def chain() -> Chain:
    """Twelve neurons of a subnet, registered in blocks 0 to 11, now block 100, none immune."""
    chain = Chain()
    chain.add_subnet()
    for number in range(12):
        chain.system.number = number
        chain.register(f"miner {number}")
    chain.system.number = 100
    chain.subtensor.hyperparameters.immunity_period[NETUID] = 50
    return chain


def give_emission(chain: Chain, *alpha: int) -> None:
    chain.subtensor.scores.emission[NETUID] = pack(alpha, U64)


def test_a_new_neuron_starts_with_nothing_but_is_active(chain: Chain) -> None:
    scores = chain.subtensor.scores

    assert scores.active[NETUID] == b"\1" * 12
    assert scores.validator_permit[NETUID] == bytes(12)
    for vector in (scores.consensus, scores.dividends, scores.validator_trust):
        assert vector[NETUID] == bytes(12 * U16)
    assert items(scores.last_update[MAIN], U64) == list(range(12))
    assert chain.subtensor.neurons.is_network_member[account("miner 3"), NETUID]


def test_a_replaced_neuron_leaves_nothing_behind(chain: Chain) -> None:
    scores, weights, neurons = (
        chain.subtensor.scores,
        chain.subtensor.weights,
        chain.subtensor.neurons,
    )
    give_emission(chain, *range(1, 13))
    scores.incentive[MAIN] = pack(range(100, 112), U16)
    scores.validator_permit[NETUID] = b"\1" * 12
    weights.weights[MAIN, Uid(3)] = pack_pairs([(1, 5)])
    weights.bonds[MAIN, Uid(3)] = pack_pairs([(1, 5)])
    weights.weights[MAIN, Uid(4)] = pack_pairs([(3, 7), (1, 9)])
    neurons.axons[NETUID, account("miner 3")] = AxonInfo(1, 1, 1, 1, 4, 0, 0, 0)
    chain.subtensor.neuron_registry.replace(NETUID, Uid(3), account("new"))

    assert neurons.keys[NETUID, Uid(3)] == account("new")
    assert neurons.uids[NETUID, account("miner 3")] is None
    assert neurons.axons[NETUID, account("miner 3")] is None
    assert (account("miner 3"), NETUID) not in neurons.is_network_member
    assert item(scores.emission[NETUID], 3, U64) == item(scores.incentive[MAIN], 3, U16) == 0
    assert item(scores.emission[NETUID], 4, U64) == 5
    assert scores.validator_permit[NETUID][3] == 0
    assert (MAIN, Uid(3)) not in weights.weights
    assert (MAIN, Uid(3)) not in weights.bonds
    assert pairs(weights.weights[MAIN, Uid(4)]) == [(3, 0), (1, 9)]
    assert item(scores.last_update[MAIN], 3, U64) == 100


def test_the_owners_hotkey_keeps_its_uid(chain: Chain) -> None:
    chain.subtensor.networks.subnet_owner_hotkey[NETUID] = account("miner 3")
    chain.subtensor.neuron_registry.replace(NETUID, Uid(3), account("new"))

    assert chain.subtensor.neurons.keys[NETUID, Uid(3)] == account("miner 3")


def test_least_emission_then_earliest_then_lowest_uid_gives_way(chain: Chain) -> None:
    registry = chain.subtensor.neuron_registry
    give_emission(chain, *range(12, 0, -1))
    assert registry.replaceable(NETUID) == Uid(11)
    give_emission(chain, *[7] * 12)
    assert registry.replaceable(NETUID) == Uid(0)
    chain.subtensor.neurons.block_at_registration[NETUID, Uid(0)] = 1
    assert registry.replaceable(NETUID) == Uid(0)
    chain.subtensor.neurons.block_at_registration[NETUID, Uid(0)] = 2
    assert registry.replaceable(NETUID) == Uid(1)


def test_an_immune_neuron_gives_way_when_few_others_are_left(chain: Chain) -> None:
    registry = chain.subtensor.neuron_registry
    give_emission(chain, *range(12))
    chain.subtensor.neurons.block_at_registration[NETUID, Uid(5)] = 60
    assert registry.is_immune(NETUID, Uid(5))
    assert registry.replaceable(NETUID) == Uid(0)
    chain.subtensor.hyperparameters.min_non_immune_uids[NETUID] = 11
    assert registry.replaceable(NETUID) == Uid(5)
    chain.subtensor.neurons.block_at_registration[NETUID, Uid(5)] = 50
    assert registry.replaceable(NETUID) == Uid(0)


def test_the_owners_oldest_neurons_never_give_way(chain: Chain) -> None:
    registry, owner = chain.subtensor.neuron_registry, account("owner")
    chain.subtensor.accounts.owned_hotkeys[owner] = (account("miner 7"), account("miner 2"))
    assert registry.immune_owner_uids(NETUID) == [2]
    chain.subtensor.hyperparameters.immune_owner_uids_limit[NETUID] = 3
    assert registry.immune_owner_uids(NETUID) == [2, 7]
    chain.subtensor.networks.subnet_owner_hotkey[NETUID] = account("miner 0")
    assert registry.immune_owner_uids(NETUID) == [0, 2, 7]
    chain.subtensor.hyperparameters.immune_owner_uids_limit[NETUID] = 1
    assert registry.immune_owner_uids(NETUID) == [0]
    give_emission(chain, *range(12))
    assert registry.replaceable(NETUID) == Uid(1)


def test_strangers_have_no_uid(chain: Chain) -> None:
    with pytest.raises(HotKeyNotRegisteredInSubNet):
        chain.subtensor.neuron_registry.uid(NETUID, account("stranger"))


def test_an_item_behind_the_end_reads_as_zero_and_is_not_written() -> None:
    vector = pack([1, 2], U16)

    assert (item(vector, 1, U16), item(vector, 2, U16)) == (2, 0)
    assert with_item(vector, 2, 9, U16) == vector
    assert items(with_item(vector, 0, 9, U16), U16) == [9, 2]
