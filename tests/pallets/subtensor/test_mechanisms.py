"""Mechanisms of a subnet: their keys, their number, their shares."""

import pytest

from taonet.pallets.subtensor.errors import (
    InvalidValue,
    MechanismDoesNotExist,
    TooManyUIDsPerMechanism,
)
from taonet.pallets.subtensor.mechanisms import mechanism_index, netuid_of
from taonet.primitives.units import MechId, NetUid, Uid
from tests.pallets.subtensor.chain import NETUID, Chain
from tests.pallets.subtensor.refusals import refuse

SECOND = mechanism_index(NETUID, MechId(1))


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.subtensor.hyperparameters.max_allowed_uids[NETUID] = 128
    return chain


def test_the_main_mechanism_has_the_subnets_own_key() -> None:
    assert int(mechanism_index(NetUid(7))) == 7
    assert int(mechanism_index(NetUid(7), MechId(2))) == 2 * 4096 + 7
    assert netuid_of(mechanism_index(NetUid(7), MechId(2))) == NetUid(7)


def test_a_mechanism_that_goes_takes_everything_with_it(chain: Chain) -> None:
    subtensor = chain.subtensor
    subtensor.mechanisms.set_count(NETUID, MechId(2))
    subtensor.mechanisms.set_split(NETUID, (30_000, 35_535))
    subtensor.weights.weights[SECOND, Uid(0)] = bytes(4)
    subtensor.weights.bonds[SECOND, Uid(0)] = bytes(4)
    subtensor.scores.incentive[SECOND] = bytes(2)
    subtensor.scores.last_update[SECOND] = bytes(8)
    subtensor.mechanisms.set_count(NETUID, MechId(1))

    assert list(subtensor.mechanisms.indices(NETUID)) == [mechanism_index(NETUID)]
    for entries in (subtensor.weights.weights, subtensor.weights.bonds):
        assert list(entries.under(SECOND)) == []
    assert SECOND not in subtensor.scores.incentive
    assert SECOND not in subtensor.scores.last_update
    assert subtensor.networks.mechanism_emission_split[NETUID] is None


def test_the_number_of_mechanisms_has_bounds(chain: Chain) -> None:
    mechanisms = chain.subtensor.mechanisms
    refuse(chain, MechanismDoesNotExist, mechanisms.set_count, NetUid(9), MechId(1))
    refuse(chain, InvalidValue, mechanisms.set_count, NETUID, MechId(0))
    refuse(chain, InvalidValue, mechanisms.set_count, NETUID, MechId(3))
    refuse(chain, InvalidValue, mechanisms.set_count_max, MechId(0))
    refuse(chain, InvalidValue, mechanisms.set_count_max, MechId(17))
    mechanisms.set_count_max(MechId(16))
    refuse(chain, TooManyUIDsPerMechanism, mechanisms.set_count, NETUID, MechId(3))


@pytest.mark.parametrize("split", [(), (65_535, 0, 0), (30_000, 30_000), (65_536,)])
def test_shares_add_up(chain: Chain, split: tuple[int, ...]) -> None:
    mechanisms = chain.subtensor.mechanisms
    mechanisms.set_count(NETUID, MechId(2))
    refuse(chain, InvalidValue, mechanisms.set_split, NETUID, split)
    refuse(chain, MechanismDoesNotExist, mechanisms.set_split, NetUid(9), None)
