"""
A run: the scenario's subnets founded, then blocks as fast as they go.

The books are checked at the end: `try_state` raises `AssertionError` if anything was made or lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from taonet.cli.simulate.founding import FoundedSubnet, cast, found, opening_balances
from taonet.cli.simulate.ledger import Participant
from taonet.cli.simulate.scenario import Scenario
from taonet.cli.simulate.tables import Tables, amount, part, price
from taonet.cli.simulate.trading import Trading
from taonet.cli.simulate.validation import Validation, uid_of
from taonet.cli.simulate.world import World
from taonet.frame.config import RuntimeConfig
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import U16, U64, item

Progress = Callable[[int], None]
"""Hears of the number of blocks that are done, now and then."""


@dataclass
class _Live:
    subnet: FoundedSubnet
    validation: Validation
    trading: Trading
    epochs: int = 0


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    scenario: Scenario
    world: World
    participants: tuple[Participant, ...]


def simulate(scenario: Scenario, folder: Path, progress: Progress = lambda _: None) -> Outcome:
    """Run a scenario for its blocks and write its tables into `folder`."""
    with Tables(folder) as tables:
        simulation = Simulation(scenario, tables)
        simulation.run(progress)
        return simulation.finish()


class Simulation:
    """One scenario on its chain, which stands behind the founding."""

    def __init__(self, scenario: Scenario, tables: Tables) -> None:
        self._scenario = scenario
        self._tables = tables
        config = RuntimeConfig(
            scenario.timing,
            scenario.client_profile,
            scenario.rule_set,
            scenario.epoch_variant,
            scenario.registration_price,
        )
        subnets = cast(scenario)
        self.world = World(config, opening_balances(scenario, subnets), scenario.seed)
        found(self.world, scenario, subnets)
        self._founded_at = self.world.number
        self._live = [
            _Live(subnet, Validation(self.world, subnet), Trading(self.world, subnet))
            for subnet in subnets
        ]

    def run(self, progress: Progress) -> None:
        """All blocks."""
        for done in range(1, self._scenario.blocks + 1):
            self.step()
            if done % 32 == 0 or done == self._scenario.blocks:
                progress(done)

    def step(self) -> None:
        """One block, with everyone's calls in it."""
        world = self.world
        world.begin_block()
        since_founding = world.number - self._founded_at
        for live in self._live:
            last_epoch = world.chain.epochs.last_epoch_block[live.subnet.netuid]
            if last_epoch == world.number and since_founding > 1:
                live.epochs += 1
                self._note_epoch(live)
            if last_epoch + 1 == world.number and live.epochs:
                live.validation.after_epoch()
            self._trade(live, since_founding)
            if since_founding % self._scenario.sample_every == 0:
                self._note_block(live.subnet)
        if since_founding == self._scenario.blocks // 2:
            self._note_half()
        world.end_block()

    def finish(self) -> Outcome:
        """Check the books and close the accounts."""
        self.world.runtime.try_state()
        everyone = self._everyone()
        for participant in everyone:
            self._note_profit(participant)
        return Outcome(self._scenario, self.world, tuple(everyone))

    def _note_half(self) -> None:
        for who in self._everyone():
            who.settled_alpha = int(self.world.alpha_of(who))
            who.settled_earned_alpha = who.earned_alpha

    def _everyone(self) -> list[Participant]:
        return [who for live in self._live for who in live.subnet.participants()]

    def _trade(self, live: _Live, since_founding: int) -> None:
        for purchase in live.trading.purchases(since_founding):
            self._tables.add(
                "purchases",
                self.world.number,
                live.subnet.plan.name,
                purchase.staker,
                amount(purchase.paid_rao),
                amount(purchase.alpha),
                amount(purchase.undisturbed_alpha),
                amount(purchase.traders_gain_rao),
            )

    def _note_block(self, subnet: FoundedSubnet) -> None:
        world, netuid, name = self.world, subnet.netuid, subnet.plan.name
        emission, pools = world.chain.emission, world.chain.pools
        self._tables.add(
            "emission",
            world.number,
            name,
            amount(int(emission.subnet_tao_in_emission[netuid])),
            amount(int(emission.subnet_excess_tao[netuid])),
            amount(int(emission.subnet_alpha_in_emission[netuid])),
            amount(int(emission.subnet_alpha_out_emission[netuid])),
        )
        self._tables.add(
            "prices",
            world.number,
            name,
            price(world.price_bits(netuid)),
            price(pools.subnet_moving_price[netuid], 32),
            amount(int(pools.subnet_tao[netuid])),
            amount(int(pools.subnet_alpha_in[netuid])),
        )

    def _note_epoch(self, live: _Live) -> None:
        netuid, scores = live.subnet.netuid, self.world.chain.scores
        incentives = scores.incentive[mechanism_index(netuid)]
        place = (self.world.number, live.epochs, live.subnet.plan.name)
        for validator in live.subnet.validators:
            who, uid = validator.participant, validator.mind.uid
            earned = item(scores.emission[netuid], uid, U64)
            who.earned_alpha += earned
            self._tables.add(
                "dividends",
                *place,
                who.name,
                who.strategy,
                amount(int(self.world.alpha_of(who))),
                part(item(scores.dividends[netuid], uid, U16)),
                part(item(scores.validator_trust[netuid], uid, U16)),
                amount(earned),
            )
        for miner in live.subnet.miners:
            who, uid = miner.participant, uid_of(miner)
            earned = item(scores.emission[netuid], uid, U64)
            who.earned_alpha += earned
            self._tables.add(
                "incentives",
                *place,
                who.name,
                who.strategy,
                f"{miner.quality:.6f}",
                part(item(scores.consensus[netuid], uid, U16)),
                part(item(incentives, uid, U16)),
                amount(earned),
            )

    def _note_profit(self, who: Participant) -> None:
        value = self.world.value_rao(who)
        self._tables.add(
            "profits",
            who.subnet,
            who.name,
            who.role,
            who.strategy,
            amount(int(who.endowment)),
            amount(int(self.world.free(who.coldkey))),
            amount(int(self.world.alpha_of(who))),
            amount(who.bought_alpha),
            amount(who.earned_alpha),
            amount(value),
            amount(value - int(who.endowment)),
            who.calls,
            who.refused.total(),
        )
