"""What a block costs to store, and a key to read, at the head and behind it."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from taonet.node.store.chain import BlockRecord, ChainStore
from taonet.node.store.key_value import KeyValueStore
from taonet.node.store.lmdb_store import LmdbStore
from taonet.node.store.memory_store import MemoryStore
from taonet.primitives.hashing import blake2_256

KEYS = 100_000
HOT_KEYS = 2_560
BLOCKS = 12
READS = 5_000


def _measure(store: KeyValueStore) -> dict[str, float]:
    random = Random(7)
    prefixes = [random.randbytes(32) for _ in range(200)]
    keys = [random.choice(prefixes) + random.randbytes(48) for _ in range(KEYS)]
    hot = [prefix + i.to_bytes(2, "little") for prefix in prefixes[:20] for i in range(128)]
    chain = ChainStore.open(store, keep_blocks=BLOCKS // 2)
    parent = bytes(32)

    def commit_s(number: int, changed: list[bytes]) -> float:
        nonlocal parent
        header = parent + number.to_bytes(4, "little")
        parent = blake2_256(header)
        changes: dict[bytes, bytes | None] = {key: random.randbytes(16) for key in changed}
        began = perf_counter()
        chain.commit_block(BlockRecord(number, parent, header, [], changes))
        return perf_counter() - began

    base_s = commit_s(0, keys + hot)
    hot_s = sorted(commit_s(1 + i, hot) for i in range(BLOCKS))
    scattered_s = sorted(
        commit_s(1 + BLOCKS + i, random.sample(keys, HOT_KEYS)) for i in range(BLOCKS)
    )

    def read_us(number: int, wanted: list[bytes]) -> float:
        reader = chain.state_at(number)
        began = perf_counter()
        for key in wanted:
            reader.get(key)
        return (perf_counter() - began) / len(wanted) * 1e6

    def scan_us(number: int) -> float:
        reader = chain.state_at(number)
        began = perf_counter()
        count = sum(1 for _ in reader.items())
        return (perf_counter() - began) / count * 1e6

    head = 2 * BLOCKS
    wanted = random.sample(keys, READS)
    return {
        "base_us_per_key": base_s / KEYS * 1e6,
        "commit_hot_ms_median": hot_s[BLOCKS // 2] * 1e3,
        "commit_scattered_ms_median": scattered_s[BLOCKS // 2] * 1e3,
        "read_head_us": read_us(head, wanted),
        "read_head_cached_us": read_us(head, wanted),
        "read_past_us": read_us(head - 3, wanted),
        "scan_head_us_per_key": scan_us(head),
        "scan_past_us_per_key": scan_us(head - 3),
    }


def measure() -> dict[str, dict[str, float]]:
    """ms a block of 2 560 changed keys among 100 000, and µs a read, on each store."""
    figures = {"memory": _measure(MemoryStore())}
    for name, sync in (("lmdb", True), ("lmdb_without_sync", False)):
        with TemporaryDirectory() as directory:
            store = LmdbStore.open(Path(directory), sync=sync)
            figures[name] = _measure(store)
            store.close()
    return figures
