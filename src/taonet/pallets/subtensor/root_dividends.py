"""
What root stakers have earned in alpha: a rate for each hotkey and subnet that only rises, and for
each staker what was already paid or was earned before it staked.

Source: subtensor pallets/subtensor/src/staking/claim_root.rs @ 14bc6f9.
"""

from taonet.pallets.subtensor.share_pools import SharePools
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.fixed_point import I96F32, i96f32, saturate_u128
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid


class RootDividends:
    """Keeps the accounts of root dividends; what is owed is paid out by `RootClaimCalls`."""

    def __init__(self, storage: Storage, pools: SharePools) -> None:
        self._claims = storage.root_claims
        self._accounts = storage.accounts
        self._pools = pools

    def credit(self, hotkey: AccountId, netuid: NetUid, amount: Alpha) -> bool:
        """Share `amount` among a hotkey's root stakers; False if their stake is less than that."""
        total = self._pools.total(hotkey, ROOT)
        if int(amount) > int(total):
            return False
        rise = i96f32.safe_div(i96f32.from_int(int(amount)), i96f32.from_int(int(total)))
        rates = dict(self._claims.root_claimable[hotkey])
        rates[netuid] = i96f32.saturating_add(rates.get(netuid, i96f32.zero), rise)
        self._claims.root_claimable[hotkey] = rates
        return True

    def note(self, hotkey: AccountId, netuid: NetUid) -> None:
        """Keep a rate of 0 for a hotkey that has none."""
        rates = self._claims.root_claimable[hotkey]
        if netuid not in rates:
            self._claims.root_claimable[hotkey] = {**rates, netuid: i96f32.zero}

    def owed(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> I96F32:
        """The alpha that a coldkey may claim, not rounded; below 0 if it has claimed too much."""
        rate = self._claims.root_claimable[hotkey].get(netuid, i96f32.zero)
        stake = i96f32.from_int(int(self._pools.stake(hotkey, coldkey, ROOT)))
        claimed = i96f32.from_int(self._claims.root_claimed[netuid, hotkey, coldkey])
        return i96f32.saturating_sub(i96f32.mul_floor(rate, stake), claimed)

    def stake_added(self, hotkey: AccountId, coldkey: AccountId, amount: int) -> None:
        """New root stake has no part in what was earned before it."""
        for netuid, rate in sorted(self._claims.root_claimable[hotkey].items()):
            key = (netuid, hotkey, coldkey)
            before = self._claims.root_claimed[key]
            self._claims.root_claimed[key] = saturate_u128(before + _earned(rate, amount))

    def stake_removed(self, hotkey: AccountId, coldkey: AccountId, amount: int) -> None:
        """Root stake that leaves takes its part of what was counted as paid along."""
        for netuid, rate in sorted(self._claims.root_claimable[hotkey].items()):
            if netuid != ROOT:
                key = (netuid, hotkey, coldkey)
                before = self._claims.root_claimed[key]
                self._claims.root_claimed[key] = saturate_u128(before - _earned(rate, amount))

    def has_stake(self, coldkey: AccountId) -> bool:
        """Whether a coldkey has any root stake."""
        return any(
            self._pools.stake(hotkey, coldkey, ROOT)
            for hotkey in self._accounts.staking_hotkeys[coldkey]
        )

    def index_coldkey(self, coldkey: AccountId) -> None:
        """Number a coldkey, so that its dividends are claimed for it from time to time."""
        claims = self._claims
        if claims.staking_coldkeys[coldkey] is None:
            number = claims.num_staking_coldkeys
            claims.staking_coldkeys_by_index[number] = coldkey
            claims.staking_coldkeys[coldkey] = number
            claims.num_staking_coldkeys = number + 1

    def forget_coldkey(self, coldkey: AccountId) -> None:
        """Give a coldkey's number to the last one, so that the numbers stay dense."""
        claims = self._claims
        number = claims.staking_coldkeys[coldkey]
        if number is None:
            return
        del claims.staking_coldkeys[coldkey]
        last = max(claims.num_staking_coldkeys - 1, 0)
        moved = claims.staking_coldkeys_by_index[last]
        del claims.staking_coldkeys_by_index[last]
        if number != last and moved is not None:
            claims.staking_coldkeys_by_index[number] = moved
            claims.staking_coldkeys[moved] = number
        claims.num_staking_coldkeys = last

    def forget_subnet(self, netuid: NetUid) -> None:
        """Drop everything that was earned in a subnet that is no more."""
        for hotkey, rates in list(self._claims.root_claimable.items()):
            if netuid in rates:
                left = {key: rate for key, rate in rates.items() if key != netuid}
                self._claims.root_claimable[hotkey] = left
        self._claims.root_claimed.clear(netuid)


def _earned(rate: I96F32, amount: int) -> int:
    """Whole alpha that `amount` of root stake stands for at `rate`."""
    return saturate_u128(i96f32.to_int_floor(i96f32.mul_floor(rate, i96f32.from_int(amount))))
