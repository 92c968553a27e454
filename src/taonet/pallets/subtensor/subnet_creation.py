"""
New subnets: what they cost, what they start with, and when their emission begins.

Source: subtensor pallets/subtensor/src/subnets/subnet.rs, coinbase/root.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.economy.block_emission import block_emission
from taonet.economy.registration import (
    LastLock,
    initial_reserves,
    lock_reduction_interval,
    median_price,
    network_lock_cost,
)
from taonet.frame.origin import Origin, ensure_signed
from taonet.frame.pallet import Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.subtensor.dissolution import Dissolution
from taonet.pallets.subtensor.errors import (
    CannotAffordLockCost,
    FirstEmissionBlockNumberAlreadySet,
    NeedWaitingMoreBlocksToStarCall,
    NetworkTxRateLimitExceeded,
    NonAssociatedColdKey,
    SubnetLimitReached,
    SubnetNotExists,
    SubNetRegistrationDisabled,
)
from taonet.pallets.subtensor.events.networks import (
    FirstEmissionBlockNumberSet,
    NetworkAdded,
    SubnetOwnerHotkeySet,
    SymbolUpdated,
)
from taonet.pallets.subtensor.events.parameters import (
    ImmunityPeriodSet,
    MaxAllowedUidsSet,
    MaxAllowedValidatorsSet,
    MinAllowedWeightSet,
    RegistrationAllowed,
)
from taonet.pallets.subtensor.hotkeys import ensure_no_system_account
from taonet.pallets.subtensor.identities import Identities
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.parentage import Parentage
from taonet.pallets.subtensor.permissions import Permissions
from taonet.pallets.subtensor.rate_limiter import Limited, RateLimiter
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.symbols import default_symbol, ensure_symbol_free
from taonet.pallets.subtensor.types import NetworkLastRegistered, SubnetIdentityV3
from taonet.pallets.system import System
from taonet.primitives.fixed_point import saturate_u64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import RAO_PER_TAO, Alpha, NetUid, Rao
from taonet.scale.types import option, type_of

DYNAMIC: Final = 1
"""The mechanism of every new subnet: its alpha has a price of its own."""

NEW_MAX_UIDS: Final = 256
NEW_MAX_VALIDATORS: Final = 64
NEW_MIN_WEIGHTS: Final = 1
NEW_IMMUNITY_BLOCKS: Final = 5000
NEW_REGISTRATION_PRICE: Final = Rao(RAO_PER_TAO)
"""What a new subnet starts with, whatever the defaults are."""

Identity = Annotated[SubnetIdentityV3 | None, option(type_of(SubnetIdentityV3))]


class SubnetCreation(Pallet, prefix="SubtensorModule"):
    """Registers subnets, starts them, and lets their owners choose a symbol."""

    def __init__(  # noqa: PLR0913
        self,
        storage: Storage,
        system: System,
        staking: Staking,
        neurons: NeuronRegistry,
        permissions: Permissions,
        limiter: RateLimiter,
        identities: Identities,
        parentage: Parentage,
        dissolution: Dissolution,
    ) -> None:
        super().__init__(storage.state)
        self._storage = storage
        self._networks = storage.networks
        self._system = system
        self._staking = staking
        self._neurons = neurons
        self._permissions = permissions
        self._limiter = limiter
        self._identities = identities
        self._parentage = parentage
        self._dissolution = dissolution

    @call(index=59, weight=Weight(277_125_000, 9947) + database_weight(reads=40, writes=48))
    def register_network(self, origin: Origin, hotkey: AccountId) -> None:
        """Create a subnet and own it, with `hotkey` as its first neuron."""
        self._create(ensure_signed(origin), hotkey, None)

    @call(index=79, weight=Weight(275_041_000, 9883) + database_weight(reads=39, writes=47))
    def register_network_with_identity(
        self, origin: Origin, hotkey: AccountId, identity: Identity
    ) -> None:
        """Create a subnet, own it, and say what it is."""
        self._create(ensure_signed(origin), hotkey, identity)

    @call(index=92, weight=Weight(39_454_000, 4583) + database_weight(reads=5, writes=2))
    def start_call(self, origin: Origin, netuid: NetUid) -> None:
        """Start your subnet: its token is traded and its emission begins with the next block."""
        if not self._networks.networks_added[netuid]:
            raise SubnetNotExists
        self._permissions.ensure_owner(origin, netuid)
        if self._networks.first_emission_block_number[netuid] is not None:
            raise FirstEmissionBlockNumberAlreadySet
        delay = self._storage.global_parameters.start_call_delay
        if self._system.number < self._networks.network_registered_at[netuid] + delay:
            raise NeedWaitingMoreBlocksToStarCall
        first = self._system.number + 1
        self._networks.first_emission_block_number[netuid] = first
        self._networks.subtoken_enabled[netuid] = True
        self.deposit_event(FirstEmissionBlockNumberSet(netuid, first))

    @call(index=112, weight=Weight(28_313_000, 9074) + database_weight(reads=4, writes=1))
    def update_symbol(self, origin: Origin, netuid: NetUid, symbol: bytes) -> None:
        """Choose your subnet's token symbol, in UTF-8, among those that are free."""
        self._permissions.ensure_owner_or_root(origin, netuid)
        ensure_symbol_free(self._storage, symbol)
        self._networks.token_symbol[netuid] = symbol
        self.deposit_event(SymbolUpdated(netuid, symbol))

    def lock_cost(self) -> Rao:
        """What creating a subnet costs now."""
        parameters = self._storage.global_parameters
        limits = self._storage.rate_limits.last_rate_limited_block
        last = LastLock(parameters.network_last_lock_cost, limits[NetworkLastRegistered()])
        interval = lock_reduction_interval(
            parameters.network_lock_reduction_interval,
            block_emission(self._storage.emission.total_issuance),
        )
        minimum = parameters.network_min_lock_cost
        return network_lock_cost(last, minimum, interval, self._system.number)

    def next_netuid(self) -> NetUid:
        """The lowest free number above root's."""
        netuid = 1
        while (NetUid(netuid)) in self._networks.networks_added:
            netuid += 1
        return NetUid(netuid)

    def set_owner_hotkey(self, netuid: NetUid, hotkey: AccountId) -> None:
        """Make `hotkey` the subnet's own; raises `CannotUseSystemAccount`."""
        ensure_no_system_account(hotkey)
        self._networks.subnet_owner_hotkey[netuid] = hotkey
        self.deposit_event(SubnetOwnerHotkeySet(netuid, hotkey))

    def add(self, netuid: NetUid, tempo: int) -> None:
        """
        Add an empty network. Its first epoch comes earlier by its number, so that the epochs of
        subnets do not fall into one block.
        """
        storage, parameters = self._storage, self._storage.hyperparameters
        self._networks.subnetwork_n[netuid] = 0
        self._networks.networks_added[netuid] = True
        parameters.tempo[netuid] = tempo
        stagger = int(netuid) % max(tempo, 1)
        storage.epochs.last_epoch_block[netuid] = max(self._system.number - stagger, 0)
        self._networks.total_networks += 1
        self._set_initial_parameters(netuid)
        # Clients list subnets by these items, so they are stored even where they are the default.
        parameters.kappa[netuid] = parameters.kappa[netuid]
        parameters.activity_cutoff[netuid] = parameters.activity_cutoff[netuid]
        interval = storage.registrations.registrations_this_interval
        interval[netuid] = interval[netuid]

    def _set_initial_parameters(self, netuid: NetUid) -> None:
        parameters = self._storage.hyperparameters
        parameters.network_registration_allowed[netuid] = True
        self.deposit_event(RegistrationAllowed(netuid, True))  # noqa: FBT003
        parameters.max_allowed_uids[netuid] = NEW_MAX_UIDS
        self.deposit_event(MaxAllowedUidsSet(netuid, NEW_MAX_UIDS))
        parameters.max_allowed_validators[netuid] = NEW_MAX_VALIDATORS
        self.deposit_event(MaxAllowedValidatorsSet(netuid, NEW_MAX_VALIDATORS))
        parameters.min_allowed_weights[netuid] = NEW_MIN_WEIGHTS
        self.deposit_event(MinAllowedWeightSet(netuid, NEW_MIN_WEIGHTS))
        parameters.immunity_period[netuid] = NEW_IMMUNITY_BLOCKS
        self.deposit_event(ImmunityPeriodSet(netuid, NEW_IMMUNITY_BLOCKS))
        parameters.yuma3_on[netuid] = True
        self._storage.registrations.burn[netuid] = NEW_REGISTRATION_PRICE
        parameters.subnet_emission_enabled[netuid] = True

    def _create(
        self, coldkey: AccountId, hotkey: AccountId, identity: SubnetIdentityV3 | None
    ) -> None:
        self._ensure_may_create(coldkey, hotkey)
        pruned = self._subnet_to_prune()
        cost = self.lock_cost()
        if cost > self._staking.tao.balance(coldkey):
            raise CannotAffordLockCost
        if pruned is not None:
            self._dissolution.dissolve(pruned)
        netuid = self.next_netuid() if pruned is None else pruned
        subnets = self._staking.subnets
        price = median_price(
            self._staking.swap.price(one) for one in subnets.without_root() if subnets.exists(one)
        )
        self.add(netuid, self._storage.constants.initial_tempo)
        locked = self._staking.tao.transfer_to_subnet(netuid, coldkey, cost)
        self._storage.global_parameters.network_last_lock_cost = locked
        self._limiter.record(Limited.REGISTER_NETWORK, coldkey)
        self._staking.hotkeys.associate(coldkey, hotkey)
        self._neurons.append(netuid, hotkey)
        self._describe(netuid)
        minimum = self._storage.global_parameters.network_min_lock_cost
        tao, alpha = initial_reserves(locked, minimum, price)
        self._fill_pool(netuid, tao, alpha)
        self._networks.subnet_owner[netuid] = coldkey
        self.set_owner_hotkey(netuid, hotkey)
        self._networks.subnet_locked[netuid] = locked
        total = self._storage.stake.total_stake
        self._storage.stake.total_stake = Rao(saturate_u64(int(total) + int(tao)))
        if identity is not None:
            self._identities.store(netuid, identity)
        self._parentage.lend_root_stake(netuid)
        self.deposit_event(NetworkAdded(netuid, DYNAMIC))
        # Root decides which new subnets take part in the emission of TAO.
        self._storage.hyperparameters.subnet_emission_enabled[netuid] = False

    def _ensure_may_create(self, coldkey: AccountId, hotkey: AccountId) -> None:
        hotkeys = self._staking.hotkeys
        if hotkeys.exists(hotkey) and not hotkeys.owned_by(hotkey, coldkey):
            raise NonAssociatedColdKey
        ensure_no_system_account(hotkey)
        parameters = self._storage.global_parameters
        if self._system.number < parameters.network_registration_start_block:
            raise SubNetRegistrationDisabled
        if not self._limiter.passes(Limited.REGISTER_NETWORK, coldkey):
            raise NetworkTxRateLimitExceeded

    def _subnet_to_prune(self) -> NetUid | None:
        """
        The subnet that gives its number to a new one, None while there is room. Raises
        `SubnetLimitReached` if all are immune.
        """
        limit = self._storage.global_parameters.subnet_limit
        if len(self._staking.subnets.without_root()) < limit:
            return None
        candidate = self._dissolution.candidate()
        if candidate is None:
            raise SubnetLimitReached
        return candidate

    def _describe(self, netuid: NetUid) -> None:
        networks = self._networks
        networks.subnet_mechanism[netuid] = DYNAMIC
        networks.network_registered_at[netuid] = self._system.number
        networks.registered_subnet_counter[netuid] += 1
        used = set(networks.token_symbol.values())
        networks.token_symbol[netuid] = default_symbol(netuid, used)

    def _fill_pool(self, netuid: NetUid, tao: Rao, alpha: Alpha) -> None:
        pools = self._storage.pools
        pools.subnet_tao[netuid] = tao
        pools.subnet_alpha_in[netuid] = alpha
        pools.subnet_alpha_out[netuid] = Alpha(0)
        pools.subnet_volume[netuid] = 0
        # All that was locked is in the pool: nothing is left to recycle.
        self._storage.registrations.rao_recycled_for_registration[netuid] = Rao(0)
