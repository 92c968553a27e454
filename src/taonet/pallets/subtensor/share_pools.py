"""
A hotkey's stake in a subnet as a pool that its coldkeys own by shares, over storage.

Source: subtensor pallets/subtensor/src/staking/stake_utils.rs
`HotkeyAlphaSharePoolDataOperations` @ 14bc6f9.
"""

from collections.abc import Iterator
from typing import TypeVar

from taonet.economy.safe_float import SafeFloat
from taonet.economy.share_pool import SharePool
from taonet.frame.storage import BoundMap
from taonet.pallets.subtensor.storage.stake import Stake as StakeStorage
from taonet.pallets.subtensor.types import SafeFloatStruct
from taonet.primitives.fixed_point import I64_MAX
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid

K = TypeVar("K")


class SharePools:
    """
    Reads and moves stake, `Alpha` on a subnet and rao on the root.

    Shares of an older format (`Alpha`, `TotalHotkeyShares`) are read as well; a write moves them
    into the present one.
    """

    def __init__(self, storage: StakeStorage) -> None:
        self._storage = storage

    def total(self, hotkey: AccountId, netuid: NetUid) -> Alpha:
        """What all coldkeys together have on a hotkey."""
        return self._storage.total_hotkey_alpha[hotkey, netuid]

    def stake(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> Alpha:
        """What a coldkey's shares are worth, rounded down."""
        share = self.share(hotkey, coldkey, netuid)
        if share.is_zero():
            return Alpha(0)
        return Alpha(self.pool(hotkey, netuid).value_of(share))

    def pool(self, hotkey: AccountId, netuid: NetUid) -> SharePool:
        """The value and the denominator that a hotkey's holders have in common."""
        return SharePool(int(self.total(hotkey, netuid)), self._denominator((hotkey, netuid))[0])

    def share(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> SafeFloat:
        """A coldkey's shares of a hotkey's pool."""
        return self._share((hotkey, coldkey, netuid))[0]

    def would_change_shares(self, hotkey: AccountId, netuid: NetUid, amount: Alpha) -> bool:
        """Whether the pool is precise enough for a deposit of `amount` to count."""
        return self.pool(hotkey, netuid).would_change_shares(_as_i64(amount))

    def deposit_for_all(self, hotkey: AccountId, netuid: NetUid, amount: Alpha) -> None:
        """Raise everyone's stake on a hotkey alike, by `amount` together."""
        before = self._storage.total_hotkey_alpha[hotkey, netuid]
        pool = SharePool(int(before)).update_all(_as_i64(amount))
        self._store_value(hotkey, netuid, pool.shared_value)

    def deposit(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, amount: Alpha) -> None:
        """Raise one coldkey's stake."""
        self._move(hotkey, coldkey, netuid, _as_i64(amount))

    def withdraw(
        self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, amount: Alpha
    ) -> None:
        """Lower one coldkey's stake; nothing happens if it is less than `amount`."""
        if int(self.stake(hotkey, coldkey, netuid)) >= int(amount):
            self._move(hotkey, coldkey, netuid, -_as_i64(amount))

    def subnets_of(self, hotkey: AccountId, coldkey: AccountId) -> list[NetUid]:
        """Where a coldkey holds shares of a hotkey's pools, ascending."""
        found = {
            netuid
            for (_, _, netuid), share in self._storage.alpha_v2.under(hotkey, coldkey)
            if share.mantissa
        }
        found.update(
            netuid for (_, _, netuid), share in self._storage.alpha.under(hotkey, coldkey) if share
        )
        return sorted(found)

    def holders(
        self, hotkey: AccountId | None = None
    ) -> Iterator[tuple[AccountId, AccountId, NetUid]]:
        """Hotkey, coldkey and subnet of all shares, or of those of one hotkey, ascending."""
        first = () if hotkey is None else (hotkey,)
        keys = {key for key, _ in self._storage.alpha_v2.under(*first)}
        keys.update(key for key, _ in self._storage.alpha.under(*first))
        return iter(sorted(keys))

    def _move(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, delta: int) -> None:
        storage = self._storage
        pool_key, share_key = (hotkey, netuid), (hotkey, coldkey, netuid)
        denominator, old_denominator = self._denominator(pool_key)
        share, old_share = self._share(share_key)
        if not delta and (share.is_zero() or not denominator.is_zero()):
            return
        pool = SharePool(int(self.total(hotkey, netuid)), denominator)
        pool, share = pool.update_one(share, delta)
        self._store_value(hotkey, netuid, pool.shared_value)
        if old_denominator:
            del storage.total_hotkey_shares[pool_key]
        if old_share:
            del storage.alpha[share_key]
        _store(storage.total_hotkey_shares_v2, pool_key, pool.denominator)
        _store(storage.alpha_v2, share_key, share)

    def _denominator(self, key: tuple[AccountId, NetUid]) -> tuple[SafeFloat, bool]:
        """The shares that a pool counts, and whether they are in the old format."""
        # Only one of both formats is ever stored; the present one is the likely one.
        stored = self._storage.total_hotkey_shares_v2[key]
        if stored.mantissa or key not in self._storage.total_hotkey_shares:
            return SafeFloat(stored.mantissa, stored.exponent), False
        return SafeFloat.from_u64f64(self._storage.total_hotkey_shares[key]), True

    def _share(self, key: tuple[AccountId, AccountId, NetUid]) -> tuple[SafeFloat, bool]:
        """A holder's shares, and whether they are in the old format."""
        stored = self._storage.alpha_v2[key]
        if stored.mantissa or key not in self._storage.alpha:
            return SafeFloat(stored.mantissa, stored.exponent), False
        return SafeFloat.from_u64f64(self._storage.alpha[key]), True

    def _store_value(self, hotkey: AccountId, netuid: NetUid, value: int) -> None:
        if value:
            self._storage.total_hotkey_alpha[hotkey, netuid] = Alpha(value)
        else:
            del self._storage.total_hotkey_alpha[hotkey, netuid]


def _store(shares: BoundMap[K, SafeFloatStruct], key: K, number: SafeFloat) -> None:
    """Keep shares; none at all have no entry."""
    if number.is_zero():
        del shares[key]
    else:
        shares[key] = SafeFloatStruct(number.mantissa, number.exponent)


def _as_i64(amount: Alpha) -> int:
    """An amount as the signed number that the real chain moves: it wraps above 2**63 - 1."""
    return int(amount) if int(amount) <= I64_MAX else int(amount) - 2**64
