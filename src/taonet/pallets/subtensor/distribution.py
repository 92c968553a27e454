"""
What becomes of a subnet's pending alpha at its epoch: owner, miners, validators with their parents
and nominators, root stakers.

Source: subtensor pallets/subtensor/src/coinbase/run_coinbase.rs `distribute_emission` @ 14bc6f9.
"""

from dataclasses import dataclass

from taonet.economy.dividends import (
    Child,
    Dividends,
    HotkeyEmission,
    Parent,
    Stake,
    divide,
    dividends_of,
    incentive_payouts,
    incentives_of,
    share_with_parents,
    split_takes,
    validator_alpha,
)
from taonet.frame.state import State
from taonet.pallets.subtensor.epoch import EpochRunner
from taonet.pallets.subtensor.events.stake import AutoStakeAdded
from taonet.pallets.subtensor.lease_dividends import LeaseDividends
from taonet.pallets.subtensor.parentage import Parentage
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.stake_weights import StakeWeights
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.succession import Succession
from taonet.pallets.subtensor.types import RecycleOrBurn
from taonet.primitives.fixed_point import U64_MAX, saturate_u64, u96f32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid


@dataclass(frozen=True, slots=True)
class PendingAlpha:
    """What waited for a subnet's epoch."""

    server: Alpha
    validator: Alpha
    root: Alpha
    owner_cut: Alpha

    @property
    def without_owner_cut(self) -> Alpha:
        """What the epoch divides."""
        return Alpha(saturate_u64(int(self.server) + int(self.validator) + int(self.root)))


class Distribution:
    """Runs a subnet's epoch and pays by it."""

    def __init__(
        self,
        storage: Storage,
        staking: Staking,
        epochs: EpochRunner,
        weights: StakeWeights,
        parentage: Parentage,
        leases: LeaseDividends,
        succession: Succession,
    ) -> None:
        self._state: State = storage.state
        self._storage = storage
        self._staking = staking
        self.epochs = epochs
        self._weights = weights
        self.parentage = parentage
        self._leases = leases
        self.succession = succession

    def distribute(self, netuid: NetUid, pending: PendingAlpha) -> None:
        """Run the epoch for `pending` and stake what everyone earned."""
        emissions = self.epochs.run(netuid, pending.without_owner_cut)
        mined = Alpha(saturate_u64(sum(int(emission.incentive) for emission in emissions)))
        for_validators = validator_alpha(pending.server, pending.validator, mined)
        dividends = self._divide(netuid, emissions, for_validators, pending.root)
        self._pay_owner(netuid, pending.owner_cut)
        self._pay_miners(netuid, incentives_of(emissions))
        self._pay_validators(netuid, dividends)
        self._pay_root(netuid, dividends)
        self._note_unpaid(netuid, emissions, dividends)

    def _divide(
        self,
        netuid: NetUid,
        emissions: list[HotkeyEmission[AccountId]],
        for_validators: Alpha,
        for_root: Alpha,
    ) -> Dividends[AccountId]:
        """Every hotkey's part, after validators shared with their parents."""
        burn = u96f32.from_ratio(self._storage.global_parameters.ck_burn, U64_MAX)
        payouts: list[tuple[AccountId, Alpha]] = []
        # Without a dividend there is nothing to share; most neurons of a subnet have none.
        for emission in sorted(e for e in emissions if e.dividend):
            shares = share_with_parents(
                emission.dividend,
                self._as_child(emission.hotkey, netuid),
                self._parents(emission.hotkey, netuid),
                self._weights.tao_weight,
                burn,
            )
            payouts.extend(shares.payouts)
            for amount in shares.recycled:
                self._staking.recycle_alpha(netuid, amount)
        dividends = {hotkey: part for hotkey, part in dividends_of(payouts).items() if part}
        stakes = {hotkey: self._stake(hotkey, netuid) for hotkey in dividends}
        return divide(dividends, stakes, for_validators, for_root, self._weights.tao_weight)

    def _note_unpaid(
        self,
        netuid: NetUid,
        emissions: list[HotkeyEmission[AccountId]],
        dividends: Dividends[AccountId],
    ) -> None:
        """
        Note of neurons and their parents without a dividend what the real chain notes of all: the
        stake at this epoch, and a rate of 0 for root stakers, which keeps a hotkey from taking
        another's place on root.
        """
        unpaid = {emission.hotkey for emission in emissions}
        parents = self._storage.children.parent_keys
        unpaid.update(parent for hotkey in tuple(unpaid) for _, parent in parents[hotkey, netuid])
        last_epoch = self._storage.stake.total_hotkey_alpha_last_epoch
        for hotkey in sorted(unpaid - dividends.alpha.keys()):
            total = self._staking.pools.total(hotkey, netuid)
            if last_epoch[hotkey, netuid] != total:
                last_epoch[hotkey, netuid] = total
        earned = {hotkey for hotkey, part in dividends.root.items() if part}
        for hotkey in sorted(unpaid - earned):
            self._staking.root.note(hotkey, netuid)

    def _as_child(self, hotkey: AccountId, netuid: NetUid) -> Child[AccountId]:
        lent = [part for part, _ in self._storage.children.child_keys[hotkey, netuid]]
        take = self.parentage.take(hotkey, netuid)
        return Child(hotkey, self._stake(hotkey, netuid), lent, take)

    def _parents(self, hotkey: AccountId, netuid: NetUid) -> list[Parent[AccountId]]:
        hotkeys = self._staking.hotkeys
        owner = hotkeys.owner(hotkey)
        return [
            Parent(parent, part, self._stake(parent, netuid), hotkeys.owner(parent) == owner)
            for part, parent in self._storage.children.parent_keys[hotkey, netuid]
        ]

    def _stake(self, hotkey: AccountId, netuid: NetUid) -> Stake:
        pools = self._staking.pools
        return Stake(pools.total(hotkey, netuid), pools.total(hotkey, ROOT))

    def _pay_owner(self, netuid: NetUid, cut: Alpha) -> None:
        networks = self._storage.networks
        if netuid not in networks.subnet_owner or netuid not in networks.subnet_owner_hotkey:
            return
        hotkey, coldkey = networks.subnet_owner_hotkey[netuid], networks.subnet_owner[netuid]
        self._staking.grant(hotkey, coldkey, netuid, cut)
        self._leases.distribute(netuid, cut)
        self._staking.locks.lock_owner_cut(netuid, cut)

    def _pay_miners(self, netuid: NetUid, incentives: dict[AccountId, Alpha]) -> None:
        earned = {hotkey: amount for hotkey, amount in incentives.items() if amount}
        payouts, withheld = incentive_payouts(earned, self._owner_hotkeys(netuid))
        for payout in payouts:
            if payout.withheld:
                self._withhold(netuid, payout.amount)
            else:
                self._pay_miner(netuid, payout.hotkey, payout.amount)
        self._storage.emission.miner_burned[netuid] = withheld

    def _pay_miner(self, netuid: NetUid, hotkey: AccountId, amount: Alpha) -> None:
        owner = self._staking.hotkeys.owner(hotkey)
        chosen = self._storage.accounts.auto_stake_destination[owner, netuid]
        if chosen is not None:
            event = AutoStakeAdded(
                netuid=netuid, destination=chosen, hotkey=hotkey, owner=owner, incentive=amount
            )
            self._state.deposit(event)
        self._staking.grant(chosen or hotkey, owner, netuid, amount)

    def _withhold(self, netuid: NetUid, amount: Alpha) -> None:
        if self._storage.hyperparameters.recycle_or_burn[netuid] is RecycleOrBurn.RECYCLE:
            self._staking.recycle_alpha(netuid, amount)
        else:
            self._staking.burn_alpha(netuid, amount)

    def _owner_hotkeys(self, netuid: NetUid) -> set[AccountId]:
        """The subnet owner's hotkeys that have a uid: they are not paid for mining."""
        networks = self._storage.networks
        owned = set(self._storage.accounts.owned_hotkeys[networks.subnet_owner[netuid]])
        if netuid in networks.subnet_owner_hotkey:
            owned.add(networks.subnet_owner_hotkey[netuid])
        return {hotkey for hotkey in owned if (netuid, hotkey) in self._storage.neurons.uids}

    def _pay_validators(self, netuid: NetUid, dividends: Dividends[AccountId]) -> None:
        emission, stakes = self._storage.emission, self._storage.stake
        emission.alpha_dividends_per_subnet.clear(netuid)
        delegates = self._storage.delegation.delegates
        for hotkey, split in split_takes(dividends.alpha, delegates.__getitem__):
            owner = self._staking.hotkeys.owner(hotkey)
            self._staking.grant(hotkey, owner, netuid, split.take)
            self._staking.pools.deposit_for_all(hotkey, netuid, split.rest)
            emission.alpha_dividends_per_subnet[netuid, hotkey] = split.rest
            total = self._staking.pools.total(hotkey, netuid)
            stakes.total_hotkey_alpha_last_epoch[hotkey, netuid] = total

    def _pay_root(self, netuid: NetUid, dividends: Dividends[AccountId]) -> None:
        recorded = self._storage.emission.root_alpha_dividends_per_subnet
        recorded.clear(netuid)
        delegates = self._storage.delegation.delegates
        earned = {hotkey: part for hotkey, part in dividends.root.items() if part}
        for hotkey, split in split_takes(earned, delegates.__getitem__):
            owner = self._staking.hotkeys.owner(hotkey)
            self._staking.grant(hotkey, owner, netuid, split.take)
            if not self._staking.root.credit(hotkey, netuid, split.rest):
                self._staking.grant(hotkey, owner, netuid, split.rest)
            recorded[netuid, hotkey] = split.rest
