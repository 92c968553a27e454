"""
What a scenario file says: the rules, the subnets, and who acts in them.

Amounts are in TAO, times in blocks, qualities from 0 to 1.
"""

import enum
import tomllib
from dataclasses import dataclass
from pathlib import Path

from taonet.cli.simulate.toml_table import ScenarioError, TomlTable
from taonet.frame.config import (
    ClientProfile,
    EmissionSplit,
    EpochVariant,
    RegistrationPrice,
    Timing,
)

BLOCKS_MAX = 10_000_000
SUBNETS_MAX = 128
GROUPS_MAX = 64
NEURONS_MAX = 255
"""Of one subnet, without its owner's."""
TEMPO_MIN = 4
"""An epoch needs blocks to reveal, to commit and to trade in."""
TEMPO_MAX = 50_400
REVEAL_PERIOD_MAX = 100
TAO_MAX = 1_000_000.0
SLIPPAGE_MAX = 10.0
POOL_TAO_MIN = 1_000.0
"""The chain asks at least this for the first subnet."""


class Strategy(enum.Enum):
    """How a validator comes by its weights."""

    HONEST = "honest"
    LAZY = "lazy"
    COPIER = "copier"
    CABAL = "cabal"
    SELF_WEIGHTING = "self_weighting"


@dataclass(frozen=True)
class ValidatorGroup:
    """Validators of one kind. `noise` is the standard deviation of what one measures."""

    name: str
    count: int
    strategy: Strategy
    stake_tao: float
    noise: float
    cabal: str


@dataclass(frozen=True)
class MinerGroup:
    """
    Miners of one kind, their qualities at the start spread evenly over `quality`.

    `drift` is the standard deviation of what a quality moves by each epoch; `sells` the part of
    what a miner holds that it sells after each epoch.
    """

    name: str
    count: int
    quality: tuple[float, float]
    drift: float
    sells: float
    cabal: str


@dataclass(frozen=True)
class StakerGroup:
    """
    People who buy stake of the first validator, `buy_tao` each time, unless the price would end
    up more than `max_slippage` above the one they saw. What is `shielded` no trader sees coming.
    """

    name: str
    count: int
    buy_tao: float
    every: int
    max_slippage: float
    shielded: bool


@dataclass(frozen=True)
class TraderGroup:
    """Sandwich traders: buy before a purchase that they see, and sell after it."""

    name: str
    count: int
    capital_tao: float


@dataclass(frozen=True)
class SubnetPlan:
    """A subnet's parameters and who is in it."""

    name: str
    tempo: int
    yuma: int
    liquid_alpha: bool
    liquid_alpha_range: tuple[float, float]
    commit_reveal: bool
    reveal_period: int
    bonds_moving_average: float
    bonds_penalty: float
    kappa: float
    max_validators: int
    owner_cut: bool
    pool_tao: float
    validators: tuple[ValidatorGroup, ...]
    miners: tuple[MinerGroup, ...]
    stakers: tuple[StakerGroup, ...]
    traders: tuple[TraderGroup, ...]


@dataclass(frozen=True)
class Scenario:
    """A whole file."""

    name: str
    seed: int
    blocks: int
    rule_set: EmissionSplit
    epoch_variant: EpochVariant
    registration_price: RegistrationPrice
    client_profile: ClientProfile
    timing: Timing
    sample_every: int
    root_stake_tao: float
    subnets: tuple[SubnetPlan, ...]


def load_scenario(path: Path) -> Scenario:
    """Read a file; raises `ScenarioError`."""
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path} is not TOML: {error}") from error
    return read_scenario(TomlTable(fields))


def read_scenario(table: TomlTable) -> Scenario:
    """The scenario that a file's fields describe; raises `ScenarioError`."""
    blocks = table.whole("blocks", low=1, high=BLOCKS_MAX)
    subnets = table.tables("subnet", most=SUBNETS_MAX)
    if not subnets:
        raise table.refuse("subnet", "at least one [[subnet]] is needed")
    scenario = Scenario(
        name=table.text("name"),
        seed=table.whole("seed", 0, low=0, high=2**63 - 1),
        blocks=blocks,
        rule_set=table.choice("rule_set", EmissionSplit, EmissionSplit.PRICE_BURN),
        epoch_variant=table.choice("epoch_variant", EpochVariant, EpochVariant.SUBNET_CHOICE),
        registration_price=table.choice(
            "registration_price", RegistrationPrice, RegistrationPrice.CONTINUOUS
        ),
        client_profile=table.choice("client_profile", ClientProfile, ClientProfile.SDK11),
        timing=table.choice("timing", Timing, Timing.FAST),
        sample_every=table.whole("sample_every", max(blocks // 500, 1), low=1, high=BLOCKS_MAX),
        root_stake_tao=table.number("root_stake", 0.0, low=0.0, high=10 * TAO_MAX),
        subnets=tuple(_subnet(subnet) for subnet in subnets),
    )
    table.finish()
    _refuse_twins(table, [subnet.name for subnet in scenario.subnets])
    return scenario


def _subnet(table: TomlTable) -> SubnetPlan:
    plan = SubnetPlan(
        name=table.text("name"),
        tempo=table.whole("tempo", 36, low=TEMPO_MIN, high=TEMPO_MAX),
        yuma=table.whole("yuma", 3, low=2, high=3),
        liquid_alpha=table.flag("liquid_alpha", default=False),
        liquid_alpha_range=table.interval("liquid_alpha_range", (0.7, 0.9)),
        commit_reveal=table.flag("commit_reveal", default=False),
        reveal_period=table.whole("reveal_period", 1, low=1, high=REVEAL_PERIOD_MAX),
        bonds_moving_average=table.number("bonds_moving_average", 0.9, low=0.0, high=1.0),
        bonds_penalty=table.number("bonds_penalty", 1.0, low=0.0, high=1.0),
        kappa=table.number("kappa", 0.5, low=0.0, high=1.0),
        max_validators=table.whole("max_validators", 64, low=1, high=NEURONS_MAX + 1),
        owner_cut=table.flag("owner_cut", default=True),
        pool_tao=table.number("pool", POOL_TAO_MIN, low=POOL_TAO_MIN, high=TAO_MAX),
        validators=tuple(_validators(t) for t in table.tables("validator", most=GROUPS_MAX)),
        miners=tuple(_miners(t) for t in table.tables("miner", most=GROUPS_MAX)),
        stakers=tuple(_stakers(t) for t in table.tables("staker", most=GROUPS_MAX)),
        traders=tuple(_traders(t) for t in table.tables("trader", most=GROUPS_MAX)),
    )
    table.finish()
    neurons = sum(v.count for v in plan.validators) + sum(m.count for m in plan.miners)
    if neurons > NEURONS_MAX:
        raise ScenarioError(f"{table.place}: at most {NEURONS_MAX} neurons, not {neurons}")
    names = [group.name for group in plan.validators] + [group.name for group in plan.miners]
    names += [group.name for group in plan.stakers] + [group.name for group in plan.traders]
    _refuse_twins(table, names)
    return plan


def _refuse_twins(table: TomlTable, names: list[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise table.refuse("name", f"{twins[0]!r} is used twice")


def _count(table: TomlTable) -> int:
    return table.whole("count", 1, low=1, high=NEURONS_MAX)


def _validators(table: TomlTable) -> ValidatorGroup:
    strategy = table.choice("strategy", Strategy, Strategy.HONEST)
    group = ValidatorGroup(
        name=table.text("name"),
        count=_count(table),
        strategy=strategy,
        stake_tao=table.number("stake", low=0.1, high=TAO_MAX),
        noise=table.number("noise", 0.0, low=0.0, high=1.0),
        cabal=table.text("cabal", ""),
    )
    table.finish()
    if (strategy is Strategy.CABAL) != bool(group.cabal):
        raise table.refuse("cabal", "names the group of a cabal's validators, and of no others")
    return group


def _miners(table: TomlTable) -> MinerGroup:
    group = MinerGroup(
        name=table.text("name"),
        count=_count(table),
        quality=table.interval("quality", (0.5, 0.5)),
        drift=table.number("drift", 0.0, low=0.0, high=1.0),
        sells=table.number("sells", 0.0, low=0.0, high=1.0),
        cabal=table.text("cabal", ""),
    )
    table.finish()
    return group


def _stakers(table: TomlTable) -> StakerGroup:
    group = StakerGroup(
        name=table.text("name"),
        count=_count(table),
        buy_tao=table.number("buy", low=0.01, high=TAO_MAX),
        every=table.whole("every", 10, low=1, high=BLOCKS_MAX),
        max_slippage=table.number("max_slippage", SLIPPAGE_MAX, low=0.0, high=SLIPPAGE_MAX),
        shielded=table.flag("shielded", default=False),
    )
    table.finish()
    return group


def _traders(table: TomlTable) -> TraderGroup:
    group = TraderGroup(
        name=table.text("name"),
        count=_count(table),
        capital_tao=table.number("capital", low=0.1, high=TAO_MAX),
    )
    table.finish()
    return group
