"""
When a subnet's epochs are due.

The schedule of spec 425 keeps state: an epoch is due `tempo` blocks after the last one, or when its
owner asked for one. Clients of the generation of SDK 10 compute the schedule of former runtimes
themselves, from the block's number alone; their profile has that one.

Source: subtensor pallets/subtensor/src/coinbase/run_coinbase.rs, subnets/weights.rs @ 14bc6f9; the
stateless schedule of the same files at spec 393.
"""

from taonet.frame.config import ClientProfile
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from taonet.primitives.units import NetUid

NEVER = 2**64 - 1
"""The blocks until an epoch of a subnet whose tempo is 0."""


class EpochSchedule:
    """Answers from storage; runs nothing."""

    def __init__(self, storage: Storage, system: System) -> None:
        self._storage = storage
        self._system = system
        self._stateless = storage.state.config.client_profile is ClientProfile.SDK10

    def is_due(self, netuid: NetUid, block: int) -> bool:
        """Whether an epoch runs in `block`, if the block has room for one more."""
        tempo = self._storage.hyperparameters.tempo[netuid]
        if tempo == 0:
            return False
        epochs = self._storage.epochs
        pending = epochs.pending_epoch_at[netuid]
        if 0 < pending <= block:
            return True
        if epochs.blocks_since_last_step[netuid] > self._storage.constants.max_tempo:
            return True
        return self.blocks_until_regular(netuid, block) == 0

    def blocks_until_regular(self, netuid: NetUid, block: int) -> int:
        """The blocks from `block` to the next epoch in turn; `NEVER` for a tempo of 0."""
        tempo = self._storage.hyperparameters.tempo[netuid]
        if tempo == 0:
            return NEVER
        if self._stateless:
            return tempo - (block + int(netuid) + 1) % (tempo + 1)
        return max(self._storage.epochs.last_epoch_block[netuid] + tempo - block, 0)

    def next_start(self, netuid: NetUid, block: int) -> int | None:
        """The block in which the next epoch is due, seen from `block`; None for a tempo of 0."""
        tempo = self._storage.hyperparameters.tempo[netuid]
        if tempo == 0:
            return None
        epochs = self._storage.epochs
        regular = epochs.last_epoch_block[netuid] + tempo
        if self._stateless:
            regular = block + self.blocks_until_regular(netuid, block)
        pending = epochs.pending_epoch_at[netuid]
        return min(regular, pending) if pending else regular

    def index(self, netuid: NetUid) -> int:
        """The number of epochs so far: what commits of weights are filed under."""
        if self._stateless:
            tempo = self._storage.hyperparameters.tempo[netuid]
            return (self._system.number + int(netuid) + 1) // (tempo + 1)
        return self._storage.epochs.subnet_epoch_index[netuid]

    def index_for_commits(self, netuid: NetUid) -> int:
        """
        The epoch that a commit of this block belongs to: the next one if one is due in this block,
        since calls run before the block's epochs are counted.
        """
        index = self.index(netuid)
        if not self._stateless and self.is_due(netuid, self._system.number):
            return index + 1
        return index
