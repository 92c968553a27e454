"""
What may not be done too often, and how often.

Source: subtensor pallets/subtensor/src/utils/rate_limiting.rs @ 14bc6f9.
"""

import enum

from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import (
    Hyperparameter,
    NetworkLastRegistered,
    OwnerHyperparameterUpdate,
    RateLimitKey,
    SetSubnetOwnerHotkey,
)
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid

SET_CHILDREN_BLOCKS = 150
SET_OWNER_HOTKEY_BLOCKS = 50_400
MECHANISM_UPDATE_BLOCKS = 7_200
MAX_UIDS_TRIMMING_BLOCKS = 216_000


class Limited(enum.IntEnum):
    """A kind of transaction; the numbers are keys in storage."""

    SET_CHILDREN = 0
    SET_CHILDKEY_TAKE = 1
    REGISTER_NETWORK = 3
    SET_WEIGHTS_VERSION_KEY = 4
    SET_OWNER_HOTKEY = 5
    MECHANISM_COUNT_UPDATE = 7
    MECHANISM_EMISSION = 8
    MAX_UIDS_TRIMMING = 9
    ADD_STAKE_BURN = 10
    TEMPO_UPDATE = 11


Operation = Limited | Hyperparameter
"""A kind of transaction, or the change of one parameter of a subnet by its owner."""


class RateLimiter:
    """Remembers when each operation was last done, and says whether it may be done again."""

    def __init__(self, storage: Storage, system: System) -> None:
        self._storage = storage
        self._system = system

    def passes(self, operation: Operation, who: AccountId, netuid: NetUid = ROOT) -> bool:
        """Whether enough blocks have passed; the first time always passes."""
        last = self.last_block(operation, who, netuid)
        return last == 0 or self._system.number - last >= self.blocks(operation, netuid)

    def record(self, operation: Operation, who: AccountId, netuid: NetUid = ROOT) -> None:
        """The operation is done in this block."""
        key = _shared_key(operation, netuid)
        limits = self._storage.rate_limits
        if key is not None:
            limits.last_rate_limited_block[key] = self._system.number
        else:
            limits.transaction_key_last_block[who, netuid, int(operation)] = self._system.number

    def last_block(self, operation: Operation, who: AccountId, netuid: NetUid = ROOT) -> int:
        """The block in which the operation was last done; 0 if it never was."""
        key = _shared_key(operation, netuid)
        limits = self._storage.rate_limits
        if key is not None:
            return limits.last_rate_limited_block[key]
        return limits.transaction_key_last_block[who, netuid, int(operation)]

    def blocks(self, operation: Operation, netuid: NetUid) -> int:
        """The blocks that must lie between two operations."""
        storage = self._storage
        parameters, tempo = storage.global_parameters, storage.hyperparameters.tempo[netuid]
        if isinstance(operation, Hyperparameter):
            return tempo * parameters.owner_hyperparam_rate_limit
        pick = storage.state.config.pick
        match operation:
            case Limited.SET_CHILDREN:
                return SET_CHILDREN_BLOCKS
            case Limited.SET_CHILDKEY_TAKE:
                return parameters.tx_childkey_take_rate_limit
            case Limited.REGISTER_NETWORK:
                return parameters.network_rate_limit
            case Limited.SET_WEIGHTS_VERSION_KEY:
                return tempo * parameters.weights_version_key_rate_limit
            case Limited.SET_OWNER_HOTKEY:
                return SET_OWNER_HOTKEY_BLOCKS
            case Limited.MECHANISM_COUNT_UPDATE | Limited.MECHANISM_EMISSION:
                return pick(MECHANISM_UPDATE_BLOCKS, 1)
            case Limited.MAX_UIDS_TRIMMING:
                return pick(MAX_UIDS_TRIMMING_BLOCKS, 1)
            case Limited.ADD_STAKE_BURN:
                return tempo
            case Limited.TEMPO_UPDATE:
                return storage.constants.min_tempo

    def exceeds(self, key: RateLimitKey, blocks: int) -> bool:
        """
        Whether the operation of `key` was done at most `blocks` blocks ago; no limit for 0 blocks.
        Unlike `passes` the last of those blocks is still too early.
        """
        last = self._storage.rate_limits.last_rate_limited_block[key]
        return blocks != 0 and last != 0 and self._system.number - last <= blocks

    def record_key(self, key: RateLimitKey) -> None:
        """The operation of `key` is done in this block."""
        self._storage.rate_limits.last_rate_limited_block[key] = self._system.number


def _shared_key(operation: Operation, netuid: NetUid) -> RateLimitKey | None:
    """The key of an operation whose limit is not kept by account."""
    if isinstance(operation, Hyperparameter):
        return OwnerHyperparameterUpdate(netuid, operation)
    if operation is Limited.REGISTER_NETWORK:
        return NetworkLastRegistered()
    if operation is Limited.SET_OWNER_HOTKEY:
        return SetSubnetOwnerHotkey(netuid)
    return None
