"""
Purchases of stake, and the traders who stand around them.

A purchase in the clear waits in the pool where everyone sees it; a trader has its own put before
it, which raises the price that the purchase pays, and sells after it.
"""

from dataclasses import dataclass
from typing import Final

from taonet.cli.simulate.founding import FoundedSubnet, Staker, Trader
from taonet.cli.simulate.world import World
from taonet.primitives.units import RAO_PER_TAO, Rao

KEPT: Final = Rao(RAO_PER_TAO // 1_000)
"""What a trader leaves in its account, so that the account lives on."""

PARTIAL: Final = False
"""A purchase is made whole or not at all."""


@dataclass(frozen=True)
class Purchase:
    """One purchase: what it brought, and what it would have brought with nobody in its way."""

    staker: str
    paid_rao: int
    alpha: int
    undisturbed_alpha: int
    traders_gain_rao: int


class Trading:
    """Who buys in one subnet."""

    def __init__(self, world: World, subnet: FoundedSubnet) -> None:
        self._world = world
        self._subnet = subnet

    def purchases(self, block: int) -> list[Purchase]:
        """Make the purchases that are due in `block`, counted from the founding."""
        return [
            self._purchase(staker)
            for staker in self._subnet.stakers
            if block % staker.group.every == staker.phase
        ]

    def _purchase(self, staker: Staker) -> Purchase:
        world, netuid, who = self._world, self._subnet.netuid, staker.participant
        paid = Rao(round(staker.group.buy_tao * RAO_PER_TAO))
        quoted = world.runtime.swap.simulate_buy(netuid, paid)
        price_rao = world.price_bits(netuid) * RAO_PER_TAO >> 64
        limit = Rao(int(price_rao * (1 + staker.group.max_slippage)))
        traders = [] if staker.group.shielded else self._subnet.traders
        before = [int(world.free(trader.participant.coldkey)) for trader in traders]
        for trader in traders:
            self._buy(trader)
        held = int(world.alpha_of(who))
        world.attempt(
            who.coldkey, who, "add_stake_limit", who.stakes_on, netuid, paid, limit, PARTIAL
        )
        bought = int(world.alpha_of(who)) - held
        for trader in reversed(traders):
            self._sell(trader)
        after = [int(world.free(trader.participant.coldkey)) for trader in traders]
        spent = int(paid) if bought else 0
        gain = sum(after) - sum(before)
        return Purchase(who.name, spent, bought, int(quoted.paid_out), gain)

    def _buy(self, trader: Trader) -> None:
        who = trader.participant
        amount = int(self._world.free(who.coldkey)) - int(KEPT)
        self._world.attempt(
            who.coldkey, who, "add_stake", who.stakes_on, who.netuid, Rao(max(amount, 0))
        )

    def _sell(self, trader: Trader) -> None:
        who = trader.participant
        alpha = self._world.alpha_of(who)
        if alpha:
            self._world.attempt(who.coldkey, who, "remove_stake", who.stakes_on, who.netuid, alpha)
