"""
Weights that are committed first and revealed later: by a hash, or by a drand round's secret.

A commit can be revealed in one epoch only, `RevealPeriodEpochs` after its own.

Source: subtensor pallets/subtensor/src/subnets/weights.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.errors import (
    CommitRevealDisabled,
    CommittingWeightsTooFast,
    ExpiredWeightCommit,
    IncorrectCommitRevealVersion,
    InputLengthsUnequal,
    InvalidRevealCommitHashNotMatch,
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
from taonet.pallets.subtensor.mechanisms import MAIN, Mechanisms, mechanism_index
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import TIMELOCKED_COMMIT_LIMIT, MechanismIndex
from taonet.pallets.subtensor.weight_setting import (
    CompactNetUids,
    Uids,
    WeightSetting,
    WeightsVote,
)
from taonet.pallets.system import System
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import MechId, NetUid, Uid
from taonet.scale.codec import codec
from taonet.scale.types import U16, U64, Tuple, Type, bounded_bytes, type_of, u16, u64, vec

UNREVEALED_MAX: Final = 10
"""Commits of one hotkey that may wait for their reveal."""

Ciphertext = Annotated[bytes, bounded_bytes(TIMELOCKED_COMMIT_LIMIT)]
UidLists = Annotated[tuple[tuple[int, ...], ...], vec(vec(u16))]
HashCommit = tuple[H256, int, int, int]
"""A hash, the epoch and the block that it was committed in, and an unused number."""

_COMMITTED: Type[tuple[object, ...]] = Tuple(
    (type_of(AccountId), type_of(MechanismIndex), vec(u16), vec(u16), vec(u16), u64)
)


def commit_hash_of(
    hotkey: AccountId, index: MechanismIndex, vote: WeightsVote, salt: tuple[int, ...]
) -> H256:
    """The hash that commits `hotkey` to a vote in one mechanism of a subnet."""
    committed = (hotkey, index, vote.uids, vote.values, salt, vote.version_key)
    return H256(blake2_256(codec(_COMMITTED).encode(committed)))


class WeightCommits(Pallet, prefix="SubtensorModule"):
    """Keeps commits, and reveals those whose epoch has come."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        schedule: EpochSchedule,
        mechanisms: Mechanisms,
        neurons: NeuronRegistry,
        setting: WeightSetting,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._weights = storage.weights
        self._system = system
        self._schedule = schedule
        self._mechanisms = mechanisms
        self._neurons = neurons
        self._setting = setting

    @call(
        index=96,
        weight=Weight(69_049_000, 4714) + database_weight(reads=13, writes=2),
        pays=Pays.NO,
    )
    def commit_weights(self, origin: Origin, netuid: NetUid, commit_hash: H256) -> None:
        """Commit the hash of your weights, to be revealed after the subnet's reveal period."""
        self._commit(ensure_signed(origin), netuid, MAIN, commit_hash)

    @call(
        index=115,
        weight=Weight(55_130_000, 0) + database_weight(reads=7, writes=2),
        pays=Pays.NO,
    )
    def commit_mechanism_weights(
        self, origin: Origin, netuid: NetUid, mecid: MechId, commit_hash: H256
    ) -> None:
        """Commit the hash of your weights in one mechanism of a subnet."""
        self._commit(ensure_signed(origin), netuid, mecid, commit_hash)

    @call(
        index=100,
        weight=Weight(147_224_000, 4765) + database_weight(reads=15, writes=2),
        pays=Pays.NO,
    )
    def batch_commit_weights(
        self, origin: Origin, netuids: CompactNetUids, commit_hashes: tuple[H256, ...]
    ) -> None:
        """Commit hashes in several subnets; one that fails does not stop the others."""
        hotkey = ensure_signed(origin)
        if len(netuids) != len(commit_hashes):
            raise InputLengthsUnequal

        def commit_one(number: int, netuid: NetUid) -> None:
            self._commit(hotkey, netuid, MAIN, commit_hashes[number])

        self._setting.each(netuids, commit_one)
        self.deposit_event(BatchWeightsCompleted(netuids, hotkey))

    @call(
        index=113,
        weight=Weight(86_951_000, 4713) + database_weight(reads=14, writes=2),
        pays=Pays.NO,
    )
    def commit_timelocked_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        commit: Ciphertext,
        reveal_round: U64,
        commit_reveal_version: U16,
    ) -> None:
        """Commit your weights encrypted to a drand round, at which the chain reveals them."""
        hotkey = ensure_signed(origin)
        self._commit_timelocked(hotkey, netuid, MAIN, (commit, reveal_round, commit_reveal_version))

    @call(
        index=118,
        weight=Weight(84_020_000, 0) + database_weight(reads=9, writes=2),
        pays=Pays.NO,
    )
    def commit_timelocked_mechanism_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        mecid: MechId,
        commit: Ciphertext,
        reveal_round: U64,
        commit_reveal_version: U16,
    ) -> None:
        """Commit your weights in one mechanism of a subnet, encrypted to a drand round."""
        sealed = (commit, reveal_round, commit_reveal_version)
        self._commit_timelocked(ensure_signed(origin), netuid, mecid, sealed)

    @call(
        index=117,
        weight=Weight(77_750_000, 0) + database_weight(reads=7, writes=2),
        pays=Pays.NO,
    )
    def commit_crv3_mechanism_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        mecid: MechId,
        commit: Ciphertext,
        reveal_round: U64,
    ) -> None:
        """Commit your weights in one mechanism of a subnet, encrypted in the fourth format."""
        self._commit_timelocked(ensure_signed(origin), netuid, mecid, (commit, reveal_round, 4))

    @call(
        index=97,
        weight=Weight(111_227_000, 7590) + database_weight(reads=19, writes=2),
        pays=Pays.NO,
    )
    def reveal_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        uids: Uids,
        values: Uids,
        salt: Uids,
        version_key: U64,
    ) -> None:
        """Reveal the weights that you committed; commits before it are dropped."""
        vote = WeightsVote(uids, values, version_key)
        self._reveal(ensure_signed(origin), netuid, MAIN, vote, salt)

    @call(
        index=116,
        weight=Weight(122_000_000, 0) + database_weight(reads=16, writes=2),
        pays=Pays.NO,
    )
    def reveal_mechanism_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        mecid: MechId,
        uids: Uids,
        values: Uids,
        salt: Uids,
        version_key: U64,
    ) -> None:
        """Reveal the weights that you committed in one mechanism of a subnet."""
        vote = WeightsVote(uids, values, version_key)
        self._reveal(ensure_signed(origin), netuid, mecid, vote, salt)

    @call(
        index=98,
        weight=Weight(421_363_000, 8095) + database_weight(reads=19, writes=2),
        pays=Pays.NO,
    )
    def batch_reveal_weights(
        self,
        origin: Origin,
        netuid: NetUid,
        uids_list: UidLists,
        values_list: UidLists,
        salts_list: UidLists,
        version_keys: Annotated[tuple[int, ...], vec(u64)],
    ) -> None:
        """Reveal several commits in a subnet, in order; all of them or none."""
        if not len(uids_list) == len(values_list) == len(salts_list) == len(version_keys):
            raise InputLengthsUnequal
        hotkey = ensure_signed(origin)
        index = mechanism_index(netuid)
        commits, expired = self._unexpired(netuid, index, hotkey)
        votes = [
            WeightsVote(uids, values, version_key)
            for uids, values, version_key in zip(uids_list, values_list, version_keys, strict=True)
        ]
        hashes = tuple(
            commit_hash_of(hotkey, index, vote, salt)
            for vote, salt in zip(votes, salts_list, strict=True)
        )
        for commit_hash in hashes:
            self._ensure_revealable(netuid, commits, expired, commit_hash)
        for vote, commit_hash in zip(votes, hashes, strict=True):
            place = _find(commits, commit_hash)
            if place is None:
                raise InvalidRevealCommitHashNotMatch
            del commits[place]
            self._setting.set(hotkey, netuid, MAIN, vote)
        self._weights.weight_commits[index, hotkey] = tuple(commits) or None
        self.deposit_event(WeightsBatchRevealed(hotkey, netuid, hashes))

    def is_revealable(self, netuid: NetUid, commit_epoch: int) -> bool:
        """Whether a commit of `commit_epoch` can be revealed now."""
        return self._schedule.index_for_commits(netuid) == self._reveal_epoch(netuid, commit_epoch)

    def committed(self, index: MechanismIndex, hotkey: AccountId) -> tuple[HashCommit, ...] | None:
        """The hashes that a hotkey has committed, the expired ones included."""
        return self._weights.weight_commits[index, hotkey]

    def _reveal_epoch(self, netuid: NetUid, commit_epoch: int) -> int:
        return commit_epoch + self._storage.hyperparameters.reveal_period_epochs[netuid]

    def _is_expired(self, netuid: NetUid, commit_epoch: int) -> bool:
        return self._schedule.index_for_commits(netuid) > self._reveal_epoch(netuid, commit_epoch)

    def _ensure_may_commit(self, hotkey: AccountId, netuid: NetUid, index: MechanismIndex) -> Uid:
        uid = self._neurons.uid(netuid, hotkey)
        if not self._setting.passes_rate_limit(index, uid):
            raise CommittingWeightsTooFast
        return uid

    def _ensure_enabled(self, netuid: NetUid) -> None:
        if not self._storage.hyperparameters.commit_reveal_weights_enabled[netuid]:
            raise CommitRevealDisabled

    def _commit(
        self, hotkey: AccountId, netuid: NetUid, mechanism: MechId, commit_hash: H256
    ) -> None:
        self._mechanisms.ensure_exists(netuid, mechanism)
        self._ensure_enabled(netuid)
        index = mechanism_index(netuid, mechanism)
        uid = self._ensure_may_commit(hotkey, netuid, index)
        block, epoch = self._system.number, self._schedule.index_for_commits(netuid)
        commits = list(self._weights.weight_commits[index, hotkey] or ())
        while commits and self._is_expired(netuid, commits[0][1]):
            del commits[0]
        if len(commits) >= UNREVEALED_MAX:
            raise TooManyUnrevealedCommits
        self._weights.weight_commits[index, hotkey] = (*commits, (commit_hash, epoch, block, 0))
        self.deposit_event(WeightsCommitted(hotkey, index, commit_hash))
        self._neurons.record_update(netuid, index, uid, block)

    def _commit_timelocked(
        self,
        hotkey: AccountId,
        netuid: NetUid,
        mechanism: MechId,
        sealed: tuple[bytes, int, int],
    ) -> None:
        commit, reveal_round, version = sealed
        self._mechanisms.ensure_exists(netuid, mechanism)
        self._ensure_enabled(netuid)
        if version != self._storage.global_parameters.commit_reveal_weights_version:
            raise IncorrectCommitRevealVersion
        index = mechanism_index(netuid, mechanism)
        uid = self._ensure_may_commit(hotkey, netuid, index)
        key = (index, self._schedule.index_for_commits(netuid))
        commits = self._weights.timelocked_weight_commits[key]
        if sum(who == hotkey for who, _, _, _ in commits) >= UNREVEALED_MAX:
            raise TooManyUnrevealedCommits
        block = self._system.number
        entry = (hotkey, block, commit, reveal_round)
        self._weights.timelocked_weight_commits[key] = (*commits, entry)
        self.deposit_event(
            TimelockedWeightsCommitted(hotkey, index, H256(blake2_256(commit)), reveal_round)
        )
        self._neurons.record_update(netuid, index, uid, block)

    def _unexpired(
        self, netuid: NetUid, index: MechanismIndex, hotkey: AccountId
    ) -> tuple[list[HashCommit], list[H256]]:
        """Commits that wait, and the hashes of those whose time is over."""
        self._ensure_enabled(netuid)
        stored = self._weights.weight_commits[index, hotkey]
        if stored is None:
            raise NoWeightsCommitFound
        commits, expired = list(stored), []
        while commits and self._is_expired(netuid, commits[0][1]):
            expired.append(commits.pop(0)[0])
        return commits, expired

    def _ensure_revealable(
        self, netuid: NetUid, commits: list[HashCommit], expired: list[H256], commit_hash: H256
    ) -> int:
        """The place of the commit; raises why it cannot be revealed."""
        place = _find(commits, commit_hash)
        if place is None:
            if commit_hash in expired:
                raise ExpiredWeightCommit
            raise InvalidRevealCommitHashNotMatch
        if not self.is_revealable(netuid, commits[place][1]):
            raise RevealTooEarly
        return place

    def _reveal(
        self,
        hotkey: AccountId,
        netuid: NetUid,
        mechanism: MechId,
        vote: WeightsVote,
        salt: tuple[int, ...],
    ) -> None:
        index = mechanism_index(netuid, mechanism)
        commits, expired = self._unexpired(netuid, index, hotkey)
        commit_hash = commit_hash_of(hotkey, index, vote, salt)
        if not commits and commit_hash not in expired:
            raise NoWeightsCommitFound
        place = self._ensure_revealable(netuid, commits, expired, commit_hash)
        self._weights.weight_commits[index, hotkey] = tuple(commits[place + 1 :]) or None
        self._setting.set(hotkey, netuid, mechanism, vote)
        self.deposit_event(WeightsRevealed(hotkey, index, commit_hash))


def _find(commits: list[HashCommit], commit_hash: H256) -> int | None:
    return next((i for i, commit in enumerate(commits) if commit[0] == commit_hash), None)
