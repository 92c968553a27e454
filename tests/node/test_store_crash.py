"""
A node killed at any moment loses no block that it acknowledged and keeps no part of another.

Run as a program, this file is that node: it commits blocks without end and prints each number
after its commit.
"""

import subprocess
import sys
from hashlib import blake2b
from pathlib import Path
from random import Random

from taonet.node.store.chain import BlockRecord, ChainStore
from taonet.node.store.lmdb_store import LmdbStore
from taonet.node.trie import Trie, state_root
from taonet.primitives.hashing import blake2_256

KILLS = 20
KEEP_BLOCKS = 12
KEYS = 300
CHANGES = 60
ROOT = slice(-32, None)
"""Where the headers of this test hold the state root."""


def commit_blocks(directory: Path) -> None:
    """Continue the chain in `directory` until killed."""
    chain = ChainStore.open(LmdbStore.open(directory), keep_blocks=KEEP_BLOCKS)
    head = chain.head()
    number, parent = (-1, bytes(32)) if head is None else head
    trie = Trie() if head is None else Trie(chain.state_at(number).items())
    while True:
        number += 1
        random = Random(number)
        changes = {
            blake2_256(random.randrange(KEYS).to_bytes(2, "little")): random.choice(
                [None, random.randbytes(8), random.randbytes(900)]
            )
            for _ in range(CHANGES)
        }
        changes[b"number"] = number.to_bytes(4, "little")
        trie.update(changes)
        header = parent + number.to_bytes(4, "little") + trie.root()
        parent = blake2_256(header)
        body = [number.to_bytes(4, "little"), random.randbytes(5000)]
        chain.commit_block(BlockRecord(number, parent, header, body, changes))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def acknowledged_until_killed(directory: Path, random: Random) -> int:
    """Start the node, kill it amid its work, and return the last number that it printed."""
    command = [sys.executable, __file__, str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        for _ in range(random.randint(1, 15)):
            acknowledged = int(node.stdout.readline())
        # The node goes on meanwhile: work of random length lands the kill anywhere in a block.
        for _ in range(random.randint(0, 4000)):
            blake2b(b"work").digest()
        node.kill()
        rest = node.stdout.read().split("\n")
    complete = [int(line) for line in rest[:-1]]
    return max([acknowledged, *complete])


def check(directory: Path, acknowledged: int, random: Random) -> int:
    """The store holds whole blocks only, up to `acknowledged` at least; returns its head."""
    chain = ChainStore.open(LmdbStore.open(directory), keep_blocks=KEEP_BLOCKS)
    head = chain.head()
    assert head is not None
    number, head_hash = head
    assert acknowledged <= number <= acknowledged + 1
    oldest = chain.oldest_state()
    assert oldest == max(0, number - KEEP_BLOCKS + 1)
    for kept in {number, random.randint(oldest, number), oldest}:
        block_hash = chain.hash_of(kept)
        assert block_hash is not None
        header, body = chain.header(block_hash), chain.body(block_hash)
        assert header is not None
        assert body is not None
        assert blake2_256(header) == block_hash
        assert state_root(chain.state_at(kept).items()) == header[ROOT]
        assert body[0] == kept.to_bytes(4, "little")
    assert chain.number_of(head_hash) == number
    assert chain.hash_of(number + 1) is None
    chain.close()
    return number


def test_a_node_killed_at_random_moments_keeps_every_acknowledged_block(tmp_path: Path) -> None:
    seed = 20_26
    random = Random(seed)
    head = -1
    for _ in range(KILLS):
        acknowledged = acknowledged_until_killed(tmp_path, random)
        assert acknowledged > head, f"seed {seed}"
        head = check(tmp_path, acknowledged, random)


if __name__ == "__main__":
    commit_blocks(Path(sys.argv[1]))
