"""
Root dividends in the words of clients newer than this chain's rules.

Runtimes after spec 425 hold root dividends in baskets, and SDK 11.3 asks for a coldkey's part in
them whenever it shows a balance. Here dividends are alpha that a root staker may claim and sell;
these methods say what that would bring. There are no basket tokens, and no baskets to list.
"""

from collections.abc import Iterator
from typing import Annotated

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.runtime_api import RuntimeApi, api
from taonet.primitives.fixed_point import i96f32, saturate_u64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao
from taonet.runtime.runtime import Runtime
from taonet.scale.types import triple, u64, vec

Position = tuple[AccountId, int, Rao]
Positions = Annotated[tuple[Position, ...], vec(triple(AccountId, u64, Rao))]
"""Hotkey, basket tokens (always 0), and what its dividends would sell for."""


class BetaBasketRuntimeApi(RuntimeApi[Runtime], version=1):
    """What a coldkey's root dividends are worth."""

    @api
    def get_root_basket_owed(self, coldkey: AccountId) -> Rao:
        """What all of a coldkey's unclaimed root dividends would sell for now, in rao."""
        return Rao(saturate_u64(sum(int(payout) for _, _, payout in self._positions(coldkey))))

    @api
    def get_basket_payout(self, hotkey: AccountId, coldkey: AccountId) -> Rao:
        """What a coldkey's unclaimed root dividends of one hotkey would sell for now, in rao."""
        return self._payout(hotkey, coldkey)

    @api
    def get_root_basket_positions(self, coldkey: AccountId) -> Positions:
        """The hotkeys that owe a coldkey root dividends, and what those would sell for."""
        return tuple(self._positions(coldkey))

    def _positions(self, coldkey: AccountId) -> Iterator[Position]:
        for hotkey in self.runtime.subtensor.accounts.staking_hotkeys[coldkey]:
            payout = self._payout(hotkey, coldkey)
            if payout:
                yield hotkey, 0, payout

    def _payout(self, hotkey: AccountId, coldkey: AccountId) -> Rao:
        subtensor = self.runtime.subtensor
        dividends = subtensor.staking.root
        worth = 0
        for netuid in sorted(map(int, subtensor.root_claims.root_claimable[hotkey])):
            if netuid == int(ROOT):
                continue
            place = NetUid(netuid)
            owed = saturate_u64(i96f32.to_int_floor(dividends.owed(hotkey, coldkey, place)))
            try:
                worth += int(self.runtime.swap.simulate_sell(place, Alpha(owed)).paid_out)
            except DispatchError:
                # What the pool refuses to buy is worth nothing now.
                continue
        return Rao(saturate_u64(worth))
