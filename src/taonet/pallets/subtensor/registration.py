"""
Registration of neurons: for a price in subnets, by stake on root.

The price is swapped for the subnet's alpha, which is recycled; it jumps with each registration and
falls again block by block. Registration by work pays the price too: what it sends is not looked at.
Under the former rule, the price is set anew after an interval, which has a limit of registrations.

Source: subtensor pallets/subtensor/src/subnets/registration.rs, coinbase/root.rs @ 14bc6f9; the
former rule: coinbase/block_step.rs, subnets/registration.rs at spec 393.
"""

from typing import Final

from taonet.economy.registration import (
    BurnBounds,
    Interval,
    decayed_burn,
    interval_burn,
    raised_burn,
)
from taonet.economy.rule_sets import REGISTRATION_PRICES
from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.rule_sets import RuleSets
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.errors import (
    HotKeyAlreadyRegisteredInSubNet,
    NonAssociatedColdKey,
    NoNeuronIdAvailable,
    NotEnoughBalanceToStake,
    RegistrationNotPermittedOnRootSubnet,
    RegistrationPriceLimitExceeded,
    RootNetworkDoesNotExist,
    StakeTooLowForRoot,
    SubnetNotExists,
    SubNetRegistrationDisabled,
    TooManyRegistrationsThisBlock,
    TooManyRegistrationsThisInterval,
)
from taonet.pallets.subtensor.events.networks import NeuronRegistered
from taonet.pallets.subtensor.events.parameters import RAORecycledForRegistrationSet
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from taonet.primitives.fixed_point import U16_MAX, saturate_u64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid
from taonet.scale.types import U64

ROOT_DELEGATE_TAKE: Final = 11_796
"""The take of a hotkey that becomes a delegate by joining root: 18 %, over 65535."""

INTERVAL_FACTOR: Final = 3
"""An interval may have this many times its target of registrations."""


class Registration(Pallet, prefix="SubtensorModule"):
    """Registers hotkeys, and moves the prices."""

    def __init__(
        self,
        storage: Storage,
        system: System,
        schedule: EpochSchedule,
        neurons: NeuronRegistry,
        staking: Staking,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._parameters = storage.hyperparameters
        self._counts = storage.registrations
        self._system = system
        self._schedule = schedule
        self._neurons = neurons
        self._staking = staking
        self._rules = RuleSets(system)

    @call(index=6, weight=Weight(349_872_000, 6148) + database_weight(reads=34, writes=29))
    def register(
        self,
        origin: Origin,
        netuid: NetUid,
        _block_number: U64,
        _nonce: U64,
        _work: bytes,
        hotkey: AccountId,
        _coldkey: AccountId,
    ) -> None:
        """Register a hotkey in a subnet for its price; work is no longer asked for."""
        self._register(ensure_signed(origin), netuid, hotkey)

    @call(index=7, weight=Weight(336_815_000, 6148) + database_weight(reads=34, writes=29))
    def burned_register(self, origin: Origin, netuid: NetUid, hotkey: AccountId) -> None:
        """Register a hotkey in a subnet for its price."""
        self._register(ensure_signed(origin), netuid, hotkey)

    @call(index=134, weight=Weight(354_200_000, 0) + database_weight(reads=47, writes=40))
    def register_limit(
        self, origin: Origin, netuid: NetUid, hotkey: AccountId, limit_price: U64
    ) -> None:
        """Register a hotkey in a subnet, unless that costs more than `limit_price` rao."""
        coldkey = ensure_signed(origin)
        self._ensure_subnet(netuid)
        if int(self._counts.burn[netuid]) > limit_price:
            raise RegistrationPriceLimitExceeded
        self._register(coldkey, netuid, hotkey)

    @call(index=62, weight=Weight(103_934_000, 4981) + database_weight(reads=19, writes=16))
    def root_register(self, origin: Origin, hotkey: AccountId) -> None:
        """Join root; when it is full, in place of the hotkey with the least stake there."""
        if not self._storage.networks.networks_added[ROOT]:
            raise RootNetworkDoesNotExist
        coldkey = ensure_signed(origin)
        counts = self._counts
        self._ensure_not_too_many(ROOT)
        if self._neurons.is_registered(ROOT, hotkey):
            raise HotKeyAlreadyRegisteredInSubNet
        self._staking.hotkeys.associate(coldkey, hotkey)
        uid = self._root_uid(hotkey)
        delegates = self._storage.delegation.delegates
        if hotkey not in delegates:
            delegates[hotkey] = ROOT_DELEGATE_TAKE
        counts.registrations_this_interval[ROOT] += 1
        counts.registrations_this_block[ROOT] += 1
        self.deposit_event(NeuronRegistered(ROOT, uid, hotkey))

    def begin_block(self) -> None:
        """Let prices fall by one block, and count the block's registrations from 0."""
        block, continuous = self._system.number, self._is_continuous()
        for netuid in list(self._storage.networks.networks_added.keys()):
            burn = self._counts.burn[netuid]
            if continuous or netuid == ROOT:
                half_life = self._parameters.burn_half_life[netuid]
                moved = decayed_burn(burn, self._bounds(netuid), half_life, block)
            else:
                moved = self._after_interval(netuid, burn)
            if moved != burn:
                self._counts.burn[netuid] = moved
            if self._counts.registrations_this_block[netuid]:
                self._counts.registrations_this_block[netuid] = 0
            if netuid == ROOT and self._schedule.is_due(netuid, block):
                self._counts.registrations_this_interval[netuid] = 0

    def _register(self, coldkey: AccountId, netuid: NetUid, hotkey: AccountId) -> None:
        self._ensure_subnet(netuid)
        if not self._parameters.network_registration_allowed[netuid]:
            raise SubNetRegistrationDisabled
        continuous = self._is_continuous()
        if not continuous:
            self._ensure_not_too_many(netuid)
        if self._neurons.is_registered(netuid, hotkey):
            raise HotKeyAlreadyRegisteredInSubNet
        price = self._counts.burn[netuid]
        if price > self._staking.tao.balance(coldkey):
            raise NotEnoughBalanceToStake
        self._staking.hotkeys.associate(coldkey, hotkey)
        if not self._staking.hotkeys.owned_by(hotkey, coldkey):
            raise NonAssociatedColdKey
        self._ensure_room(netuid)
        paid = self._staking.tao.transfer_to_subnet(netuid, coldkey, price)
        self._recycle(netuid, self._staking.buy(netuid, paid).paid_out)
        uid = self._neurons.register(netuid, hotkey)
        if continuous:
            self._raise_price(netuid)
        else:
            so_far = self._counts.registrations_this_interval[netuid]
            self._counts.registrations_this_interval[netuid] = min(so_far + 1, U16_MAX)
        so_far = self._counts.registrations_this_block[netuid]
        self._counts.registrations_this_block[netuid] = min(so_far + 1, U16_MAX)
        recycled = int(self._counts.rao_recycled_for_registration[netuid]) + int(price)
        self._counts.rao_recycled_for_registration[netuid] = Rao(saturate_u64(recycled))
        self.deposit_event(RAORecycledForRegistrationSet(netuid, Rao(saturate_u64(recycled))))
        self._staking.record_flow(netuid, int(paid))
        self.deposit_event(NeuronRegistered(netuid, uid, hotkey))

    def _ensure_subnet(self, netuid: NetUid) -> None:
        if netuid == ROOT:
            raise RegistrationNotPermittedOnRootSubnet
        if not self._storage.networks.networks_added[netuid]:
            raise SubnetNotExists

    def _is_continuous(self) -> bool:
        return REGISTRATION_PRICES[self._rules.registration_price.value]

    def _raise_price(self, netuid: NetUid) -> None:
        self._counts.burn[netuid] = raised_burn(
            netuid,
            self._counts.burn[netuid],
            self._bounds(netuid),
            self._parameters.burn_increase_mult[netuid],
        )

    def _after_interval(self, netuid: NetUid, burn: Rao) -> Rao:
        """The price of a subnet in this block; where an interval ended, another one begins."""
        counts, parameters, block = self._counts, self._parameters, self._system.number
        if block - counts.last_adjustment_block[netuid] < parameters.adjustment_interval[netuid]:
            return burn
        interval = Interval(
            counts.registrations_this_interval[netuid],
            parameters.target_registrations_per_interval[netuid],
            parameters.adjustment_alpha[netuid],
        )
        counts.last_adjustment_block[netuid] = block
        counts.registrations_this_interval[netuid] = 0
        return interval_burn(burn, self._bounds(netuid), interval)

    def _ensure_not_too_many(self, netuid: NetUid) -> None:
        """Raises `TooManyRegistrationsThisBlock` or `TooManyRegistrationsThisInterval`."""
        counts, parameters = self._counts, self._parameters
        limit = parameters.max_registrations_per_block[netuid]
        if counts.registrations_this_block[netuid] >= limit:
            raise TooManyRegistrationsThisBlock
        target = parameters.target_registrations_per_interval[netuid]
        limit = min(target * INTERVAL_FACTOR, U16_MAX)
        if counts.registrations_this_interval[netuid] >= limit:
            raise TooManyRegistrationsThisInterval

    def _ensure_room(self, netuid: NetUid) -> None:
        limit = self._parameters.max_allowed_uids[netuid]
        if limit == 0:
            raise NoNeuronIdAvailable
        full = self._storage.networks.subnetwork_n[netuid] >= limit
        if full and self._neurons.replaceable(netuid) is None:
            raise NoNeuronIdAvailable

    def _recycle(self, netuid: NetUid, bought: Alpha) -> None:
        """
        Take the bought alpha out of the subnet; nobody gets it. AlphaAssets is not told: like the
        real chain's, it counts this alpha as issued for ever.
        """
        outside = self._storage.pools.subnet_alpha_out
        outside[netuid] = Alpha(saturate_u64(int(outside[netuid]) - int(bought)))

    def _root_uid(self, hotkey: AccountId) -> Uid:
        """A uid on root for `hotkey`; raises `StakeTooLowForRoot` if nobody has less stake."""
        members = self._storage.networks.subnetwork_n[ROOT]
        if members < self._parameters.max_allowed_uids[ROOT]:
            return self._neurons.append(ROOT, hotkey)
        pools = self._staking.pools
        least, uid = min(
            (
                (int(pools.total(member, ROOT)), uid)
                for (_, uid), member in self._storage.neurons.keys.under(ROOT)
            ),
            key=lambda candidate: candidate[0],
        )
        if least >= int(pools.total(hotkey, ROOT)):
            raise StakeTooLowForRoot
        self._neurons.replace(ROOT, uid, hotkey)
        return uid

    def _bounds(self, netuid: NetUid) -> BurnBounds:
        return BurnBounds(self._parameters.min_burn[netuid], self._parameters.max_burn[netuid])
