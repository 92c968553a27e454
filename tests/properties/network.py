"""A small network in memory: a few subnets, a dozen accounts, an epoch every few blocks."""

from collections.abc import Mapping
from functools import cache
from random import Random

from taonet.frame.call import Call
from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Origin, Root, Signed
from taonet.frame.overlay import DictState, EmptyState
from taonet.frame.state import State
from taonet.pallets.aura import ENGINE_ID
from taonet.pallets.system import DigestItem, PreRuntime
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid, Rao, to_rao
from taonet.runtime.executive import Executive
from taonet.runtime.extrinsic import decode_extrinsic
from taonet.runtime.genesis import development_account, localnet_genesis
from taonet.runtime.runtime import Runtime
from taonet.scale.codec import codec
from tests.properties.books import (
    check_alpha_issued,
    check_alpha_kept,
    check_books,
    count_alpha,
)
from tests.properties.calls import CallMaker
from tests.properties.errands import Errands

CONFIG = RuntimeConfig(timing=Timing.FAST)
START_MS = 1_700_000_000_000
SLOT_MS = 250
SUBNETS, TEMPO = 3, 4
HOLDING_CALLS = ("Utility", "Proxy", "Multisig")
"""Pallets whose calls may make others, a registration among them."""

EMISSION_MAX = 10**9
"""Rao that a block issues at most."""


def account(name: str) -> AccountId:
    """An account named for its part in a test."""
    return AccountId(name.encode().ljust(32, b"."))


COLDKEYS = (development_account("Alice"), *(account(f"cold {n}") for n in range(5)))
"""Those who sign; Alice's account is also the one that may act as root."""

HOTKEYS = tuple(account(f"hot {n}") for n in range(7))


@cache
def small_network(subnets: int = SUBNETS, tempo: int = TEMPO) -> Mapping[bytes, bytes]:
    """The raw state of a network whose subnets have started, with some neurons and stake."""
    state = State(DictState(localnet_genesis(CONFIG)), CONFIG)
    runtime = Runtime(state)
    for coldkey in COLDKEYS:
        runtime.balances.mint(coldkey, to_rao(10_000))
        runtime.subtensor.emission.total_issuance += to_rao(10_000)
    _relax(runtime)
    for offset in range(subnets):
        _add_subnet(runtime, NetUid(2 + offset), COLDKEYS[1 + offset % 3], tempo)
    for hotkey, coldkey in zip(HOTKEYS, COLDKEYS, strict=False):
        signer = Signed(coldkey)
        runtime.subtensor.hotkeys.associate(coldkey, hotkey)
        runtime.subtensor.staking_calls.add_stake(signer, hotkey, ROOT, to_rao(50))
    runtime.try_state()
    entries = dict(localnet_genesis(CONFIG))
    for key, value in state.overlay.changes().items():
        if value is None:
            entries.pop(key, None)
        else:
            entries[key] = value
    return entries


def _relax(runtime: Runtime) -> None:
    """Set what would make a small chain wait."""
    parameters = runtime.subtensor.global_parameters
    parameters.network_rate_limit = 0
    parameters.network_last_lock_cost = to_rao(1)
    parameters.network_immunity_period = 20
    parameters.subnet_limit = SUBNETS + 3
    parameters.tx_rate_limit = 0
    parameters.admin_freeze_window = 0
    runtime.subtensor.networks.subtoken_enabled[ROOT] = True


def _add_subnet(runtime: Runtime, netuid: NetUid, owner: AccountId, tempo: int) -> None:
    module = runtime.subtensor
    hotkey = account(f"owner {int(netuid)}")
    module.subnet_creation.register_network(Signed(owner), hotkey)
    module.networks.first_emission_block_number[netuid] = 1
    module.networks.subtoken_enabled[netuid] = True
    parameters = module.hyperparameters
    parameters.subnet_emission_enabled[netuid] = True
    parameters.tempo[netuid] = tempo
    parameters.weights_set_rate_limit[netuid] = 0
    parameters.commit_reveal_weights_enabled[netuid] = False
    parameters.immunity_period[netuid] = 5
    parameters.max_allowed_uids[netuid] = 6
    for hotkey, coldkey in zip(HOTKEYS[:4], COLDKEYS, strict=False):
        module.hotkeys.associate(coldkey, hotkey)
        module.neuron_registry.append(netuid, hotkey)
        module.staking_calls.add_stake(Signed(coldkey), hotkey, netuid, to_rao(20))


class Network:
    """Blocks one after the other; one is always open, and calls are made in it."""

    def __init__(self, entries: Mapping[bytes, bytes] | None = None) -> None:
        self.state = State(EmptyState(), CONFIG)
        for key, value in (small_network() if entries is None else entries).items():
            self.state.overlay.put(key, value)
        self.runtime = Runtime(self.state)
        self.executive = Executive(self.runtime)
        self.number = 0
        self.begin()

    def maker(self, random: Random) -> CallMaker:
        """Draws calls by this network's accounts."""
        return CallMaker(self.runtime, random, COLDKEYS, HOTKEYS)

    def errands(self, random: Random) -> Errands:
        """Takes steps of longer affairs of this network's accounts."""
        return Errands(self.runtime, random, COLDKEYS, self.maker(random))

    def begin(self, *, checked: bool = True) -> None:
        """Open the next block, and check what its start has issued."""
        self.number += 1
        time_ms = START_MS + self.number * SLOT_MS
        slot = (time_ms // SLOT_MS).to_bytes(8, "little")
        log = codec(DigestItem).encode(PreRuntime(ENGINE_ID, slot))
        parent = blake2_256(self.number.to_bytes(4, "little"))
        alpha, issued = count_alpha(self.runtime), int(self.issued())
        self.executive.initialize_block(
            number=self.number, parent_hash=parent, time_ms=time_ms, digest=(log,)
        )
        if checked:
            check_alpha_issued(alpha, count_alpha(self.runtime))
        assert int(self.issued()) <= issued + EMISSION_MAX, "more TAO than a block may issue"
        for raw in self.executive.inherents(time_ms):
            self.executive.apply_extrinsic(decode_extrinsic(self.runtime.codecs, raw))

    def end(self) -> None:
        """Close the block and check all books."""
        self.executive.finalize_block()
        self.runtime.try_state()
        check_books(self.runtime)

    def block(self) -> None:
        """Close the block and open the next one."""
        self.end()
        self.begin()

    def apply(self, call: Call, origin: Origin) -> DispatchError | None:
        """Make a call: a refused one must leave no trace, and none makes TAO or alpha."""
        alpha, issued = count_alpha(self.runtime), int(self.issued())
        values, events = dict(self.state.overlay.changes()), len(self.state.events)
        try:
            if isinstance(origin, Root):
                self.runtime.apply_unfiltered(call, origin)
            else:
                self.runtime.apply(call, origin)
        except DispatchError as error:
            left = self.state.overlay.changes() != values or len(self.state.events) != events
            assert not left, f"the refused {call.name} left a trace"
            return error
        registers = "register" in call.name or call.pallet in HOLDING_CALLS
        check_alpha_kept(alpha, count_alpha(self.runtime), registers=registers)
        if not isinstance(origin, Root):
            assert int(self.issued()) <= issued, f"{call.name} made TAO"
        return None

    def issued(self) -> Rao:
        """All TAO that accounts hold."""
        return self.runtime.balances.total_issuance
