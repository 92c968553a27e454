"""
The end of a subnet: everyone is paid out, and nothing about it stays.

Source: subtensor pallets/subtensor/src/coinbase/root.rs `do_dissolve_network`, `remove_network`,
`get_network_to_prune` @ 14bc6f9.
"""

from collections.abc import Callable
from typing import Any, Protocol

from taonet.economy.moving_price import effective_moving_price
from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.errors import SubnetNotExists
from taonet.pallets.subtensor.events.networks import NetworkRemoved, SubnetIdentityRemoved
from taonet.pallets.subtensor.liquidation import Liquidation
from taonet.pallets.subtensor.mechanisms import Mechanisms
from taonet.pallets.subtensor.packed_vectors import pack_pairs, pairs
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid

_WEIGHT = Weight(119_000_000, 0) + database_weight(reads=6, writes=31)


class Clearable(Protocol):
    """A map that can drop the entries under a first key."""

    def clear(self, *first: Any) -> int:
        """How many were dropped."""


class Dissolution(Pallet, prefix="SubtensorModule"):
    """Dissolves subnets: by root, or to make room for a new one."""

    def __init__(
        self, storage: Storage, system: System, staking: Staking, mechanisms: Mechanisms
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._system = system
        self._staking = staking
        self._mechanisms = mechanisms
        self._liquidation = Liquidation(storage, staking)
        self.listeners: list[Callable[[NetUid], None]] = []
        """Told of a subnet that ends, before it is gone: other pallets keep things by subnet."""

    @call(index=61, weight=_WEIGHT)
    def dissolve_network(self, origin: Origin, _coldkey: AccountId, netuid: NetUid) -> None:
        """Remove a subnet and pay out its stakers. Root only."""
        ensure_root(origin)
        self.dissolve(netuid)

    @call(index=120, weight=_WEIGHT)
    def root_dissolve_network(self, origin: Origin, netuid: NetUid) -> None:
        """Remove a subnet and pay out its stakers. Root only."""
        ensure_root(origin)
        self.dissolve(netuid)

    def dissolve(self, netuid: NetUid) -> None:
        """Remove a subnet; raises `SubnetNotExists`, for the root too."""
        if netuid == ROOT or not self._staking.subnets.exists(netuid):
            raise SubnetNotExists
        self._staking.root.forget_subnet(netuid)
        self._liquidation.liquidate(netuid)
        self._staking.swap.clear_pool(netuid)
        for listener in self.listeners:
            listener(netuid)
        self._remove(netuid)
        self.deposit_event(NetworkRemoved(netuid))

    def candidate(self) -> NetUid | None:
        """
        The subnet that gives way to a new one: of the lowest moving price, then the oldest, among
        those that are not immune; None if all are.
        """
        immunity = self._storage.global_parameters.network_immunity_period
        registered = self._storage.networks.network_registered_at
        subnets = self._staking.subnets
        known = [netuid for netuid in subnets.without_root() if subnets.exists(netuid)]
        ranked = [
            (self._moving_price(netuid), registered[netuid], number)
            for number, netuid in enumerate(known)
            if self._system.number >= registered[netuid] + immunity
        ]
        return known[min(ranked)[2]] if ranked else None

    def _moving_price(self, netuid: NetUid) -> U64F64:
        stored = self._storage.pools.subnet_moving_price[netuid]
        return effective_moving_price(stored, dynamic=self._staking.subnets.is_dynamic(netuid))

    def _remove(self, netuid: NetUid) -> None:
        neurons, networks = self._storage.neurons, self._storage.networks
        hotkeys = [hotkey for _, hotkey in neurons.keys.under(netuid)]
        self._forget_root_weights(netuid)
        for index in self._mechanisms.indices(netuid):
            self._mechanisms.clear(index)
            self._storage.weights.crv3_weight_commits.clear(index)
            self._storage.weights.crv3_weight_commits_v2.clear(index)
        for hotkey in hotkeys:
            del neurons.is_network_member[hotkey, netuid]
        if netuid in networks.subnet_identities_v3:
            self.deposit_event(SubnetIdentityRemoved(netuid))
        self._forget_by_hotkey(netuid)
        self._forget_lease(netuid)
        for values in self._by_subnet():
            values.clear(netuid)
        networks.total_networks = max(networks.total_networks - 1, 0)

    def _forget_root_weights(self, netuid: NetUid) -> None:
        """Take the subnet out of weights that root validators once set."""
        weights = self._storage.weights.weights
        for key, row in list(weights.under(MechanismIndex(int(ROOT)))):
            kept = [
                (target, 0 if target == int(netuid) else weight) for target, weight in pairs(row)
            ]
            weights[key] = pack_pairs(kept)

    def _forget_by_hotkey(self, netuid: NetUid) -> None:
        """Drop entries whose first key is a hotkey."""
        children, stake = self._storage.children, self._storage.stake
        for values in (
            children.childkey_take,
            children.child_keys,
            children.parent_keys,
            self._storage.emission.last_hotkey_emission_on_netuid,
            stake.total_hotkey_alpha_last_epoch,
        ):
            for key in list(values.keys()):
                if key[1] == netuid:
                    del values[key]
        last = self._storage.rate_limits.transaction_key_last_block
        for operation in list(last.keys()):
            if operation[1] == netuid:
                del last[operation]

    def _forget_lease(self, netuid: NetUid) -> None:
        leases = self._storage.leases
        lease_id = leases.subnet_uid_to_lease_id[netuid]
        if lease_id is not None:
            del leases.subnet_uid_to_lease_id[netuid]
            del leases.subnet_leases[lease_id]
            leases.subnet_lease_shares.clear(lease_id)
            del leases.accumulated_lease_dividends[lease_id]

    def _by_subnet(self) -> tuple[Clearable, ...]:
        """What is kept under a subnet's number and ends with it."""
        return (*self._of_neurons(), *self._of_economy(), *self._of_parameters())

    def _of_neurons(self) -> tuple[Clearable, ...]:
        storage, scores = self._storage, self._storage.scores
        networks, neurons = storage.networks, storage.neurons
        return (
            networks.subnet_owner,
            networks.subnet_owner_hotkey,
            networks.subnetwork_n,
            networks.networks_added,
            networks.network_registered_at,
            networks.token_symbol,
            networks.subnet_mechanism,
            networks.subnet_locked,
            networks.largest_locked,
            networks.first_emission_block_number,
            networks.subtoken_enabled,
            networks.subnet_identities_v3,
            networks.mechanism_count_current,
            networks.mechanism_emission_split,
            neurons.uids,
            neurons.keys,
            neurons.block_at_registration,
            neurons.axons,
            neurons.neuron_certificates,
            neurons.prometheus,
            neurons.associated_evm_address,
            scores.active,
            scores.emission,
            scores.consensus,
            scores.dividends,
            scores.validator_permit,
            scores.validator_trust,
            scores.stake_weight,
            scores.loaded_emission,
            storage.children.pending_child_keys,
            storage.key_swaps.last_hotkey_swap_on_netuid,
        )

    def _of_economy(self) -> tuple[Clearable, ...]:
        storage, emission = self._storage, self._storage.emission
        epochs, flows, registrations = storage.epochs, storage.flows, storage.registrations
        return (
            emission.subnet_alpha_in_emission,
            emission.subnet_alpha_out_emission,
            emission.subnet_tao_in_emission,
            emission.subnet_excess_tao,
            emission.subnet_root_sell_tao,
            emission.pending_server_emission,
            emission.pending_validator_emission,
            emission.pending_root_alpha_divs,
            emission.pending_owner_cut,
            emission.miner_burned,
            emission.alpha_dividends_per_subnet,
            storage.pools.subnet_volume,
            storage.pools.subnet_moving_price,
            flows.subnet_tao_flow,
            flows.subnet_ema_tao_flow,
            flows.subnet_protocol_flow,
            flows.subnet_ema_protocol_flow,
            epochs.last_epoch_block,
            epochs.pending_epoch_at,
            epochs.subnet_epoch_index,
            epochs.blocks_since_last_step,
            epochs.last_mechansim_step_block,
            registrations.burn,
            registrations.difficulty,
            registrations.registrations_this_interval,
            registrations.pow_registrations_this_interval,
            registrations.burn_registrations_this_interval,
            registrations.registrations_this_block,
            registrations.last_adjustment_block,
            registrations.rao_recycled_for_registration,
        )

    def _of_parameters(self) -> tuple[Clearable, ...]:
        parameters = self._storage.hyperparameters
        return (
            parameters.tempo,
            parameters.kappa,
            parameters.rho,
            parameters.max_allowed_uids,
            parameters.immunity_period,
            parameters.activity_cutoff,
            parameters.activity_cutoff_factor_milli,
            parameters.min_allowed_weights,
            parameters.max_allowed_validators,
            parameters.network_registration_allowed,
            parameters.network_pow_registration_allowed,
            parameters.transfer_toggle,
            parameters.serving_rate_limit,
            parameters.alpha_sigmoid_steepness,
            parameters.bonds_moving_average,
            parameters.bonds_penalty,
            parameters.bonds_reset_on,
            parameters.weights_set_rate_limit,
            parameters.validator_prune_len,
            parameters.scaling_law_power,
            parameters.target_registrations_per_interval,
            parameters.commit_reveal_weights_enabled,
            parameters.reveal_period_epochs,
            parameters.burn_half_life,
            parameters.burn_increase_mult,
            parameters.min_burn,
            parameters.max_burn,
            parameters.min_difficulty,
            parameters.max_difficulty,
            parameters.ema_price_halving_blocks,
            parameters.max_registrations_per_block,
            parameters.weights_version_key,
            parameters.liquid_alpha_on,
            parameters.yuma3_on,
            parameters.alpha_values,
            parameters.owner_cut_auto_lock_enabled,
            parameters.immune_owner_uids_limit,
        )
