"""Trimming a subnet: who goes, and that those who stay keep what is theirs."""

import pytest

from taonet.pallets.subtensor.errors import (
    InvalidValue,
    SubnetNotExists,
    TrimmingWouldExceedMaxImmunePercentage,
)
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import U16, U64, items, pack, pack_pairs, pairs
from taonet.primitives.units import NetUid, Uid
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

MAIN = mechanism_index(NETUID)
EMISSION = (50, 10, 40, 20, 30, 10)


@pytest.fixture
def chain() -> Chain:
    """Six neurons that earned 50, 10, 40, 20, 30 and 10; none is immune."""
    chain = Chain()
    chain.add_subnet()
    for number in range(6):
        chain.register(f"miner {number}")
    chain.subtensor.hyperparameters.immunity_period[NETUID] = 0
    chain.subtensor.hyperparameters.min_allowed_uids[NETUID] = 2
    chain.subtensor.scores.emission[NETUID] = pack(EMISSION, U64)
    chain.subtensor.scores.incentive[MAIN] = pack(range(6), U16)
    return chain


def test_the_least_earning_go_and_the_others_close_up(chain: Chain) -> None:
    weights = chain.subtensor.weights
    weights.weights[MAIN, Uid(4)] = pack_pairs([(0, 1), (1, 2), (2, 3), (4, 5)])
    weights.bonds[MAIN, Uid(5)] = pack_pairs([(0, 1)])
    chain.subtensor.trimming.trim(NETUID, 3)

    neurons, scores = chain.subtensor.neurons, chain.subtensor.scores
    names = [neurons.keys[NETUID, Uid(uid)] for uid in range(3)]
    assert names == [account("miner 0"), account("miner 2"), account("miner 4")]
    assert [neurons.uids[NETUID, name] for name in names] == [Uid(0), Uid(1), Uid(2)]
    assert len(list(neurons.keys.under(NETUID))) == len(list(neurons.uids.under(NETUID))) == 3
    assert items(scores.emission[NETUID], U64) == [50, 40, 30]
    assert items(scores.incentive[MAIN], U16) == [0, 2, 4]
    assert pairs(weights.weights[MAIN, Uid(2)]) == [(0, 1), (1, 3), (2, 5)]
    assert (MAIN, Uid(4)) not in weights.weights
    assert (MAIN, Uid(5)) not in weights.bonds
    assert chain.subtensor.networks.subnetwork_n[NETUID] == 3
    assert chain.subtensor.hyperparameters.max_allowed_uids[NETUID] == 3


def test_of_equals_the_later_goes(chain: Chain) -> None:
    chain.subtensor.trimming.trim(NETUID, 5)

    assert chain.subtensor.neurons.uids[NETUID, account("miner 5")] is None
    assert chain.subtensor.neurons.uids[NETUID, account("miner 1")] == Uid(1)


def test_the_immune_stay(chain: Chain) -> None:
    chain.subtensor.networks.subnet_owner_hotkey[NETUID] = account("miner 1")
    chain.subtensor.trimming.trim(NETUID, 4)

    keys = chain.subtensor.neurons.keys
    kept = [keys[NETUID, Uid(uid)] for uid in range(4)]
    assert kept == [account(f"miner {number}") for number in (0, 1, 2, 4)]


def test_a_subnet_is_not_left_to_the_immune(chain: Chain) -> None:
    chain.subtensor.hyperparameters.immunity_period[NETUID] = 100
    call = chain.subtensor.trimming.trim
    refuse(chain, TrimmingWouldExceedMaxImmunePercentage, call, NETUID, 5)


def test_limits_that_are_refused_or_change_nothing(chain: Chain) -> None:
    call = chain.subtensor.trimming.trim
    refuse(chain, SubnetNotExists, call, NetUid(9), 3)
    refuse(chain, InvalidValue, call, NETUID, 1)
    refuse(chain, InvalidValue, call, NETUID, 257)
    call(NETUID, 6)
    assert chain.subtensor.networks.subnetwork_n[NETUID] == 6
