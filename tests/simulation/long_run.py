"""
A long time on a busy network, as fast as it goes: real blocks with state roots, stored on disk, so
that the chain itself, which grows with every block, is not in memory.

People stake, unstake, move stake, register, claim and swap now and then; after every so many blocks
all books are checked, and the memory is read all along. The store keeps the head's state alone.
"""

import gc
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean
from typing import Final

from taonet.frame.call import Call
from taonet.frame.config import RuntimeConfig
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Signed
from taonet.frame.overlay import DictState
from taonet.frame.state import State
from taonet.node.executor import BlockExecutor, BlockInput
from taonet.node.store.chain import ChainStore
from taonet.node.store.lmdb_store import LmdbStore
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, to_rao
from taonet.runtime.extrinsic import Extrinsic
from taonet.runtime.pallets import CALLS
from taonet.runtime.runtime import Runtime
from tests.benchmarks.large_network import FIRST_NETUID, account, large_network
from tests.properties.books import check_books
from tests.properties.calls import CallMaker
from tests.properties.stream import signed

CONFIG: Final = RuntimeConfig()
START_MS: Final = 1_700_000_000_000
SLOT_MS: Final = 12_000
PEOPLE: Final = 12
HOTKEYS_EACH: Final = 3
MEMORY_SAMPLES: Final = 90
MIB: Final = 1 << 20
TREASURY: Final = account(0, 0, 0)
TREASURY_TAO: Final = 2_000_000
ALLOWANCE: Final = to_rao(40)


@dataclass(frozen=True)
class Plan:
    """How large a network, for how long, and how busy."""

    subnets: int
    neurons: int
    tempo: int
    blocks: int
    calls_every: int
    """Blocks from one call to the next."""
    checks: int
    """How often, spread over the run, all books are checked; the end is one of them."""


DAY: Final = Plan(subnets=128, neurons=256, tempo=360, blocks=7_200, calls_every=6, checks=6)
"""A day of a network of the real one's size."""

MONTH: Final = Plan(subnets=4, neurons=16, tempo=100, blocks=216_000, calls_every=25, checks=36)
"""A month of a small one."""


@dataclass(frozen=True)
class Figures:
    """What a run took, the checks left out."""

    blocks: int
    calls_made: int
    epochs: int
    cpu_s: float
    memory_mib: tuple[float, ...]
    """The process's memory, read in even steps over the run."""
    head: bytes

    @property
    def memory_growth(self) -> float:
        """
        How much more memory the last third of the run held than the middle one, as a part of it;
        caches fill in the first. Means, since a cache that is emptied now and then saws.
        """
        third = len(self.memory_mib) // 3
        middle, last = self.memory_mib[third : 2 * third], self.memory_mib[2 * third :]
        return mean(last) / mean(middle) - 1

    @property
    def blocks_per_s(self) -> float:
        """Blocks a second of CPU."""
        return self.blocks / self.cpu_s


def run(plan: Plan, folder: Path, seed: int = 1) -> Figures:
    """Make the plan's blocks in an empty folder; `AssertionError` once the books do not agree."""
    people = [account(FIRST_NETUID + n % plan.subnets) for n in range(min(PEOPLE, plan.subnets))]
    hotkeys = [
        account(FIRST_NETUID + n, uid)
        for n in range(len(people))
        for uid in range(1, 1 + min(HOTKEYS_EACH, plan.neurons - 1))
    ]
    store = ChainStore.open(LmdbStore.open(folder, sync=False), keep_blocks=1)
    executor = BlockExecutor.open(store, lambda: _genesis(plan, people), CONFIG)
    gc.freeze()  # As `taonet node` does.
    random = Random(seed)
    maker = CallMaker(executor.runtime, random, people, hotkeys)
    calls = epochs = 0
    spent, memory = 0.0, []
    check_every = max(plan.blocks // plan.checks, 1)
    sample_every = max(plan.blocks // MEMORY_SAMPLES, 1)
    for number in range(1, plan.blocks + 1):
        transactions = []
        if number % plan.calls_every == 0:
            call, origin = maker.honest()
            assert isinstance(origin, Signed)
            transactions = [*_allowance(executor, origin.who), _signed(executor, call, origin.who)]
        time_ms = START_MS + number * SLOT_MS
        began = time.process_time()
        block = executor.execute(BlockInput(time_ms, time_ms // SLOT_MS, transactions))
        executor.commit(block)
        spent += time.process_time() - began
        calls += len(transactions) > 0 and len(block.extrinsics) == 1 + len(transactions)
        if number % check_every == 0 or number == plan.blocks:
            executor.runtime.try_state()
            check_books(executor.runtime)
        if number % sample_every == 0:
            memory.append(_memory_mib())
    epochs = sum(index for _, index in executor.runtime.subtensor.epochs.subnet_epoch_index.items())
    return Figures(plan.blocks, calls, epochs, spent, tuple(memory), executor.head.hash)


def _allowance(executor: BlockExecutor, person: AccountId) -> list[Extrinsic]:
    """The treasury's gift to a person that has little left: who can pay no fee can do nothing."""
    if executor.runtime.balances.free(person) >= ALLOWANCE // 10:
        return []
    call = Call(*CALLS["Balances", "transfer_allow_death"], (AddressId(person), ALLOWANCE))
    return [_signed(executor, call, TREASURY)]


def _signed(executor: BlockExecutor, call: Call, who: AccountId) -> Extrinsic:
    nonce = executor.runtime.system.account[who].nonce
    return executor.decode(signed(executor, call, who, nonce))


def _genesis(plan: Plan, people: list[AccountId]) -> Mapping[bytes, bytes]:
    """
    The large network, whose first validators' owners have TAO to spend and stake on the root; a
    treasury gives them more when they have spent it.
    """
    entries = dict(large_network(plan.subnets, plan.neurons, tempo=plan.tempo))
    runtime = Runtime(State(DictState(entries), CONFIG))
    runtime.subtensor.networks.subtoken_enabled[ROOT] = True
    for person, tao in ((TREASURY, TREASURY_TAO), *((person, 1_000) for person in people)):
        runtime.balances.mint(person, to_rao(tao))
        runtime.subtensor.emission.total_issuance += to_rao(tao)
    for number, person in enumerate(people):
        hotkey = account(FIRST_NETUID + number, 1)
        runtime.subtensor.staking_calls.add_stake(Signed(person), hotkey, ROOT, to_rao(100))
    entries.update((k, v) for k, v in runtime.state.overlay.changes().items() if v is not None)
    return entries


def _memory_mib() -> float:
    """What the process holds now, without the pages of files; its peak where that is not told."""
    status = Path("/proc/self/statm")
    if status.exists():
        _, resident, shared, *_ = (int(pages) for pages in status.read_text().split())
        return (resident - shared) * resource.getpagesize() / MIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
