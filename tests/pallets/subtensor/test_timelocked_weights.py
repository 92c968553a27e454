"""Timelocked weights: set in the epoch they were made for, by the pulse of their round."""

import pytest

from taonet.frame.origin import Signed
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.subtensor.events.weights import TimelockedWeightsRevealed
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import pairs
from taonet.pallets.subtensor.timelocked_weights import (
    OLD_SEALED_VOTE,
    SEALED_VOTE,
    sealed_vote,
)
from taonet.pallets.subtensor.weight_setting import WeightsVote
from taonet.primitives.ids import AccountId
from taonet.primitives.units import MechId, Uid
from taonet.scale.codec import codec
from tests.pallets.drand import sealed_by_sdk
from tests.pallets.drand.pulses import pulse_of, recorded, sealed
from tests.pallets.subtensor.chain import NETUID, Chain, account

VALIDATOR, SECOND = account("validator"), account("second")
MAIN = mechanism_index(NETUID)
VERSION = 4


def payload(values: tuple[int, ...] = (3, 4), who: AccountId = VALIDATOR) -> bytes:
    """What the SDK seals."""
    return codec(SEALED_VOTE).encode((bytes(who), (2, 3), values, 0))


@pytest.fixture
def chain() -> Chain:
    """Two permitted validators and two miners under commit-reveal, in epoch 3, period 1."""
    chain = Chain()
    chain.add_subnet()
    for name in ("validator", "second", "good", "fair"):
        chain.register(name)
    module = chain.subtensor
    module.hyperparameters.commit_reveal_weights_enabled[NETUID] = True
    module.hyperparameters.weights_set_rate_limit[NETUID] = 0
    module.hyperparameters.tempo[NETUID] = 1_000
    module.scores.validator_permit[NETUID] = b"\1\1\0\0"
    enter_epoch(chain, 3)
    return chain


def enter_epoch(chain: Chain, epoch: int) -> None:
    chain.subtensor.epochs.subnet_epoch_index[NETUID] = epoch
    chain.subtensor.epochs.last_epoch_block[NETUID] = epoch * 1_000
    chain.system.number = epoch * 1_000 + 1


def commit(chain: Chain, content: bytes, who: AccountId = VALIDATOR, round_: int = 1000) -> None:
    chain.subtensor.weight_commits.commit_timelocked_weights(
        Signed(who), NETUID, sealed(content, round_), round_, VERSION
    )


def know(chain: Chain, round_: int = 1000) -> None:
    Pulses(chain.state).pulses[round_] = recorded(round_)


def weights(chain: Chain, uid: int = 0) -> list[tuple[int, int]]:
    return list(pairs(chain.subtensor.weights.weights[MAIN, Uid(uid)]))


def revealed(chain: Chain) -> list[AccountId]:
    events = [found.event for found in chain.state.events]
    return [event._1 for event in events if isinstance(event, TimelockedWeightsRevealed)]


def waiting(chain: Chain) -> list[int]:
    """The epochs that have commits."""
    return [key[1] for key, _ in chain.subtensor.weights.timelocked_weight_commits.items()]


def test_a_commit_waits_for_its_epoch_and_its_pulse(chain: Chain) -> None:
    reveal = chain.subtensor.timelocked_weights.reveal
    commit(chain, payload())
    know(chain)
    reveal(NETUID)
    assert (waiting(chain), revealed(chain)) == ([3], [])

    del Pulses(chain.state).pulses[1000]
    enter_epoch(chain, 4)
    reveal(NETUID)
    assert (waiting(chain), revealed(chain)) == ([3], [])

    know(chain)
    reveal(NETUID)
    assert (waiting(chain), revealed(chain)) == ([], [VALIDATOR])
    assert weights(chain) == [(2, 49151), (3, 65535)]


def test_what_the_sdk_sealed_is_set(chain: Chain) -> None:
    chain.subtensor.weight_commits.commit_timelocked_weights(
        Signed(VALIDATOR), NETUID, sealed_by_sdk.WEIGHTS, 1000, VERSION
    )
    enter_epoch(chain, 4)
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert revealed(chain) == [VALIDATOR]
    assert weights(chain) == [(2, 49151), (3, 65535)]


def test_what_was_not_opened_in_time_is_dropped(chain: Chain) -> None:
    commit(chain, payload())
    enter_epoch(chain, 5)
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert (waiting(chain), revealed(chain), weights(chain)) == ([], [], [])


def test_commits_wait_for_their_own_pulses(chain: Chain) -> None:
    commit(chain, payload())
    commit(chain, payload(who=SECOND), SECOND, 2000)
    enter_epoch(chain, 4)
    know(chain, 2000)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert revealed(chain) == [SECOND]
    ((_, commits),) = chain.subtensor.weights.timelocked_weight_commits.items()
    assert [(who, round_) for who, _, _, round_ in commits] == [(VALIDATOR, 1000)]


def test_of_several_commits_the_last_one_stays(chain: Chain) -> None:
    commit(chain, payload((9, 1)))
    commit(chain, payload((1, 9)))
    enter_epoch(chain, 4)
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert revealed(chain) == [VALIDATOR, VALIDATOR]
    assert weights(chain) == [(2, 7282), (3, 65535)]


def test_a_copied_ciphertext_sets_nothing(chain: Chain) -> None:
    commit(chain, payload(who=VALIDATOR), SECOND)
    commit(chain, payload(who=VALIDATOR))
    enter_epoch(chain, 4)
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert revealed(chain) == [VALIDATOR]
    assert (waiting(chain), weights(chain, 1)) == ([], [])


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x04"], ids=["empty", "noise", "cut"])
def test_what_is_no_vote_is_dropped(chain: Chain, content: bytes) -> None:
    commit(chain, content)
    enter_epoch(chain, 4)
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert (waiting(chain), revealed(chain)) == ([], [])


def test_a_pulse_without_a_signature_costs_the_commit(chain: Chain) -> None:
    commit(chain, payload())
    enter_epoch(chain, 4)
    Pulses(chain.state).pulses[1000] = pulse_of(1000, b"")
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert (waiting(chain), revealed(chain)) == ([], [])


def test_a_vote_that_may_not_be_set_leaves_no_trace(chain: Chain) -> None:
    commit(chain, payload())
    commit(chain, payload(who=SECOND), SECOND)
    enter_epoch(chain, 4)
    chain.subtensor.scores.validator_permit[NETUID] = b"\0\1\0\0"
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert revealed(chain) == [SECOND]
    assert weights(chain) == []


def test_every_mechanism_is_revealed(chain: Chain) -> None:
    chain.subtensor.networks.mechanism_count_current[NETUID] = MechId(2)
    chain.subtensor.weight_commits.commit_timelocked_mechanism_weights(
        Signed(VALIDATOR), NETUID, MechId(1), sealed(payload()), 1000, VERSION
    )
    enter_epoch(chain, 4)
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    second = mechanism_index(NETUID, MechId(1))
    assert revealed(chain) == [VALIDATOR]
    assert chain.subtensor.weights.weights[second, Uid(0)]
    assert weights(chain) == []


def test_the_block_step_reveals(chain: Chain) -> None:
    commit(chain, payload())
    enter_epoch(chain, 4)
    know(chain)
    chain.subtensor.block_step.on_initialize(chain.system.number)
    assert revealed(chain) == [VALIDATOR]


def test_no_epoch_before_the_first_period_has_commits(chain: Chain) -> None:
    enter_epoch(chain, 0)
    commit(chain, payload())
    know(chain)
    chain.subtensor.timelocked_weights.reveal(NETUID)
    assert waiting(chain) == [0]


def test_votes_are_read_as_newer_and_as_older_wallets_seal_them() -> None:
    vote = WeightsVote((2, 3), (3, 4), 7)
    newer = codec(SEALED_VOTE).encode((bytes(VALIDATOR), (2, 3), (3, 4), 7))
    older = codec(OLD_SEALED_VOTE).encode(((2, 3), (3, 4), 7))
    assert sealed_vote(newer, VALIDATOR) == sealed_vote(older, VALIDATOR) == vote
    assert sealed_vote(newer + b"behind", VALIDATOR) == vote
    assert sealed_vote(newer, SECOND) is None
    assert sealed_vote(older, SECOND) == vote, "it says nobody's name"
