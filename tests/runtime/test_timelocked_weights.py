"""Hidden weights, from a wallet's signature to the matrix: commit, pulse, epoch."""

import pytest

from taonet.pallets.drand.beacon import NewPulse
from taonet.pallets.subtensor.events.weights import (
    TimelockedWeightsCommitted,
    TimelockedWeightsRevealed,
)
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import pairs
from taonet.primitives.units import MechId, NetUid, Uid
from taonet.runtime.transaction_validity import TransactionInvalid
from tests.pallets.drand import sealed_by_sdk
from tests.pallets.drand.pulses import bringing, recorded
from tests.runtime.chain import ALICE, BOB, Chain, call_of

NETUID = NetUid(7)
INDEX = mechanism_index(NETUID)
TEMPO = 10
COMMIT = call_of(
    "SubtensorModule",
    "commit_timelocked_mechanism_weights",
    NETUID,
    MechId(0),
    sealed_by_sdk.ALICES_WEIGHTS,
    1000,
    4,
)
REVEALED = TimelockedWeightsRevealed(INDEX, ALICE.account)


@pytest.fixture
def chain() -> Chain:
    """Alice's hotkey is the one validator of a subnet under commit-reveal."""
    chain = Chain()
    module = chain.runtime.subtensor
    module.subnet_creation.add(NETUID, TEMPO)
    module.networks.subtoken_enabled[NETUID] = True
    module.networks.first_emission_block_number[NETUID] = 1
    module.hotkeys.associate(BOB.account, ALICE.account)
    module.neuron_registry.append(NETUID, ALICE.account)
    module.hyperparameters.commit_reveal_weights_enabled[NETUID] = True
    module.hyperparameters.weights_set_rate_limit[NETUID] = 0
    module.scores.validator_permit[NETUID] = b"\1"
    chain.block()
    return chain


def epoch(chain: Chain) -> int:
    return chain.runtime.subtensor.epochs.subnet_epoch_index[NETUID]


def weights(chain: Chain) -> list[tuple[int, int]]:
    return list(pairs(chain.runtime.subtensor.weights.weights[INDEX, Uid(0)]))


def waiting(chain: Chain) -> bool:
    """Whether a commit waits for its reveal."""
    return any(chain.runtime.subtensor.weights.timelocked_weight_commits.values())


def reveals_within(chain: Chain, epochs: int) -> bool:
    """Whether the weights are revealed before so many more epochs have run."""
    end = epoch(chain) + epochs
    while epoch(chain) < end:
        chain.block()
        if REVEALED in [found.event for found in chain.runtime.state.events]:
            return True
    return False


def test_weights_are_shown_by_the_pulse_in_the_epoch_after(chain: Chain) -> None:
    assert chain.send(ALICE, COMMIT) is None
    assert any(isinstance(event, TimelockedWeightsCommitted) for event in chain.events())
    assert weights(chain) == []

    assert chain.block(bringing(chain, recorded(1000))) == [None]
    assert NewPulse(rounds=(1000,)) in chain.events()
    assert weights(chain) == [], "the epoch of the commit is not over"

    assert reveals_within(chain, 2)
    assert weights(chain) == [(0, 65535)]
    assert not waiting(chain)


def test_a_pulse_may_come_late_but_not_too_late(chain: Chain) -> None:
    chain.send(ALICE, COMMIT)
    committed = epoch(chain)
    while epoch(chain) == committed:
        chain.block()
    assert chain.block(bringing(chain, recorded(1000))) == [None]
    assert reveals_within(chain, 1)
    assert weights(chain) == [(0, 65535)]


def test_weights_whose_pulse_never_came_are_forgotten(chain: Chain) -> None:
    chain.send(ALICE, COMMIT)
    assert not reveals_within(chain, 3)
    assert not waiting(chain)
    chain.block(bringing(chain, recorded(1000)))
    assert not reveals_within(chain, 1)
    assert weights(chain) == []


def test_the_pool_takes_no_commit_to_a_round_that_passed(chain: Chain) -> None:
    chain.block(bringing(chain, recorded(2000)))
    with pytest.raises(TransactionInvalid) as refused:
        chain.validate(chain.sign(ALICE, COMMIT))
    assert refused.value.custom == 15
