"""
The chain as the RPC sees it: reads at any kept block, submission to the pool, news of blocks.

One event loop owns it. Reads of old blocks build a runtime over that block's state; the few that
clients ask again and again are kept.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from taonet.frame.state import State
from taonet.node.config import NodeConfig
from taonet.node.dev.backend import DevBackend
from taonet.node.executor import BlockExecutor, BlockInput, Dropped, ExecutedBlock
from taonet.node.gas_room import within_gas
from taonet.node.header import Header
from taonet.node.shield import Shield
from taonet.node.store.chain import BlockRecord
from taonet.node.store.errors import UnknownBlock
from taonet.node.store.state import StateReader
from taonet.node.tx_pool import PoolRefused, TransactionPool, Waiting, Watcher
from taonet.node.verifiers import Verifiers, VerifiersBusy
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.runtime.composition import (
    api_table,
    metadata_v14,
    metadata_v15,
    runtime_version_json,
)
from taonet.runtime.extrinsic import Extrinsic
from taonet.runtime.runtime import Runtime
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid, ValidTransaction

log = structlog.get_logger()

RUNTIMES_MAX = 16
"""Runtimes over recent blocks that are kept for reading."""

FINALIZED_DELAY_S_MAX = 0.5
"""
How long after `inBlock` a watcher hears `finalized`, at most; half a block where that is sooner.

polkadot.js fetches the block when it hears `inBlock`, and never tells the person of it when
`finalized` comes before that is done.
"""


@dataclass(frozen=True)
class BlockImported:
    """A block became the head."""

    header: Header
    hash: bytes
    extrinsics: tuple[bytes, ...]
    changes: Mapping[bytes, bytes | None]


Listener = Callable[[BlockImported], None]


class PoolChecker:
    """The executor's view for the pool, between blocks."""

    def __init__(self, executor: BlockExecutor) -> None:
        self._executor = executor

    def decode(self, raw: bytes) -> Extrinsic:
        """An extrinsic from its bytes; raises `MalformedScale`."""
        return self._executor.decode(raw)

    def check(self, extrinsic: Extrinsic, *, signature_checked: bool = False) -> ValidTransaction:
        """Whether the next block could hold it; raises `TransactionInvalid`."""
        return self._executor.check(extrinsic, signature_checked=signature_checked)

    def nonce(self, account: AccountId) -> int:
        """The account's nonce in the head's state."""
        return self._executor.runtime.system.account[account].nonce


class Chain:
    """See the module; `propose` makes a block, everything else reads or submits."""

    name = "Bittensor"
    properties: Mapping[str, Any] = {"ss58Format": 42, "tokenDecimals": 9, "tokenSymbol": "TAO"}

    def __init__(
        self, executor: BlockExecutor, config: NodeConfig, shield: Shield | None = None
    ) -> None:
        self.executor = executor
        self.config = config
        self.shield = shield or Shield.generate()
        self.pool = TransactionPool(PoolChecker(executor))
        self.genesis_hash = executor.genesis_hash
        self.chain_type = config.chain_type
        self.verifiers: Verifiers | None = None
        """Processes that verify what is submitted; without them it is verified here."""
        self.dev: DevBackend | None = None
        """Control over the chain, on a developer's node."""
        self.submitted = asyncio.Event()
        """Set when a transaction entered the pool: instant sealing waits for it."""
        self._listeners: list[Listener] = []
        self._runtimes: OrderedDict[bytes, Runtime] = OrderedDict()
        self._metadata: dict[int, bytes] = {}
        self._apis = api_table(executor.runtime.codecs)

    def best(self) -> bytes:
        """The head's hash."""
        return self.executor.head.hash

    def finalized(self) -> bytes:
        """The newest block that cannot be undone: with one author, the head."""
        return self.executor.head.hash

    def hash_of(self, number: int) -> bytes | None:
        """The hash of a block of this chain, None above the head."""
        return self.executor.store.hash_of(number)

    def header(self, block_hash: bytes) -> Header | None:
        """A block's header, None if there is no such block."""
        if block_hash == self.executor.head.hash:
            return self.executor.head
        encoded = self.executor.store.header(block_hash)
        return None if encoded is None else Header.decode(encoded)

    def body(self, block_hash: bytes) -> Sequence[bytes] | None:
        """A block's extrinsics with their length prefixes, None if there is no such block."""
        return self.executor.store.body(block_hash)

    def state_at(self, block_hash: bytes) -> StateReader:
        """The state after a block; raises `UnknownBlock` or `StateDiscarded`."""
        number = self.executor.store.number_of(block_hash)
        if number is None:
            raise UnknownBlock(f"no block has the hash 0x{block_hash.hex()}")
        return self.executor.store.state_at(number)

    def call_api(self, block_hash: bytes, method: str, data: bytes) -> bytes:
        """A runtime API's answer; raises `UnknownRuntimeApi`, `MalformedScale`, as `state_at`."""
        runtime = self._runtime_at(block_hash)
        with runtime.state.discarded():
            return self._apis.call(runtime, method, data)

    def metadata(self, version: int) -> bytes:
        """The runtime's metadata, version 14 or 15."""
        if version not in self._metadata:
            describe = {14: metadata_v14, 15: metadata_v15}[version]
            self._metadata[version] = describe(self.config.runtime)
        return self._metadata[version]

    def runtime_version(self) -> dict[str, Any]:
        """The runtime's version as JSON."""
        return runtime_version_json()

    def account_next_index(self, account: AccountId) -> int:
        """The next nonce, counting what waits in the pool."""
        return self.pool.next_nonce(account)

    def pending(self) -> list[bytes]:
        """The transactions that are ready."""
        return self.pool.pending()

    async def submit(self, raw: bytes) -> bytes:
        """Put a transaction in the pool; its hash. Raises `PoolRefused`."""
        waiting = await self._take(raw, None)
        self.submitted.set()
        return waiting.extrinsic.hash

    async def _take(self, raw: bytes, watcher: Watcher | None) -> Waiting:
        if self.verifiers is None:
            return self.pool.submit(raw, watcher)
        extrinsic = self.pool.read(raw)
        checked = await self._is_signed(extrinsic, self.verifiers)
        return self.pool.add(extrinsic, watcher, signature_checked=checked)

    async def _is_signed(self, extrinsic: Extrinsic, verifiers: Verifiers) -> bool:
        """Whether a signature was found good; what could not be verified apart is left open."""
        payload = self._payload_of(extrinsic)
        if payload is None:
            return False
        signer, signature = bytes(extrinsic.signer or b""), extrinsic.signature
        try:
            (signed,) = await verifiers.verify([(extrinsic.scheme, signature, payload, signer)])
        except VerifiersBusy as busy:
            raise PoolRefused(1016, "Immediately Dropped", str(busy)) from busy
        if self._payload_of(extrinsic) != payload:
            # The head moved, and with it what had to be signed.
            return False
        if not signed:
            bad = TransactionInvalid(Invalid.BAD_PROOF)
            raise PoolRefused(1010, "Invalid Transaction", str(bad))
        return True

    def _payload_of(self, extrinsic: Extrinsic) -> bytes | None:
        """What had to be signed for the next block, None if nothing could make it valid."""
        if extrinsic.signer is None:
            return None
        try:
            return self.executor.executive.payload_of(extrinsic, self.executor.head.hash)
        except TransactionInvalid:
            return None

    async def submit_and_watch(
        self, raw: bytes, watcher: Watcher
    ) -> tuple[bytes, Callable[[], None]]:
        """Submit and hear what becomes of it, from the next tick on; the hash and how to stop."""
        loop = asyncio.get_running_loop()

        def later(status: Any) -> None:
            loop.call_soon(watcher, status)

        waiting = await self._take(raw, later)
        self.submitted.set()

        def unwatch() -> None:
            if later in waiting.watchers:
                waiting.watchers.remove(later)

        return waiting.extrinsic.hash, unwatch

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of each new head; returns how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def propose(
        self, time_ms: int, slot: int, writes: Mapping[bytes, bytes | None]
    ) -> BlockImported:
        """Make the next block of what is ready, commit it and tell everyone."""
        number = self.executor.head.number + 1
        block = BlockInput(
            time_ms,
            slot,
            within_gas(self.pool.ready()),
            writes,
            shield_key=self.shield.public_key(number),
            opener=partial(self.shield.open, number=number),
        )
        executed = self.executor.execute(block)
        self.executor.commit(executed)
        return self._imported(executed)

    def revert_to(self, number: int) -> None:
        """Take back every block above `number`, and what was derived from them."""
        self.executor.revert_to(number)
        self._forget()

    def load(self, record: BlockRecord) -> None:
        """Replace the whole chain by one block with its state."""
        self.executor.load(record)
        self._forget()

    def _forget(self) -> None:
        self._runtimes.clear()
        self.pool.clear()

    def _imported(self, block: ExecutedBlock) -> BlockImported:
        imported = BlockImported(block.header, block.header.hash, block.extrinsics, block.changes)
        for dropped in block.dropped:
            log.info("carried_transaction_dropped", **_facts_of(dropped))
        done = self._settle(block, imported)
        for listener in list(self._listeners):
            listener(imported)
        if done:
            finalized = {"finalized": f"0x{imported.hash.hex()}"}
            delay_s = min(FINALIZED_DELAY_S_MAX, self.config.pace_s / 2)
            asyncio.get_running_loop().call_later(delay_s, _tell_all, done, finalized)
        return imported

    def _settle(self, block: ExecutedBlock, imported: BlockImported) -> list[Waiting]:
        waiting_hashes = [blake2_256(raw) for raw in block.extrinsics]
        done = [self.pool.included(h, imported.hash) for h in waiting_hashes]
        for refused in block.refused:
            self.pool.refuse(refused.extrinsic.hash, refused.reason)
        self.pool.block_imported(block.header.number)
        return [waiting for waiting in done if waiting is not None]

    def _runtime_at(self, block_hash: bytes) -> Runtime:
        runtime = self._runtimes.get(block_hash)
        if runtime is None:
            runtime = Runtime(State(self.state_at(block_hash), self.config.runtime))
            self._runtimes[block_hash] = runtime
            while len(self._runtimes) > RUNTIMES_MAX:
                self._runtimes.popitem(last=False)
        else:
            self._runtimes.move_to_end(block_hash)
        return runtime


def _facts_of(dropped: Dropped) -> dict[str, str]:
    return {"carrier": f"0x{dropped.carrier.hash.hex()}", "reason": dropped.reason}


def _tell_all(done: list[Waiting], status: Any) -> None:
    for waiting in done:
        waiting.tell(status)
