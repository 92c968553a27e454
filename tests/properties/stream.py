"""
Blocks of random transactions, recorded once and executed again: `python -m tests.properties.stream`
prints the head's hash after some.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.origin import Root, Signed
from taonet.node.executor import BlockExecutor, BlockInput
from taonet.node.store.chain import ChainStore
from taonet.node.store.key_value import KeyValueStore
from taonet.node.store.memory_store import MemoryStore
from taonet.primitives.ids import AccountId
from taonet.primitives.signature import SR25519
from taonet.runtime.extrinsic import SIGNED
from taonet.runtime.pallets import CALLS
from taonet.scale.codec import encode_compact
from tests.properties.calls import CallMaker
from tests.properties.network import COLDKEYS, CONFIG, HOTKEYS, SLOT_MS, START_MS, small_network

CALLS_PER_BLOCK_MAX = 5


@dataclass(frozen=True)
class Recorded:
    """A block that was made: its transactions and its hash."""

    transactions: tuple[bytes, ...]
    hash: bytes


def open_executor(store: KeyValueStore) -> BlockExecutor:
    """The small network's chain over a store that may be empty."""
    return BlockExecutor.open(ChainStore.open(store, keep_blocks=16), small_network, CONFIG)


def execute(executor: BlockExecutor, transactions: Iterable[bytes]) -> bytes:
    """Make and commit the next block; its hash."""
    time_ms = START_MS + (executor.head.number + 1) * SLOT_MS
    decoded = [executor.decode(raw) for raw in transactions]
    block = executor.execute(BlockInput(time_ms, time_ms // SLOT_MS, decoded))
    executor.commit(block)
    return block.header.hash


def record(seed: int, blocks: int, store: KeyValueStore | None = None) -> list[Recorded]:
    """Make blocks of random transactions: what each held, whether it was refused or not."""
    executor = open_executor(MemoryStore() if store is None else store)
    random = Random(seed)
    maker = CallMaker(executor.runtime, random, COLDKEYS, HOTKEYS)
    recorded = []
    for _ in range(blocks):
        count = random.randrange(CALLS_PER_BLOCK_MAX + 1)
        transactions = _transactions(executor, maker, random, count)
        recorded.append(Recorded(transactions, execute(executor, transactions)))
        executor.runtime.try_state()
    return recorded


def replay(recorded: Sequence[Recorded], store: KeyValueStore) -> list[bytes]:
    """The hashes of the recorded blocks, executed on a store."""
    executor = open_executor(store)
    return [execute(executor, block.transactions) for block in recorded]


def _transactions(
    executor: BlockExecutor, maker: CallMaker, random: Random, count: int
) -> tuple[bytes, ...]:
    """Signed calls with the nonces that the block needs; root's go through Alice."""
    used: dict[AccountId, int] = {}
    transactions = []
    for _ in range(count):
        call, origin = random.choice((maker.honest, maker.any, maker.parameters))()
        if isinstance(origin, Root):
            call, origin = Call(*CALLS["Sudo", "sudo"], (call,)), Signed(COLDKEYS[0])
        assert isinstance(origin, Signed)
        nonce = executor.runtime.system.account[origin.who].nonce + used.get(origin.who, 0)
        used[origin.who] = used.get(origin.who, 0) + 1
        transactions.append(signed(executor, call, origin.who, nonce))
    return tuple(transactions)


def signed(executor: BlockExecutor, call: Call, who: AccountId, nonce: int) -> bytes:
    """A transaction as its signer would send it; executors take signatures as checked."""
    data = executor.runtime.codecs.of(RUNTIME_CALL).encode(call)
    signature = bytes((SR25519,)) + bytes(64)
    immortal, no_tip, no_metadata_hash = b"\x00", b"\x00", b"\x00"
    extension = immortal + encode_compact(nonce) + no_tip + no_metadata_hash
    body = bytes((SIGNED, 0)) + who + signature + extension + data
    return encode_compact(len(body)) + body


if __name__ == "__main__":
    print(record(int(sys.argv[1]), int(sys.argv[2]))[-1].hash.hex())
