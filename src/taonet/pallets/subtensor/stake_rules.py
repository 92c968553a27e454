"""
What a stake operation must satisfy, in the order in which the real chain says no.

Source: subtensor pallets/subtensor/src/staking/{stake_utils,add_stake,remove_stake,move_stake}.rs
@ 14bc6f9.
"""

from dataclasses import dataclass

from taonet.economy.swap import INPUT_PER_RESERVE_MAX
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.subtensor.errors import (
    AmountTooLow,
    HotKeyAccountNotExists,
    InsufficientLiquidity,
    NotEnoughBalanceToStake,
    NotEnoughStakeToWithdraw,
    SameNetuid,
    SlippageTooHigh,
    SubnetNotExists,
    SubtokenDisabled,
    TransferDisallowed,
)
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.primitives.fixed_point import U64_MAX, saturate_u64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import RAO_PER_TAO, ROOT, Alpha, NetUid, Rao


@dataclass(frozen=True, slots=True)
class Place:
    """Where stake is: whose, on which hotkey, in which network."""

    hotkey: AccountId
    coldkey: AccountId
    netuid: NetUid


class StakeRules:
    """Checks operations and finds how much of them a limit price lets through."""

    def __init__(self, storage: Storage, staking: Staking) -> None:
        self._networks = storage.networks
        self._pools = storage.pools
        self._transfers = storage.hyperparameters.transfer_toggle
        self._staking = staking

    def ensure_subtoken_enabled(self, netuid: NetUid) -> None:
        """Raises `SubtokenDisabled` before a subnet was started."""
        if not self._networks.subtoken_enabled[netuid]:
            raise SubtokenDisabled

    def ensure_exists(self, netuid: NetUid) -> None:
        """Raises `SubnetNotExists`."""
        if not self._staking.subnets.exists(netuid):
            raise SubnetNotExists

    def ensure_hotkey_exists(self, hotkey: AccountId) -> None:
        """Raises `HotKeyAccountNotExists`."""
        if not self._staking.hotkeys.exists(hotkey):
            raise HotKeyAccountNotExists

    def ensure_buy_fits(self, netuid: NetUid, tao: Rao) -> None:
        """Raises `InsufficientLiquidity` for more than a thousand times the pool's TAO."""
        if self._has_price(netuid) and int(tao) > _largest(int(self._pools.subnet_tao[netuid])):
            raise InsufficientLiquidity

    def ensure_sale_fits(self, netuid: NetUid, alpha: Alpha) -> None:
        """Raises `InsufficientLiquidity` for more than a thousand times the pool's alpha."""
        reserve = int(self._pools.subnet_alpha_in[netuid])
        if self._has_price(netuid) and int(alpha) > _largest(reserve):
            raise InsufficientLiquidity

    def check_add(self, place: Place, tao: Rao, highest: Rao, *, partial: bool = False) -> None:
        """Whether `tao` may be staked; a limit price lets through `highest`."""
        self.ensure_exists(place.netuid)
        self.ensure_subtoken_enabled(place.netuid)
        minimum = self._staking.minimum
        if int(tao) < int(minimum) + self._buying_fee(place.netuid, minimum):
            raise AmountTooLow
        if not partial and tao > highest:
            raise SlippageTooHigh
        tao = min(tao, highest)
        if tao > self._staking.tao.balance(place.coldkey):
            raise NotEnoughBalanceToStake
        self.ensure_hotkey_exists(place.hotkey)
        try:
            bought = self._staking.swap.simulate_buy(place.netuid, tao)
        except DispatchError as refusal:
            raise InsufficientLiquidity from refusal
        if bought.paid_in < minimum:
            raise AmountTooLow
        counts = bought.paid_out and self._staking.pools.would_change_shares(
            place.hotkey, place.netuid, bought.paid_out
        )
        if not counts:
            raise InsufficientLiquidity

    def check_remove(
        self, place: Place, alpha: Alpha, highest: Alpha, *, partial: bool = False
    ) -> None:
        """Whether `alpha` may be unstaked; a limit price lets through `highest`."""
        self.ensure_exists(place.netuid)
        if not alpha:
            raise AmountTooLow
        stake = self._staking.pools.stake(place.hotkey, place.coldkey, place.netuid)
        if stake < alpha:
            raise NotEnoughStakeToWithdraw
        proceeds = self._proceeds(place.netuid, alpha)
        if stake > alpha and proceeds < self._staking.minimum:
            raise AmountTooLow
        if not partial and alpha > highest:
            raise SlippageTooHigh
        self.ensure_hotkey_exists(place.hotkey)
        self._staking.locks.ensure_available(place.coldkey, place.netuid, alpha)

    def may_remove(self, place: Place, alpha: Alpha) -> bool:
        """Whether all of `alpha` may be unstaked without a limit."""
        try:
            self.check_remove(place, alpha, alpha)
        except DispatchError:
            return False
        return True

    def check_transition(
        self,
        origin: Place,
        destination: Place,
        alpha: Alpha,
        highest: Alpha,
        *,
        partial: bool = True,
        to_other_coldkey: bool = False,
    ) -> None:
        """Whether stake may go from one place to another; a limit price lets through `highest`."""
        self._check_places(origin, destination)
        stake = self._staking.pools.stake(origin.hotkey, origin.coldkey, origin.netuid)
        if alpha > stake:
            raise NotEnoughStakeToWithdraw
        if origin.netuid != destination.netuid:
            if self._proceeds(origin.netuid, alpha) <= self._staking.minimum:
                raise AmountTooLow
            if not partial and alpha > highest:
                raise SlippageTooHigh
        if to_other_coldkey and not (
            self._transfers[origin.netuid] and self._transfers[destination.netuid]
        ):
            raise TransferDisallowed
        if origin.netuid != destination.netuid:
            self._staking.locks.ensure_available(origin.coldkey, origin.netuid, alpha)

    def largest_add(self, netuid: NetUid, limit: Rao) -> Rao:
        """The TAO, fee included, that lifts the price to `limit`; may raise a swap's errors."""
        if not self._has_price(netuid):
            return Rao(U64_MAX if int(limit) >= RAO_PER_TAO else 0)
        probe = Rao(_largest(int(self._pools.subnet_tao[netuid])))
        bought = self._staking.swap.simulate_buy(netuid, probe, limit)
        return Rao(saturate_u64(int(bought.paid_in) + int(bought.fee_paid)))

    def largest_remove(self, netuid: NetUid, limit: Rao) -> Alpha:
        """The alpha, fee included, that lowers the price to `limit`; may raise a swap's errors."""
        if not self._has_price(netuid):
            return Alpha(U64_MAX if int(limit) <= RAO_PER_TAO else 0)
        probe = Alpha(_largest(int(self._pools.subnet_alpha_in[netuid])))
        sold = self._staking.swap.simulate_sell(netuid, probe, limit)
        return Alpha(saturate_u64(int(sold.paid_in) + int(sold.fee_paid)))

    def largest_move(self, origin: NetUid, destination: NetUid, limit: Rao) -> Alpha:
        """
        The alpha that may move until its price in the other subnet's alpha falls to `limit`.

        `limit` is in parts of 10**9. Between two priced subnets this takes both pools for
        constant products, as the real chain does. May raise a swap's errors.
        """
        if not self._has_price(origin):
            if not self._has_price(destination):
                return Alpha(0 if int(limit) > RAO_PER_TAO else U64_MAX)
            if not limit:
                return Alpha(U64_MAX)
            tao = u64f64.from_int(RAO_PER_TAO)
            inverse = u64f64.mul_floor(u64f64.from_ratio(RAO_PER_TAO, int(limit)), tao)
            return Alpha(int(self.largest_add(destination, Rao(u64f64.to_u64_floor(inverse)))))
        if not self._has_price(destination):
            return self.largest_remove(origin, limit)
        return self._largest_between_pools(origin, destination, limit)

    def _largest_between_pools(self, origin: NetUid, destination: NetUid, limit: Rao) -> Alpha:
        pools, swap = self._pools, self._staking.swap
        tao = int(pools.subnet_tao[origin]), int(pools.subnet_tao[destination])
        alpha = int(pools.subnet_alpha_in[origin]), int(pools.subnet_alpha_in[destination])
        if not all((*tao, *alpha)):
            return Alpha(0)
        lowest = u64f64.from_ratio(int(limit), RAO_PER_TAO)
        if lowest > u64f64.safe_div(swap.price(origin), swap.price(destination)):
            return Alpha(0)
        if not limit:
            return Alpha(U64_MAX)
        whole = u64f64.saturating_add(u64f64.from_int(tao[1]), u64f64.from_int(tao[0]))
        origin_part = u64f64.safe_div(u64f64.from_int(tao[0]), whole)
        destination_part = u64f64.safe_div(u64f64.from_int(tao[1]), whole)
        reach = u64f64.safe_div(u64f64.mul_floor(u64f64.from_int(alpha[1]), origin_part), lowest)
        held = u64f64.mul_floor(u64f64.from_int(alpha[0]), destination_part)
        return Alpha(u64f64.to_u64_floor(u64f64.saturating_sub(reach, held)))

    def _check_places(self, origin: Place, destination: Place) -> None:
        if origin == destination:
            raise SameNetuid
        self.ensure_exists(origin.netuid)
        self.ensure_exists(destination.netuid)
        self.ensure_subtoken_enabled(origin.netuid)
        self.ensure_subtoken_enabled(destination.netuid)
        self.ensure_hotkey_exists(origin.hotkey)
        self.ensure_hotkey_exists(destination.hotkey)

    def _has_price(self, netuid: NetUid) -> bool:
        return netuid != ROOT and self._staking.subnets.is_dynamic(netuid)

    def _buying_fee(self, netuid: NetUid, tao: Rao) -> int:
        try:
            return int(self._staking.swap.simulate_buy(netuid, tao).fee_paid)
        except DispatchError:
            return self._staking.swap.pool(netuid).fee_of(int(tao))

    def _proceeds(self, netuid: NetUid, alpha: Alpha) -> Rao:
        try:
            return self._staking.swap.simulate_sell(netuid, alpha).paid_out
        except DispatchError as refusal:
            raise InsufficientLiquidity from refusal


def _largest(reserve: int) -> int:
    """The most that one swap may bring in."""
    return saturate_u64(reserve * INPUT_PER_RESERVE_MAX)
