"""
A scenario's subnets and neurons on the chain, by the calls that make them anywhere.

Root only loosens what would slow the founding down: rate limits, freeze window, prices of
registration. Each subnet is founded in a block of its own, since the lock cost jumps with each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from taonet.cli.simulate.ledger import Participant, made_up_account
from taonet.cli.simulate.scenario import (
    MinerGroup,
    Scenario,
    StakerGroup,
    SubnetPlan,
    TraderGroup,
    ValidatorGroup,
)
from taonet.cli.simulate.strategies import Mind
from taonet.cli.simulate.toml_table import ScenarioError
from taonet.cli.simulate.world import World
from taonet.frame.dispatch_error import DispatchError
from taonet.primitives.fixed_point import U16_MAX
from taonet.primitives.ids import AccountId
from taonet.primitives.units import RAO_PER_TAO, ROOT, NetUid, Rao

REGISTRATION_TAO: Final = 10
"""What a neuron brings beside its stake: the price of its place, and what is left of it."""

MIN_BURN: Final = Rao(500_000)
MAX_BURN: Final = Rao(RAO_PER_TAO // 5)
"""Bounds of a registration's price, low enough that many can register in one block."""

FIRST_NETUID: Final = 2
"""Genesis has the root and a subnet that nobody owns."""

MILLION: Final = 1_000_000

TRADED: Final = True
"""Stake can be bought and sold in a network."""


@dataclass
class Validator:
    """A validator: its account of what it did, its plan, its mind."""

    participant: Participant
    group: ValidatorGroup
    mind: Mind


@dataclass
class Miner:
    """A miner and what it is worth now, from 0 to 1."""

    participant: Participant
    group: MinerGroup
    random: Random
    quality: float


@dataclass
class Staker:
    """Someone who buys stake; `phase` is the block of its first purchase, from 0."""

    participant: Participant
    group: StakerGroup
    phase: int


@dataclass
class Trader:
    """A sandwich trader."""

    participant: Participant
    group: TraderGroup


@dataclass
class FoundedSubnet:
    """A subnet of the scenario with everyone in it."""

    plan: SubnetPlan
    netuid: NetUid
    validators: list[Validator] = field(default_factory=list)
    miners: list[Miner] = field(default_factory=list)
    stakers: list[Staker] = field(default_factory=list)
    traders: list[Trader] = field(default_factory=list)

    def participants(self) -> Iterator[Participant]:
        """Everyone, in the order of the scenario."""
        everyone: list[Validator | Miner | Staker | Trader] = [*self.validators, *self.miners]
        everyone += [*self.stakers, *self.traders]
        return (one.participant for one in everyone)

    @property
    def owner(self) -> AccountId:
        """The owner's coldkey."""
        return made_up_account(self.plan.name, "owner", "coldkey")

    @property
    def owner_hotkey(self) -> AccountId:
        """The hotkey of uid 0."""
        return made_up_account(self.plan.name, "owner", "hotkey")


def cast(scenario: Scenario) -> list[FoundedSubnet]:
    """Everyone in the scenario, before the chain knows them."""
    return [
        _cast_subnet(plan, NetUid(FIRST_NETUID + number), scenario.seed)
        for number, plan in enumerate(scenario.subnets)
    ]


def _cast_subnet(plan: SubnetPlan, netuid: NetUid, seed: int) -> FoundedSubnet:
    subnet = FoundedSubnet(plan, netuid)
    for group in plan.validators:
        strategy, stake = group.strategy.value, group.stake_tao + REGISTRATION_TAO
        for name in _names(group.name, group.count):
            participant = _neuron(subnet, name, "validator", strategy, stake)
            luck = _luck(seed, plan.name, name)
            subnet.validators.append(Validator(participant, group, Mind(0, luck, group.noise)))
    for miners in plan.miners:
        low, high = miners.quality
        for number, name in enumerate(_names(miners.name, miners.count)):
            strategy = "cabal" if miners.cabal else "honest"
            participant = _neuron(subnet, name, "miner", strategy, REGISTRATION_TAO)
            step = (high - low) / max(miners.count - 1, 1)
            luck = _luck(seed, plan.name, name)
            subnet.miners.append(Miner(participant, miners, luck, low + step * number))
    _cast_buyers(subnet)
    return subnet


def _cast_buyers(subnet: FoundedSubnet) -> None:
    plan = subnet.plan
    first = subnet.validators[0].participant.stakes_on if subnet.validators else subnet.owner_hotkey
    for stakers in plan.stakers:
        for number, name in enumerate(_names(stakers.name, stakers.count)):
            participant = Participant(
                name, "staker", "staker", plan.name, subnet.netuid, Rao(RAO_PER_TAO), first
            )
            subnet.stakers.append(Staker(participant, stakers, number % stakers.every))
    for traders in plan.traders:
        for name in _names(traders.name, traders.count):
            capital = _rao(traders.capital_tao)
            participant = Participant(
                name, "trader", "sandwich", plan.name, subnet.netuid, capital, subnet.owner_hotkey
            )
            subnet.traders.append(Trader(participant, traders))


def _neuron(
    subnet: FoundedSubnet, name: str, role: str, strategy: str, endowment_tao: float
) -> Participant:
    hotkey = made_up_account(subnet.plan.name, name, "hotkey")
    return Participant(
        name, role, strategy, subnet.plan.name, subnet.netuid, _rao(endowment_tao), hotkey
    )


def _names(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]


def _luck(seed: int, *names: str) -> Random:
    """A generator of one's own, so that who else takes part doesn't change it."""
    return Random("/".join((str(seed), *names)))  # noqa: S311  repeatable, and guards nothing


def _rao(tao: float) -> Rao:
    return Rao(round(tao * RAO_PER_TAO))


def opening_balances(scenario: Scenario, subnets: list[FoundedSubnet]) -> dict[AccountId, Rao]:
    """Who holds what in genesis; stakers hold enough for all their purchases."""
    balances: dict[AccountId, Rao] = {}
    for subnet in subnets:
        balances[subnet.owner] = _rao(2 * subnet.plan.pool_tao)
        for staker in subnet.stakers:
            purchases = scenario.blocks // staker.group.every + 1
            staker.participant.endowment = _rao(purchases * staker.group.buy_tao + 1)
        for participant in subnet.participants():
            balances[participant.coldkey] = participant.endowment
    if scenario.root_stake_tao:
        balances[_root_staker("coldkey")] = _rao(scenario.root_stake_tao + REGISTRATION_TAO)
    return balances


def _root_staker(key: str) -> AccountId:
    return made_up_account("root", "staker", key)


def found(world: World, scenario: Scenario, subnets: list[FoundedSubnet]) -> None:
    """
    Found every subnet; the chain stands at the last founding block then.

    Raises `ScenarioError` for a subnet that the chain refuses.
    """
    world.begin_block()
    _loosen(world)
    world.end_block()
    for subnet in subnets:
        # Without a block between two subnets the second would cost what the first one did.
        world.begin_block()
        world.end_block()
        world.begin_block()
        try:
            _found(world, scenario, subnet)
        except DispatchError as refusal:
            reason = f"the chain refuses to found it: {type(refusal).__name__}"
            raise ScenarioError(f"subnet {subnet.plan.name!r}: {reason}") from refusal
        world.end_block()


def _found(world: World, scenario: Scenario, subnet: FoundedSubnet) -> None:
    _create(world, subnet)
    _set_parameters(world, subnet)
    _register(world, subnet)
    _stake(world, subnet)
    if scenario.root_stake_tao and int(subnet.netuid) == FIRST_NETUID:
        _stake_on_root(world, scenario.root_stake_tao)


def _loosen(world: World) -> None:
    for name, value in (
        ("sudo_set_admin_freeze_window", 0),
        ("sudo_set_start_call_delay", 0),
        ("sudo_set_network_rate_limit", 0),
        ("sudo_set_lock_reduction_interval", 1),
        ("sudo_set_subnet_limit", 1_024),
        ("sudo_set_max_epochs_per_block", 128),
    ):
        world.as_root("AdminUtils", name, value)


def _create(world: World, subnet: FoundedSubnet) -> None:
    pool = _rao(subnet.plan.pool_tao)
    world.as_root("AdminUtils", "sudo_set_network_min_lock_cost", pool)
    world.sign(subnet.owner, "register_network", subnet.owner_hotkey)
    world.sign(subnet.owner, "start_call", subnet.netuid)


def _set_parameters(world: World, subnet: FoundedSubnet) -> None:
    plan = subnet.plan
    low, high = plan.liquid_alpha_range
    values: list[tuple[str, tuple[object, ...]]] = [
        ("sudo_set_tempo", (plan.tempo,)),
        ("sudo_set_subnet_emission_enabled", (True,)),
        ("sudo_set_weights_set_rate_limit", (0,)),
        ("sudo_set_kappa", (_part(plan.kappa),)),
        ("sudo_set_max_allowed_validators", (plan.max_validators,)),
        ("sudo_set_yuma3_enabled", (plan.yuma == 3,)),
        ("sudo_set_liquid_alpha_enabled", (plan.liquid_alpha,)),
        ("sudo_set_bonds_moving_average", (round(plan.bonds_moving_average * MILLION),)),
        ("sudo_set_bonds_penalty", (_part(plan.bonds_penalty),)),
        ("sudo_set_commit_reveal_weights_enabled", (plan.commit_reveal,)),
        ("sudo_set_commit_reveal_weights_interval", (plan.reveal_period,)),
        ("sudo_set_owner_cut_enabled", (plan.owner_cut,)),
        ("sudo_set_min_burn", (MIN_BURN,)),
        ("sudo_set_max_burn", (MAX_BURN,)),
        ("sudo_set_max_registrations_per_block", (U16_MAX,)),
        ("sudo_set_target_registrations_per_interval", (U16_MAX,)),
    ]
    if plan.liquid_alpha:
        values.append(("sudo_set_alpha_values", (_part(low), _part(high))))
    for name, arguments in values:
        world.as_root("AdminUtils", name, subnet.netuid, *arguments)


def _part(value: float) -> int:
    """A part of one as the chain has it, of 65535."""
    return round(value * U16_MAX)


def _register(world: World, subnet: FoundedSubnet) -> None:
    uids = world.chain.neurons.uids
    validators = [validator.participant for validator in subnet.validators]
    for who in validators + [miner.participant for miner in subnet.miners]:
        world.sign(who.coldkey, "burned_register", subnet.netuid, who.stakes_on)
        who.uid = int(uids[subnet.netuid, who.stakes_on])
    for validator in subnet.validators:
        assert validator.participant.uid is not None
        validator.mind.uid = validator.participant.uid


def _stake(world: World, subnet: FoundedSubnet) -> None:
    for validator in subnet.validators:
        who, amount = validator.participant, _rao(validator.group.stake_tao)
        world.sign(who.coldkey, "add_stake", who.stakes_on, subnet.netuid, amount)
        who.bought_alpha = int(world.alpha_of(who))


def _stake_on_root(world: World, tao: float) -> None:
    coldkey, hotkey = _root_staker("coldkey"), _root_staker("hotkey")
    world.as_root("AdminUtils", "sudo_set_subtoken_enabled", ROOT, TRADED)
    world.sign(coldkey, "try_associate_hotkey", hotkey)
    world.sign(coldkey, "root_register", hotkey)
    world.sign(coldkey, "add_stake", hotkey, ROOT, _rao(tao))
