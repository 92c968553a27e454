"""A small chain in memory that fits `ChainBackend`: blocks, a state, a pool, and dev control."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson

from taonet.frame.runtime_api import UnknownRuntimeApi
from taonet.node.config import Sealing
from taonet.node.dev.backend import DevRefused
from taonet.node.header import Header, slot_digest
from taonet.node.store.errors import StateDiscarded, UnknownBlock
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid
from taonet.scale.codec import MalformedScale

VERSION: dict[str, Any] = {
    "specName": "node-subtensor",
    "implName": "node-subtensor",
    "authoringVersion": 1,
    "specVersion": 425,
    "implVersion": 1,
    "apis": [["0xdf6acb689907609b", 5], ["0x37e397fc7c91f5e4", 2]],
    "transactionVersion": 1,
    "systemVersion": 1,
    "stateVersion": 1,
}

FEE_RAO = 123_456_789_012


class PoolRefused(Exception):
    """As the pool's own, which has this shape."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class DictReader:
    """One block's state; keys in byte order."""

    def __init__(self, entries: Mapping[bytes, bytes]) -> None:
        self._entries = entries

    def get(self, key: bytes) -> bytes | None:
        return self._entries.get(key)

    def keys(
        self, prefix: bytes = b"", start_after: bytes | None = None, limit: int | None = None
    ) -> Iterator[bytes]:
        return (key for key, _ in self.items(prefix, start_after, limit))

    def items(
        self, prefix: bytes = b"", start_after: bytes | None = None, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        found = (
            (key, value)
            for key, value in sorted(self._entries.items())
            if key.startswith(prefix) and (start_after is None or key > start_after)
        )
        return islice(found, limit)


@dataclass(frozen=True)
class Block:
    """A block with the state after it."""

    header: Header
    hash: bytes
    extrinsics: tuple[bytes, ...]
    changes: Mapping[bytes, bytes | None]
    state: Mapping[bytes, bytes]


@dataclass
class _Waiting:
    raw: bytes
    watchers: list[Callable[[Any], None]] = field(default_factory=list)

    def tell(self, status: Any) -> None:
        for watcher in list(self.watchers):
            watcher(status)


class MemoryChain:
    """
    Blocks hold what the pool holds. A transaction is refused if it begins with 0xff and breaks the
    node if it is empty; in a block it writes itself under its hash.
    """

    name = "Bittensor"
    chain_type = "Development"
    properties: Mapping[str, Any] = {"ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}

    def __init__(
        self,
        state: Mapping[bytes, bytes] | None = None,
        *,
        keep_blocks: int = 1000,
        dev: bool = True,
    ) -> None:
        self.blocks: list[Block] = []
        self.listeners: list[Callable[[Any], None]] = []
        self.version = dict(VERSION)
        self.answers: dict[str, Callable[[bytes], bytes]] = {
            "Core_echo": lambda data: data,
            "Core_count": self._count,
            "TransactionPaymentApi_query_info": self._query_info,
            "TransactionPaymentApi_query_fee_details": self._fee_details,
        }
        self.finality_lag = 0
        self.dev: MemoryDev | None = MemoryDev(self) if dev else None
        self._pool: dict[bytes, _Waiting] = {}
        self._keep_blocks = keep_blocks
        self.seal(dict(state or {}))

    @property
    def genesis_hash(self) -> bytes:
        return self.blocks[0].hash

    def best(self) -> bytes:
        return self.blocks[-1].hash

    def finalized(self) -> bytes:
        return self.blocks[max(0, len(self.blocks) - 1 - self.finality_lag)].hash

    def hash_of(self, number: int) -> bytes | None:
        return self.blocks[number].hash if 0 <= number < len(self.blocks) else None

    def header(self, block_hash: bytes) -> Header | None:
        block = self._block(block_hash)
        return None if block is None else block.header

    def body(self, block_hash: bytes) -> Sequence[bytes] | None:
        block = self._block(block_hash)
        return None if block is None else block.extrinsics

    def state_at(self, block_hash: bytes) -> DictReader:
        block = self._block(block_hash)
        if block is None:
            raise UnknownBlock(f"no block has the hash 0x{block_hash.hex()}")
        if block.header.number < len(self.blocks) - self._keep_blocks:
            raise StateDiscarded(block_hash)
        return DictReader(block.state)

    def call_api(self, block_hash: bytes, method: str, data: bytes) -> bytes:
        self.state_at(block_hash)
        if method not in self.answers:
            raise UnknownRuntimeApi(method)
        return self.answers[method](data)

    def metadata(self, version: int) -> bytes:
        return b"meta" + bytes((version,))

    def runtime_version(self) -> dict[str, Any]:
        return self.version

    def account_next_index(self, account: AccountId) -> int:
        return account[0] + len(self._pool)

    def pending(self) -> list[bytes]:
        return [waiting.raw for waiting in self._pool.values()]

    async def submit(self, raw: bytes) -> bytes:
        return self._admit(raw, [])

    async def submit_and_watch(
        self, raw: bytes, watcher: Callable[[Any], None]
    ) -> tuple[bytes, Callable[[], None]]:
        watchers = [watcher]
        transaction_hash = self._admit(raw, watchers)
        # Said before the caller has an answer: the RPC has to put it after the reply.
        watcher("ready")
        await asyncio.sleep(0)

        def stop() -> None:
            watchers.clear()

        return transaction_hash, stop

    def listen(self, listener: Callable[[Any], None]) -> Callable[[], None]:
        self.listeners.append(listener)

        def stop() -> None:
            if listener in self.listeners:
                self.listeners.remove(listener)

        return stop

    def watched(self) -> int:
        """Watchers of what is in the pool."""
        return sum(len(waiting.watchers) for waiting in self._pool.values())

    def seal(self, changes: Mapping[bytes, bytes | None] | None = None) -> bytes:
        """Make a block of the pool, and of `changes` besides; its hash."""
        included, self._pool = self._pool, {}
        written = dict(changes or {}) | {key: it.raw for key, it in included.items()}
        state = dict(self.blocks[-1].state) if self.blocks else {}
        for key, value in written.items():
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
        extrinsics = tuple(waiting.raw for waiting in included.values())
        number = len(self.blocks)
        header = Header(
            self.blocks[-1].hash if self.blocks else bytes(32),
            number,
            blake2_256(b"".join(key + value for key, value in sorted(state.items()))),
            blake2_256(b"".join(extrinsics)),
            (slot_digest(number),),
        )
        block = Block(header, header.hash, extrinsics, written, state)
        self.blocks.append(block)
        for listener in list(self.listeners):
            listener(block)
        shown = f"0x{block.hash.hex()}"
        for waiting in included.values():
            waiting.tell({"inBlock": shown})
            waiting.tell({"finalized": shown})
        return block.hash

    def _block(self, block_hash: bytes) -> Block | None:
        return next((block for block in self.blocks if block.hash == block_hash), None)

    def _admit(self, raw: bytes, watchers: list[Callable[[Any], None]]) -> bytes:
        if raw.startswith(b"\xff"):
            raise PoolRefused(1010, "Invalid Transaction", "Transaction has a bad signature")
        if not raw:
            raise RuntimeError("a bug of the node")
        transaction_hash = blake2_256(raw)
        if transaction_hash in self._pool:
            raise PoolRefused(1013, "Transaction Already Imported")
        self._pool[transaction_hash] = _Waiting(raw, watchers)
        return transaction_hash

    @staticmethod
    def _count(data: bytes) -> bytes:
        if len(data) != 4:
            raise MalformedScale("Not enough data to fill buffer")
        return bytes(int.from_bytes(data, "little"))

    @staticmethod
    def _query_info(data: bytes) -> bytes:
        length = int.from_bytes(data[-4:], "little")
        assert length == len(data) - 4
        return bytes((length << 2, 8 << 2, 1)) + FEE_RAO.to_bytes(8, "little")

    @staticmethod
    def _fee_details(data: bytes) -> bytes:
        if data[0] == 4:
            return b"\x00" + bytes(8)
        parts = (0, len(data) - 4, 7000)
        return b"\x01" + b"".join(part.to_bytes(8, "little") for part in parts) + bytes(8)


class MemoryDev:
    """Control over a `MemoryChain`."""

    def __init__(self, chain: MemoryChain) -> None:
        self._chain = chain
        self._sealing = Sealing.MANUAL
        self._paused = False
        self.interval_ms: int | None = None
        self.time_ms = 0

    def sealing(self) -> Sealing:
        return self._sealing

    def paused(self) -> bool:
        return self._paused

    async def new_block(self, count: int = 1) -> bytes:
        for _ in range(count):
            self._chain.seal()
        return self._chain.best()

    async def step_to_epoch(self, netuid: NetUid) -> bytes:
        if netuid == NetUid(9):
            raise DevRefused("there is no subnet 9")
        return await self.new_block(10 - len(self._chain.blocks) % 10)

    async def set_storage(self, changes: Mapping[bytes, bytes | None]) -> bytes:
        return self._chain.seal(changes)

    async def time_travel(self, time_ms: int) -> int:
        if time_ms < self.time_ms:
            raise DevRefused("time does not go back")
        self.time_ms = time_ms
        return time_ms

    async def set_sealing(self, sealing: Sealing, interval_ms: int | None = None) -> None:
        self._sealing, self.interval_ms = sealing, interval_ms

    async def pause(self) -> None:
        self._paused = True

    async def resume(self) -> None:
        self._paused = False

    async def revert(self, block_hash: bytes) -> None:
        header = self._chain.header(block_hash)
        assert header is not None
        del self._chain.blocks[header.number + 1 :]

    async def dump(self) -> bytes:
        state = self._chain.blocks[-1].state
        return orjson.dumps({key.hex(): value.hex() for key, value in state.items()})

    async def load(self, snapshot: bytes) -> bytes:
        entries = orjson.loads(snapshot)
        self._chain.blocks.clear()
        return self._chain.seal({bytes.fromhex(k): bytes.fromhex(v) for k, v in entries.items()})
