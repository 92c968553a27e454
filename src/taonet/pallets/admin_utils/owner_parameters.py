"""
What owners, and root for them, set for their subnets: each parameter not too often, and not in the
last blocks before an epoch.

Source: subtensor pallets/admin-utils/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.origin import Origin
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import DispatchClass, Weight, database_weight
from taonet.pallets.admin_utils.change import ParameterChange, ensure_not_root
from taonet.pallets.admin_utils.errors import (
    BondsMovingAverageMaxReached,
    InvalidValue,
    MaxAllowedUidsGreaterThanDefaultMaxAllowedUids,
    MaxAllowedUIdsLessThanCurrentUIds,
    MaxAllowedUidsLessThanMinAllowedUids,
    NegativeSigmoidSteepness,
    ValueNotInBounds,
)
from taonet.pallets.admin_utils.events import (
    BondsResetToggled,
    BurnHalfLifeSet,
    BurnIncreaseMultSet,
    Yuma3EnableToggled,
)
from taonet.pallets.subtensor.errors import (
    ActivityCutoffTooLow,
    AlphaHighTooLow,
    AlphaLowOutOfRange,
    LiquidAlphaDisabled,
    RevealPeriodTooLarge,
    RevealPeriodTooSmall,
    SubnetNotExists,
    TxRateLimitExceeded,
)
from taonet.pallets.subtensor.errors import InvalidValue as InvalidParameter
from taonet.pallets.subtensor.events.parameters import (
    ActivityCutoffSet,
    AdjustmentAlphaSet,
    BondsMovingAverageSet,
    BondsPenaltySet,
    BondsResetOnSet,
    CommitRevealEnabled,
    CommitRevealPeriodsSet,
    ImmunityPeriodSet,
    MaxAllowedUidsSet,
    MaxBurnSet,
    MaxDifficultySet,
    MinAllowedWeightSet,
    MinBurnSet,
    MinChildKeyTakePerSubnetSet,
    ServingRateLimitSet,
    TransferToggle,
    WeightsVersionKeySet,
)
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.rate_limiter import Limited
from taonet.pallets.subtensor.types import I16, Flag, Hyperparameter, RecycleOrBurn
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import MechId, NetUid, Rao
from taonet.scale.types import U16, U64, option, u16, vec
from taonet.scale.types import u64f64 as fixed_u64f64

OWNERS_BONDS_AVERAGE_MAX: Final = 975_000
LIQUID_ALPHA_MIN: Final = 1_638
"""A fortieth, in parts of 65535."""

REVEAL_PERIOD_MIN: Final = 1
REVEAL_PERIOD_MAX: Final = 100
IMMUNE_OWNER_UIDS_MIN: Final = 1
IMMUNE_OWNER_UIDS_MAX: Final = 10
BURN_HALF_LIFE_MAX: Final = 36_100
BURN_INCREASE_MAX: Final = 3

Factor = Annotated[U64F64, fixed_u64f64]
Split = Annotated[tuple[int, ...] | None, option(vec(u16))]


class OwnerParameters(Pallet, prefix="AdminUtils"):
    """Parameters of one subnet, set by its owner or by root."""

    def __init__(self, subtensor: Subtensor) -> None:
        super().__init__(subtensor.state)
        self._storage = subtensor
        self._parameters = subtensor.hyperparameters
        self._change = ParameterChange(subtensor)
        self._mechanisms = subtensor.mechanisms
        self._trimming = subtensor.trimming
        self._limiter = subtensor.limiter
        self._creation = subtensor.subnet_creation

    @call(index=3, weight=Weight(28_633_000, 4212) + database_weight(reads=4, writes=1))
    def sudo_set_serving_rate_limit(
        self, origin: Origin, netuid: NetUid, serving_rate_limit: U64
    ) -> None:
        """Set the blocks between two announcements of a neuron's endpoint."""
        with self._change.by_owner(origin, netuid, Hyperparameter.SERVING_RATE_LIMIT, exists=False):
            self._parameters.serving_rate_limit[netuid] = serving_rate_limit
        self.deposit_event(ServingRateLimitSet(netuid, serving_rate_limit))

    @call(index=5, weight=Weight(34_704_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_max_difficulty(self, origin: Origin, netuid: NetUid, max_difficulty: U64) -> None:
        """Set the largest difficulty of registration by work."""
        with self._change.by_owner(origin, netuid, Hyperparameter.MAX_DIFFICULTY):
            self._parameters.max_difficulty[netuid] = max_difficulty
        self.deposit_event(MaxDifficultySet(netuid, max_difficulty))

    @call(index=6, weight=Weight(34_204_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_weights_version_key(
        self, origin: Origin, netuid: NetUid, weights_version_key: U64
    ) -> None:
        """Set the smallest version key that weights may carry."""
        with self._change.by_owner(origin, netuid, Limited.SET_WEIGHTS_VERSION_KEY):
            self._parameters.weights_version_key[netuid] = weights_version_key
        self.deposit_event(WeightsVersionKeySet(netuid, weights_version_key))

    @call(index=9, weight=Weight(14_000_000, 0) + database_weight(reads=1, writes=1))
    def sudo_set_adjustment_alpha(
        self, origin: Origin, netuid: NetUid, adjustment_alpha: U64
    ) -> None:
        """Set the weight of the previous value in adjustments, in parts of 2**64 - 1."""
        with self._change.by_owner(origin, netuid, Hyperparameter.ADJUSTMENT_ALPHA):
            self._parameters.adjustment_alpha[netuid] = adjustment_alpha
        self.deposit_event(AdjustmentAlphaSet(netuid, adjustment_alpha))

    @call(index=13, weight=Weight(34_414_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_immunity_period(
        self, origin: Origin, netuid: NetUid, immunity_period: U16
    ) -> None:
        """Set the blocks for which a new neuron is not replaced."""
        with self._change.by_owner(origin, netuid, Hyperparameter.IMMUNITY_PERIOD):
            self._parameters.immunity_period[netuid] = immunity_period
        self.deposit_event(ImmunityPeriodSet(netuid, immunity_period))

    @call(index=14, weight=Weight(34_664_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_min_allowed_weights(
        self, origin: Origin, netuid: NetUid, min_allowed_weights: U16
    ) -> None:
        """Set the smallest number of weights a validator may set."""
        with self._change.by_owner(origin, netuid, Hyperparameter.MIN_ALLOWED_WEIGHTS):
            self._parameters.min_allowed_weights[netuid] = min_allowed_weights
        self.deposit_event(MinAllowedWeightSet(netuid, min_allowed_weights))

    @call(index=15, weight=Weight(43_381_000, 4433) + database_weight(reads=8, writes=1))
    def sudo_set_max_allowed_uids(
        self, origin: Origin, netuid: NetUid, max_allowed_uids: U16
    ) -> None:
        """Set the largest number of neurons."""
        with self._change.by_owner(origin, netuid, Hyperparameter.MAX_ALLOWED_UIDS):
            self._ensure_uids_limit(netuid, max_allowed_uids)
            self._parameters.max_allowed_uids[netuid] = max_allowed_uids
        self.deposit_event(MaxAllowedUidsSet(netuid, max_allowed_uids))

    @call(index=17, weight=Weight(31_268_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_rho(self, origin: Origin, netuid: NetUid, rho: U16) -> None:
        """Set the steepness of the trust sigmoid; the present epoch does not use it."""
        with self._change.by_owner(origin, netuid, Hyperparameter.RHO):
            self._parameters.rho[netuid] = rho

    @call(index=18, weight=Weight(35_165_000, 4383) + database_weight(reads=6, writes=1))
    def sudo_set_activity_cutoff(
        self, origin: Origin, netuid: NetUid, activity_cutoff: U16
    ) -> None:
        """
        Set the blocks without weights after which a validator counted as inactive; replaced by
        set_activity_cutoff_factor.
        """
        with self._change.by_owner(origin, netuid, Hyperparameter.ACTIVITY_CUTOFF):
            if activity_cutoff < self._storage.global_parameters.min_activity_cutoff:
                raise ActivityCutoffTooLow
            self._parameters.activity_cutoff[netuid] = activity_cutoff
        self.deposit_event(ActivityCutoffSet(netuid, activity_cutoff))

    @call(index=22, weight=Weight(37_780_000, 4385) + database_weight(reads=6, writes=1))
    def sudo_set_min_burn(self, origin: Origin, netuid: NetUid, min_burn: Rao) -> None:
        """Set the smallest registration price: below 1 TAO and below the largest one."""
        with self._change.by_owner(origin, netuid, Hyperparameter.MIN_BURN):
            highest = self._storage.constants.min_burn_upper_bound
            if min_burn >= min(highest, self._parameters.max_burn[netuid]):
                raise ValueNotInBounds
            self._parameters.min_burn[netuid] = min_burn
        self.deposit_event(MinBurnSet(netuid, min_burn))

    @call(index=23, weight=Weight(36_949_000, 4410) + database_weight(reads=6, writes=1))
    def sudo_set_max_burn(self, origin: Origin, netuid: NetUid, max_burn: Rao) -> None:
        """Set the largest registration price: above 0.1 TAO and above the smallest one."""
        with self._change.by_owner(origin, netuid, Hyperparameter.MAX_BURN):
            lowest = self._storage.constants.max_burn_lower_bound
            if max_burn <= max(lowest, self._parameters.min_burn[netuid]):
                raise ValueNotInBounds
            self._parameters.max_burn[netuid] = max_burn
        self.deposit_event(MaxBurnSet(netuid, max_burn))

    @call(index=26, weight=Weight(34_495_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_bonds_moving_average(
        self, origin: Origin, netuid: NetUid, bonds_moving_average: U64
    ) -> None:
        """Set the weight of the previous bonds, in millionths; owners at most 975000."""
        operation = Hyperparameter.BONDS_MOVING_AVERAGE
        with self._change.by_owner(origin, netuid, operation) as owner:
            if owner is not None and bonds_moving_average > OWNERS_BONDS_AVERAGE_MAX:
                raise BondsMovingAverageMaxReached
            self._parameters.bonds_moving_average[netuid] = bonds_moving_average
        self.deposit_event(BondsMovingAverageSet(netuid, bonds_moving_average))

    @call(index=60, weight=Weight(34_354_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_bonds_penalty(self, origin: Origin, netuid: NetUid, bonds_penalty: U16) -> None:
        """Set how much weights out of consensus lose in bonds, in parts of 65535."""
        with self._change.by_owner(origin, netuid, Hyperparameter.BONDS_PENALTY):
            self._parameters.bonds_penalty[netuid] = bonds_penalty
        self.deposit_event(BondsPenaltySet(netuid, bonds_penalty))

    @call(index=93, weight=Weight(38_100_000, 4419) + database_weight(reads=7, writes=1))
    def sudo_set_min_childkey_take_per_subnet(
        self, origin: Origin, netuid: NetUid, take: U16
    ) -> None:
        """Set the smallest childkey take in the subnet, in parts of 65535."""
        with self._change.by_owner(origin, netuid, Hyperparameter.MIN_CHILDKEY_TAKE):
            family = self._storage.children
            if not family.min_childkey_take <= take <= family.max_childkey_take:
                raise InvalidValue
            self._parameters.min_childkey_take_per_subnet[netuid] = take
        self.deposit_event(MinChildKeyTakePerSubnetSet(netuid, take))

    @call(index=49, weight=Weight(34_544_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_commit_reveal_weights_enabled(
        self, origin: Origin, netuid: NetUid, enabled: Flag
    ) -> None:
        """Choose whether weights must be committed before they are revealed."""
        with self._change.by_owner(origin, netuid, Hyperparameter.COMMIT_REVEAL_ENABLED):
            self._parameters.commit_reveal_weights_enabled[netuid] = enabled
        self.deposit_event(CommitRevealEnabled(netuid, enabled))

    @call(index=50, weight=Weight(25_538_000, 4280) + database_weight(reads=4, writes=1))
    def sudo_set_liquid_alpha_enabled(self, origin: Origin, netuid: NetUid, enabled: Flag) -> None:
        """Choose whether bonds move at a rate that follows consensus."""
        with self._change.by_owner(
            origin, netuid, Hyperparameter.LIQUID_ALPHA_ENABLED, exists=False
        ):
            self._parameters.liquid_alpha_on[netuid] = enabled

    @call(index=51, weight=Weight(34_224_000, 4427) + database_weight(reads=5, writes=1))
    def sudo_set_alpha_values(
        self, origin: Origin, netuid: NetUid, alpha_low: U16, alpha_high: U16
    ) -> None:
        """Set the lowest and the highest rate of liquid alpha, in parts of 65535: 1638 at least."""
        with self._change.by_owner(origin, netuid, Hyperparameter.ALPHA_VALUES, exists=False):
            if not self._parameters.liquid_alpha_on[netuid]:
                raise LiquidAlphaDisabled
            if alpha_high < LIQUID_ALPHA_MIN:
                raise AlphaHighTooLow
            if not LIQUID_ALPHA_MIN <= alpha_low <= alpha_high:
                raise AlphaLowOutOfRange
            self._parameters.alpha_values[netuid] = (alpha_low, alpha_high)

    @call(index=57, weight=Weight(34_654_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_commit_reveal_weights_interval(
        self, origin: Origin, netuid: NetUid, interval: U64
    ) -> None:
        """Set the epochs from a commit to its reveal: 1 to 100."""
        with self._change.by_owner(origin, netuid, Hyperparameter.WEIGHT_COMMIT_INTERVAL):
            if interval > REVEAL_PERIOD_MAX:
                raise RevealPeriodTooLarge
            if interval < REVEAL_PERIOD_MIN:
                raise RevealPeriodTooSmall
            self._parameters.reveal_period_epochs[netuid] = interval
        self.deposit_event(CommitRevealPeriodsSet(netuid, interval))

    @call(index=61, weight=Weight(28_343_000, 4280) + database_weight(reads=4, writes=1))
    def sudo_set_toggle_transfer(self, origin: Origin, netuid: NetUid, toggle: Flag) -> None:
        """Choose whether stake may be transferred to other coldkeys."""
        with self._change.by_owner(origin, netuid, Hyperparameter.TRANSFER_ENABLED, exists=False):
            self._parameters.transfer_toggle[netuid] = toggle
        self.deposit_event(TransferToggle(netuid, toggle))

    @call(index=80, weight=Weight(20_000_000, 0) + database_weight(reads=2, writes=2))
    def sudo_set_recycle_or_burn(
        self, origin: Origin, netuid: NetUid, recycle_or_burn: RecycleOrBurn
    ) -> None:
        """Choose what becomes of miner emission that the owner's neurons would earn."""
        with self._change.by_owner(origin, netuid, Hyperparameter.RECYCLE_OR_BURN, exists=False):
            self._parameters.recycle_or_burn[netuid] = recycle_or_burn

    @call(index=64, weight=Weight(3_918_000, 0) + database_weight(writes=1))
    def sudo_set_subnet_owner_hotkey(
        self, origin: Origin, netuid: NetUid, hotkey: AccountId
    ) -> None:
        """Choose the hotkey of the subnet's owner, once a week at most."""
        self._set_owner_hotkey(origin, netuid, hotkey)

    @call(index=67, weight=Weight(25_687_000, 4177) + database_weight(reads=2, writes=2))
    def sudo_set_sn_owner_hotkey(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        """Choose the hotkey of the subnet's owner, once a week at most."""
        self._set_owner_hotkey(origin, netuid, hotkey)

    @call(index=68, weight=Weight(31_438_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_alpha_sigmoid_steepness(
        self, origin: Origin, netuid: NetUid, steepness: I16
    ) -> None:
        """Set the steepness of the liquid-alpha sigmoid, in thousandths; owners not below 0."""
        operation = Hyperparameter.ALPHA_SIGMOID_STEEPNESS
        with self._change.by_owner(origin, netuid, operation) as owner:
            if owner is not None and steepness < 0:
                raise NegativeSigmoidSteepness
            self._parameters.alpha_sigmoid_steepness[netuid] = steepness

    @call(index=69, weight=Weight(28_583_000, 4280) + database_weight(reads=4, writes=1))
    def sudo_set_yuma3_enabled(self, origin: Origin, netuid: NetUid, enabled: Flag) -> None:
        """Choose whether the third version of Yuma is in force."""
        with self._change.by_owner(origin, netuid, Hyperparameter.YUMA3_ENABLED, exists=False):
            self._parameters.yuma3_on[netuid] = enabled
        self.deposit_event(Yuma3EnableToggled(netuid, enabled))

    @call(index=70, weight=Weight(30_507_000, 4280) + database_weight(reads=4, writes=1))
    def sudo_set_bonds_reset_enabled(self, origin: Origin, netuid: NetUid, enabled: Flag) -> None:
        """Choose whether a neuron's bonds are reset when it commits so."""
        with self._change.by_owner(
            origin, netuid, Hyperparameter.BONDS_RESET_ENABLED, exists=False
        ):
            self._parameters.bonds_reset_on[netuid] = enabled
        self.deposit_event(BondsResetOnSet(netuid, enabled))
        self.deposit_event(BondsResetToggled(netuid, enabled))

    @call(index=72, weight=Weight(25_107_000, 4280) + database_weight(reads=4, writes=1))
    def sudo_set_owner_immune_neuron_limit(
        self, origin: Origin, netuid: NetUid, immune_neurons: U16
    ) -> None:
        """Set how many of the owner's neurons are never replaced: 1 to 10."""
        with self._change.by_owner(
            origin, netuid, Hyperparameter.IMMUNE_NEURON_LIMIT, exists=False
        ):
            if not IMMUNE_OWNER_UIDS_MIN <= immune_neurons <= IMMUNE_OWNER_UIDS_MAX:
                raise InvalidParameter
            self._parameters.immune_owner_uids_limit[netuid] = immune_neurons

    @call(index=76, weight=Weight(15_000_000, 0) + database_weight(reads=1, writes=1))
    def sudo_set_mechanism_count(
        self, origin: Origin, netuid: NetUid, mechanism_count: MechId
    ) -> None:
        """Set how many mechanisms the subnet has; those beyond lose their weights."""
        operation = Limited.MECHANISM_COUNT_UPDATE
        with self._change.by_owner(origin, netuid, operation, exists=False):
            self._mechanisms.set_count(netuid, mechanism_count)

    @call(index=77, weight=Weight(15_000_000, 0) + database_weight(reads=1, writes=1))
    def sudo_set_mechanism_emission_split(
        self, origin: Origin, netuid: NetUid, maybe_split: Split
    ) -> None:
        """
        Share the miners' emission among mechanisms, in parts that add up to 65535; none shares
        evenly.
        """
        with self._change.by_owner(origin, netuid, Limited.MECHANISM_EMISSION, exists=False):
            self._mechanisms.set_split(netuid, maybe_split)

    @call(index=78, weight=Weight(38_302_000, 4398) + database_weight(reads=8, writes=1))
    def sudo_trim_to_max_allowed_uids(self, origin: Origin, netuid: NetUid, max_n: U16) -> None:
        """Limit the subnet to `max_n` neurons; those of least emission go, the immune ones stay."""
        with self._change.by_owner(origin, netuid, Limited.MAX_UIDS_TRIMMING, exists=False):
            self._trimming.trim(netuid, max_n)

    @call(
        index=89,
        weight=Weight(25_000_000, 0) + database_weight(reads=4, writes=1),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def sudo_set_burn_half_life(self, origin: Origin, netuid: NetUid, burn_half_life: U16) -> None:
        """Set the blocks in which the registration price falls by half: 1 to 36100."""
        with self._change.by_owner(origin, netuid, Hyperparameter.BURN_HALF_LIFE):
            ensure_not_root(netuid)
            if not 0 < burn_half_life <= BURN_HALF_LIFE_MAX:
                raise InvalidValue
            self._parameters.burn_half_life[netuid] = burn_half_life
        self.deposit_event(BurnHalfLifeSet(netuid, burn_half_life))

    @call(
        index=90,
        weight=Weight(25_000_000, 0) + database_weight(reads=4, writes=1),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def sudo_set_burn_increase_mult(
        self, origin: Origin, netuid: NetUid, burn_increase_mult: Factor
    ) -> None:
        """Set the factor by which a registration raises the price: 1 to 3."""
        with self._change.by_owner(origin, netuid, Hyperparameter.BURN_INCREASE_MULT):
            ensure_not_root(netuid)
            if not u64f64.one <= burn_increase_mult <= u64f64.from_int(BURN_INCREASE_MAX):
                raise InvalidValue
            self._parameters.burn_increase_mult[netuid] = burn_increase_mult
        self.deposit_event(BurnIncreaseMultSet(netuid, burn_increase_mult))

    @call(
        index=92,
        weight=Weight(25_000_000, 0) + database_weight(reads=4, writes=1),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def sudo_set_owner_cut_enabled(self, origin: Origin, netuid: NetUid, enabled: Flag) -> None:
        """Choose whether the owner receives a share of the emission."""
        self._change.ensure_owner_or_root(origin, netuid)
        ensure_not_root(netuid)
        self._parameters.owner_cut_enabled[netuid] = enabled

    @call(
        index=95,
        weight=Weight(25_000_000, 0) + database_weight(reads=4, writes=1),
        dispatch_class=DispatchClass.OPERATIONAL,
    )
    def sudo_set_owner_cut_auto_lock_enabled(
        self, origin: Origin, netuid: NetUid, enabled: Flag
    ) -> None:
        """Choose whether the owner's share is locked as it comes."""
        self._change.ensure_owner_or_root(origin, netuid)
        ensure_not_root(netuid)
        self._parameters.owner_cut_auto_lock_enabled[netuid] = enabled

    def _ensure_uids_limit(self, netuid: NetUid, limit: int) -> None:
        if limit < self._parameters.min_allowed_uids[netuid]:
            raise MaxAllowedUidsLessThanMinAllowedUids
        networks = self._storage.networks
        if limit < networks.subnetwork_n[netuid]:
            raise MaxAllowedUIdsLessThanCurrentUIds
        if limit > self._storage.constants.initial_max_allowed_uids:
            raise MaxAllowedUidsGreaterThanDefaultMaxAllowedUids
        self._mechanisms.ensure_room(limit, networks.mechanism_count_current[netuid])

    def _set_owner_hotkey(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        self._storage.permissions.ensure_owner_or_root(origin, netuid)
        if not self._storage.networks.networks_added[netuid]:
            raise SubnetNotExists
        if not self._limiter.passes(Limited.SET_OWNER_HOTKEY, hotkey, netuid):
            raise TxRateLimitExceeded
        self._limiter.record(Limited.SET_OWNER_HOTKEY, hotkey, netuid)
        self._creation.set_owner_hotkey(netuid, hotkey)
