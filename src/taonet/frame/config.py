"""What a runtime is composed for: the few choices that its constants and defaults follow."""

import enum
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Timing(enum.Enum):
    """Which constants a runtime declares: the real chain's, or those of a fast local network."""

    REAL = "real"
    FAST = "fast"


class ClientProfile(enum.Enum):
    """
    Which generation of clients decides what no single answer serves: where guard errors surface,
    how the epoch schedule is computed, which old calls exist.
    """

    SDK11 = "sdk11"
    SDK10 = "sdk10"


class EmissionSplit(enum.Enum):
    """By which rule a block's TAO is split among subnets; `economy.rule_sets` has the rules."""

    PRICE_BURN = "price_burn"
    PLAIN_PRICE = "plain_price"
    TAO_FLOW = "tao_flow"
    NET_FLOW = "net_flow"


class EpochVariant(enum.Enum):
    """Which Yuma consensus epochs run; `economy.rule_sets` has the rules."""

    SUBNET_CHOICE = "subnet_choice"
    YUMA2 = "yuma2"
    YUMA3 = "yuma3"


class RegistrationPrice(enum.Enum):
    """How the price of a registration moves; `economy.rule_sets` has the rules."""

    CONTINUOUS = "continuous"
    INTERVAL = "interval"


@dataclass(frozen=True)
class RuntimeConfig:
    """
    Fixed at genesis; a change of it is another chain. The rules are those that genesis writes: root
    may switch them later.
    """

    timing: Timing = Timing.REAL
    client_profile: ClientProfile = ClientProfile.SDK11
    emission_split: EmissionSplit = EmissionSplit.PRICE_BURN
    epoch_variant: EpochVariant = EpochVariant.SUBNET_CHOICE
    registration_price: RegistrationPrice = RegistrationPrice.CONTINUOUS

    def pick(self, real: T, fast: T) -> T:
        """The real chain's value, or the one of fast local networks (`prod_or_fast`)."""
        return fast if self.timing is Timing.FAST else real
