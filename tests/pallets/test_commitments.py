"""Commitments: who may publish what, how much of it, and what it does to bonds."""

import pytest

from taonet.frame.origin import Root, Signed
from taonet.frame.weight import database_weight
from taonet.pallets import commitments
from taonet.pallets.commitment_data import (
    RAW,
    BigRaw,
    CommitmentInfo,
    Data,
    ResetBondsFlag,
    TimelockEncrypted,
)
from taonet.pallets.commitments import Commitments
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.subtensor import packed_vectors
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Uid
from taonet.scale.codec import MalformedScale, codec
from taonet.scale.types import type_of
from tests.pallets.drand import sealed_by_sdk
from tests.pallets.drand.pulses import recorded, sealed
from tests.pallets.subtensor.chain import NETUID, Chain, account

MINER = account("miner")


class Publishing:
    """A subnet with one neuron that publishes."""

    def __init__(self) -> None:
        self.chain = Chain()
        self.chain.add_subnet()
        self.uid = self.chain.subtensor.neuron_registry.append(NETUID, MINER)
        self.commitments = Commitments(self.chain.system, self.chain.subtensor)

    def publish(self, *fields: Data, who: AccountId = MINER) -> None:
        """Set a commitment, in a transaction as the runtime does."""
        with self.chain.state.transaction():
            self.commitments.set_commitment(Signed(who), NETUID, CommitmentInfo(fields))

    def know(self, round_: int) -> None:
        """Let the chain know a round's pulse."""
        Pulses(self.chain.state).pulses[round_] = recorded(round_)

    def step(self, number: int) -> None:
        """The first step of a block."""
        self.commitments.on_initialize(number)

    def reveals(self) -> list[tuple[bytes, int]]:
        """What opened, and when."""
        return list(self.commitments.revealed_commitments[NETUID, MINER] or ())

    def events(self) -> list[str]:
        """What the block reported of commitments."""
        named = {kind.__name__ for kind in Commitments.events}
        happened = [type(found.event).__name__ for found in self.chain.state.events]
        return [name for name in happened if name in named]


@pytest.fixture
def publishing() -> Publishing:
    """A subnet with one neuron that publishes."""
    return Publishing()


def test_a_neuron_publishes_and_replaces(publishing: Publishing) -> None:
    publishing.publish(RAW[5](b"model"))
    publishing.chain.system.number = 7
    publishing.publish(RAW[3](b"two"), BigRaw(b"long" * 40))

    (stored,) = dict(publishing.commitments.commitment_of.items()).values()
    assert stored.block == 7 == publishing.commitments.last_commitment[NETUID, MINER]
    assert stored.info.fields == (RAW[3](b"two"), BigRaw(b"long" * 40))
    assert publishing.events() == ["Commitment", "Commitment"]


def test_a_stranger_may_not(publishing: Publishing) -> None:
    with pytest.raises(commitments.AccountNotAllowedCommit):
        publishing.publish(RAW[0](b""), who=account("stranger"))

    assert not list(publishing.commitments.commitment_of.keys())


def test_an_epoch_has_room_for_so_many_bytes(publishing: Publishing) -> None:
    for _ in range(6):
        publishing.publish(BigRaw(bytes(500)))
    # The smallest commitment counts for a hundred bytes.
    publishing.publish(RAW[1](b"x"))
    with pytest.raises(commitments.SpaceLimitExceeded):
        publishing.publish(RAW[1](b"x"))

    publishing.chain.subtensor.epochs.subnet_epoch_index[NETUID] = 1
    publishing.publish(RAW[1](b"x"))
    publishing.commitments.set_max_space(Root(), 150)
    with pytest.raises(commitments.SpaceLimitExceeded):
        publishing.publish(RAW[1](b"x"))


def test_a_ciphertext_is_listed_until_it_is_replaced(publishing: Publishing) -> None:
    publishing.publish(TimelockEncrypted(b"sealed", 1_000))
    assert publishing.commitments.timelocked_index == ((NETUID, MINER),)

    publishing.publish(RAW[4](b"open"))
    assert not publishing.commitments.timelocked_index
    assert publishing.events() == ["TimelockCommitment", "Commitment"]


@pytest.mark.parametrize("allowed", [False, True])
def test_a_neuron_may_start_with_new_bonds(publishing: Publishing, *, allowed: bool) -> None:
    subtensor, index = publishing.chain.subtensor, mechanism_index(NETUID)
    subtensor.hyperparameters.bonds_reset_on[NETUID] = allowed
    other, own = 9 | 40 << 16, int(publishing.uid) | 50 << 16
    subtensor.weights.bonds[index, Uid(3)] = packed_vectors.pack([own, other], 4)

    publishing.publish(ResetBondsFlag())

    kept = [other] if allowed else [own, other]
    assert packed_vectors.items(subtensor.weights.bonds[index, Uid(3)], 4) == kept
    assert publishing.commitments.last_bonds_reset[NETUID, MINER] == 0


def test_a_subnet_that_ends_takes_its_commitments_along(publishing: Publishing) -> None:
    publishing.publish(TimelockEncrypted(b"sealed", 1_000), ResetBondsFlag())

    publishing.chain.subtensor.dissolution.dissolve(NETUID)

    kept = publishing.commitments
    assert not kept.timelocked_index
    for items in (kept.commitment_of, kept.last_commitment, kept.last_bonds_reset):
        assert not list(items.keys())
    assert not list(kept.used_space_of.keys())


def test_too_long_data_is_malformed() -> None:
    info = codec(type_of(CommitmentInfo))
    longest = CommitmentInfo((RAW[128](bytes(128)),))

    assert info.decode(info.encode(longest)) == longest
    assert info.encode(longest)[1] == 129
    with pytest.raises(MalformedScale):
        info.decode(bytes([4, 137]))
    with pytest.raises(MalformedScale):
        info.decode(info.encode(CommitmentInfo((ResetBondsFlag(),) * 3)).replace(b"\x0c", b"\x10"))


def test_what_was_sealed_is_published_once_its_round_is_known(publishing: Publishing) -> None:
    publishing.publish(TimelockEncrypted(sealed(b"model"), 1000), RAW[3](b"two"))
    publishing.step(5)
    assert publishing.reveals() == []

    publishing.know(1000)
    publishing.step(6)
    assert publishing.reveals() == [(b"model", 6)]
    stored = publishing.commitments.commitment_of[NETUID, MINER]
    assert stored is not None
    assert stored.info.fields == (RAW[3](b"two"),)
    assert publishing.commitments.timelocked_index == ()
    assert publishing.events() == ["TimelockCommitment", "CommitmentRevealed"]


def test_what_the_sdk_sealed_is_published(publishing: Publishing) -> None:
    publishing.publish(TimelockEncrypted(sealed_by_sdk.COMMITMENT, 1000))
    publishing.know(1000)
    publishing.step(6)
    # A string, with its length in front.
    assert publishing.reveals() == [(b"\x1ca model", 6)]


def test_a_commitment_with_nothing_left_goes(publishing: Publishing) -> None:
    publishing.publish(TimelockEncrypted(sealed(b"model"), 1000))
    publishing.know(1000)
    publishing.step(6)
    assert publishing.commitments.commitment_of[NETUID, MINER] is None
    assert publishing.commitments.timelocked_index == ()


def test_a_field_of_a_later_round_goes_on_waiting(publishing: Publishing) -> None:
    later = TimelockEncrypted(sealed(b"second", 2000), 2000)
    publishing.publish(TimelockEncrypted(sealed(b"first"), 1000), later)
    publishing.know(1000)
    publishing.step(6)
    stored = publishing.commitments.commitment_of[NETUID, MINER]
    assert stored is not None
    assert stored.info.fields == (later,)
    assert publishing.commitments.timelocked_index == ((NETUID, MINER),)
    publishing.know(2000)
    publishing.step(7)
    assert publishing.reveals() == [(b"first", 6), (b"second", 7)]


@pytest.mark.parametrize("ciphertext", [b"", b"noise" * 60, sealed(b""), sealed(b"x", 2000)])
def test_what_cannot_be_opened_is_dropped(publishing: Publishing, ciphertext: bytes) -> None:
    publishing.publish(TimelockEncrypted(ciphertext, 1000))
    publishing.know(1000)
    publishing.step(6)
    assert publishing.reveals() == []
    assert publishing.commitments.commitment_of[NETUID, MINER] is None


def test_the_last_ten_are_kept(publishing: Publishing) -> None:
    publishing.know(1000)
    for number in range(12):
        publishing.publish(TimelockEncrypted(sealed(bytes([number + 1])), 1000))
        publishing.step(number)
    assert publishing.reveals() == [(bytes([number + 1]), number) for number in range(2, 12)]


def test_a_commitment_that_vanished_is_forgotten(publishing: Publishing) -> None:
    publishing.publish(TimelockEncrypted(sealed(b"model"), 1000))
    publishing.commitments.commitment_of[NETUID, MINER] = None
    weight = publishing.commitments.on_initialize(5)
    assert publishing.commitments.timelocked_index == ()
    assert weight == database_weight(reads=3, writes=1)
