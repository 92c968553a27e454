"""
What validators keep of what others' stake on them earns.

Source: subtensor pallets/subtensor/src/staking/{increase_take,decrease_take}.rs @ 14bc6f9.
"""

from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.subtensor.errors import (
    DelegateTakeTooHigh,
    DelegateTakeTooLow,
    DelegateTxRateLimitExceeded,
)
from taonet.pallets.subtensor.events.accounts import TakeDecreased, TakeIncreased
from taonet.pallets.subtensor.hotkeys import Hotkeys
from taonet.pallets.subtensor.rate_limiter import RateLimiter
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import LastDelegateTake
from taonet.primitives.ids import AccountId
from taonet.scale.types import U16


class Takes(Pallet, prefix="SubtensorModule"):
    """Delegates' takes, in parts of 65535."""

    def __init__(self, storage: Storage, hotkeys: Hotkeys, limiter: RateLimiter) -> None:
        super().__init__(storage.state)
        self._delegation = storage.delegation
        self._parameters = storage.global_parameters
        self._hotkeys = hotkeys
        self._limiter = limiter

    @call(
        index=65,
        weight=Weight(29_895_000, 4295) + database_weight(reads=3, writes=2),
        pays=Pays.NO,
    )
    def decrease_take(self, origin: Origin, hotkey: AccountId, take: U16) -> None:
        """Take less as a delegate, in parts of 65535; at any time."""
        coldkey = ensure_signed(origin)
        self._hotkeys.ensure_owned(hotkey, coldkey)
        if hotkey in self._delegation.delegates and take >= self._delegation.delegates[hotkey]:
            raise DelegateTakeTooLow
        if take < self._delegation.min_delegate_take:
            raise DelegateTakeTooLow
        self._delegation.delegates[hotkey] = take
        self._limiter.record_key(LastDelegateTake(hotkey))
        self.deposit_event(TakeDecreased(coldkey, hotkey, take))

    @call(
        index=66,
        weight=Weight(37_710_000, 4388) + database_weight(reads=5, writes=2),
        pays=Pays.NO,
    )
    def increase_take(self, origin: Origin, hotkey: AccountId, take: U16) -> None:
        """Take more as a delegate, in parts of 65535; not too often."""
        coldkey = ensure_signed(origin)
        self._hotkeys.ensure_owned(hotkey, coldkey)
        if hotkey in self._delegation.delegates and take <= self._delegation.delegates[hotkey]:
            raise DelegateTakeTooLow
        if take > self._delegation.max_delegate_take:
            raise DelegateTakeTooHigh
        key = LastDelegateTake(hotkey)
        if self._limiter.exceeds(key, self._parameters.tx_delegate_take_rate_limit):
            raise DelegateTxRateLimitExceeded
        self._limiter.record_key(key)
        self._delegation.delegates[hotkey] = take
        self.deposit_event(TakeIncreased(coldkey, hotkey, take))
