"""
What root alone sets for single subnets.

Source: subtensor pallets/admin-utils/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.origin import Origin
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.admin_utils.change import ParameterChange, ensure_not_root
from taonet.pallets.admin_utils.errors import (
    MaxValidatorsLargerThanMaxUIds,
    MinAllowedUidsGreaterThanCurrentUids,
    MinAllowedUidsGreaterThanMaxAllowedUids,
    POWRegistrationDisabled,
)
from taonet.pallets.admin_utils.events import SubnetEmissionEnabledSet
from taonet.pallets.subtensor.events.parameters import (
    AdjustmentIntervalSet,
    DifficultySet,
    KappaSet,
    MaxAllowedValidatorsSet,
    MaxRegistrationsPerBlockSet,
    MinAllowedUidsSet,
    MinDifficultySet,
    MinNonImmuneUidsSet,
    RAORecycledForRegistrationSet,
    RegistrationAllowed,
    RegistrationPerIntervalSet,
    WeightsSetRateLimitSet,
)
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.types import Flag
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import U16, U64


class SubnetParameters(Pallet, prefix="AdminUtils"):
    """Parameters of one subnet that its owner cannot set."""

    def __init__(self, subtensor: Subtensor) -> None:
        super().__init__(subtensor.state)
        self._storage = subtensor
        self._parameters = subtensor.hyperparameters
        self._change = ParameterChange(subtensor)
        self._epochs = subtensor.epoch_control

    @call(index=4, weight=Weight(34_554_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_min_difficulty(self, origin: Origin, netuid: NetUid, min_difficulty: U64) -> None:
        """Set the smallest difficulty of registration by work. Root only."""
        self._change.by_root(origin, netuid)
        self._parameters.min_difficulty[netuid] = min_difficulty
        self.deposit_event(MinDifficultySet(netuid, min_difficulty))

    @call(index=7, weight=Weight(16_420_000, 4084) + database_weight(reads=1, writes=1))
    def sudo_set_weights_set_rate_limit(
        self, origin: Origin, netuid: NetUid, weights_set_rate_limit: U64
    ) -> None:
        """Set the blocks between two sets of weights by one neuron. Root only."""
        self._change.by_root(origin, netuid, window=False)
        self._parameters.weights_set_rate_limit[netuid] = weights_set_rate_limit
        self.deposit_event(WeightsSetRateLimitSet(netuid, weights_set_rate_limit))

    @call(index=8, weight=Weight(16_320_000, 4084) + database_weight(reads=1, writes=1))
    def sudo_set_adjustment_interval(
        self, origin: Origin, netuid: NetUid, adjustment_interval: U16
    ) -> None:
        """Set the blocks of an interval in which registrations are counted. Root only."""
        self._change.by_root(origin, netuid, window=False)
        self._parameters.adjustment_interval[netuid] = adjustment_interval
        self.deposit_event(AdjustmentIntervalSet(netuid, adjustment_interval))

    @call(index=16, weight=Weight(16_301_000, 4084) + database_weight(reads=1, writes=1))
    def sudo_set_kappa(self, origin: Origin, netuid: NetUid, kappa: U16) -> None:
        """Set the share of stake that makes a majority, in parts of 65535. Root only."""
        self._change.by_root(origin, netuid, window=False)
        self._parameters.kappa[netuid] = kappa
        self.deposit_event(KappaSet(netuid, kappa))

    @call(index=19, weight=Weight(7_113_000, 0) + database_weight(writes=1))
    def sudo_set_network_registration_allowed(
        self, origin: Origin, netuid: NetUid, registration_allowed: Flag
    ) -> None:
        """Allow or disallow registration in a subnet. Root only."""
        self._change.by_root(origin, netuid, window=False, exists=False)
        self._parameters.network_registration_allowed[netuid] = registration_allowed
        self.deposit_event(RegistrationAllowed(netuid, registration_allowed))

    @call(index=20, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_network_pow_registration_allowed(
        self, _origin: Origin, _netuid: NetUid, _registration_allowed: Flag
    ) -> None:
        """Refused: registration by work has ended."""
        raise POWRegistrationDisabled

    @call(index=21, weight=Weight(34_103_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_target_registrations_per_interval(
        self, origin: Origin, netuid: NetUid, target_registrations_per_interval: U16
    ) -> None:
        """Set how many registrations an interval should have. Root only."""
        self._change.by_root(origin, netuid)
        self._parameters.target_registrations_per_interval[netuid] = (
            target_registrations_per_interval
        )
        self.deposit_event(RegistrationPerIntervalSet(netuid, target_registrations_per_interval))

    @call(index=24, weight=Weight(34_434_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_difficulty(self, origin: Origin, netuid: NetUid, difficulty: U64) -> None:
        """Set the difficulty of registration by work. Root only."""
        self._change.by_root(origin, netuid)
        self._storage.registrations.difficulty[netuid] = difficulty
        self.deposit_event(DifficultySet(netuid, difficulty))

    @call(index=25, weight=Weight(35_896_000, 4383) + database_weight(reads=6, writes=1))
    def sudo_set_max_allowed_validators(
        self, origin: Origin, netuid: NetUid, max_allowed_validators: U16
    ) -> None:
        """Set the largest number of validators, at most that of neurons. Root only."""
        self._change.by_root(origin, netuid)
        if max_allowed_validators > self._parameters.max_allowed_uids[netuid]:
            raise MaxValidatorsLargerThanMaxUIds
        self._parameters.max_allowed_validators[netuid] = max_allowed_validators
        self.deposit_event(MaxAllowedValidatorsSet(netuid, max_allowed_validators))

    @call(index=27, weight=Weight(34_604_000, 4383) + database_weight(reads=5, writes=1))
    def sudo_set_max_registrations_per_block(
        self, origin: Origin, netuid: NetUid, max_registrations_per_block: U16
    ) -> None:
        """Set how many registrations a block may have. Root only."""
        self._change.by_root(origin, netuid)
        self._parameters.max_registrations_per_block[netuid] = max_registrations_per_block
        self.deposit_event(MaxRegistrationsPerBlockSet(netuid, max_registrations_per_block))

    @call(index=30, weight=Weight(36_298_000, 4383) + database_weight(reads=5, writes=2))
    def sudo_set_tempo(self, origin: Origin, netuid: NetUid, tempo: U16) -> None:
        """Set the blocks between two epochs, of any number; a new cycle starts now. Root only."""
        self._change.by_root(origin, netuid)
        self._epochs.restart(netuid, tempo)

    @call(index=39, weight=Weight(16_541_000, 4084) + database_weight(reads=1, writes=1))
    def sudo_set_rao_recycled(self, origin: Origin, netuid: NetUid, rao_recycled: Rao) -> None:
        """Set the TAO that registrations in a subnet recycled. Root only."""
        self._change.by_root(origin, netuid, window=False)
        self._storage.registrations.rao_recycled_for_registration[netuid] = rao_recycled
        self.deposit_event(RAORecycledForRegistrationSet(netuid, rao_recycled))

    @call(index=79, weight=Weight(37_890_000, 4383) + database_weight(reads=7, writes=1))
    def sudo_set_min_allowed_uids(
        self, origin: Origin, netuid: NetUid, min_allowed_uids: U16
    ) -> None:
        """
        Set the smallest number that neurons may be limited to: below how many there are. Root
        only.
        """
        self._change.by_root(origin, netuid)
        if min_allowed_uids >= self._parameters.max_allowed_uids[netuid]:
            raise MinAllowedUidsGreaterThanMaxAllowedUids
        if min_allowed_uids >= self._storage.networks.subnetwork_n[netuid]:
            raise MinAllowedUidsGreaterThanCurrentUids
        self._parameters.min_allowed_uids[netuid] = min_allowed_uids
        self.deposit_event(MinAllowedUidsSet(netuid, min_allowed_uids))

    @call(index=84, weight=Weight(6_783_000, 0) + database_weight(writes=1))
    def sudo_set_min_non_immune_uids(self, origin: Origin, netuid: NetUid, min: U16) -> None:
        """
        Set how many neurons without immunity must be left before an immune one is replaced. Root
        only.
        """
        self._change.by_root(origin, netuid, window=False, exists=False)
        self._parameters.min_non_immune_uids[netuid] = min
        self.deposit_event(MinNonImmuneUidsSet(netuid, min))

    @call(index=65, weight=Weight(4_198_000, 0) + database_weight(writes=1))
    def sudo_set_ema_price_halving_period(
        self, origin: Origin, netuid: NetUid, ema_halving: U64
    ) -> None:
        """Set the blocks in which the moving price covers half the way to the price. Root only."""
        self._change.by_root(origin, netuid, window=False, exists=False)
        self._parameters.ema_price_halving_blocks[netuid] = ema_halving

    @call(index=66, weight=Weight(25_467_000, 4280) + database_weight(reads=4, writes=1))
    def sudo_set_subtoken_enabled(
        self, origin: Origin, netuid: NetUid, subtoken_enabled: Flag
    ) -> None:
        """Choose whether a subnet's token is traded. Root only."""
        self._change.by_root(origin, netuid, exists=False)
        self._storage.networks.subtoken_enabled[netuid] = subtoken_enabled

    @call(index=94, weight=Weight(16_351_000, 4084) + database_weight(reads=1, writes=1))
    def sudo_set_subnet_emission_enabled(
        self, origin: Origin, netuid: NetUid, enabled: Flag
    ) -> None:
        """Choose whether a subnet's pool receives emission. Root only."""
        self._change.by_root(origin, netuid, window=False)
        ensure_not_root(netuid)
        self._parameters.subnet_emission_enabled[netuid] = enabled
        self.deposit_event(SubnetEmissionEnabledSet(netuid, enabled))
