"""
What orders do to stake and balances.

Source: subtensor pallets/subtensor/src/staking/order_swap.rs @ 14bc6f9.
"""

from typing import Final

from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import Preservation
from taonet.pallets.pallet_id import PalletId
from taonet.pallets.subtensor.errors import (
    AmountTooLow,
    NotEnoughBalanceToStake,
    NotEnoughStakeToWithdraw,
    SlippageTooHigh,
)
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.stake_rules import Place, StakeRules
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao

PALLET_ID: Final = PalletId(b"bt/limit")
TRADER: Final = PALLET_ID.account()
"""The account that trades for batches, and holds what they bring meanwhile."""

TRADER_HOTKEY: Final = PalletId(b"bt/lmhky").account()


class Market:
    """Buys, sells and hands over, with the checks that each step has on the real chain."""

    def __init__(self, subtensor: Subtensor, system: System, balances: Balances) -> None:
        self._subtensor = subtensor
        self._system = system
        self._balances = balances
        self._staking = subtensor.staking
        self._rules = StakeRules(subtensor, subtensor.staking)

    def price(self, netuid: NetUid) -> U64F64:
        """The TAO that one alpha costs now."""
        return self._staking.swap.price(netuid)

    def buy(self, place: Place, tao: Rao, limit: int) -> Alpha:
        """Stake a coldkey's TAO, all of it at a price up to `limit`, or raise `DispatchError`."""
        self._ensure_open(place.netuid)
        self._rules.ensure_hotkey_exists(place.hotkey)
        if tao < self._staking.minimum:
            raise AmountTooLow
        if tao > self._staking.tao.balance(place.coldkey):
            raise NotEnoughBalanceToStake
        return self._buy(place, tao, limit)

    def buy_for_batch(self, netuid: NetUid, tao: Rao, limit: int) -> Alpha:
        """`buy` with the batches' own TAO, of any amount."""
        self._ensure_open(netuid)
        return self._buy(Place(TRADER_HOTKEY, TRADER, netuid), tao, limit)

    def sell(self, place: Place, alpha: Alpha, limit: int) -> Rao:
        """Unstake alpha, all of it at a price down to `limit`, or raise `DispatchError`."""
        self._ensure_open(place.netuid)
        self._rules.check_remove(place, alpha, alpha)
        return self._sell(place, alpha, limit)

    def sell_for_batch(self, netuid: NetUid, alpha: Alpha, limit: int) -> Rao:
        """`sell` of the batches' own alpha, of any amount."""
        self._ensure_open(netuid)
        return self._sell(Place(TRADER_HOTKEY, TRADER, netuid), alpha, limit)

    def pay(self, source: AccountId, target: AccountId, tao: Rao) -> None:
        """Move TAO, if it is any."""
        if tao:
            self._balances.transfer(source, target, tao, Preservation.EXPENDABLE)

    def take_stake(self, place: Place, alpha: Alpha) -> None:
        """Move someone's stake to the batches' account, as the rules for unstaking allow."""
        self._ensure_open(place.netuid)
        self._rules.ensure_hotkey_exists(place.hotkey)
        whole = u64f64.mul_floor(self.price(place.netuid), u64f64.from_int(int(alpha)))
        if not alpha or u64f64.to_u64_floor(whole) < int(self._staking.minimum):
            raise AmountTooLow
        self._staking.locks.ensure_available(place.coldkey, place.netuid, alpha)
        self._move(place, Place(TRADER_HOTKEY, TRADER, place.netuid), alpha)

    def give_stake(self, place: Place, alpha: Alpha) -> None:
        """Move stake of the batches' account to someone."""
        self._ensure_open(place.netuid)
        self._rules.ensure_hotkey_exists(place.hotkey)
        self._move(Place(TRADER_HOTKEY, TRADER, place.netuid), place, alpha)

    def register_trader(self) -> None:
        """Give the batches' account its hotkey; at genesis."""
        self._staking.hotkeys.associate(TRADER, TRADER_HOTKEY)

    @property
    def has_trader(self) -> bool:
        """Whether the batches' account has its hotkey."""
        return self._staking.hotkeys.owned_by(TRADER_HOTKEY, TRADER)

    def _ensure_open(self, netuid: NetUid) -> None:
        self._rules.ensure_exists(netuid)
        self._rules.ensure_subtoken_enabled(netuid)

    def _buy(self, place: Place, tao: Rao, limit: int) -> Alpha:
        if self._staking.subnets.is_dynamic(place.netuid):
            swap = self._staking.swap.simulate_buy(place.netuid, tao, Rao(limit))
            if int(swap.paid_in) + int(swap.fee_paid) < int(tao):
                raise SlippageTooHigh
        return self._staking.add(place.hotkey, place.coldkey, place.netuid, tao, Rao(limit))

    def _sell(self, place: Place, alpha: Alpha, limit: int) -> Rao:
        if self._staking.subnets.is_dynamic(place.netuid):
            swap = self._staking.swap.simulate_sell(place.netuid, alpha, Rao(limit))
            if int(swap.paid_in) + int(swap.fee_paid) < int(alpha):
                raise SlippageTooHigh
        return self._staking.remove(place.hotkey, place.coldkey, place.netuid, alpha, Rao(limit))

    def _move(self, source: Place, target: Place, alpha: Alpha) -> None:
        pools = self._staking.pools
        if pools.stake(source.hotkey, source.coldkey, source.netuid) < alpha:
            raise NotEnoughStakeToWithdraw
        pools.withdraw(source.hotkey, source.coldkey, source.netuid, alpha)
        self._staking.grant(target.hotkey, target.coldkey, target.netuid, alpha)
        blocks = self._subtensor.stake.last_coldkey_hotkey_stake_block
        blocks[target.coldkey, target.hotkey] = self._system.number
