"""A small chain for tests: SubtensorModule and what it stands on, over one empty state."""

from collections.abc import Iterator
from contextlib import contextmanager

from taonet.frame.call import Call
from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.dispatch_outcome import Failure
from taonet.frame.origin import Origin, Signed
from taonet.frame.overlay import EmptyState
from taonet.frame.pallet import PostInfo
from taonet.frame.state import State
from taonet.pallets.alpha_assets import AlphaAssets
from taonet.pallets.balances import Balances
from taonet.pallets.proxy import Proxy
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.pallets.subtensor.subnets import Subnets
from taonet.pallets.swap import Swap
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid, to_rao
from taonet.scale.codec import PLAIN

NETUID = NetUid(1)
FAST = RuntimeConfig(timing=Timing.FAST)
AUTHOR = AccountId(b"author".ljust(32, b"\0"))


def account(name: str) -> AccountId:
    """An account named for its part in a test."""
    return AccountId(name.encode().ljust(32, b"."))


class NoCalls:
    """These pallets hold no calls, and dispatch none."""

    def apply(self, call: Call, origin: Origin) -> PostInfo:
        raise AssertionError(f"{call.name} by {origin}")

    apply_unfiltered = apply

    def failure_of(self, error: DispatchError) -> Failure:
        raise AssertionError(repr(error))


class Chain:
    """The pallets, with shorthands for what tests set up over and over."""

    def __init__(self, author: AccountId | None = AUTHOR, config: RuntimeConfig = FAST) -> None:
        self.state = State(EmptyState(), config)
        self.system = System(self.state)
        self.balances = Balances(self.state, self.system)
        self.swap = Swap(self.state, Subnets(self.state))
        self.assets = AlphaAssets(self.state)
        self.subtensor = Subtensor(
            self.state,
            self.system,
            self.balances,
            self.swap,
            self.assets,
            lambda: author,
            Proxy(self.state, self.system, self.balances, NoCalls(), PLAIN),
        )
        self.staking = self.subtensor.staking
        self.calls = self.subtensor.staking_calls
        self.subtensor.networks.networks_added[ROOT] = True
        self.subtensor.networks.subtoken_enabled[ROOT] = True
        self.fund(AUTHOR, to_rao(1))

    def fund(self, who: AccountId, amount: Rao) -> None:
        """Give an account new TAO."""
        self.balances.mint(who, amount)
        self.subtensor.emission.total_issuance += amount

    def add_subnet(self, netuid: NetUid = NETUID, tao: int = 1_000, alpha: int = 1_000) -> None:
        """A started subnet with a pool of whole TAO and alpha, owned by `owner`."""
        module = self.subtensor
        module.subnet_creation.add(netuid, 10)
        module.networks.subnet_mechanism[netuid] = 1
        module.pools.subnet_tao[netuid] = to_rao(tao)
        module.pools.subnet_alpha_in[netuid] = Alpha(alpha * 10**9)
        module.networks.subtoken_enabled[netuid] = True
        module.networks.first_emission_block_number[netuid] = 1
        module.networks.subnet_owner[netuid] = account("owner")
        module.networks.subnet_owner_hotkey[netuid] = account("owner hotkey")
        module.accounts.owner[account("owner hotkey")] = account("owner")
        module.accounts.owned_hotkeys[account("owner")] = (account("owner hotkey"),)
        module.hyperparameters.subnet_emission_enabled[netuid] = True
        module.hyperparameters.commit_reveal_weights_enabled[netuid] = False
        module.stake.total_stake += to_rao(tao)
        self.fund(subnet_account(netuid), to_rao(tao))
        self.assets.mint(netuid, Alpha(alpha * 10**9))

    def own(self, coldkey: AccountId, hotkey: AccountId) -> None:
        """Let a coldkey own a hotkey."""
        self.subtensor.hotkeys.associate(coldkey, hotkey)

    def register(self, name: str, netuid: NetUid = NETUID) -> Uid:
        """A neuron `name`, owned by the coldkey `<name> cold`; no price is paid."""
        self.own(account(f"{name} cold"), account(name))
        return self.subtensor.neuron_registry.append(netuid, account(name))

    def stake(self, coldkey: str, hotkey: str, tao: int, netuid: NetUid = NETUID) -> None:
        """Stake whole TAO that the coldkey is given for it."""
        self.fund(account(coldkey), to_rao(tao + 1))
        self.calls.add_stake(Signed(account(coldkey)), account(hotkey), netuid, to_rao(tao))

    def stake_of(self, coldkey: str, hotkey: str, netuid: NetUid = NETUID) -> int:
        """A coldkey's stake, in the smallest unit."""
        return int(self.staking.pools.stake(account(hotkey), account(coldkey), netuid))

    def block(self, count: int = 1) -> None:
        """Start that many blocks, checking the books after each."""
        for _ in range(count):
            self.state.events.clear()
            self.system.number += 1
            self.subtensor.block_step.on_initialize(self.system.number)
            self.subtensor.block_step.try_state()

    def events(self, kind: type) -> list[object]:
        """The events of a kind that were deposited."""
        return [d.event for d in self.state.events if isinstance(d.event, kind)]

    @contextmanager
    def refused(self) -> Iterator[None]:
        """A block that is refused and must leave no trace."""
        before = dict(self.state.overlay.changes()), len(self.state.events)
        yield
        assert (dict(self.state.overlay.changes()), len(self.state.events)) == before
