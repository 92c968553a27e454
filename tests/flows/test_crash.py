"""A node that is killed at any time loses nothing that it showed, and keeps no partial block."""

from pathlib import Path
from random import Random

from taonet.node.header import Header
from taonet.node.store.chain import ChainStore
from taonet.node.store.lmdb_store import LmdbStore
from taonet.node.trie import state_root
from tests.flows.node_process import NodeProcess, node_process
from tests.node.small_chain import ALICE, SmallChain

ROUNDS = 20
SEED = 20


def _work(node: NodeProcess, signer: SmallChain, rng: Random) -> tuple[int, str]:
    """Send transfers and look at heads for some blocks; the last head that was seen."""
    nonce = node.call("account_nextIndex", ALICE.pair.ss58_address)
    seen = node.head()
    enough = seen[0] + rng.randrange(1, 6)
    while seen[0] < enough:
        raw = signer.transfer(ALICE, 1, nonce=nonce)
        node.call("author_submitExtrinsic", f"0x{raw.hex()}")
        nonce += 1
        seen = node.head()
    return seen


def _check(folder: Path, seen: tuple[int, str]) -> None:
    store = ChainStore.open(LmdbStore.open(folder), keep_blocks=256)
    try:
        head = store.head()
        assert head is not None
        known = store.hash_of(seen[0])
        encoded = store.header(head[1])
        assert encoded is not None

        assert head[0] >= seen[0]
        assert known is not None
        assert f"0x{known.hex()}" == seen[1]
        assert state_root(store.state_at(head[0]).items()) == Header.decode(encoded).state_root
    finally:
        store.close()


def test_kill_twenty_times(tmp_path: Path) -> None:
    rng = Random(SEED)
    print(f"seed {SEED}")
    signer = SmallChain()
    seen = (0, "")
    for _ in range(ROUNDS):
        with node_process("--folder", str(tmp_path), "--block-time", "0.02") as node:
            assert node.head()[0] >= seen[0]
            seen = _work(node, signer, rng)
            node.kill()
        _check(tmp_path, seen)

    assert seen[0] > ROUNDS
