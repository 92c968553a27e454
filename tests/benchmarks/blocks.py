"""Blocks a second on a network of the real one's size, with and without the state root."""

import resource
import time
from typing import Any

from taonet.frame.config import RuntimeConfig
from taonet.node.executor import BlockExecutor, BlockInput
from taonet.node.store.chain import ChainStore
from taonet.node.store.memory_store import MemoryStore
from tests.benchmarks.large_network import large_network

SUBNETS, NEURONS, BLOCKS = 128, 256, 100
SLOT_MS = 12_000
FAST_BLOCKS_PER_S = 4.0
"""What the reference's fast-blocks local network makes, by its own clock."""


def run(subnets: int, neurons: int, blocks: int) -> dict[str, Any]:
    """Make blocks with the state root, committed to memory; figures in seconds and MiB."""
    config = RuntimeConfig()
    entries = large_network(subnets, neurons)
    store = ChainStore.open(MemoryStore(), keep_blocks=8)
    executor = BlockExecutor.open(store, lambda: entries, config)
    time_ms = 1_700_000_000_000
    started, changed = time.process_time(), 0
    for _ in range(blocks):
        time_ms += SLOT_MS
        block = executor.execute(BlockInput(time_ms, time_ms // SLOT_MS, []))
        executor.commit(block)
        changed += len(block.changes)
    elapsed = time.process_time() - started
    return {
        "keys": len(entries),
        "blocks_per_s": blocks / elapsed,
        "changed_keys_per_block": changed / blocks,
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure() -> dict[str, Any]:
    """The row of this benchmark."""
    figures = run(SUBNETS, NEURONS, BLOCKS)
    return {
        "name": "blocks, 128 subnets of 256 neurons, with the state root",
        "unit": "blocks a second of CPU",
        "figure": figures["blocks_per_s"],
        "reference": FAST_BLOCKS_PER_S,
        "reference_name": "fast-blocks local network, declared",
        "ratio": figures["blocks_per_s"] / FAST_BLOCKS_PER_S,
        "target": ">= 20",
        **figures,
    }
