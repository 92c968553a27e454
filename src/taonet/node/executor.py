"""
Blocks from transactions: the one place where a block is executed and committed.

`execute` runs a block over the head's state and computes its roots; `commit` writes it. An engine
differs from another only in who fills in the `BlockInput`. Everything here is synchronous and
deterministic; the only effects are those of `commit`.

A simulation may `run_ahead`: blocks without a state root, `UNROOTED` in their headers, which are
written together with the next one that has a root. A chain that serves clients never does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from taonet.frame.config import RuntimeConfig
from taonet.frame.state import State
from taonet.node.header import Header, slot_digest
from taonet.node.shield import CannotOpen
from taonet.node.store.chain import BlockRecord, ChainStore
from taonet.node.trie import Trie, ordered_root
from taonet.runtime.executive import Executive
from taonet.runtime.extrinsic import Extrinsic, decode_extrinsic
from taonet.runtime.runtime import Runtime
from taonet.runtime.shielded_transaction import is_shielded
from taonet.runtime.transaction_validity import TransactionInvalid, ValidTransaction
from taonet.scale.codec import MalformedScale

ZERO_HASH = bytes(32)

UNROOTED = bytes(32)
"""The state root in the header of a block that was run ahead: nothing hashes to it."""

TOO_LARGE_MAX = 8
"""After this many transactions that no longer fit, a block counts as full."""


@dataclass(frozen=True)
class BlockInput:
    """What an engine decides about a block; transactions are tried in their order."""

    time_ms: int
    slot: int
    transactions: Iterable[Extrinsic]
    writes: Mapping[bytes, bytes | None] = field(default_factory=dict)
    """Raw storage that a developer sets at the block's end; None removes a key."""
    shield_key: bytes | None = None
    """What the block announces to encrypt with; None announces nothing."""
    opener: Callable[[bytes], bytes] | None = None
    """
    What a carrier's ciphertext holds, or `CannotOpen`. None where nothing is to be opened: a block
    that is run again holds what was carried among its transactions.
    """


@dataclass(frozen=True)
class Refused:
    """A transaction that could not stand in the block it was tried for."""

    extrinsic: Extrinsic
    reason: TransactionInvalid


@dataclass(frozen=True)
class Dropped:
    """A carrier that stands in the block without what it carried, and why."""

    carrier: Extrinsic
    reason: str


@dataclass(frozen=True)
class ExecutedBlock:
    """A block that ran: what it holds, what it changed, and what was left out of it."""

    header: Header
    extrinsics: tuple[bytes, ...]
    changes: Mapping[bytes, bytes | None]
    refused: tuple[Refused, ...]
    dropped: tuple[Dropped, ...] = ()
    previous: Mapping[bytes, bytes | None] | None = None
    """What the changed keys held before."""


@dataclass
class _Body:
    """A block's body while it grows."""

    included: list[bytes] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


class BlockExecutor:
    """
    Executes on the head of a store; use `open`, which writes genesis where there is none.

    A process that has one for all its life calls `gc.freeze()` behind it, so that no collection of
    garbage walks the trie again.
    """

    def __init__(self, store: ChainStore, head: Header, config: RuntimeConfig) -> None:
        self.store = store
        self.config = config
        self.head = head
        self._rooted = head.number
        self._ahead: list[BlockRecord] = []
        reader = store.state_at(head.number)
        self.trie = Trie(reader.items())
        self.runtime = Runtime(State(reader, config))
        self.executive = Executive(self.runtime)
        genesis = store.hash_of(0)
        assert genesis is not None
        self.genesis_hash = genesis

    @classmethod
    def open(
        cls,
        store: ChainStore,
        genesis: Callable[[], Mapping[bytes, bytes]],
        config: RuntimeConfig,
    ) -> Self:
        """The executor of a store's chain; an empty store gets the genesis block first."""
        head = store.head()
        if head is None:
            cls._write_genesis(store, genesis())
            head = store.head()
        assert head is not None
        encoded = store.header(head[1])
        assert encoded is not None
        return cls(store, Header.decode(encoded), config)

    @staticmethod
    def _write_genesis(store: ChainStore, entries: Mapping[bytes, bytes]) -> None:
        root = Trie(sorted(entries.items())).root()
        header = Header(ZERO_HASH, 0, root, ordered_root([]), ())
        store.commit_block(BlockRecord(0, header.hash, header.encoded, [], dict(entries)))

    def decode(self, raw: bytes) -> Extrinsic:
        """An extrinsic from its bytes; raises `MalformedScale`."""
        return decode_extrinsic(self.runtime.codecs, raw)

    def check(self, extrinsic: Extrinsic, *, signature_checked: bool = False) -> ValidTransaction:
        """Whether the next block could hold it; raises `TransactionInvalid`."""
        return self.executive.validate_transaction(
            extrinsic, parent_hash=self.head.hash, signature_checked=signature_checked
        )

    def execute(self, block: BlockInput) -> ExecutedBlock:
        """
        Run the next block. Its transactions' signatures were checked; one that may not stand in
        the block is left out. The head does not move until `commit`.
        """
        digest = (slot_digest(block.slot),)
        body = self._run(block, digest)
        written = self.runtime.state.overlay.changes()
        previous = self.store.state_at(self._rooted).values_of(written)
        changes = {key: value for key, value in written.items() if previous[key] != value}
        self.trie.update(changes)
        header = self._header(digest, body, self.trie.root())
        return ExecutedBlock(
            header,
            tuple(body.included),
            changes,
            tuple(body.refused),
            tuple(body.dropped),
            previous,
        )

    def run_ahead(self, block: BlockInput) -> Header:
        """
        Run the next block and make it the head, in memory only: without a state root, and without
        a state of its own once the next block that is committed has been written with it.
        """
        digest = (slot_digest(block.slot),)
        body = self._run(block, digest)
        self.head = header = self._header(digest, body, UNROOTED)
        self._ahead.append(
            BlockRecord(header.number, header.hash, header.encoded, tuple(body.included), {})
        )
        return header

    def _run(self, block: BlockInput, digest: tuple[bytes, ...]) -> _Body:
        """All of a block but its header; what it wrote is in the overlay."""
        number = self.head.number + 1
        executive = self.executive
        executive.initialize_block(
            number=number, parent_hash=self.head.hash, time_ms=block.time_ms, digest=digest
        )
        body = _Body()
        for raw in executive.inherents(block.time_ms, block.shield_key):
            executive.apply_extrinsic(self.decode(raw))
            body.included.append(raw)
        self._apply(block, body)
        executive.finalize_block()
        for key, value in block.writes.items():
            self._write(key, value)
        return body

    def _header(self, digest: tuple[bytes, ...], body: _Body, state_root: bytes) -> Header:
        extrinsics_root = ordered_root(body.included)
        return Header(self.head.hash, self.head.number + 1, state_root, extrinsics_root, digest)

    def _apply(self, block: BlockInput, body: _Body) -> None:
        """Apply what fits, in order; a full block ends the trying."""
        too_large = 0
        for extrinsic in block.transactions:
            try:
                self.executive.apply_extrinsic(extrinsic, signature_checked=True)
            except TransactionInvalid as reason:
                body.refused.append(Refused(extrinsic, reason))
                too_large += reason.exhausts_resources
                if too_large >= TOO_LARGE_MAX:
                    break
            else:
                body.included.append(extrinsic.raw)
                if block.opener is not None and is_shielded(extrinsic.call):
                    self._apply_carried(extrinsic, block.opener, body)

    def _apply_carried(
        self, carrier: Extrinsic, opener: Callable[[bytes], bytes], body: _Body
    ) -> None:
        """Apply what an included carrier holds, right behind it, if that may stand there."""
        try:
            carried = self.decode(opener(carrier.call.argument("ciphertext")))
            self.executive.apply_extrinsic(carried)
        except (CannotOpen, MalformedScale, TransactionInvalid) as reason:
            body.dropped.append(Dropped(carrier, str(reason)))
        else:
            body.included.append(carried.raw)

    def _write(self, key: bytes, value: bytes | None) -> None:
        overlay = self.runtime.state.overlay
        if value is None:
            overlay.delete(key)
        else:
            overlay.put(key, value)

    def commit(self, block: ExecutedBlock) -> None:
        """Write an executed block, with those that were run ahead of it, and make it the head."""
        header = block.header
        record = BlockRecord(
            header.number,
            header.hash,
            header.encoded,
            block.extrinsics,
            block.changes,
            block.previous,
        )
        if self._ahead:
            self.store.commit_run([*self._ahead, record])
            self._ahead.clear()
        else:
            self.store.commit_block(record)
        self.head = header
        self._rooted = header.number
        self.runtime.state.overlay.advance(self.store.state_at(header.number))

    def revert_to(self, number: int) -> None:
        """Take back every block above `number`; raises `StateDiscarded`, `UnknownBlock`."""
        self.trie.update(self.store.revert_to(number))
        self._move_to_head()

    def load(self, record: BlockRecord) -> None:
        """Replace the whole chain by one block with its whole state."""
        self.store.load(record)
        self._move_to_head()
        self.trie = Trie(self.store.state_at(record.number).items())

    def _move_to_head(self) -> None:
        head = self.store.head()
        assert head is not None
        encoded = self.store.header(head[1])
        assert encoded is not None
        self.head = Header.decode(encoded)
        self._rooted = self.head.number
        self._ahead.clear()
        self.runtime.state.overlay.rebase(self.store.state_at(self.head.number))
