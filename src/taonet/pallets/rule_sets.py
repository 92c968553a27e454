"""
The rules that change every few weeks, and their change at a block that root says.

Genesis writes which of the named rules hold. Root schedules others for a block to come; they hold
from that block's start on. A flow split that begins counts at once what flowed since such a split
last held: subnets' flows are gathered under every split.

The real chain changes its rules with its code and has no such pallet; its index is beyond those
that the real chain has given out.
"""

from typing import Final

from taonet.frame.config import EmissionSplit, EpochVariant, RegistrationPrice, RuntimeConfig
from taonet.frame.dispatch_error import ModuleError
from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Event, Pallet, call
from taonet.frame.storage import FromConfig, OptionValue, StorageValue
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.system import System
from taonet.scale.types import U32, CLike, Struct, c_like

RULE_SETS_INDEX: Final = 210


@c_like("taonet_rule_sets::EmissionSplit")
class NamedSplit(CLike):
    """By which rule a block's TAO is split among subnets."""

    PRICE_BURN = 0
    PLAIN_PRICE = 1
    TAO_FLOW = 2
    NET_FLOW = 3


@c_like("taonet_rule_sets::EpochVariant")
class NamedEpoch(CLike):
    """Which Yuma consensus epochs run."""

    SUBNET_CHOICE = 0
    YUMA2 = 1
    YUMA3 = 2


@c_like("taonet_rule_sets::RegistrationPrice")
class NamedPrice(CLike):
    """How the price of a registration moves."""

    CONTINUOUS = 0
    INTERVAL = 1


class RuleSet(Struct, path="taonet_rule_sets::RuleSet"):
    """One of each kind of rule."""

    emission_split: NamedSplit
    epoch_variant: NamedEpoch
    registration_price: NamedPrice


class ScheduledRules(Struct, path="taonet_rule_sets::ScheduledRules"):
    """The rules that hold from a block on."""

    block: U32
    rules: RuleSet


class RulesScheduled(Event, index=0):
    """Other rules will hold from a block on."""

    block: U32
    rules: RuleSet


class RulesCancelled(Event, index=1):
    """The rules will not change after all."""


class RulesChanged(Event, index=2):
    """Other rules hold from this block on."""

    rules: RuleSet


class BlockNotInTheFuture(ModuleError, index=0):
    """Rules change at a block to come: no later call of this block may meet others."""


class NothingScheduled(ModuleError, index=1):
    """No change of rules is scheduled."""


def rules_of(config: RuntimeConfig) -> RuleSet:
    """The rules that a chain begins with."""
    return RuleSet(
        NamedSplit[config.emission_split.name],
        NamedEpoch[config.epoch_variant.name],
        NamedPrice[config.registration_price.name],
    )


class RuleSets(Pallet, prefix="RuleSets"):
    """Keeps which rules hold; what they say is in `economy.rule_sets`."""

    events = (RulesScheduled, RulesCancelled, RulesChanged)
    errors = (BlockNotInTheFuture, NothingScheduled)

    present = StorageValue(RuleSet, default=FromConfig(rules_of), doc="The rules that hold.")
    scheduled = OptionValue(ScheduledRules, doc="The rules that are to hold, and from when on.")

    def __init__(self, system: System) -> None:
        super().__init__(system.state)
        self._system = system

    @property
    def emission_split(self) -> EmissionSplit:
        """By which rule TAO is split now."""
        return EmissionSplit[self.present.emission_split.name]

    @property
    def epoch_variant(self) -> EpochVariant:
        """Which consensus epochs run now."""
        return EpochVariant[self.present.epoch_variant.name]

    @property
    def registration_price(self) -> RegistrationPrice:
        """How prices of registrations move now."""
        return RegistrationPrice[self.present.registration_price.name]

    @call(index=0, weight=Weight(10_000_000, 0) + database_weight(reads=1, writes=1))
    def schedule(self, origin: Origin, block: U32, rules: RuleSet) -> None:
        """Let other rules hold from a block to come, instead of any scheduled ones. Root only."""
        ensure_root(origin)
        if block <= self._system.number:
            raise BlockNotInTheFuture
        self.scheduled = ScheduledRules(block, rules)
        self.deposit_event(RulesScheduled(block=block, rules=rules))

    @call(index=1, weight=Weight(10_000_000, 0) + database_weight(reads=1, writes=1))
    def cancel(self, origin: Origin) -> None:
        """Leave the rules as they are. Root only."""
        ensure_root(origin)
        if self.scheduled is None:
            raise NothingScheduled
        self.scheduled = None
        self.deposit_event(RulesCancelled())

    def on_initialize(self, number: int) -> Weight:
        """Change the rules if it is time."""
        due = self.scheduled
        if due is None or due.block > number:
            return database_weight(reads=1)
        self.present = due.rules
        self.scheduled = None
        self.deposit_event(RulesChanged(rules=due.rules))
        return database_weight(reads=1, writes=2)
