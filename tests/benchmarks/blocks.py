"""
Blocks a second on a network of the real one's size, and the memory that it takes.

The network is built and run through a whole tempo by a process of its own, so that what is measured
is a chain in its stride, in a process that holds nothing else: with a state root in every block,
and run ahead with one root for many blocks. Beside it stand the blocks that a local network makes
at the pace of fast blocks, and a bare process that holds the same keys and values in a dictionary.
"""

import asyncio
import gc
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from taonet.frame.config import RuntimeConfig, Timing
from taonet.node.config import NodeConfig, Sealing
from taonet.node.executor import BlockExecutor, BlockInput
from taonet.node.service import running
from taonet.node.store.chain import BlockRecord, ChainStore
from taonet.node.store.memory_store import MemoryStore
from taonet.runtime.genesis import localnet_genesis
from tests.benchmarks.large_network import large_network

T = TypeVar("T")

SUBNETS, NEURONS, TEMPO = 128, 256, 360
BLOCKS = 120
ROOT_EVERY = 60
"""Blocks of a fast-forward to one state root."""

SLOT_MS = 12_000
START_MS = 1_700_000_000_000
LOCALNET_S = 6.0
"""How long blocks of the paced local network are counted."""

_DICTIONARY = """
import pickle, sys
with open(sys.argv[1], "rb") as file:
    held = pickle.load(file)
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmRSS")))
"""


def build(path: Path, subnets: int, neurons: int, tempo: int) -> None:
    """Write a network's state after a whole tempo to `path`, and its last block beside it."""
    entries = large_network(subnets, neurons, tempo=tempo)
    store = ChainStore.open(MemoryStore(), keep_blocks=1)
    executor = BlockExecutor.open(store, lambda: entries, RuntimeConfig())
    _run(executor, tempo + 1)
    record = store.snapshot()
    # Plain bytes, so that a process without this project can hold them.
    plain = {bytes(key): bytes(value) for key, value in record.changes.items() if value is not None}
    path.write_bytes(pickle.dumps(plain))
    path.with_suffix(".block").write_bytes(
        pickle.dumps((record.number, record.hash, record.header_bytes, record.extrinsics))
    )


def opened(path: Path) -> BlockExecutor:
    """A chain in memory that goes on from what `build` wrote."""
    config = RuntimeConfig()
    store = ChainStore.open(MemoryStore(), keep_blocks=8)
    executor = BlockExecutor.open(store, lambda: localnet_genesis(config), config)
    changes = pickle.loads(path.read_bytes())
    number, block_hash, header, body = pickle.loads(path.with_suffix(".block").read_bytes())
    executor.load(BlockRecord(number, block_hash, header, body, changes))
    return executor


def _run(executor: BlockExecutor, blocks: int, *, root_every: int = 1) -> float:
    """Make blocks, committed to memory; the seconds of CPU."""
    started = time.process_time()
    for number in range(1, blocks + 1):
        time_ms = START_MS + (executor.head.number + 1) * SLOT_MS
        block = BlockInput(time_ms, time_ms // SLOT_MS, [])
        if number % root_every:
            executor.run_ahead(block)
        else:
            executor.commit(executor.execute(block))
    return time.process_time() - started


def run(path: Path, blocks: int, root_every: int) -> dict[str, Any]:
    """What a chain that goes on from `path` takes; figures in blocks a second of CPU and MiB."""
    executor = opened(path)
    gc.freeze()  # As `taonet node` does.
    _run(executor, 3)
    rooted = blocks / _run(executor, blocks)
    gc.collect()
    figures = {"keys": len(executor.trie), "blocks_per_s": rooted, "memory_mib": memory_mib()}
    ahead = blocks / _run(executor, blocks, root_every=root_every)
    return figures | {"fast_forward_blocks_per_s": ahead, "root_every": root_every}


def memory_mib() -> float:
    """The most that this process ever held."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError("this system does not tell a process's memory")


def dictionary_mib(path: Path) -> float:
    """What a bare Python process holds with the same keys and values in a dictionary."""
    command = [sys.executable, "-I", "-S", "-c", _DICTIONARY, str(path)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout) / 1024


async def localnet_blocks_per_s(seconds: float) -> float:
    """Blocks a second of the clock on the wall, of our local network at the pace of fast blocks."""
    config = NodeConfig(
        runtime=RuntimeConfig(timing=Timing.FAST), sealing=Sealing.INTERVAL, ports=()
    )
    async with running(config) as node:
        head = node.chain.executor.head
        started, first = time.perf_counter(), head.number
        await asyncio.sleep(seconds)
        made = node.chain.executor.head.number - first
        return made / (time.perf_counter() - started)


def _localnet() -> float:
    return asyncio.run(localnet_blocks_per_s(LOCALNET_S))


def alone(function: Callable[..., T], *arguments: Any) -> T:
    """What a function answers in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def measure() -> dict[str, Any]:
    """The figures of this benchmark."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state"

        alone(build, path, SUBNETS, NEURONS, TEMPO)
        figures = alone(run, path, BLOCKS, ROOT_EVERY)
        dictionary = dictionary_mib(path)
    return figures | {"localnet_blocks_per_s": alone(_localnet), "dictionary_mib": dictionary}
