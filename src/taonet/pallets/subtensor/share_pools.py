"""
A hotkey's stake in a subnet as a pool that its coldkeys own by shares, over storage.

Source: subtensor pallets/subtensor/src/staking/stake_utils.rs
`HotkeyAlphaSharePoolDataOperations` @ 14bc6f9.
"""

from collections.abc import Iterator

from taonet.economy.safe_float import SafeFloat
from taonet.economy.share_pool import SharePool
from taonet.pallets.subtensor.storage.stake import Stake as StakeStorage
from taonet.pallets.subtensor.types import SafeFloatStruct
from taonet.primitives.fixed_point import I64_MAX
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid


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
        key, total = (hotkey, netuid), int(self.total(hotkey, netuid))
        if key in self._storage.total_hotkey_shares:
            old = self._storage.total_hotkey_shares[key]
            return SharePool(total, SafeFloat.from_u64f64(old))
        return SharePool(total, _from_struct(self._storage.total_hotkey_shares_v2[key]))

    def share(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> SafeFloat:
        """A coldkey's shares of a hotkey's pool."""
        key = (hotkey, coldkey, netuid)
        if key in self._storage.alpha:
            return SafeFloat.from_u64f64(self._storage.alpha[key])
        return _from_struct(self._storage.alpha_v2[key])

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
        share = self.share(hotkey, coldkey, netuid)
        before = self.pool(hotkey, netuid)
        if not delta and (share.is_zero() or not before.denominator.is_zero()):
            return
        pool, share = before.update_one(share, delta)
        self._store_value(hotkey, netuid, pool.shared_value)
        self._store_denominator(hotkey, netuid, pool.denominator)
        self._store_share(hotkey, coldkey, netuid, share)

    def _store_value(self, hotkey: AccountId, netuid: NetUid, value: int) -> None:
        if value:
            self._storage.total_hotkey_alpha[hotkey, netuid] = Alpha(value)
        else:
            del self._storage.total_hotkey_alpha[hotkey, netuid]

    def _store_denominator(self, hotkey: AccountId, netuid: NetUid, value: SafeFloat) -> None:
        if (hotkey, netuid) in self._storage.total_hotkey_shares:
            del self._storage.total_hotkey_shares[hotkey, netuid]
        if value.is_zero():
            del self._storage.total_hotkey_shares_v2[hotkey, netuid]
        else:
            self._storage.total_hotkey_shares_v2[hotkey, netuid] = _to_struct(value)

    def _store_share(
        self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, share: SafeFloat
    ) -> None:
        key = (hotkey, coldkey, netuid)
        if key in self._storage.alpha:
            del self._storage.alpha[key]
        if share.is_zero():
            del self._storage.alpha_v2[key]
        else:
            self._storage.alpha_v2[key] = _to_struct(share)


def _as_i64(amount: Alpha) -> int:
    """An amount as the signed number that the real chain moves: it wraps above 2**63 - 1."""
    return int(amount) if int(amount) <= I64_MAX else int(amount) - 2**64


def _from_struct(stored: SafeFloatStruct) -> SafeFloat:
    return SafeFloat(stored.mantissa, stored.exponent)


def _to_struct(number: SafeFloat) -> SafeFloatStruct:
    return SafeFloatStruct(number.mantissa, number.exponent)
