"""The state root of a block, kept up to date, beside rebuilding it."""

from random import Random
from time import perf_counter

from taonet.node.trie import Trie, state_root

KEYS = 100_000
HOT_KEYS = 2_560
"""Twenty storage items of 128 subnets, each item's keys under a prefix of their own."""
BLOCKS = 8
PLAIN_KEYS = 10_000
"""The plain rebuild is measured on a part and reported a key."""


def _state(random: Random) -> dict[bytes, bytes]:
    prefixes = [random.randbytes(32) for _ in range(200)]
    state = {
        random.choice(prefixes) + random.randbytes(48): random.randbytes(24) for _ in range(KEYS)
    }
    for prefix in prefixes[:20]:
        for netuid in range(128):
            state[prefix + netuid.to_bytes(2, "little")] = random.randbytes(8)
    return state


def measure() -> dict[str, float]:
    """µs a changed key (best of some blocks), and how many times a plain rebuild takes longer."""
    random = Random(7)
    state = _state(random)
    ordered = sorted(state.items())
    hot = [key for key, _ in ordered if len(key) == 34]
    began = perf_counter()
    trie = Trie(ordered)
    trie.root()
    build_s = perf_counter() - began

    def block_s(keys: list[bytes]) -> float:
        changes: dict[bytes, bytes | None] = {key: random.randbytes(8) for key in keys}
        began = perf_counter()
        trie.update(changes)
        trie.root()
        return perf_counter() - began

    hot_s = min(block_s(hot) for _ in range(BLOCKS))
    scattered = min(block_s(random.sample(list(state), HOT_KEYS)) for _ in range(BLOCKS))
    began = perf_counter()
    state_root(ordered[:PLAIN_KEYS])
    plain_s = (perf_counter() - began) * len(ordered) / PLAIN_KEYS
    return {
        "keys": len(ordered),
        "changed_keys": len(hot),
        "build_us_per_key": build_s / len(ordered) * 1e6,
        "hot_block_ms": hot_s * 1e3,
        "hot_us_per_changed_key": hot_s / len(hot) * 1e6,
        "scattered_us_per_changed_key": scattered / HOT_KEYS * 1e6,
        "plain_rebuild_us_per_key": plain_s / len(ordered) * 1e6,
        "plain_rebuild_over_hot_block": plain_s / hot_s,
    }
