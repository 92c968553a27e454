"""
The seam between the chain and a store: ordered tables of bytes, read in consistent views and
written in atomic batches. It knows nothing of blocks.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from enum import Enum
from typing import Protocol

KEY_BYTES_MAX = 511
"""The longest key of any table: LMDB's limit as it is built."""


class Table(Enum):
    """The tables of a chain; the value is the name on disk."""

    # Each member is one object, and an enumeration's own hash, of its name, takes longer to find
    # than a value in a table.
    __hash__ = object.__hash__

    STATE = b"state"
    """State key → value, at the head."""
    HISTORY = b"history"
    """Escaped state key ‖ number → what the key held before that block."""
    CHANGED = b"changed"
    """Number → the escaped state keys that the block changed."""
    BLOCKS = b"blocks"
    """Number → hash ‖ header."""
    BODIES = b"bodies"
    """Number → extrinsics."""
    NUMBERS = b"numbers"
    """Block hash → number."""
    MARKERS = b"markers"
    """Name → what is so of the whole store: its head, its oldest state, its format."""


class WriteBatch:
    """Changes that become visible and durable together, or not at all."""

    def __init__(self) -> None:
        self.expected: dict[tuple[Table, bytes], bytes | None] = {}
        self.cleared: set[Table] = set()
        self.tables: dict[Table, dict[bytes, bytes | None]] = {}

    def changes(self, table: Table) -> dict[bytes, bytes | None]:
        """The new values of `table`, to be filled in; `None` deletes."""
        return self.tables.setdefault(table, {})

    def clear(self, table: Table) -> None:
        """Empty `table` before its changes are written."""
        self.cleared.add(table)

    def expect(self, table: Table, key: bytes, value: bytes | None) -> None:
        """Refuse the batch with `StoreChanged` unless `key` still holds `value`."""
        self.expected[table, key] = value


class View(Protocol):
    """All tables at one moment; not to be used after its `with` block."""

    def get(self, table: Table, key: bytes) -> bytes | None:
        """The value of `key`, of 1 to `KEY_BYTES_MAX` bytes."""
        ...

    def getter(self, table: Table) -> Callable[[bytes], bytes | None]:
        """`get` of one table, for many keys."""
        ...

    def scan(
        self, table: Table, start: bytes = b"", prefix: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Entries in byte order, from the first at or after `start` while they have `prefix`."""
        ...


class KeyValueStore(Protocol):
    """Where a chain lives. Any thread may read; one at a time, of one process, writes."""

    @property
    def in_memory(self) -> bool:
        """Whether to read a value costs no more than to remember it would."""
        ...

    def view(self) -> AbstractContextManager[View]:
        """
        A consistent view, to be held briefly and without waiting for anything inside it:
        while it is open the store can neither grow nor reuse what was deleted.
        """
        ...

    def write(self, batch: WriteBatch) -> None:
        """Apply `batch`; what it says is there after a crash as soon as this returns."""
        ...

    def close(self) -> None:
        """Release the store; it cannot be used afterwards."""
        ...
