"""
Parameters that owners and root have set.

Source: names, indices and fields of subtensor pallets/subtensor/src/macros/events.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.frame.pallet import Event
from taonet.pallets.subtensor.types import I16
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import U8, U16, U32, U64, u64f64


class MaxAllowedUidsSet(Event, index=9):
    """The largest number of neurons of a subnet was set."""

    _0: NetUid
    _1: U16


class MaxWeightLimitSet(Event, index=10):
    """The largest weight was set; unused, since it is a constant."""

    _0: NetUid
    _1: U16


class DifficultySet(Event, index=11):
    """A subnet's registration difficulty was set."""

    _0: NetUid
    _1: U64


class AdjustmentIntervalSet(Event, index=12):
    """A subnet's adjustment interval was set."""

    _0: NetUid
    _1: U16


class RegistrationPerIntervalSet(Event, index=13):
    """A subnet's target of registrations an interval was set."""

    _0: NetUid
    _1: U16


class MaxRegistrationsPerBlockSet(Event, index=14):
    """A subnet's largest number of registrations a block was set."""

    _0: NetUid
    _1: U16


class ActivityCutoffSet(Event, index=15):
    """A subnet's activity cutoff was set."""

    _0: NetUid
    _1: U16


class RhoSet(Event, index=16):
    """A subnet's rho was set."""

    _0: NetUid
    _1: U16


class AlphaSigmoidSteepnessSet(Event, index=17):
    """The steepness of a subnet's liquid-alpha sigmoid was set."""

    _0: NetUid
    _1: I16


class KappaSet(Event, index=18):
    """A subnet's kappa was set."""

    _0: NetUid
    _1: U16


class MinAllowedWeightSet(Event, index=19):
    """A subnet's smallest number of weights was set."""

    _0: NetUid
    _1: U16


class ValidatorPruneLenSet(Event, index=20):
    """A subnet's validator prune length was set."""

    _0: NetUid
    _1: U64


class ScalingLawPowerSet(Event, index=21):
    """A subnet's scaling law power was set."""

    _0: NetUid
    _1: U16


class WeightsSetRateLimitSet(Event, index=22):
    """A subnet's rate limit on setting weights was set."""

    _0: NetUid
    _1: U64


class ImmunityPeriodSet(Event, index=23):
    """A subnet's immunity period was set."""

    _0: NetUid
    _1: U16


class BondsMovingAverageSet(Event, index=24):
    """A subnet's moving average of bonds was set."""

    _0: NetUid
    _1: U64


class BondsPenaltySet(Event, index=25):
    """A subnet's bonds penalty was set."""

    _0: NetUid
    _1: U16


class BondsResetOnSet(Event, index=26):
    """Whether a subnet resets bonds was set."""

    _0: NetUid
    _1: bool


class MaxAllowedValidatorsSet(Event, index=27):
    """A subnet's largest number of validators was set."""

    _0: NetUid
    _1: U16


class DefaultTakeSet(Event, index=31):
    """The default take was set."""

    _0: U16


class WeightsVersionKeySet(Event, index=32):
    """A subnet's weights version key was set."""

    _0: NetUid
    _1: U64


class MinDifficultySet(Event, index=33):
    """A subnet's smallest difficulty was set."""

    _0: NetUid
    _1: U64


class MaxDifficultySet(Event, index=34):
    """A subnet's largest difficulty was set."""

    _0: NetUid
    _1: U64


class ServingRateLimitSet(Event, index=35):
    """A subnet's serving rate limit was set."""

    _0: NetUid
    _1: U64


class BurnSet(Event, index=36):
    """A subnet's registration price was set."""

    _0: NetUid
    _1: Rao


class MaxBurnSet(Event, index=37):
    """A subnet's largest registration price was set."""

    _0: NetUid
    _1: Rao


class MinBurnSet(Event, index=38):
    """A subnet's smallest registration price was set."""

    _0: NetUid
    _1: Rao


class MaxEpochsPerBlockSet(Event, index=39):
    """The largest number of epochs a block was set."""

    _0: U8


class TxRateLimitSet(Event, index=40):
    """The transaction rate limit was set."""

    _0: U64


class TxDelegateTakeRateLimitSet(Event, index=41):
    """The rate limit on changing a delegate's take was set."""

    _0: U64


class TxChildKeyTakeRateLimitSet(Event, index=42):
    """The rate limit on changing a childkey take was set."""

    _0: U64


class AdminFreezeWindowSet(Event, index=43):
    """The number of blocks before an epoch without parameter changes was set."""

    _0: U16


class OwnerHyperparamRateLimitSet(Event, index=44):
    """The owners' rate limit on parameter changes was set, in epochs."""

    _0: U16


class MinChildKeyTakeSet(Event, index=45):
    """The smallest childkey take was set."""

    _0: U16


class MinChildKeyTakePerSubnetSet(Event, index=46):
    """A subnet's smallest childkey take was set."""

    _0: NetUid
    _1: U16


class MaxChildKeyTakeSet(Event, index=47):
    """The largest childkey take was set."""

    _0: U16


class RegistrationAllowed(Event, index=50):
    """Registration in a subnet was allowed or disallowed."""

    _0: NetUid
    _1: bool


class PowRegistrationAllowed(Event, index=51):
    """Registration by work in a subnet was allowed or disallowed."""

    _0: NetUid
    _1: bool


class TempoSet(Event, index=52):
    """A subnet's tempo was set."""

    _0: NetUid
    _1: U16


class RAORecycledForRegistrationSet(Event, index=53):
    """The TAO that a subnet recycled for registrations was set."""

    _0: NetUid
    _1: Rao


class StakeThresholdSet(Event, index=54):
    """The stake that setting weights needs was set."""

    _0: U64


class AdjustmentAlphaSet(Event, index=55):
    """A subnet's adjustment alpha was set."""

    _0: NetUid
    _1: U64


class SubnetOwnerCutSet(Event, index=57):
    """The subnet owners' share was set."""

    _0: U16


class NetworkRateLimitSet(Event, index=58):
    """The rate limit on creating subnets was set."""

    _0: U64


class NetworkImmunityPeriodSet(Event, index=59):
    """The immunity period of subnets was set."""

    _0: U64


class StartCallDelaySet(Event, index=60):
    """The delay before a subnet can be started was set."""

    _0: U64


class NetworkMinLockCostSet(Event, index=61):
    """The smallest price of a subnet was set."""

    _0: Rao


class SubnetLimitSet(Event, index=62):
    """The largest number of subnets was set."""

    _0: U16


class NetworkLockCostReductionIntervalSet(Event, index=63):
    """The time in which a subnet's price falls was set."""

    _0: U64


class MaxDelegateTakeSet(Event, index=67):
    """The largest delegate take was set."""

    _0: U16


class MinDelegateTakeSet(Event, index=68):
    """The smallest delegate take was set."""

    _0: U16


class ColdkeySwapAnnouncementDelaySet(Event, index=81):
    """The delay after the announcement of a coldkey swap was set."""

    _0: U32


class ColdkeySwapReannouncementDelaySet(Event, index=82):
    """The delay before a coldkey swap can be announced anew was set."""

    _0: U32


class DissolveNetworkScheduleDurationSet(Event, index=83):
    """The delay before a network is dissolved was set."""

    _0: U32


class TransferToggle(Event, index=93):
    """Transfers of a subnet's stake were allowed or disallowed."""

    _0: NetUid
    _1: bool


class CommitRevealPeriodsSet(Event, index=100):
    """A subnet's reveal period was set, in epochs."""

    _0: NetUid
    _1: U64


class CommitRevealEnabled(Event, index=101):
    """Commit-reveal was enabled or disabled in a subnet."""

    _0: NetUid
    _1: bool


class CommitRevealVersionSet(Event, index=106):
    """The version of commit-reveal was set."""

    _0: U16


class MinAllowedUidsSet(Event, index=111):
    """A subnet's smallest number of neurons was set."""

    _0: NetUid
    _1: U16


class MinNonImmuneUidsSet(Event, index=113):
    """A subnet's smallest number of neurons without immunity was set."""

    _0: NetUid
    _1: U16


class VotingPowerEmaAlphaSet(Event, index=119):
    """The smoothing factor of a subnet's voting power was set, in 10^-18."""

    netuid: NetUid
    alpha: U64


class BurnHalfLifeSet(Event, index=124):
    """The half-life of a subnet's registration price was set."""

    netuid: NetUid
    burn_half_life: U16


class BurnIncreaseMultSet(Event, index=125):
    """The factor by which a registration raises a subnet's price was set."""

    netuid: NetUid
    burn_increase_mult: Annotated[U64F64, u64f64]


class ActivityCutoffFactorMilliSet(Event, index=130):
    """A subnet's activity-cutoff factor was set, in thousandths of a tempo."""

    netuid: NetUid
    factor_milli: U32
