"""
SubtensorModule composed: one instance of each of its classes over one state.

`Subtensor` is a `Storage` (its views are `subtensor.networks`, `subtensor.stake`, …) with the
classes that act on it.
"""

from taonet.frame.pallet import Pallet, PalletSpec, merge
from taonet.frame.state import State
from taonet.pallets.alpha_assets import AlphaAssets
from taonet.pallets.balances import Balances
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.proxy import Proxy
from taonet.pallets.subtensor.alpha_fees import AlphaFees
from taonet.pallets.subtensor.block_step import BlockStep
from taonet.pallets.subtensor.coinbase import Coinbase
from taonet.pallets.subtensor.coldkey_swap import ColdkeySwap
from taonet.pallets.subtensor.constants import SUBTENSOR_INDEX
from taonet.pallets.subtensor.dissolution import Dissolution
from taonet.pallets.subtensor.distribution import Distribution
from taonet.pallets.subtensor.epoch import EpochRunner
from taonet.pallets.subtensor.epoch_control import EpochControl
from taonet.pallets.subtensor.epoch_schedule import EpochSchedule
from taonet.pallets.subtensor.errors import ERRORS
from taonet.pallets.subtensor.events import EVENTS
from taonet.pallets.subtensor.evm_keys import EvmKeys
from taonet.pallets.subtensor.faucet import Faucet
from taonet.pallets.subtensor.guards import Guards
from taonet.pallets.subtensor.hotkey_swap import HotkeySwap
from taonet.pallets.subtensor.hotkeys import Hotkeys
from taonet.pallets.subtensor.identities import Identities
from taonet.pallets.subtensor.lease_calls import LeaseCalls
from taonet.pallets.subtensor.lease_dividends import LeaseDividends
from taonet.pallets.subtensor.lock_calls import LockCalls
from taonet.pallets.subtensor.mechanisms import Mechanisms
from taonet.pallets.subtensor.neuron_registry import NeuronRegistry
from taonet.pallets.subtensor.parentage import Parentage
from taonet.pallets.subtensor.permissions import Permissions
from taonet.pallets.subtensor.rate_limiter import RateLimiter
from taonet.pallets.subtensor.registration import Registration
from taonet.pallets.subtensor.root_claim_calls import RootClaimCalls
from taonet.pallets.subtensor.serving import Serving
from taonet.pallets.subtensor.stake import Author, Staking
from taonet.pallets.subtensor.stake_weights import StakeWeights
from taonet.pallets.subtensor.staking_calls import StakingCalls
from taonet.pallets.subtensor.storage import STORAGE_CLASSES, Storage
from taonet.pallets.subtensor.subnet_creation import SubnetCreation
from taonet.pallets.subtensor.succession import Succession
from taonet.pallets.subtensor.takes import Takes
from taonet.pallets.subtensor.tao import Tao
from taonet.pallets.subtensor.timelocked_weights import TimelockedWeights
from taonet.pallets.subtensor.uid_trimming import UidTrimming
from taonet.pallets.subtensor.voting_power_tracking import VotingPowerTracking
from taonet.pallets.subtensor.weight_commits import WeightCommits
from taonet.pallets.subtensor.weight_setting import WeightSetting
from taonet.pallets.swap import Swap
from taonet.pallets.system import System

PALLET_INDEX = SUBTENSOR_INDEX
"""SubtensorModule's place in the runtime."""


class Surface(Pallet, prefix="SubtensorModule"):
    """The events and errors that the module's classes share."""

    events = EVENTS
    errors = ERRORS


CLASSES: tuple[type[Pallet], ...] = (
    Surface,
    *STORAGE_CLASSES,
    BlockStep,
    ColdkeySwap,
    Dissolution,
    EpochControl,
    EvmKeys,
    Faucet,
    HotkeySwap,
    Hotkeys,
    Identities,
    LeaseCalls,
    LockCalls,
    Parentage,
    Registration,
    RootClaimCalls,
    Serving,
    StakingCalls,
    SubnetCreation,
    Takes,
    TimelockedWeights,
    VotingPowerTracking,
    WeightCommits,
    WeightSetting,
)
"""What the module is on the wire, joined."""


class Subtensor(Storage):
    """The module over one state; `author` says who made the current block."""

    def __init__(
        self,
        state: State,
        system: System,
        balances: Balances,
        swap: Swap,
        assets: AlphaAssets,
        author: Author,
        proxies: Proxy,
    ) -> None:
        super().__init__(state)
        self.tao = Tao(self, balances)
        self.staking = Staking(self, system, self.tao, swap, assets, author)
        self.alpha_fees = AlphaFees(self, self.staking, author)
        self.hotkeys = self.staking.hotkeys
        self.stake_weights = StakeWeights(self, self.staking.pools)
        self.schedule = EpochSchedule(self, system)
        self.limiter = RateLimiter(self, system)
        self.permissions = Permissions(self, system, self.schedule, self.limiter)
        self.mechanisms = Mechanisms(self)
        self.neuron_registry = NeuronRegistry(self, system, self.mechanisms)
        self.trimming = UidTrimming(self, self.mechanisms, self.neuron_registry)
        self._add_neurons_calls(system)
        self._add_owners_calls(system)
        self._add_stakers_calls()
        self._add_key_swaps(system)
        self.faucet = Faucet(self, system, balances, self.tao)
        self.lease_calls = LeaseCalls(
            self, system, balances, self.hotkeys, self.subnet_creation, proxies
        )
        self._add_block_step(system, assets)

    def _add_neurons_calls(self, system: System) -> None:
        self.serving = Serving(self, system)
        self.identities = Identities(self, self.hotkeys)
        self.takes = Takes(self, self.hotkeys, self.limiter)
        self.parentage = Parentage(self, system, self.staking, self.limiter)
        self.weight_setting = WeightSetting(
            self, system, self.mechanisms, self.neuron_registry, self.stake_weights
        )
        self.weight_commits = WeightCommits(
            self,
            system,
            self.schedule,
            self.mechanisms,
            self.neuron_registry,
            self.weight_setting,
        )
        known = Pulses(self.state)
        self.timelocked_weights = TimelockedWeights(self, self.schedule, self.weight_setting, known)
        self.evm_keys = EvmKeys(self, system, self.hotkeys, self.neuron_registry)
        self.guards = Guards(
            self,
            self.hotkeys,
            self.limiter,
            self.serving,
            self.evm_keys,
            self.weight_setting,
            self.weight_commits,
            known,
        )
        self.registration = Registration(
            self, system, self.schedule, self.neuron_registry, self.staking
        )

    def _add_owners_calls(self, system: System) -> None:
        self.epoch_control = EpochControl(
            self, system, self.schedule, self.permissions, self.limiter
        )
        self.voting_power_tracking = VotingPowerTracking(self, system, self.permissions)
        self.dissolution = Dissolution(self, system, self.staking, self.mechanisms)
        self.subnet_creation = SubnetCreation(
            self,
            system,
            self.staking,
            self.neuron_registry,
            self.permissions,
            self.limiter,
            self.identities,
            self.parentage,
            self.dissolution,
        )

    def _add_stakers_calls(self) -> None:
        self.staking_calls = StakingCalls(self, self.staking)
        self.lock_calls = LockCalls(self, self.staking.locks)
        self.root_claim_calls = RootClaimCalls(self, self.staking, self.permissions)

    def _add_key_swaps(self, system: System) -> None:
        self.coldkey_swap = ColdkeySwap(self, system, self.staking, self.limiter)
        self.hotkey_swap = HotkeySwap(
            self,
            system,
            self.staking,
            self.mechanisms,
            self.limiter,
            self.parentage,
            self.voting_power_tracking,
            self.subnet_creation,
        )

    def _add_block_step(self, system: System, assets: AlphaAssets) -> None:
        self.coinbase = Coinbase(self, system, self.staking, assets)
        self.epoch_runner = EpochRunner(
            self, system, self.schedule, self.stake_weights, self.voting_power_tracking
        )
        self.distribution = Distribution(
            self,
            self.staking,
            self.epoch_runner,
            self.stake_weights,
            self.parentage,
            LeaseDividends(self, system, self.staking),
            Succession(self, system, self.neuron_registry),
        )
        self.block_step = BlockStep(
            self,
            system,
            self.coinbase,
            self.distribution,
            self.schedule,
            self.registration,
            self.root_claim_calls,
            self.timelocked_weights.reveal,
        )


def subtensor_spec() -> PalletSpec:
    """The module's declaration."""
    return merge(PALLET_INDEX, CLASSES)
