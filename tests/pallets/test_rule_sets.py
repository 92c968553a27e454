"""Rules that genesis chooses and root switches at a block."""

from dataclasses import replace

import pytest

from taonet.frame.call import Call
from taonet.frame.config import EmissionSplit, EpochVariant, RegistrationPrice
from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.pallets.rule_sets import (
    RULE_SETS_INDEX,
    BlockNotInTheFuture,
    NamedEpoch,
    NamedPrice,
    NamedSplit,
    NothingScheduled,
    RulesCancelled,
    RulesChanged,
    RuleSet,
    RulesScheduled,
    ScheduledRules,
)
from taonet.pallets.subtensor.errors import (
    TooManyRegistrationsThisBlock,
    TooManyRegistrationsThisInterval,
)
from taonet.primitives.fixed_point import i96f32, u96f32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao
from taonet.runtime.genesis import localnet_genesis
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, FAST, Chain, call_of

BY_PRICE = RuleSet(NamedSplit.PLAIN_PRICE, NamedEpoch.YUMA3, NamedPrice.INTERVAL)
OF_GENESIS = RuleSet(NamedSplit.PRICE_BURN, NamedEpoch.SUBNET_CHOICE, NamedPrice.CONTINUOUS)
SUBNET = NetUid(1)


@pytest.fixture
def chain() -> Chain:
    return Chain()


def schedule(block: int, rules: RuleSet = BY_PRICE) -> Call:
    return call_of("Sudo", "sudo", call_of("RuleSets", "schedule", block, rules))


def account(number: int) -> AccountId:
    return AccountId(bytes([number]) * 32)


def test_the_index_is_beyond_those_of_the_real_chain() -> None:
    assert RULE_SETS_INDEX >= 200


def test_root_switches_rules_at_a_block(chain: Chain) -> None:
    assert chain.runtime.rule_sets.present == OF_GENESIS
    assert chain.send(ALICE, schedule(3)) is None
    assert RulesScheduled(block=3, rules=BY_PRICE) in chain.events()
    chain.block()
    assert chain.runtime.rule_sets.emission_split is EmissionSplit.PRICE_BURN
    chain.block()

    rules = chain.runtime.rule_sets
    assert rules.present == BY_PRICE
    assert rules.scheduled is None
    assert rules.emission_split is EmissionSplit.PLAIN_PRICE
    assert rules.epoch_variant is EpochVariant.YUMA3
    assert rules.registration_price is RegistrationPrice.INTERVAL
    changes = [d for d in chain.runtime.state.events if isinstance(d.event, RulesChanged)]
    assert [(d.event, d.extrinsic) for d in changes] == [(RulesChanged(rules=BY_PRICE), None)]
    chain.block()
    assert not any(isinstance(d.event, RulesChanged) for d in chain.runtime.state.events)


def test_a_change_can_be_replaced_and_cancelled(chain: Chain) -> None:
    chain.send(ALICE, schedule(9))
    other = replace(BY_PRICE, emission_split=NamedSplit.TAO_FLOW)
    chain.send(ALICE, schedule(8, other))
    assert chain.runtime.rule_sets.scheduled == ScheduledRules(8, other)
    chain.send(ALICE, call_of("Sudo", "sudo", call_of("RuleSets", "cancel")))
    assert RulesCancelled() in chain.events()
    for _ in range(6):
        chain.block()
    assert chain.runtime.rule_sets.present == OF_GENESIS


def test_only_root_and_only_for_a_block_to_come(chain: Chain) -> None:
    chain.block()
    call = call_of("RuleSets", "schedule", 1, BY_PRICE)
    refuses(chain.runtime, call, Root(), BlockNotInTheFuture)
    refuses(chain.runtime, call, Signed(ALICE.account), BadOrigin)
    cancel = call_of("RuleSets", "cancel")
    refuses(chain.runtime, cancel, Root(), NothingScheduled)
    refuses(chain.runtime, cancel, Signed(ALICE.account), BadOrigin)


def test_genesis_holds_the_choice() -> None:
    chosen = replace(
        FAST, emission_split=EmissionSplit.NET_FLOW, registration_price=RegistrationPrice.INTERVAL
    )
    chain = Chain(chosen)
    assert chain.runtime.rule_sets.present == RuleSet(
        NamedSplit.NET_FLOW, NamedEpoch.SUBNET_CHOICE, NamedPrice.INTERVAL
    )
    plain, other = localnet_genesis(FAST), localnet_genesis(chosen)
    key = type(chain.runtime.rule_sets).present.prefix
    assert plain[key] != other[key]


def test_every_choice_has_its_name_on_the_wire() -> None:
    for wire, config in (
        (NamedSplit, EmissionSplit),
        (NamedEpoch, EpochVariant),
        (NamedPrice, RegistrationPrice),
    ):
        assert [named.name for named in wire] == [choice.name for choice in config]


def test_emission_follows_the_rules_of_the_moment(chain: Chain) -> None:
    """A subnet that withholds all from its miners loses nothing under the plain price."""
    chain.begin()
    subtensor = chain.runtime.subtensor
    subtensor.networks.subtoken_enabled[SUBNET] = True
    subtensor.networks.first_emission_block_number[SUBNET] = 1
    subtensor.hyperparameters.subnet_emission_enabled[SUBNET] = True
    subtensor.pools.subnet_moving_price[SUBNET] = i96f32.from_int(1)
    chain.end()
    netuids = [SUBNET]
    shares = subtensor.coinbase._shares
    subnets = [subtensor.coinbase._subnet(SUBNET)] * 2
    subnets[1] = replace(subnets[0], miner_burned=u96f32.one)
    assert shares.of(netuids * 2, subnets)[1] == 0
    chain.runtime.rule_sets.present = BY_PRICE
    by_price = shares.of(netuids * 2, subnets)
    assert by_price[0] == by_price[1] > 0


def test_registration_follows_the_rules_of_the_moment(chain: Chain) -> None:
    chain.begin()
    runtime, subtensor = chain.runtime, chain.runtime.subtensor
    runtime.rule_sets.present = BY_PRICE
    subtensor.hyperparameters.target_registrations_per_interval[SUBNET] = 1
    subtensor.hyperparameters.adjustment_interval[SUBNET] = 7
    subtensor.hyperparameters.adjustment_alpha[SUBNET] = 0
    subtensor.hyperparameters.max_registrations_per_block[SUBNET] = 1
    subtensor.networks.subtoken_enabled[SUBNET] = True
    subtensor.registrations.burn[SUBNET] = Rao(10**9)
    chain.end()

    register = [call_of("SubtensorModule", "burned_register", SUBNET, account(n)) for n in range(5)]
    too_many = call_of("Utility", "batch_all", tuple(register[1:3]))
    outcome = chain.send(ALICE, too_many)
    assert isinstance(outcome, TooManyRegistrationsThisBlock)
    for call in register[1:4]:
        assert chain.send(ALICE, call) is None
    assert int(subtensor.registrations.burn[SUBNET]) == 10**9
    assert isinstance(chain.send(ALICE, register[4]), TooManyRegistrationsThisInterval)
    assert chain.send(ALICE, register[4]) is None
    # Three registrations did not move the price; the end of the interval did.
    assert int(subtensor.registrations.burn[SUBNET]) == 2 * 10**9


def test_epochs_follow_the_rules_of_the_moment(chain: Chain) -> None:
    subtensor = chain.runtime.subtensor
    index = next(iter(subtensor.mechanisms.indices(SUBNET)))
    runner = subtensor.epoch_runner
    hotkeys = runner.hotkeys(SUBNET)
    stakes = [subtensor.stake_weights.total(hotkey, SUBNET) for hotkey in hotkeys]
    assert not runner.load(SUBNET, index, 0, hotkeys, stakes).yuma3
    chain.runtime.rule_sets.present = BY_PRICE
    assert runner.load(SUBNET, index, 0, hotkeys, stakes).yuma3
