"""Commits of weights: filed by epoch, revealed in one epoch only."""

import pytest

from taonet.frame.origin import Signed
from taonet.pallets.subtensor.errors import (
    CommitRevealDisabled,
    CommittingWeightsTooFast,
    ExpiredWeightCommit,
    HotKeyNotRegisteredInSubNet,
    IncorrectCommitRevealVersion,
    InputLengthsUnequal,
    InvalidRevealCommitHashNotMatch,
    MechanismDoesNotExist,
    NeuronNoValidatorPermit,
    NoWeightsCommitFound,
    RevealTooEarly,
    TooManyUnrevealedCommits,
)
from taonet.pallets.subtensor.events.weights import (
    BatchWeightsCompleted,
    TimelockedWeightsCommitted,
    WeightsBatchRevealed,
    WeightsCommitted,
    WeightsRevealed,
)
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import pairs
from taonet.pallets.subtensor.weight_commits import commit_hash_of
from taonet.pallets.subtensor.weight_setting import WeightsVote
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256
from taonet.primitives.units import MechId, NetUid, Uid
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

VALIDATOR = Signed(account("validator"))
MAIN = mechanism_index(NETUID)
SALT = (4, 5, 6)


@pytest.fixture
def chain() -> Chain:
    """A permitted validator and two miners under commit-reveal, in epoch 3, without rate limit."""
    chain = Chain()
    chain.add_subnet()
    for name in ("validator", "good", "fair"):
        chain.register(name)
    parameters = chain.subtensor.hyperparameters
    parameters.commit_reveal_weights_enabled[NETUID] = True
    parameters.weights_set_rate_limit[NETUID] = 0
    parameters.tempo[NETUID] = 1_000
    chain.subtensor.scores.validator_permit[NETUID] = b"\1\0\0"
    enter_epoch(chain, 3)
    return chain


def enter_epoch(chain: Chain, epoch: int) -> None:
    chain.subtensor.epochs.subnet_epoch_index[NETUID] = epoch
    chain.subtensor.epochs.last_epoch_block[NETUID] = epoch * 1_000
    chain.system.number = epoch * 1_000 + 1


def hash_of(values: tuple[int, ...]) -> H256:
    return commit_hash_of(VALIDATOR.who, MAIN, WeightsVote((1, 2), values, 0), SALT)


def commit(chain: Chain, values: tuple[int, ...]) -> None:
    chain.subtensor.weight_commits.commit_weights(VALIDATOR, NETUID, hash_of(values))


def test_the_hash_is_that_of_the_encoded_tuple() -> None:
    who = bytes(VALIDATOR.who)
    uids, values, salt = b"\x08\1\0\2\0", b"\x08\3\0\4\0", b"\x0c\4\0\5\0\6\0"
    assert hash_of((3, 4)) == blake2_256(who + b"\1\0" + uids + values + salt + bytes(8))


def test_a_commit_is_revealed_in_its_epoch(chain: Chain) -> None:
    commits = chain.subtensor.weight_commits
    commit(chain, (3, 4))
    arguments = (VALIDATOR, NETUID, (1, 2), (3, 4), SALT, 0)
    assert commits.committed(MAIN, VALIDATOR.who) == ((hash_of((3, 4)), 3, 3_001, 0),)
    refuse(chain, RevealTooEarly, commits.reveal_weights, *arguments)
    enter_epoch(chain, 4)
    commits.reveal_weights(*arguments)

    assert pairs(chain.subtensor.weights.weights[MAIN, Uid(0)]) == [(1, 49_151), (2, 65_535)]
    assert commits.committed(MAIN, VALIDATOR.who) is None
    assert chain.events(WeightsCommitted) == [
        WeightsCommitted(VALIDATOR.who, MAIN, hash_of((3, 4)))
    ]
    assert chain.events(WeightsRevealed) == [WeightsRevealed(VALIDATOR.who, MAIN, hash_of((3, 4)))]


def test_the_commit_counts_as_the_update_and_the_reveal_does_not(chain: Chain) -> None:
    commit(chain, (3, 4))
    enter_epoch(chain, 4)
    call = chain.subtensor.weight_commits.reveal_weights
    call(VALIDATOR, NETUID, (1, 2), (3, 4), SALT, 0)

    assert chain.subtensor.neuron_registry.last_update(MAIN, Uid(0)) == 3_001


def test_a_commit_expires(chain: Chain) -> None:
    commit(chain, (3, 4))
    enter_epoch(chain, 5)
    reveal = chain.subtensor.weight_commits.reveal_weights
    refuse(chain, ExpiredWeightCommit, reveal, VALIDATOR, NETUID, (1, 2), (3, 4), SALT, 0)
    refuse(chain, NoWeightsCommitFound, reveal, VALIDATOR, NETUID, (1, 2), (3, 3), SALT, 0)
    commit(chain, (5, 6))
    assert chain.subtensor.weight_commits.committed(MAIN, VALIDATOR.who) == (
        (hash_of((5, 6)), 5, 5_001, 0),
    )


def test_only_what_was_committed_is_revealed(chain: Chain) -> None:
    reveal = chain.subtensor.weight_commits.reveal_weights
    arguments = (VALIDATOR, NETUID, (1, 2), (9, 9), SALT, 0)
    refuse(chain, NoWeightsCommitFound, reveal, *arguments)
    commit(chain, (3, 4))
    enter_epoch(chain, 4)
    refuse(chain, InvalidRevealCommitHashNotMatch, reveal, *arguments)


def test_a_reveal_passes_the_checks_of_weights(chain: Chain) -> None:
    commit(chain, (3, 4))
    enter_epoch(chain, 4)
    chain.subtensor.scores.validator_permit[NETUID] = bytes(3)
    reveal = chain.subtensor.weight_commits.reveal_weights
    error = NeuronNoValidatorPermit
    refuse(chain, error, reveal, VALIDATOR, NETUID, (1, 2), (3, 4), SALT, 0)


def test_a_reveal_drops_the_commits_before_it(chain: Chain) -> None:
    for values in ((1, 1), (2, 2), (3, 3)):
        commit(chain, values)
    enter_epoch(chain, 4)
    commits = chain.subtensor.weight_commits
    commits.reveal_weights(VALIDATOR, NETUID, (1, 2), (2, 2), SALT, 0)

    assert commits.committed(MAIN, VALIDATOR.who) == ((hash_of((3, 3)), 3, 3_001, 0),)


def test_ten_commits_may_wait(chain: Chain) -> None:
    for number in range(10):
        commit(chain, (number, 1))
    call = chain.subtensor.weight_commits.commit_weights
    refuse(chain, TooManyUnrevealedCommits, call, VALIDATOR, NETUID, hash_of((10, 1)))


def test_what_stands_against_a_commit(chain: Chain) -> None:
    call, some = chain.subtensor.weight_commits.commit_weights, H256(bytes(32))
    parameters = chain.subtensor.hyperparameters
    refuse(chain, MechanismDoesNotExist, call, VALIDATOR, NetUid(9), some)
    refuse(chain, HotKeyNotRegisteredInSubNet, call, Signed(account("other")), NETUID, some)
    parameters.weights_set_rate_limit[NETUID] = 5_000
    call(VALIDATOR, NETUID, some)
    refuse(chain, CommittingWeightsTooFast, call, VALIDATOR, NETUID, some)
    parameters.commit_reveal_weights_enabled[NETUID] = False
    refuse(chain, CommitRevealDisabled, call, VALIDATOR, NETUID, some)


def test_a_batch_reveals_all_or_nothing(chain: Chain) -> None:
    commit(chain, (1, 2))
    commit(chain, (3, 4))
    enter_epoch(chain, 4)
    call = chain.subtensor.weight_commits.batch_reveal_weights
    uids, salts = ((1, 2), (1, 2)), (SALT, SALT)
    good, bad = ((1, 2), (3, 4)), ((1, 2), (9, 9))
    error = InvalidRevealCommitHashNotMatch
    refuse(chain, error, call, VALIDATOR, NETUID, uids, bad, salts, (0, 0))
    refuse(chain, InputLengthsUnequal, call, VALIDATOR, NETUID, uids, good, salts, (0,))
    call(VALIDATOR, NETUID, uids, good, salts, (0, 0))

    assert pairs(chain.subtensor.weights.weights[MAIN, Uid(0)]) == [(1, 49_151), (2, 65_535)]
    assert chain.subtensor.weight_commits.committed(MAIN, VALIDATOR.who) is None
    assert chain.events(WeightsBatchRevealed) == [
        WeightsBatchRevealed(VALIDATOR.who, NETUID, (hash_of((1, 2)), hash_of((3, 4))))
    ]


def test_hashes_are_committed_in_several_subnets(chain: Chain) -> None:
    call = chain.subtensor.weight_commits.batch_commit_weights
    refuse(chain, InputLengthsUnequal, call, VALIDATOR, (NETUID,), ())
    call(VALIDATOR, (NETUID, NetUid(9)), (hash_of((1, 2)), hash_of((1, 2))))

    assert chain.subtensor.weight_commits.committed(MAIN, VALIDATOR.who) is not None
    assert chain.events(BatchWeightsCompleted) == [
        BatchWeightsCompleted((NETUID, NetUid(9)), VALIDATOR.who)
    ]


def test_ciphertexts_wait_for_their_round(chain: Chain) -> None:
    commits = chain.subtensor.weight_commits
    commits.commit_timelocked_weights(VALIDATOR, NETUID, b"sealed", 77, 4)
    commits.commit_crv3_mechanism_weights(VALIDATOR, NETUID, MechId(0), b"again", 78)

    stored = chain.subtensor.weights.timelocked_weight_commits
    assert stored[MAIN, 3] == (
        (VALIDATOR.who, 3_001, b"sealed", 77),
        (VALIDATOR.who, 3_001, b"again", 78),
    )
    assert chain.events(TimelockedWeightsCommitted)[0] == TimelockedWeightsCommitted(
        VALIDATOR.who, MAIN, H256(blake2_256(b"sealed")), 77
    )


def test_ciphertexts_have_a_version_and_a_number(chain: Chain) -> None:
    call = chain.subtensor.weight_commits.commit_timelocked_weights
    refuse(chain, IncorrectCommitRevealVersion, call, VALIDATOR, NETUID, b"sealed", 77, 3)
    for _ in range(10):
        call(VALIDATOR, NETUID, b"sealed", 77, 4)
    refuse(chain, TooManyUnrevealedCommits, call, VALIDATOR, NETUID, b"sealed", 77, 4)
    call(Signed(account("good")), NETUID, b"sealed", 77, 4)


def test_each_mechanism_has_commits_of_its_own(chain: Chain) -> None:
    chain.subtensor.networks.mechanism_count_current[NETUID] = MechId(2)
    second, commits = mechanism_index(NETUID, MechId(1)), chain.subtensor.weight_commits
    vote = WeightsVote((1,), (1,), 0)
    some = commit_hash_of(VALIDATOR.who, second, vote, SALT)
    commits.commit_mechanism_weights(VALIDATOR, NETUID, MechId(1), some)
    commits.commit_timelocked_mechanism_weights(VALIDATOR, NETUID, MechId(1), b"sealed", 7, 4)
    enter_epoch(chain, 4)
    commits.reveal_mechanism_weights(VALIDATOR, NETUID, MechId(1), (1,), (1,), SALT, 0)

    assert commits.committed(MAIN, VALIDATOR.who) is None
    assert pairs(chain.subtensor.weights.weights[second, Uid(0)]) == [(1, 65_535)]
    assert len(chain.subtensor.weights.timelocked_weight_commits[second, 3]) == 1
