"""
The dev methods over a real chain and engine.

Each call runs to its end on the event loop before a block can be made, so it is atomic to every
client. Raw storage is written as a block of its own: a head's state root stays true.
"""

from collections.abc import Mapping

import orjson

from taonet.node.chain import Chain
from taonet.node.config import Sealing
from taonet.node.dev.backend import DevRefused
from taonet.node.engines.embedded import EmbeddedEngine
from taonet.node.header import Header
from taonet.node.store.chain import BlockRecord
from taonet.node.store.errors import StateDiscarded, UnknownBlock
from taonet.node.trie import state_root
from taonet.primitives.units import NetUid

NEW_BLOCKS_MAX = 10_000
"""Blocks of one call: the loop serves nobody meanwhile."""

EPOCH_BLOCKS_MAX = 10_000
"""Blocks that a step to an epoch may take; the chain's longest tempo is below it."""

STATE_KEY_BYTES_MAX = 250
"""What the store can hold under one key."""

INTERVAL_MS_MIN = 10


class DevControl:
    """Full control over one chain; see `DevBackend`."""

    def __init__(self, chain: Chain, engine: EmbeddedEngine) -> None:
        self._chain = chain
        self._engine = engine

    def sealing(self) -> Sealing:
        """When blocks are made."""
        return self._engine.sealing

    def paused(self) -> bool:
        """Whether nothing but dev calls makes blocks."""
        return self._engine.paused

    async def new_block(self, count: int = 1) -> bytes:
        """Make `count` blocks; the last one's hash."""
        if not 1 <= count <= NEW_BLOCKS_MAX:
            raise DevRefused(f"one call makes 1 to {NEW_BLOCKS_MAX} blocks, not {count}")
        for _ in range(count):
            self._engine.new_block()
        return self._chain.best()

    async def step_to_epoch(self, netuid: NetUid) -> bytes:
        """Make blocks until the subnet's next epoch has run."""
        runtime = self._chain.executor.runtime
        if not runtime.subtensor.networks.networks_added[netuid]:
            raise DevRefused(f"there is no subnet {int(netuid)}")
        index = runtime.subtensor.epochs.subnet_epoch_index
        before = index[netuid]
        for _ in range(EPOCH_BLOCKS_MAX):
            self._engine.new_block()
            if index[netuid] != before:
                return self._chain.best()
        raise DevRefused(f"subnet {int(netuid)} ran no epoch within {EPOCH_BLOCKS_MAX} blocks")

    async def set_storage(self, changes: Mapping[bytes, bytes | None]) -> bytes:
        """Write raw storage in a block of its own; its hash."""
        for key in changes:
            if not 1 <= len(key) <= STATE_KEY_BYTES_MAX:
                raise DevRefused(f"a storage key has 1 to {STATE_KEY_BYTES_MAX} bytes")
        return self._engine.new_block(writes=changes).hash

    async def time_travel(self, time_ms: int) -> int:
        """The next block's time."""
        now = self._chain.executor.runtime.timestamp.now
        if time_ms <= now:
            raise DevRefused(f"time goes forward: the head is at {now} ms, asked for {time_ms}")
        self._engine.next_time_ms = time_ms
        return time_ms

    async def set_sealing(self, sealing: Sealing, interval_ms: int | None = None) -> None:
        """Make blocks otherwise from now on."""
        if interval_ms is not None:
            if sealing is not Sealing.INTERVAL:
                raise DevRefused("an interval goes with sealing by interval only")
            if interval_ms < INTERVAL_MS_MIN:
                raise DevRefused(f"an interval has at least {INTERVAL_MS_MIN} ms")
        self._engine.set_sealing(sealing, None if interval_ms is None else interval_ms / 1000)

    async def pause(self) -> None:
        """Stop making blocks."""
        self._engine.set_paused(paused=True)

    async def resume(self) -> None:
        """Undo `pause`."""
        self._engine.set_paused(paused=False)

    async def revert(self, block_hash: bytes) -> None:
        """Take back every block above this one."""
        number = self._chain.executor.store.number_of(block_hash)
        if number is None:
            raise DevRefused(f"no block has the hash 0x{block_hash.hex()}")
        try:
            self._chain.revert_to(number)
        except (StateDiscarded, UnknownBlock) as error:
            raise DevRefused(str(error)) from error

    async def dump(self) -> bytes:
        """The head with its whole state."""
        record = self._chain.executor.store.snapshot()
        return orjson.dumps(
            {
                "number": record.number,
                "header": record.header_bytes.hex(),
                "extrinsics": [raw.hex() for raw in record.extrinsics],
                "state": {
                    key.hex(): value.hex()
                    for key, value in record.changes.items()
                    if value is not None
                },
            }
        )

    async def load(self, snapshot: bytes) -> bytes:
        """Replace the whole chain by what `dump` gave."""
        record = _read_snapshot(snapshot)
        self._chain.load(record)
        return self._chain.best()


def _read_snapshot(snapshot: bytes) -> BlockRecord:
    """The record in a dump; `DevRefused` unless its state is the one its header stands for."""
    try:
        document = orjson.loads(snapshot)
        header = Header.decode(bytes.fromhex(document["header"]))
        extrinsics = [bytes.fromhex(raw) for raw in document["extrinsics"]]
        state = {
            bytes.fromhex(key): bytes.fromhex(value) for key, value in document["state"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DevRefused(f"this is no snapshot of a chain: {error}") from error
    if state_root(state.items()) != header.state_root:
        raise DevRefused("the snapshot's state is not the one that its header stands for")
    return BlockRecord(header.number, header.hash, header.encoded, extrinsics, state)
