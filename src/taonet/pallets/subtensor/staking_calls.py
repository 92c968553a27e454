"""
The calls that stake, unstake and move stake.

Source: subtensor pallets/subtensor/src/staking/{add_stake,remove_stake,move_stake,recycle_alpha}.rs
@ 14bc6f9.
"""

from dataclasses import replace
from typing import Annotated

from taonet.economy.swap import PRICE_LIMIT_BUY
from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.errors import (
    CannotBurnOrRecycleOnRootSubnet,
    InsufficientLiquidity,
)
from taonet.pallets.subtensor.events.stake import (
    AddStakeBurn,
    AlphaBurned,
    AlphaRecycled,
    StakeMoved,
    StakeSwapped,
    StakeTransferred,
)
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.stake_rules import Place, StakeRules
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao
from taonet.scale.types import boolean

Bool = Annotated[bool, boolean]


def _weight(ref_time: int, proof_size: int, *, reads: int, writes: int) -> Weight:
    return Weight(ref_time, proof_size) + database_weight(reads=reads, writes=writes)


class StakingCalls(Pallet, prefix="SubtensorModule"):
    """Thin calls over `Staking`, each behind its `StakeRules`."""

    def __init__(self, storage: Storage, staking: Staking) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._staking = staking
        self._rules = StakeRules(storage, staking)

    @call(index=2, weight=_weight(664_064_000, 8727, reads=32, writes=16))
    def add_stake(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount_staked: Rao
    ) -> None:
        """Stake TAO on a hotkey in a subnet; the TAO buys the subnet's alpha at its price."""
        self._add(Place(hotkey, ensure_signed(origin), netuid), amount_staked)

    @call(index=3, weight=_weight(569_198_000, 10557, reads=28, writes=13))
    def remove_stake(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount_unstaked: Alpha
    ) -> None:
        """Unstake alpha from a hotkey in a subnet; it is sold for TAO at the subnet's price."""
        self._remove(Place(hotkey, ensure_signed(origin), netuid), amount_unstaked)

    @call(index=83, weight=_weight(26_830_000, 9189, reads=6, writes=0))
    def unstake_all(self, origin: Origin, hotkey: AccountId) -> None:
        """Unstake everything from a hotkey, in all networks where the rules allow it."""
        coldkey = ensure_signed(origin)
        self._rules.ensure_hotkey_exists(hotkey)
        for netuid in self._staking.subnets.all():
            self._remove_all(Place(hotkey, coldkey, netuid))

    @call(index=84, weight=_weight(700_873_000, 11306, reads=43, writes=25))
    def unstake_all_alpha(self, origin: Origin, hotkey: AccountId) -> None:
        """Unstake everything from a hotkey in all subnets and stake it on the root instead."""
        coldkey = ensure_signed(origin)
        self._rules.ensure_hotkey_exists(hotkey)
        total = Rao(0)
        for netuid in self._staking.subnets.without_root():
            total += self._remove_all(Place(hotkey, coldkey, netuid))
        self._staking.add(hotkey, coldkey, ROOT, total)

    @call(index=85, weight=_weight(216_061_000, 7919, reads=19, writes=7))
    def move_stake(
        self,
        origin: Origin,
        origin_hotkey: AccountId,
        destination_hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: Alpha,
    ) -> None:
        """Move stake to another hotkey, another subnet, or both."""
        coldkey = ensure_signed(origin)
        source = Place(origin_hotkey, coldkey, origin_netuid)
        target = Place(destination_hotkey, coldkey, destination_netuid)
        moved = self._transition(source, target, alpha_amount)
        self.deposit_event(
            StakeMoved(
                coldkey, origin_hotkey, origin_netuid, destination_hotkey, destination_netuid, moved
            )
        )

    @call(index=86, weight=_weight(258_541_000, 7994, reads=19, writes=6))
    def transfer_stake(
        self,
        origin: Origin,
        destination_coldkey: AccountId,
        hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: Alpha,
    ) -> None:
        """Give stake to another coldkey, in the same subnet or another."""
        coldkey = ensure_signed(origin)
        source = Place(hotkey, coldkey, origin_netuid)
        target = Place(hotkey, destination_coldkey, destination_netuid)
        moved = self._transition(source, target, alpha_amount, to_other_coldkey=True)
        self.deposit_event(
            StakeTransferred(
                coldkey, destination_coldkey, hotkey, origin_netuid, destination_netuid, moved
            )
        )

    @call(index=87, weight=_weight(742_019_000, 10920, reads=47, writes=24))
    def swap_stake(
        self,
        origin: Origin,
        hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: Alpha,
    ) -> None:
        """Move stake on one hotkey from one subnet to another."""
        source = Place(hotkey, ensure_signed(origin), origin_netuid)
        target = replace(source, netuid=destination_netuid)
        moved = self._transition(source, target, alpha_amount)
        self._report_swap(source, target, moved)

    @call(index=88, weight=_weight(853_005_000, 8727, reads=32, writes=16))
    def add_stake_limit(
        self,
        origin: Origin,
        hotkey: AccountId,
        netuid: NetUid,
        amount_staked: Rao,
        limit_price: Rao,
        allow_partial: Bool,
    ) -> None:
        """Stake as long as the price stays at or below `limit_price`, in rao per whole alpha."""
        place = Place(hotkey, ensure_signed(origin), netuid)
        self._add_up_to(place, amount_staked, limit_price, partial=allow_partial)

    @call(index=89, weight=_weight(740_696_000, 10591, reads=27, writes=13))
    def remove_stake_limit(
        self,
        origin: Origin,
        hotkey: AccountId,
        netuid: NetUid,
        amount_unstaked: Alpha,
        limit_price: Rao,
        allow_partial: Bool,
    ) -> None:
        """Unstake as long as the price stays at or above `limit_price`, in rao per whole alpha."""
        place = Place(hotkey, ensure_signed(origin), netuid)
        self._remove_down_to(place, amount_unstaked, limit_price, partial=allow_partial)

    @call(index=90, weight=_weight(944_515_000, 11077, reads=47, writes=24))
    def swap_stake_limit(
        self,
        origin: Origin,
        hotkey: AccountId,
        origin_netuid: NetUid,
        destination_netuid: NetUid,
        alpha_amount: Alpha,
        limit_price: Rao,
        allow_partial: Bool,
    ) -> None:
        """
        Move stake from one subnet to another as long as the first one's price in the second one's
        alpha stays at or above `limit_price`, in parts of 10**9.
        """
        source = Place(hotkey, ensure_signed(origin), origin_netuid)
        target = replace(source, netuid=destination_netuid)
        moved = self._transition(
            source, target, alpha_amount, limit=limit_price, partial=allow_partial
        )
        self._report_swap(source, target, moved)

    @call(index=101, weight=_weight(172_139_000, 5219, reads=13, writes=6))
    def recycle_alpha(
        self, origin: Origin, hotkey: AccountId, amount: Alpha, netuid: NetUid
    ) -> None:
        """Give up stake; its alpha is taken out of existence and may be issued again."""
        coldkey = ensure_signed(origin)
        taken = self._give_up(Place(hotkey, coldkey, netuid), amount)
        self._staking.recycle_alpha(netuid, taken)
        self.deposit_event(AlphaRecycled(coldkey, hotkey, taken, netuid))

    @call(index=102, weight=_weight(168_964_000, 5219, reads=12, writes=4))
    def burn_alpha(self, origin: Origin, hotkey: AccountId, amount: Alpha, netuid: NetUid) -> None:
        """Give up stake; its alpha is lost but still counts as issued."""
        self._burn(Place(hotkey, ensure_signed(origin), netuid), amount)

    @call(index=103, weight=_weight(754_292_000, 10591, reads=27, writes=13))
    def remove_stake_full_limit(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, limit_price: Rao | None
    ) -> None:
        """Unstake everything, or nothing if the price would fall below `limit_price`."""
        place = Place(hotkey, ensure_signed(origin), netuid)
        alpha = self._stake_at(place)
        if limit_price is None:
            self._remove(place, alpha)
        else:
            self._remove_down_to(place, alpha, limit_price)

    @call(index=132, weight=_weight(967_308_000, 8727, reads=33, writes=17))
    def add_stake_burn(
        self, origin: Origin, hotkey: AccountId, netuid: NetUid, amount: Rao, limit: Rao | None
    ) -> None:
        """Buy a subnet's alpha and burn it."""
        place = Place(hotkey, ensure_signed(origin), netuid)
        alpha = self._add(place, amount) if limit is None else self._add_up_to(place, amount, limit)
        self._burn(place, alpha)
        self.deposit_event(AddStakeBurn(netuid=netuid, hotkey=hotkey, amount=amount, alpha=alpha))

    def _add(self, place: Place, tao: Rao) -> Alpha:
        self._rules.ensure_buy_fits(place.netuid, tao)
        self._rules.check_add(place, tao, tao)
        return self._staking.add(place.hotkey, place.coldkey, place.netuid, tao)

    def _add_up_to(self, place: Place, tao: Rao, limit: Rao, *, partial: bool = False) -> Alpha:
        self._rules.ensure_buy_fits(place.netuid, tao)
        highest = self._rules.largest_add(place.netuid, limit)
        self._rules.check_add(place, tao, highest, partial=partial)
        self._delegate(place)
        staked = min(tao, highest)
        return self._staking.add(place.hotkey, place.coldkey, place.netuid, staked, limit)

    def _remove(self, place: Place, alpha: Alpha) -> None:
        self._rules.ensure_subtoken_enabled(place.netuid)
        # A fee paid in alpha may have taken some of the stake already.
        alpha = min(alpha, self._stake_at(place))
        self._rules.ensure_sale_fits(place.netuid, alpha)
        self._rules.check_remove(place, alpha, alpha)
        self._staking.remove(place.hotkey, place.coldkey, place.netuid, alpha)
        self._after_removal(place)

    def _remove_down_to(
        self, place: Place, alpha: Alpha, limit: Rao, *, partial: bool = False
    ) -> None:
        self._rules.ensure_sale_fits(place.netuid, alpha)
        highest = self._rules.largest_remove(place.netuid, limit)
        self._rules.check_remove(place, alpha, highest, partial=partial)
        removed = min(alpha, highest)
        self._staking.remove(place.hotkey, place.coldkey, place.netuid, removed, limit)
        self._after_removal(place)

    def _remove_all(self, place: Place) -> Rao:
        """Unstake all if the rules allow it; the TAO that was paid."""
        if not self._storage.networks.subtoken_enabled[place.netuid]:
            return Rao(0)
        alpha = self._stake_at(place)
        if not self._rules.may_remove(place, alpha):
            return Rao(0)
        paid = self._staking.remove(place.hotkey, place.coldkey, place.netuid, alpha)
        self._staking.clear_small_nomination(place.hotkey, place.coldkey, place.netuid)
        return paid

    def _after_removal(self, place: Place) -> None:
        self._staking.clear_small_nomination(place.hotkey, place.coldkey, place.netuid)
        threshold = Rao(self._storage.global_parameters.stake_threshold)
        if self._staking.total_of_hotkey(place.hotkey) < threshold:
            for netuid in self._staking.subnets.all():
                if (netuid, place.hotkey) in self._storage.children.pending_child_keys:
                    del self._storage.children.pending_child_keys[netuid, place.hotkey]

    def _transition(
        self,
        source: Place,
        target: Place,
        alpha: Alpha,
        *,
        limit: Rao | None = None,
        partial: bool = True,
        to_other_coldkey: bool = False,
    ) -> Rao:
        """Move stake between places; its worth in TAO."""
        # A fee paid in alpha may have taken some of the stake already.
        alpha = highest = min(alpha, self._stake_at(source))
        if limit is not None and source.netuid != target.netuid:
            highest = self._rules.largest_move(source.netuid, target.netuid, limit)
        self._rules.check_transition(
            source, target, alpha, highest, partial=partial, to_other_coldkey=to_other_coldkey
        )
        moved = min(alpha, highest)
        if source.netuid != target.netuid:
            return self._restake(source, target, moved)
        return self._staking.transfer_within_subnet(
            (source.hotkey, source.coldkey), (target.hotkey, target.coldkey), source.netuid, moved
        )

    def _restake(self, source: Place, target: Place, alpha: Alpha) -> Rao:
        """Unstake in one subnet and stake in another; one of both swaps pays a fee."""
        from_root = source.netuid == ROOT
        tao = self._staking.remove(
            source.hotkey, source.coldkey, source.netuid, alpha, drop_fees=from_root
        )
        if source.coldkey != target.coldkey:
            self._staking.tao.transfer(source.coldkey, target.coldkey, tao)
        if tao >= self._staking.minimum:
            self._delegate(target)
            self._staking.add(
                target.hotkey,
                target.coldkey,
                target.netuid,
                tao,
                PRICE_LIMIT_BUY,
                drop_fees=not from_root,
            )
        return tao

    def _give_up(self, place: Place, amount: Alpha) -> Alpha:
        """Take alpha off a coldkey's stake, at most what is there; how much it was."""
        self._rules.ensure_exists(place.netuid)
        if place.netuid == ROOT:
            raise CannotBurnOrRecycleOnRootSubnet
        self._rules.ensure_subtoken_enabled(place.netuid)
        self._rules.ensure_hotkey_exists(place.hotkey)
        amount = min(amount, self._stake_at(place))
        if self._storage.pools.subnet_alpha_out[place.netuid] < amount:
            raise InsufficientLiquidity
        self._staking.locks.ensure_available(place.coldkey, place.netuid, amount)
        self._staking.pools.withdraw(place.hotkey, place.coldkey, place.netuid, amount)
        return amount

    def _burn(self, place: Place, amount: Alpha) -> None:
        taken = self._give_up(place, amount)
        self._staking.burn_alpha(place.netuid, taken)
        self.deposit_event(AlphaBurned(place.coldkey, place.hotkey, taken, place.netuid))

    def _delegate(self, place: Place) -> None:
        """A hotkey that someone else stakes on becomes a delegate, at its present take."""
        delegates = self._storage.delegation.delegates
        if (
            self._staking.hotkeys.owner(place.hotkey) != place.coldkey
            and place.hotkey not in delegates
        ):
            delegates[place.hotkey] = delegates[place.hotkey]

    def _stake_at(self, place: Place) -> Alpha:
        return self._staking.pools.stake(place.hotkey, place.coldkey, place.netuid)

    def _report_swap(self, source: Place, target: Place, moved: Rao) -> None:
        self.deposit_event(
            StakeSwapped(source.coldkey, source.hotkey, source.netuid, target.netuid, moved)
        )
