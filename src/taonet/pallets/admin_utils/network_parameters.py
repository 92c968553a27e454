"""
What root sets for the whole network.

Source: subtensor pallets/admin-utils/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Pallet, call
from taonet.frame.storage import StorageMap, blake2_128_concat
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.admin_utils.errors import Deprecated, InvalidValue, ValueNotInBounds
from taonet.pallets.admin_utils.events import PrecompileEnum, PrecompileUpdated
from taonet.pallets.subtensor.events.parameters import (
    AdminFreezeWindowSet,
    ColdkeySwapAnnouncementDelaySet,
    ColdkeySwapReannouncementDelaySet,
    CommitRevealVersionSet,
    DissolveNetworkScheduleDurationSet,
    MaxDelegateTakeSet,
    MaxEpochsPerBlockSet,
    MinDelegateTakeSet,
    NetworkImmunityPeriodSet,
    NetworkLockCostReductionIntervalSet,
    NetworkMinLockCostSet,
    NetworkRateLimitSet,
    OwnerHyperparamRateLimitSet,
    StakeThresholdSet,
    StartCallDelaySet,
    SubnetLimitSet,
    SubnetOwnerCutSet,
    TxDelegateTakeRateLimitSet,
    TxRateLimitSet,
)
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.types import Flag
from taonet.primitives.fixed_point import I64F64, I96F32, U64F64, u64f64
from taonet.primitives.units import MechId, Rao
from taonet.scale.types import U8, U16, U32, U64, boolean, i64f64, i96f32
from taonet.scale.types import u64f64 as fixed_u64f64

FLOW_EXPONENT_MAX: Final = 2

Factor = Annotated[U64F64, fixed_u64f64]
Flow = Annotated[I64F64, i64f64]
Rate = Annotated[I96F32, i96f32]


class NetworkParameters(Pallet, prefix="AdminUtils"):
    """Parameters of all subnets together."""

    precompile_enable = StorageMap(
        blake2_128_concat(PrecompileEnum),
        value=boolean,
        default=True,
        doc="Whether a precompile of the EVM is enabled.",
    )

    def __init__(self, subtensor: Subtensor) -> None:
        super().__init__(subtensor.state)
        self._storage = subtensor
        self._parameters = subtensor.global_parameters
        self._staking = subtensor.staking
        self._mechanisms = subtensor.mechanisms

    @call(index=1, weight=Weight(5_400_000, 0) + database_weight(writes=1))
    def sudo_set_default_take(self, origin: Origin, default_take: U16) -> None:
        """Set the largest take of delegates, in parts of 65535. Root only."""
        ensure_root(origin)
        self._storage.delegation.max_delegate_take = default_take
        self.deposit_event(MaxDelegateTakeSet(default_take))

    @call(index=2, weight=Weight(5_440_000, 0) + database_weight(writes=1))
    def sudo_set_tx_rate_limit(self, origin: Origin, tx_rate_limit: U64) -> None:
        """Set the blocks between two swaps of a hotkey. Root only."""
        ensure_root(origin)
        self._parameters.tx_rate_limit = tx_rate_limit
        self.deposit_event(TxRateLimitSet(tx_rate_limit))

    @call(index=28, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_subnet_owner_cut(self, origin: Origin, subnet_owner_cut: U16) -> None:
        """Set the owners' share of their subnets' emission, in parts of 65535. Root only."""
        ensure_root(origin)
        self._parameters.subnet_owner_cut = subnet_owner_cut
        self.deposit_event(SubnetOwnerCutSet(subnet_owner_cut))

    @call(index=29, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_network_rate_limit(self, origin: Origin, rate_limit: U64) -> None:
        """Set the blocks between two creations of subnets. Root only."""
        ensure_root(origin)
        self._parameters.network_rate_limit = rate_limit
        self.deposit_event(NetworkRateLimitSet(rate_limit))

    @call(index=33, weight=Weight(5_931_000, 0))
    def sudo_set_total_issuance(self, _origin: Origin, _total_issuance: Rao) -> None:
        """Refused: the sum of all TAO is not set by hand."""
        raise Deprecated

    @call(index=35, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_network_immunity_period(self, origin: Origin, immunity_period: U64) -> None:
        """Set the blocks for which a new subnet is not pruned. Root only."""
        ensure_root(origin)
        self._parameters.network_immunity_period = immunity_period
        self.deposit_event(NetworkImmunityPeriodSet(immunity_period))

    @call(index=36, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_network_min_lock_cost(self, origin: Origin, lock_cost: Rao) -> None:
        """Set the smallest price of a subnet. Root only."""
        ensure_root(origin)
        self._parameters.network_min_lock_cost = lock_cost
        self.deposit_event(NetworkMinLockCostSet(lock_cost))

    @call(index=37, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_subnet_limit(self, origin: Origin, max_subnets: U16) -> None:
        """Set the largest number of subnets. Root only."""
        ensure_root(origin)
        self._parameters.subnet_limit = max_subnets
        self.deposit_event(SubnetLimitSet(max_subnets))

    @call(index=38, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_lock_reduction_interval(self, origin: Origin, interval: U64) -> None:
        """Set the blocks in which the price of a subnet falls. Root only."""
        ensure_root(origin)
        self._parameters.network_lock_reduction_interval = interval
        self.deposit_event(NetworkLockCostReductionIntervalSet(interval))

    @call(index=42, weight=Weight(5_500_000, 0) + database_weight(writes=1))
    def sudo_set_stake_threshold(self, origin: Origin, min_stake: U64) -> None:
        """Set the stake that setting weights needs. Root only."""
        ensure_root(origin)
        self._parameters.stake_threshold = min_stake
        self.deposit_event(StakeThresholdSet(min_stake))

    @call(index=43, weight=Weight(30_697_000, 6890) + database_weight(reads=5, writes=1))
    def sudo_set_nominator_min_required_stake(self, origin: Origin, min_stake: U64) -> None:
        """
        Set the smallest stake of nominators, in millionths of the smallest stake; smaller ones
        are paid out. Root only.
        """
        ensure_root(origin)
        former = int(self._staking.nominator_minimum)
        self._parameters.nominator_min_required_stake = min_stake
        if min_stake > former:
            self._staking.clear_small_nominations()

    @call(index=45, weight=Weight(5_420_000, 0) + database_weight(writes=1))
    def sudo_set_tx_delegate_take_rate_limit(self, origin: Origin, tx_rate_limit: U64) -> None:
        """Set the blocks between two increases of a delegate's take. Root only."""
        ensure_root(origin)
        self._parameters.tx_delegate_take_rate_limit = tx_rate_limit
        self.deposit_event(TxDelegateTakeRateLimitSet(tx_rate_limit))

    @call(index=46, weight=Weight(5_490_000, 0) + database_weight(writes=1))
    def sudo_set_min_delegate_take(self, origin: Origin, take: U16) -> None:
        """Set the smallest take of delegates, in parts of 65535. Root only."""
        ensure_root(origin)
        self._storage.delegation.min_delegate_take = take
        self.deposit_event(MinDelegateTakeSet(take))

    @call(index=55, weight=Weight(5_591_000, 0) + database_weight(writes=1))
    def sudo_set_dissolve_network_schedule_duration(self, origin: Origin, duration: U32) -> None:
        """Set the blocks before a scheduled dissolution of a network. Root only."""
        ensure_root(origin)
        self._parameters.dissolve_network_schedule_duration = duration
        self.deposit_event(DissolveNetworkScheduleDurationSet(duration))

    @call(index=62, weight=Weight(6_162_000, 3507) + database_weight(reads=1))
    def sudo_toggle_evm_precompile(
        self, origin: Origin, precompile_id: PrecompileEnum, enabled: Flag
    ) -> None:
        """Enable or disable a precompile of the EVM. Root only."""
        ensure_root(origin)
        if self.precompile_enable[precompile_id] != enabled:
            self.precompile_enable[precompile_id] = enabled
            self.deposit_event(PrecompileUpdated(precompile_id, enabled))

    @call(index=63, weight=Weight(2_955_000, 0) + database_weight(writes=1))
    def sudo_set_subnet_moving_alpha(self, origin: Origin, alpha: Rate) -> None:
        """Set the rate at which moving prices follow prices. Root only."""
        ensure_root(origin)
        self._storage.pools.subnet_moving_alpha = alpha

    @call(index=71, weight=Weight(6_052_000, 0) + database_weight(writes=1))
    def sudo_set_commit_reveal_version(self, origin: Origin, version: U16) -> None:
        """Set the version of timelocked commits that is accepted. Root only."""
        ensure_root(origin)
        self._parameters.commit_reveal_weights_version = version
        self.deposit_event(CommitRevealVersionSet(version))

    @call(index=73, weight=Weight(15_650_000, 0) + database_weight(reads=1, writes=1))
    def sudo_set_ck_burn(self, origin: Origin, burn: U64) -> None:
        """Set the share of childkey takes that is burned, in parts of 2**64 - 1. Root only."""
        ensure_root(origin)
        self._parameters.ck_burn = burn

    @call(index=74, weight=Weight(5_450_000, 0) + database_weight(writes=1))
    def sudo_set_admin_freeze_window(self, origin: Origin, window: U16) -> None:
        """Set the blocks before an epoch in which parameters cannot change. Root only."""
        ensure_root(origin)
        self._parameters.admin_freeze_window = window
        self.deposit_event(AdminFreezeWindowSet(window))

    @call(index=75, weight=Weight(5_471_000, 0) + database_weight(writes=1))
    def sudo_set_owner_hparam_rate_limit(self, origin: Origin, epochs: U16) -> None:
        """Set the tempos between two changes of a parameter by an owner. Root only."""
        ensure_root(origin)
        self._parameters.owner_hyperparam_rate_limit = epochs
        self.deposit_event(OwnerHyperparamRateLimitSet(epochs))

    @call(index=81, weight=Weight(7_343_000, 0) + database_weight(writes=1))
    def sudo_set_tao_flow_cutoff(self, origin: Origin, flow_cutoff: Flow) -> None:
        """Set the flow below which a subnet has no share of the emission. Root only."""
        ensure_root(origin)
        self._storage.flows.tao_flow_cutoff = flow_cutoff

    @call(index=82, weight=Weight(7_343_000, 0) + database_weight(writes=1))
    def sudo_set_tao_flow_normalization_exponent(self, origin: Origin, exponent: Factor) -> None:
        """Set the power to which flows are raised: 1 to 2. Root only."""
        ensure_root(origin)
        if not u64f64.one <= exponent <= u64f64.from_int(FLOW_EXPONENT_MAX):
            raise InvalidValue
        self._storage.flows.flow_norm_exponent = exponent

    @call(index=83, weight=Weight(7_343_000, 0) + database_weight(writes=1))
    def sudo_set_tao_flow_smoothing_factor(self, origin: Origin, smoothing_factor: U64) -> None:
        """Set the weight of a new block in moving flows, in parts of 2**63 - 1. Root only."""
        ensure_root(origin)
        self._storage.flows.flow_ema_smoothing_factor = smoothing_factor

    @call(index=91, weight=Weight(7_343_000, 0) + database_weight(writes=1))
    def sudo_set_net_tao_flow_enabled(self, origin: Origin, enabled: Flag) -> None:
        """Choose whether shares follow stakers' flow less the protocol's. Root only."""
        ensure_root(origin)
        self._storage.flows.net_tao_flow_enabled = enabled

    @call(index=88, weight=Weight(15_000_000, 0) + database_weight(reads=1, writes=1))
    def sudo_set_max_mechanism_count(self, origin: Origin, max_mechanism_count: MechId) -> None:
        """Set the largest number of mechanisms of a subnet: 1 to 16. Root only."""
        ensure_root(origin)
        self._mechanisms.set_count_max(max_mechanism_count)

    @call(index=85, weight=Weight(14_000_000, 0) + database_weight(writes=1))
    def sudo_set_start_call_delay(self, origin: Origin, delay: U64) -> None:
        """Set the blocks before a new subnet can be started. Root only."""
        ensure_root(origin)
        self._parameters.start_call_delay = delay
        self.deposit_event(StartCallDelaySet(delay))

    @call(index=86, weight=Weight(5_370_000, 0) + database_weight(writes=1))
    def sudo_set_coldkey_swap_announcement_delay(self, origin: Origin, duration: U32) -> None:
        """Set the blocks from the announcement of a coldkey swap to the swap. Root only."""
        ensure_root(origin)
        self._storage.key_swaps.coldkey_swap_announcement_delay = duration
        self.deposit_event(ColdkeySwapAnnouncementDelaySet(duration))

    @call(index=87, weight=Weight(5_360_000, 0) + database_weight(writes=1))
    def sudo_set_coldkey_swap_reannouncement_delay(self, origin: Origin, duration: U32) -> None:
        """Set the blocks before a coldkey swap can be announced anew. Root only."""
        ensure_root(origin)
        self._storage.key_swaps.coldkey_swap_reannouncement_delay = duration
        self.deposit_event(ColdkeySwapReannouncementDelaySet(duration))

    @call(index=96, weight=Weight(5_530_000, 0) + database_weight(writes=1))
    def sudo_set_max_epochs_per_block(self, origin: Origin, max_epochs_per_block: U8) -> None:
        """Set how many epochs one block may run: 1 at least. Root only."""
        ensure_root(origin)
        if max_epochs_per_block < 1:
            raise ValueNotInBounds
        self._parameters.max_epochs_per_block = max_epochs_per_block
        self.deposit_event(MaxEpochsPerBlockSet(max_epochs_per_block))
