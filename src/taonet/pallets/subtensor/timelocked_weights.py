"""
Timelocked weights, revealed once their round's pulse is known.

They were filed under the epoch of their commit and are set in one epoch only, the reveal period
after it: in its first block for which the pulse is there. What cannot be opened is dropped; what
was not opened in time is dropped too.

Source: subtensor pallets/subtensor/src/coinbase/reveal_commits.rs @ 14bc6f9.
"""

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.pallet import Pallet
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.drand.timelock import open_sealed
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.events.weights import TimelockedWeightsRevealed
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.weight_setting import WeightSetting, WeightsVote
from taonet.primitives.ids import AccountId
from taonet.primitives.units import MechId, NetUid
from taonet.scale.codec import MalformedScale, codec
from taonet.scale.types import Tuple, Type, byte_vec, u16, u64, vec

ACCOUNT_BYTES = 32

SEALED_VOTE: Type[tuple[bytes, tuple[int, ...], tuple[int, ...], int]] = Tuple(
    (byte_vec, vec(u16), vec(u16), u64)
)
"""What wallets seal: the hotkey, uids, their weights, the version."""

OLD_SEALED_VOTE: Type[tuple[tuple[int, ...], tuple[int, ...], int]] = Tuple(
    (vec(u16), vec(u16), u64)
)
"""What older wallets seal, without a hotkey: whoever copies the ciphertext has the vote."""


def sealed_vote(opened: bytes, hotkey: AccountId) -> WeightsVote | None:
    """The vote that `hotkey` had sealed; None if it is another's or none at all."""
    try:
        (who, uids, values, version_key), _ = codec(SEALED_VOTE).decode_prefix(opened)
        if len(who) >= ACCOUNT_BYTES:
            return WeightsVote(uids, values, version_key) if who[:ACCOUNT_BYTES] == hotkey else None
    except MalformedScale:
        pass
    try:
        old, _ = codec(OLD_SEALED_VOTE).decode_prefix(opened)
    except MalformedScale:
        return None
    return WeightsVote(*old)


class TimelockedWeights(Pallet, prefix="SubtensorModule"):
    """Opens timelocked weights and sets them."""

    def __init__(
        self, storage: Storage, schedule: EpochSchedule, setting: WeightSetting, known: Pulses
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._commits = storage.weights.timelocked_weight_commits
        self._schedule = schedule
        self._setting = setting
        self._known = known

    def reveal(self, netuid: NetUid) -> None:
        """Set what can be opened in this block, in every mechanism of a subnet."""
        period = self._storage.hyperparameters.reveal_period_epochs[netuid]
        epoch = self._schedule.index_for_commits(netuid)
        if epoch < period:
            return
        for number in range(self._storage.networks.mechanism_count_current[netuid]):
            self._reveal_in(netuid, MechId(number), epoch - period)

    def _reveal_in(self, netuid: NetUid, mechanism: MechId, commit_epoch: int) -> None:
        index = mechanism_index(netuid, mechanism)
        for key in [key for key, _ in self._commits.under(index) if key[1] < commit_epoch]:
            del self._commits[key]
        key = (index, commit_epoch)
        commits = self._commits[key]
        if not commits:
            return
        waiting = []
        for commit in commits:
            hotkey, _, ciphertext, round_ = commit
            pulse = self._known.pulses[round_]
            if pulse is None:
                waiting.append(commit)
                continue
            opened = open_sealed(ciphertext, pulse)
            vote = None if opened is None else sealed_vote(opened, hotkey)
            if vote is not None and self._is_set(hotkey, netuid, mechanism, vote):
                self.deposit_event(TimelockedWeightsRevealed(index, hotkey))
        if waiting:
            self._commits[key] = tuple(waiting)
        else:
            del self._commits[key]

    def _is_set(
        self, hotkey: AccountId, netuid: NetUid, mechanism: MechId, vote: WeightsVote
    ) -> bool:
        """Whether the weights could be set; what a refused vote wrote is undone."""
        try:
            with self.state.transaction():
                self._setting.set(hotkey, netuid, mechanism, vote)
        except DispatchError:
            return False
        return True
