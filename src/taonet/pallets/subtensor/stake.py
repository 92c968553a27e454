"""
Stake: TAO swapped into a subnet's alpha on a hotkey, and back.

Source: subtensor pallets/subtensor/src/staking/{stake_utils,helpers}.rs @ 14bc6f9.
"""

from collections.abc import Callable
from typing import Final

from taonet.economy import swap as mathematics
from taonet.economy.swap import (
    PRICE_LIMIT_BUY,
    PRICE_LIMIT_SELL,
    Reserves,
    SwapResult,
    stake_added_by_buy,
)
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.alpha_assets import AlphaAssets
from taonet.pallets.subtensor.errors import AmountTooLow, InsufficientLiquidity
from taonet.pallets.subtensor.events.stake import StakeAdded, StakeRemoved
from taonet.pallets.subtensor.hotkeys import Hotkeys
from taonet.pallets.subtensor.root_dividends import RootDividends
from taonet.pallets.subtensor.share_pools import SharePools
from taonet.pallets.subtensor.stake_locks import StakeLocks
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.subnets import Subnets
from taonet.pallets.subtensor.tao import Tao
from taonet.pallets.swap import Swap
from taonet.pallets.system import System
from taonet.primitives.fixed_point import I64_MAX, I64_MIN, saturate_u64, saturate_u128, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao

MINIMUM_FACTOR_PARTS: Final = 1_000_000
"""The nominators' minimum is kept in millionths of the smallest stake."""

Author = Callable[[], AccountId | None]
"""Who made the current block, if that is known: swap fees are paid to that account."""


class Staking:
    """Adds and removes stake; the rules of the calls are in `StakeRules`."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        tao: Tao,
        swap: Swap,
        assets: AlphaAssets,
        author: Author,
    ) -> None:
        self._storage = storage
        self._system = system
        self._assets = assets
        self._author = author
        self.tao = tao
        self.swap = swap
        self.subnets = Subnets(storage.state)
        self.hotkeys = Hotkeys(storage)
        self.pools = SharePools(storage.stake)
        self.locks = StakeLocks(storage, system, self.pools)
        self.root = RootDividends(storage, self.pools)

    @property
    def minimum(self) -> Rao:
        """The smallest amount that can be staked, fee aside."""
        return self._storage.constants.initial_min_stake

    @property
    def nominator_minimum(self) -> Rao:
        """The smallest stake that a nominator can keep, in TAO."""
        factor = self._storage.global_parameters.nominator_min_required_stake
        return Rao(saturate_u64(int(self.minimum) * factor) // MINIMUM_FACTOR_PARTS)

    def total_of_hotkey(self, hotkey: AccountId) -> Rao:
        """A hotkey's stake in all networks at present prices."""
        whole = 0
        for netuid in self.subnets.all():
            alpha = self.pools.total(hotkey, netuid)
            if alpha:
                amount = u64f64.from_int(int(alpha))
                whole += u64f64.mul_floor(amount, self.swap.price(netuid))
        return Rao(u64f64.to_u64_floor(u64f64.saturate(whole)))

    def total_of_coldkey(self, coldkey: AccountId, netuid: NetUid | None = None) -> Rao:
        """What a coldkey would get for its stake now, fees left out; in one network or all."""
        worth = 0
        for hotkey in self._storage.accounts.staking_hotkeys[coldkey]:
            for place in self.pools.subnets_of(hotkey, coldkey):
                if netuid is None or place == netuid:
                    worth += self._worth(place, self.pools.stake(hotkey, coldkey, place))
        return Rao(saturate_u64(worth))

    def grant(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, amount: Alpha) -> None:
        """Raise a coldkey's stake on a hotkey by alpha that already counts as outstanding."""
        if amount:
            known = self._storage.accounts.staking_hotkeys[coldkey]
            if hotkey not in known:
                self._storage.accounts.staking_hotkeys[coldkey] = (*known, hotkey)
        self.pools.deposit(hotkey, coldkey, netuid, amount)

    def buy(
        self, netuid: NetUid, tao: Rao, limit: Rao = PRICE_LIMIT_BUY, *, drop_fees: bool = False
    ) -> SwapResult[Rao, Alpha]:
        """Swap TAO that the subnet's account already has; moves the reserves and totals."""
        result = self.swap.buy(netuid, tao, limit, drop_fees=drop_fees)
        self._store_reserves(netuid, mathematics.after_buy(self._reserves(netuid), result))
        stake, added = self._storage.stake, stake_added_by_buy(tao)
        stake.total_stake = Rao(saturate_u64(int(stake.total_stake) + int(added)))
        self._add_volume(netuid, int(added))
        return result

    def sell(
        self,
        netuid: NetUid,
        alpha: Alpha,
        limit: Rao = PRICE_LIMIT_SELL,
        *,
        drop_fees: bool = False,
    ) -> SwapResult[Alpha, Rao]:
        """Swap alpha that nobody holds any more; the TAO stays on the subnet's account."""
        result = self.swap.sell(netuid, alpha, limit, drop_fees=drop_fees)
        self._store_reserves(netuid, mathematics.after_sell(self._reserves(netuid), result))
        stake, paid = self._storage.stake, int(result.paid_out)
        stake.total_stake = Rao(saturate_u64(int(stake.total_stake) - paid))
        self._add_volume(netuid, paid)
        return result

    def add(
        self,
        hotkey: AccountId,
        coldkey: AccountId,
        netuid: NetUid,
        tao: Rao,
        limit: Rao = PRICE_LIMIT_BUY,
        *,
        drop_fees: bool = False,
    ) -> Alpha:
        """
        Stake a coldkey's TAO; the alpha that it got.

        Raises `InsufficientBalance`, a swap's errors, `AmountTooLow` if nothing was bought, and
        `InsufficientLiquidity` if the hotkey's pool is too large to notice.
        """
        staked = self.tao.transfer_to_subnet(netuid, coldkey, tao)
        bought = self.buy(netuid, staked, limit, drop_fees=drop_fees)
        if not bought.paid_out:
            raise AmountTooLow
        if not self.pools.would_change_shares(hotkey, netuid, bought.paid_out):
            raise InsufficientLiquidity
        self.grant(hotkey, coldkey, netuid, bought.paid_out)
        self._pay_tao_fee(netuid, bought.fee_to_block_author)
        self.record_flow(netuid, int(bought.paid_in))
        self.locks.settle(coldkey, netuid)
        self._note_change(coldkey, hotkey)
        if netuid == ROOT:
            self.root.stake_added(hotkey, coldkey, int(bought.paid_out))
            self.root.index_coldkey(coldkey)
        fee = int(bought.fee_paid)
        event = StakeAdded(coldkey, hotkey, staked, bought.paid_out, netuid, fee)
        self._storage.state.deposit(event)
        return bought.paid_out

    def remove(
        self,
        hotkey: AccountId,
        coldkey: AccountId,
        netuid: NetUid,
        alpha: Alpha,
        limit: Rao = PRICE_LIMIT_SELL,
        *,
        drop_fees: bool = False,
        beneficiary: AccountId | None = None,
    ) -> Rao:
        """
        Unstake alpha; the TAO that the coldkey, or the `beneficiary`, was paid.

        What a limit price left unsold stays staked. Raises a swap's errors.
        """
        self.pools.withdraw(hotkey, coldkey, netuid, alpha)
        sold = self.sell(netuid, alpha, limit, drop_fees=drop_fees)
        unsold = Alpha(saturate_u64(int(alpha) - int(sold.paid_in) - int(sold.fee_paid)))
        if unsold:
            self.grant(hotkey, coldkey, netuid, unsold)
        self.tao.transfer_from_subnet(netuid, beneficiary or coldkey, sold.paid_out)
        fee_tao = self._pay_alpha_fee(netuid, sold.fee_to_block_author)
        if netuid == ROOT:
            self.root.stake_removed(hotkey, coldkey, int(alpha))
            if not self.root.has_stake(coldkey):
                self.root.forget_coldkey(coldkey)
        self.record_flow(netuid, -saturate_u64(int(sold.paid_out) + int(fee_tao)))
        self.locks.settle(coldkey, netuid)
        self._note_change(coldkey, hotkey)
        fee = int(sold.fee_paid)
        event = StakeRemoved(coldkey, hotkey, sold.paid_out, sold.paid_in, netuid, fee)
        self._storage.state.deposit(event)
        return sold.paid_out

    def transfer_within_subnet(
        self,
        origin: tuple[AccountId, AccountId],
        destination: tuple[AccountId, AccountId],
        netuid: NetUid,
        alpha: Alpha,
    ) -> Rao:
        """
        Move stake between (hotkey, coldkey) pairs of one subnet, without a swap; its worth in TAO.

        Raises `AmountTooLow` below the smallest stake, and the errors of a lock that must follow.
        """
        (from_hotkey, from_coldkey), (to_hotkey, to_coldkey) = origin, destination
        self.locks.transfer(from_coldkey, to_coldkey, netuid, alpha)
        self.pools.withdraw(from_hotkey, from_coldkey, netuid, alpha)
        if netuid == ROOT:
            self.root.stake_removed(from_hotkey, from_coldkey, int(alpha))
        self.grant(to_hotkey, to_coldkey, netuid, alpha)
        if netuid == ROOT:
            self.root.stake_added(to_hotkey, to_coldkey, int(alpha))
        price = self.swap.price(netuid)
        worth = Rao(u64f64.to_u64_floor(u64f64.mul_floor(price, u64f64.from_int(int(alpha)))))
        if worth < self.minimum:
            raise AmountTooLow
        self._note_change(to_coldkey, to_hotkey)
        deposit = self._storage.state.deposit
        deposit(StakeRemoved(from_coldkey, from_hotkey, worth, alpha, netuid, 0))
        deposit(StakeAdded(to_coldkey, to_hotkey, worth, alpha, netuid, 0))
        return worth

    def clear_small_nomination(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> None:
        """Unstake what is left of a nominator's stake if it is below the minimum."""
        if self.hotkeys.owned_by(hotkey, coldkey):
            return
        alpha = self.pools.stake(hotkey, coldkey, netuid)
        least = u64f64.safe_div(
            u64f64.from_int(int(self.nominator_minimum)), self.swap.price(netuid)
        )
        if not 0 < int(alpha) < u64f64.to_u64_floor(least):
            return
        try:
            self.remove(hotkey, coldkey, netuid, alpha)
        except DispatchError:
            # The real chain goes on from where that ended: what was sold stays sold, with its TAO
            # in the subnet's account, and what is left vanishes.
            left = self.pools.stake(hotkey, coldkey, netuid)
            self.pools.withdraw(hotkey, coldkey, netuid, left)
        self.locks.force_reduce(coldkey, netuid, alpha)

    def clear_small_nominations(self) -> None:
        """Do so for all nominators, after the minimum was raised."""
        for hotkey, coldkey, netuid in self.pools.holders():
            self.clear_small_nomination(hotkey, coldkey, netuid)

    def recycle_alpha(self, netuid: NetUid, amount: Alpha) -> None:
        """Take outstanding alpha out of existence, so that it may be issued again."""
        if amount:
            outside = self._storage.pools.subnet_alpha_out
            outside[netuid] = Alpha(saturate_u64(int(outside[netuid]) - int(amount)))
            self._assets.recycle(netuid, amount)

    def recycled_alpha(self, netuid: NetUid) -> Alpha:
        """All alpha of a subnet that was ever recycled."""
        return self._assets.alpha_recycled[netuid]

    def burn_alpha(self, netuid: NetUid, amount: Alpha) -> None:
        """Lose outstanding alpha for ever; it still counts as issued."""
        self._assets.burn(netuid, amount)

    def record_flow(self, netuid: NetUid, tao: int) -> None:
        """Count TAO that stakers brought into a subnet, or took out if negative."""
        flows = self._storage.flows.subnet_tao_flow
        flows[netuid] = _saturate_i64(flows[netuid] + min(tao, I64_MAX))

    def record_protocol_flow(self, netuid: NetUid, tao: int) -> None:
        """Count TAO that the protocol brought into a subnet, or took out if negative."""
        flows = self._storage.flows.subnet_protocol_flow
        flows[netuid] = _saturate_i64(flows[netuid] + min(tao, I64_MAX))

    def _worth(self, netuid: NetUid, alpha: Alpha) -> int:
        try:
            sold = self.swap.simulate_sell(netuid, alpha)
        except DispatchError:
            return 0
        fee = u64f64.mul_floor(u64f64.from_int(int(sold.fee_paid)), self.swap.price(netuid))
        return int(sold.paid_out) + u64f64.to_u64_floor(fee)

    def _reserves(self, netuid: NetUid) -> Reserves:
        pools = self._storage.pools
        return Reserves(
            pools.subnet_tao[netuid],
            pools.subnet_alpha_in[netuid],
            pools.subnet_alpha_out[netuid],
        )

    def _store_reserves(self, netuid: NetUid, reserves: Reserves) -> None:
        pools = self._storage.pools
        pools.subnet_tao[netuid] = reserves.tao
        pools.subnet_alpha_in[netuid] = reserves.alpha_in
        pools.subnet_alpha_out[netuid] = reserves.alpha_out

    def _add_volume(self, netuid: NetUid, tao: int) -> None:
        volume = self._storage.pools.subnet_volume
        volume[netuid] = saturate_u128(volume[netuid] + tao)

    def _pay_tao_fee(self, netuid: NetUid, fee: Rao) -> None:
        """Give a buyer's fee to the block's author; without one it is burned."""
        author = self._author()
        if author is not None:
            self.tao.transfer_from_subnet(netuid, author, fee)
            return
        try:
            with self._storage.state.transaction():
                self.tao.burn(self.tao.account_of(netuid), fee)
        except DispatchError:
            # Fees too small to open the burn account stay with the subnet.
            return

    def _pay_alpha_fee(self, netuid: NetUid, fee: Alpha) -> Rao:
        """Sell a seller's fee for the block's author; without one it is burned. The TAO paid."""
        author = self._author()
        if author is None:
            self.burn_alpha(netuid, fee)
            return Rao(0)
        sold = self.sell(netuid, fee, drop_fees=True)
        self.tao.transfer_from_subnet(netuid, author, sold.paid_out)
        return sold.paid_out

    def _note_change(self, coldkey: AccountId, hotkey: AccountId) -> None:
        blocks = self._storage.stake.last_coldkey_hotkey_stake_block
        blocks[coldkey, hotkey] = self._system.number


def _saturate_i64(value: int) -> int:
    return max(min(value, I64_MAX), I64_MIN)
