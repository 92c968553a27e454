"""
A walk over all stake, some of it in each block, that finds who stakes on root.

A coldkey that was given its root stake is numbered for automatic claims when the walk comes by.

Source: subtensor pallets/subtensor/src/staking/helpers.rs `populate_root_coldkey_staking_maps`
@ 14bc6f9.
"""

from collections.abc import Sequence
from typing import Any, Final

from taonet.frame.storage import BoundMap, StorageValue
from taonet.pallets.subtensor.root_dividends import RootDividends
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.storage.stake import Stake
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid

KEYS_PER_BLOCK: Final = 30

Shares = BoundMap[tuple[AccountId, AccountId, NetUid], Any]


class RootStakerWalk:
    """Goes on from where the last block's part ended, and after the end from the beginning."""

    def __init__(self, storage: Storage, root: RootDividends) -> None:
        self._stake = storage.stake
        self._root = root

    def go_on(self) -> None:
        """This block's part, of the shares in the old format and of those in the present one."""
        stake = self._stake
        last = stake.alpha_map_last_key
        part = self._walk(stake.alpha, last)
        if self._has_moved(Stake.alpha_map_last_key, last, part):
            stake.alpha_map_last_key = _place(part)
        last = stake.alpha_v2_map_last_key
        part = self._walk(stake.alpha_v2, last)
        if self._has_moved(Stake.alpha_v2_map_last_key, last, part):
            stake.alpha_v2_map_last_key = _place(part)

    def _walk(self, shares: Shares, last: bytes | None) -> list[bytes]:
        part = shares.keys_after(last, KEYS_PER_BLOCK)
        for _, (_, coldkey, netuid) in part:
            if netuid == ROOT:
                self._root.index_coldkey(coldkey)
        return [raw for raw, _ in part]

    def _has_moved(
        self, place: StorageValue[bytes | None], last: bytes | None, part: Sequence[bytes]
    ) -> bool:
        """Whether there is something to write: that there is none counts, if it is no news."""
        if last is None and not part:
            return False
        return _place(part) != last or self._stake.state.overlay.get(place.prefix) is None


def _place(part: Sequence[bytes]) -> bytes | None:
    """Where the next block goes on: at the beginning if this one came to the end."""
    return part[-1] if len(part) == KEYS_PER_BLOCK else None
