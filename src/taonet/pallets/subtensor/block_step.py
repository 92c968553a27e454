"""
The start of a block: registration prices, timelocked weights, emission, epochs, claims,
and a look for who stakes on root.

No subnet's arithmetic stops the chain: what a subnet does in a block is one transaction, undone
and reported if it fails.

Source: subtensor pallets/subtensor/src/macros/hooks.rs, coinbase/{block_step,run_coinbase}.rs
@ 14bc6f9.
"""

from collections.abc import Callable, Sequence
from typing import Final

from taonet.economy import yuma
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.pallet import Pallet
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.coinbase import ARITHMETIC_FAILURES, Coinbase, SubnetFailure, put
from taonet.pallets.subtensor.distribution import Distribution, PendingAlpha
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.events.networks import EpochDeferred, EpochSkipped
from taonet.pallets.subtensor.invariants import check_state
from taonet.pallets.subtensor.registration import Registration
from taonet.pallets.subtensor.root_claim_calls import RootClaimCalls
from taonet.pallets.subtensor.root_staker_walk import RootStakerWalk
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from taonet.primitives.fixed_point import saturate_u64
from taonet.primitives.units import ROOT, Alpha, NetUid

STEP_WEIGHT: Final = Weight(110_634_229_000, 0) + database_weight(reads=8304, writes=110)
"""What a step weighs on the real chain, whatever it does."""

Reveal = Callable[[NetUid], None]
"""Opens the timelocked weights of a subnet whose time has come."""


class BlockStep(Pallet, prefix="SubtensorModule"):
    """What SubtensorModule does before a block's transactions."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        coinbase: Coinbase,
        distribution: Distribution,
        schedule: EpochSchedule,
        registration: Registration,
        claims: RootClaimCalls,
        reveal: Reveal,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._system = system
        self._coinbase = coinbase
        self._distribution = distribution
        self._schedule = schedule
        self._registration = registration
        self._claims = claims
        self._root_stakers = RootStakerWalk(storage, coinbase.staking.root)
        self._reveal = reveal

    @property
    def failures(self) -> Sequence[SubnetFailure]:
        """The subnets whose part of the current block was undone."""
        return self._coinbase.failures

    def on_initialize(self, number: int) -> Weight:
        """The whole step, in the order of the real chain."""
        self._coinbase.failures.clear()
        networks = self._coinbase.staking.subnets.all()
        subnets = [netuid for netuid in networks if netuid != ROOT]
        self._forget_hotkey_swaps(networks, number)
        self._registration.begin_block()
        self._reveal_weights(subnets, number)
        self._storage.emission.subnet_root_sell_tao.clear()
        prices = self._coinbase.emit()
        self._run_epochs(subnets, number)
        self._coinbase.follow_prices(prices)
        for netuid in networks:
            if self._storage.epochs.last_epoch_block[netuid] == number:
                self._distribution.parentage.apply_pending(netuid)
        self._claims.claim_automatically(self._system.parent_hash)
        self._root_stakers.go_on()
        return STEP_WEIGHT

    def try_state(self) -> None:
        """The module's books agree with each other."""
        check_state(self._storage, self._coinbase.staking)

    def _forget_hotkey_swaps(self, networks: Sequence[NetUid], number: int) -> None:
        """Drop records of swaps that no longer limit anything, of some networks a block."""
        interval = self._storage.constants.hotkey_swap_on_subnet_interval
        swaps = self._storage.key_swaps.last_hotkey_swap_on_netuid
        due = [netuid for netuid in networks if int(netuid) % interval == number % interval]
        for netuid in due:
            for key, block in list(swaps.under(netuid)):
                if block + interval < number:
                    del swaps[key]

    def _reveal_weights(self, subnets: Sequence[NetUid], number: int) -> None:
        """Open timelocked weights; not of subnets whose epoch must wait for the next block."""
        sealed = self._storage.weights.timelocked_weight_commits.keys()
        if next(sealed, None) is None:
            return
        deferred = self._deferred(subnets, number)
        for netuid in subnets:
            if netuid in deferred:
                continue
            try:
                with self.state.transaction():
                    self._reveal(netuid)
            except DispatchError:
                # What cannot be opened stays as it is, as on the real chain.
                continue

    def _deferred(self, subnets: Sequence[NetUid], number: int) -> set[NetUid]:
        """The subnets whose epoch is due but does not fit into this block."""
        room = self._storage.global_parameters.max_epochs_per_block
        due = [netuid for netuid in subnets if self._schedule.is_due(netuid, number)]
        if len(due) <= room:
            return set()
        deferred: set[NetUid] = set()
        for netuid in due:
            if room <= 0:
                deferred.add(netuid)
            elif self._distribution.epochs.has_consistent_keys(netuid):
                room -= 1
        return deferred

    def _run_epochs(self, subnets: Sequence[NetUid], number: int) -> None:
        """Run the epochs that are due, as many as a block may run; put off the others."""
        epochs = self._storage.epochs
        room = self._storage.global_parameters.max_epochs_per_block
        run: list[NetUid] = []
        for netuid in subnets:
            waited = epochs.blocks_since_last_step[netuid]
            epochs.blocks_since_last_step[netuid] = saturate_u64(waited + 1)
            if not self._schedule.is_due(netuid, number):
                continue
            if room <= 0:
                epochs.pending_epoch_at[netuid] = number + 1
                self.deposit_event(
                    EpochDeferred(netuid=netuid, from_block=number, to_block=number + 1)
                )
                continue
            epochs.last_epoch_block[netuid] = number
            epochs.pending_epoch_at[netuid] = 0
            index = epochs.subnet_epoch_index[netuid]
            epochs.subnet_epoch_index[netuid] = saturate_u64(index + 1)
            if not self._distribution.epochs.has_consistent_keys(netuid):
                self.deposit_event(EpochSkipped(netuid=netuid, block=number))
                continue
            room -= 1
            run.append(netuid)
            self._change_owner(netuid)
        # All are chosen, with the events of that, before the first one pays.
        for netuid in run:
            self._run_epoch(netuid, number)

    def _change_owner(self, netuid: NetUid) -> None:
        try:
            with self.state.transaction():
                self._distribution.succession.change_owner_if_due(netuid)
        except ARITHMETIC_FAILURES as failure:
            self._coinbase.report(netuid, failure)

    def _run_epoch(self, netuid: NetUid, number: int) -> None:
        """Run a subnet's epoch; if it fails, what is pending waits for the next one."""
        epochs = self._storage.epochs
        try:
            with self.state.transaction():
                epochs.blocks_since_last_step[netuid] = 0
                self._distribution.distribute(netuid, self._drain(netuid))
                epochs.last_mechansim_step_block[netuid] = number
        except (*ARITHMETIC_FAILURES, yuma.EpochInputError) as failure:
            self._coinbase.report(netuid, failure)
            self.deposit_event(EpochSkipped(netuid=netuid, block=number))

    def _drain(self, netuid: NetUid) -> PendingAlpha:
        """What waits for a subnet's epoch, taken away."""
        emission = self._storage.emission
        pending = PendingAlpha(
            server=emission.pending_server_emission[netuid],
            validator=emission.pending_validator_emission[netuid],
            root=emission.pending_root_alpha_divs[netuid],
            owner_cut=emission.pending_owner_cut[netuid],
        )
        for waiting in (
            emission.pending_server_emission,
            emission.pending_validator_emission,
            emission.pending_root_alpha_divs,
            emission.pending_owner_cut,
        ):
            put(waiting, netuid, Alpha(0))
        return pending
