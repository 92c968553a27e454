"""
The chain over a key-value store: each block is one atomic write of its header, its body, its
state changes and what they replaced, so that a crash leaves whole blocks only.

It keeps one chain, without forks: blocks are final when they are written, or taken back by name.
It executes nothing and does not compute state roots.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from taonet.node.store.errors import (
    BlockConflict,
    BlockGap,
    BlockHashMismatch,
    StateDiscarded,
    StoreFormat,
    UnknownBlock,
)
from taonet.node.store.key_value import KeyValueStore, Table, View, WriteBatch
from taonet.node.store.state import (
    CACHED_KEYS_MAX,
    HEAD,
    NUMBER_BYTES,
    OLDEST,
    HeadCache,
    StateReader,
    check_keys,
    decode_previous,
    encode_number,
    encode_previous,
    escape_all,
    unescape,
)
from taonet.primitives.hashing import blake2_256

KEEP_BLOCKS_DEFAULT = 256
"""States that a node keeps unless told otherwise, as Substrate does."""

PRUNE_BLOCKS_PER_COMMIT_MAX = 8
"""A shortened window is caught up with over many blocks instead of stopping the chain once."""

FORMAT = b"1"
_FORMAT_MARKER = b"format"
_HASH_BYTES = 32
_LENGTH_BYTES = 4


@dataclass(frozen=True)
class BlockRecord:
    """A block as it is written: `changes` are what it did to its parent's state."""

    number: int
    hash: bytes
    header_bytes: bytes
    """SCALE; begins with the parent's hash."""
    extrinsics: Sequence[bytes]
    changes: Mapping[bytes, bytes | None]
    """State key → new value; `None` removes the key."""
    previous: Mapping[bytes, bytes | None] | None = None
    """What those keys held before, if who made the block has read it already."""

    @property
    def parent_hash(self) -> bytes:
        """32 bytes, from the header."""
        return self.header_bytes[:_HASH_BYTES]


@dataclass(frozen=True)
class _Head:
    number: int
    hash: bytes

    @property
    def marker(self) -> bytes:
        return encode_number(self.number) + self.hash


def _encode_list(parts: Sequence[bytes]) -> bytes:
    return b"".join([len(part).to_bytes(_LENGTH_BYTES, "little") + part for part in parts])


def _decode_list(encoded: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(encoded):
        start = position + _LENGTH_BYTES
        position = start + int.from_bytes(encoded[position:start], "little")
        yield encoded[start:position]


class ChainStore:
    """
    Blocks and states of one chain. Reads may come from any thread, and from other processes
    that opened the store for reading; `commit_block`, `revert_to` and `load` from one thread.

    `keep_blocks` is how many states stay readable, the head's included (1 at least); `None`
    keeps all. Headers and bodies are kept always.
    """

    def __init__(self, store: KeyValueStore, keep_blocks: int | None) -> None:
        if keep_blocks is not None and keep_blocks < 1:
            raise ValueError(f"keep_blocks is 1 at least, got {keep_blocks}")
        self._store = store
        self._keep_blocks = keep_blocks
        self._cache = HeadCache(0 if store.in_memory else CACHED_KEYS_MAX)

    @classmethod
    def open(cls, store: KeyValueStore, *, keep_blocks: int | None = KEEP_BLOCKS_DEFAULT) -> Self:
        """The chain in `store`, empty or not; raises `StoreFormat` if it is of another layout."""
        with store.view() as view:
            found = view.get(Table.MARKERS, _FORMAT_MARKER)
        if found not in (None, FORMAT):
            raise StoreFormat(f"the store has format {found!r}, this version reads {FORMAT!r}")
        return cls(store, keep_blocks)

    def close(self) -> None:
        """Close the store beneath."""
        self._store.close()

    def head(self) -> tuple[int, bytes] | None:
        """Number and hash of the last block, or `None` before the first."""
        with self._store.view() as view:
            head = self._head(view)
        return None if head is None else (head.number, head.hash)

    def hash_of(self, number: int) -> bytes | None:
        """The hash of the block at `number`, or `None` if there is none."""
        block = self._block(number)
        return None if block is None else block[:_HASH_BYTES]

    def number_of(self, block_hash: bytes) -> int | None:
        """The number of a block, or `None` for a hash that is not on the chain."""
        if len(block_hash) != _HASH_BYTES:
            return None
        with self._store.view() as view:
            number = view.get(Table.NUMBERS, block_hash)
        return None if number is None else int.from_bytes(number, "big")

    def header(self, block_hash: bytes) -> bytes | None:
        """The SCALE header of a block, or `None` for a hash that is not on the chain."""
        number = self.number_of(block_hash)
        block = None if number is None else self._block(number)
        return None if block is None else block[_HASH_BYTES:]

    def body(self, block_hash: bytes) -> list[bytes] | None:
        """The extrinsics of a block, or `None` for a hash that is not on the chain."""
        number = self.number_of(block_hash)
        if number is None:
            return None
        with self._store.view() as view:
            encoded = view.get(Table.BODIES, encode_number(number))
        return None if encoded is None else list(_decode_list(encoded))

    def oldest_state(self) -> int | None:
        """The lowest number whose state is readable, or `None` before the first block."""
        with self._store.view() as view:
            oldest = view.get(Table.MARKERS, OLDEST)
        return None if oldest is None else int.from_bytes(oldest, "big")

    def state_at(self, number: int) -> StateReader:
        """
        The state after block `number`.

        Raises `UnknownBlock` where there is no such block, `StateDiscarded` where it is pruned.
        """
        block_hash = self.hash_of(number)
        if block_hash is None:
            raise UnknownBlock(f"there is no block {number}")
        oldest = self.oldest_state()
        if oldest is not None and number < oldest:
            raise StateDiscarded(block_hash)
        return StateReader(self._store, number, block_hash, self._cache)

    def commit_block(self, record: BlockRecord) -> bool:
        """
        Write the next block; `False` if exactly this block was written before.

        The first block may have any number and holds the whole state. Raises a `BlockRefused`
        or `InvalidStateKey` and writes nothing where the block cannot follow; `StoreFailed`
        where the medium fails.
        """
        _check_hash(record)
        with self._store.view() as view:
            head = self._head(view)
            if not _continues(record, head, view):
                return False
            if head is not None and self._keep_blocks == 1:
                self.commit_run([record])
                return True
            batch = _block_batch(record)
            if head is None:
                _write_base(record, batch)
            else:
                _write_changes(record, view, batch)
                self._prune(record.number, view, batch)
        batch.expect(Table.MARKERS, HEAD, None if head is None else head.marker)
        self._store.write(batch)
        marker = _Head(record.number, record.hash).marker
        self._cache.advance(b"" if head is None else head.marker, marker, record.changes)
        return True

    def commit_run(self, records: Sequence[BlockRecord]) -> None:
        """
        Write blocks that follow each other, of which only the last one's state can be read: its
        `changes` are those of all of them. No state before it stays readable.

        Raises a `BlockRefused` or `InvalidStateKey` and writes nothing where they cannot follow,
        and `ValueError` in a store that is to keep all states.
        """
        if self._keep_blocks is None:
            raise ValueError("a store that keeps all states cannot leave some out")
        last = records[-1]
        batch = WriteBatch()
        with self._store.view() as view:
            before = head = self._head(view)
            assert head is not None, "a run follows a block"
            for record in records:
                _check_hash(record)
                if not _continues(record, head, view):
                    raise BlockConflict(f"block {record.number} is on the chain already")
                head = _Head(record.number, record.hash)
                _block_batch(record, batch)
            oldest = view.get(Table.MARKERS, OLDEST)
            assert before is not None
            assert oldest is not None
            for number in range(int.from_bytes(oldest, "big") + 1, before.number + 1):
                _forget_changes(number, view, batch)
        check_keys(last.changes)
        batch.changes(Table.STATE).update(last.changes)
        batch.changes(Table.MARKERS)[OLDEST] = encode_number(last.number)
        batch.expect(Table.MARKERS, HEAD, before.marker)
        self._store.write(batch)
        self._cache.advance(before.marker, _Head(last.number, last.hash).marker, last.changes)

    def revert_to(self, number: int) -> dict[bytes, bytes | None]:
        """
        Take back every block above `number`; the changes that this made to the state.

        Raises `UnknownBlock` above the head and `StateDiscarded` below the oldest kept state.
        """
        target = self.state_at(number)
        restored: dict[bytes, bytes | None] = {}
        batch = WriteBatch()
        with self._store.view() as view:
            head = self._head(view)
            assert head is not None
            for undone in range(head.number, number, -1):
                for history_key in _forget_changes(undone, view, batch):
                    previous = view.get(Table.HISTORY, history_key)
                    assert previous is not None
                    key = unescape(history_key[:-NUMBER_BYTES])
                    restored[key] = decode_previous(previous)
                _forget_block(undone, view, batch)
        batch.changes(Table.STATE).update(restored)
        marker = _Head(number, target.block_hash).marker
        batch.changes(Table.MARKERS)[HEAD] = marker
        batch.expect(Table.MARKERS, HEAD, head.marker)
        self._store.write(batch)
        self._cache.reset(marker)
        return restored

    def snapshot(self) -> BlockRecord:
        """The head with its whole state as `changes`; raises `UnknownBlock` on an empty chain."""
        head = self.head()
        if head is None:
            raise UnknownBlock("the chain has no block yet")
        number, block_hash = head
        header, body = self.header(block_hash), self.body(block_hash)
        assert header is not None
        assert body is not None
        items = dict(self.state_at(number).items())
        return BlockRecord(number, block_hash, header, body, items)

    def load(self, record: BlockRecord) -> None:
        """Replace the whole chain by a `snapshot`; that its state has the header's root is not
        checked here."""
        _check_hash(record)
        batch = _block_batch(record)
        for table in Table:
            batch.clear(table)
        _write_base(record, batch)
        self._store.write(batch)
        self._cache.reset(_Head(record.number, record.hash).marker)

    def _block(self, number: int) -> bytes | None:
        if not 0 <= number < 1 << 8 * NUMBER_BYTES:
            return None
        with self._store.view() as view:
            return view.get(Table.BLOCKS, encode_number(number))

    @staticmethod
    def _head(view: View) -> _Head | None:
        marker = view.get(Table.MARKERS, HEAD)
        if marker is None:
            return None
        return _Head(int.from_bytes(marker[:NUMBER_BYTES], "big"), marker[NUMBER_BYTES:])

    def _prune(self, head_number: int, view: View, batch: WriteBatch) -> None:
        """Drop the records that lead to states outside the window."""
        if self._keep_blocks is None:
            return
        marker = view.get(Table.MARKERS, OLDEST)
        assert marker is not None
        oldest = int.from_bytes(marker, "big")
        wanted = head_number - self._keep_blocks + 1
        reached = min(wanted, oldest + PRUNE_BLOCKS_PER_COMMIT_MAX)
        if reached <= oldest:
            return
        # Block n records the way from n back to n - 1: it goes when n - 1 is out of the window.
        for number in range(oldest + 1, reached + 1):
            _forget_changes(number, view, batch)
        batch.changes(Table.MARKERS)[OLDEST] = encode_number(reached)


def _check_hash(record: BlockRecord) -> None:
    found = blake2_256(record.header_bytes)
    if found != record.hash:
        raise BlockHashMismatch(
            f"block {record.number} has hash 0x{record.hash.hex()}, its header 0x{found.hex()}"
        )


def _continues(record: BlockRecord, head: _Head | None, view: View) -> bool:
    """Whether `record` is the next block; `False` for one that the chain has."""
    if head is None:
        return True
    if record.number > head.number + 1:
        raise BlockGap(f"block {record.number} cannot follow block {head.number}")
    if record.number == head.number + 1:
        if record.parent_hash != head.hash:
            raise BlockConflict(
                f"block {record.number} has parent 0x{record.parent_hash.hex()}, "
                f"the head is 0x{head.hash.hex()}"
            )
        return True
    block = view.get(Table.BLOCKS, encode_number(record.number))
    if block is None or not block.startswith(record.hash):
        raise BlockConflict(
            f"block {record.number} is not 0x{record.hash.hex()} on this chain, "
            f"whose head is block {head.number}"
        )
    return False


def _block_batch(record: BlockRecord, batch: WriteBatch | None = None) -> WriteBatch:
    """A batch, or a given one, with a block's header and body and the mark of the head."""
    batch = batch or WriteBatch()
    number = encode_number(record.number)
    batch.changes(Table.BLOCKS)[number] = record.hash + record.header_bytes
    batch.changes(Table.BODIES)[number] = _encode_list(record.extrinsics)
    batch.changes(Table.NUMBERS)[record.hash] = number
    batch.changes(Table.MARKERS)[HEAD] = number + record.hash
    return batch


def _write_base(record: BlockRecord, batch: WriteBatch) -> None:
    """The first block of a store: there is no way back from it, so nothing is recorded."""
    check_keys(record.changes)
    batch.changes(Table.STATE).update(record.changes)
    batch.changes(Table.MARKERS)[OLDEST] = encode_number(record.number)
    batch.changes(Table.MARKERS)[_FORMAT_MARKER] = FORMAT


def _write_changes(record: BlockRecord, view: View, batch: WriteBatch) -> None:
    """The new values and, for each key whose value really changes, what it held before."""
    number = encode_number(record.number)
    state, history = batch.changes(Table.STATE), batch.changes(Table.HISTORY)
    changed: list[bytes] = []
    known = record.previous
    before = view.getter(Table.STATE) if known is None else known.__getitem__
    escaped_keys = escape_all(record.changes)
    for escaped, (key, value) in zip(escaped_keys, record.changes.items(), strict=True):
        previous = before(key)
        if previous == value:
            continue
        state[key] = value
        history[escaped + number] = encode_previous(previous)
        changed.append(escaped)
    batch.changes(Table.CHANGED)[number] = _encode_list(changed)


def _forget_changes(number: int, view: View, batch: WriteBatch) -> list[bytes]:
    """Drop what block `number` recorded; the history keys of it."""
    block = encode_number(number)
    encoded = view.get(Table.CHANGED, block)
    assert encoded is not None, f"block {number} has no list of changes"
    history_keys = [escaped + block for escaped in _decode_list(encoded)]
    batch.changes(Table.HISTORY).update(dict.fromkeys(history_keys))
    batch.changes(Table.CHANGED)[block] = None
    return history_keys


def _forget_block(number: int, view: View, batch: WriteBatch) -> None:
    key = encode_number(number)
    block = view.get(Table.BLOCKS, key)
    assert block is not None
    batch.changes(Table.NUMBERS)[block[:_HASH_BYTES]] = None
    batch.changes(Table.BLOCKS)[key] = None
    batch.changes(Table.BODIES)[key] = None
