"""
Writes that are not yet committed, over a state that is read.

A block's writes are one mapping. A transaction keeps a journal of what it overwrote, which undoes
it; succeeding costs nothing. Which keys of a storage item are written is known too, so that walking
a prefix costs what the item holds and not what the block wrote.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from heapq import nsmallest
from itertools import chain, islice
from typing import Any, Final, Protocol

ITEM_PREFIX_LENGTH = 32
"""twox128 of the pallet and of the item: what all keys of one storage item share."""


class StateReader(Protocol):
    """A state that can be read: the head, or any kept block."""

    def get(self, key: bytes) -> bytes | None:
        """The value at a raw storage key, or None."""

    def keys(
        self, prefix: bytes, start_after: bytes | None = None, limit: int | None = None
    ) -> Iterator[bytes]:
        """The keys that start with `prefix`, in byte order: above one, so many at most."""

    def items(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """All keys that start with `prefix`, with their values."""


class EmptyState:
    """The state before genesis."""

    def get(self, key: bytes) -> bytes | None:  # noqa: ARG002
        """Nothing."""
        return None

    def keys(
        self,
        prefix: bytes,  # noqa: ARG002
        start_after: bytes | None = None,  # noqa: ARG002
        limit: int | None = None,  # noqa: ARG002
    ) -> Iterator[bytes]:
        """Nothing."""
        return iter(())

    def items(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:  # noqa: ARG002
        """Nothing."""
        return iter(())


class DictState:
    """A whole state in a dict: genesis, snapshots, tests."""

    def __init__(self, entries: Mapping[bytes, bytes]) -> None:
        self._entries = dict(entries)

    def get(self, key: bytes) -> bytes | None:
        """The value at a raw storage key, or None."""
        return self._entries.get(key)

    def keys(
        self, prefix: bytes, start_after: bytes | None = None, limit: int | None = None
    ) -> Iterator[bytes]:
        """The keys that start with `prefix`, in byte order: above one, so many at most."""
        above = start_after or b""
        found = (key for key in self._entries if key.startswith(prefix) and key > above)
        return iter(sorted(found)[:limit])

    def items(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The same, with their values."""
        return ((key, self._entries[key]) for key in self.keys(prefix))


class _Unwritten(Enum):
    """Says that a key had not been written, which None cannot: that is a removed key."""

    YES = 0


_UNWRITTEN: Final = _Unwritten.YES


class Overlay:
    """Reads through what was written to `base`; transactions nest, and each can be undone."""

    def __init__(self, base: StateReader) -> None:
        self._base = base
        self._values: dict[bytes, bytes | None] = {}
        self._journal: list[tuple[bytes, bytes | _Unwritten | None]] = []
        self._depth = 0
        self._items: dict[bytes, set[bytes]] = {}
        self._unfiled: list[bytes] = []
        self.derived: dict[bytes, Any] = {}
        """What a reader made of the present values, by key: whatever changes a value drops its
        entry, so that what is here is never stale."""

    def get(self, key: bytes) -> bytes | None:
        """The value as it was last written."""
        value = self._values.get(key, _UNWRITTEN)
        return self._base.get(key) if value is _UNWRITTEN else value

    def put(self, key: bytes, value: bytes) -> None:
        """Write, in the newest transaction."""
        self.write(key, value)
        self.derived.pop(key, None)

    def delete(self, key: bytes) -> None:
        """Remove, in the newest transaction."""
        self.write(key, None)
        self.derived.pop(key, None)

    def write(self, key: bytes, value: bytes | None) -> None:
        """Put or delete, for a caller who sets right what is `derived` from the value."""
        values = self._values
        before = values.get(key, _UNWRITTEN)
        if before is _UNWRITTEN:
            self._unfiled.append(key)
        if self._depth:
            self._journal.append((key, before))
        values[key] = value

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """
        The keys under `prefix` (at least an item's 32 bytes), in byte order: the order is
        consensus. What is walked may be written meanwhile; the walk does not see it.
        """
        values, written = self._values, self._written(prefix)
        if not written:
            return iter(list(self._base.keys(prefix)))
        kept = [key for key in self._base.keys(prefix) if key not in written]
        kept.extend(key for key in written if values[key] is not None)
        kept.sort()
        return iter(kept)

    def keys_after(self, prefix: bytes, after: bytes | None, limit: int) -> list[bytes]:
        """The first keys under `prefix` that are above `after`, or the first of all."""
        self._file()
        values, above = self._values, after or b""
        filed = self._items.get(prefix[:ITEM_PREFIX_LENGTH], set())
        new = (
            key
            for key in filed
            if key > above and values.get(key) is not None and key.startswith(prefix)
        )
        # Of the base's keys as many may be passed over as were written here.
        old = self._base.keys(prefix, after, limit + len(filed))
        kept = islice((key for key in old if key not in values), limit)
        return nsmallest(limit, chain(new, kept))

    def items(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """As `keys`, with the values of this moment: a walk costs less than to look each up."""
        values, written = self._values, self._written(prefix)
        if not written:
            return iter(list(self._base.items(prefix)))
        kept = [item for item in self._base.items(prefix) if item[0] not in written]
        for key in written:
            value = values[key]
            if value is not None:
                kept.append((key, value))
        kept.sort()
        return iter(kept)

    def _written(self, prefix: bytes) -> set[bytes]:
        """The keys under `prefix` that were written or removed."""
        self._file()
        # A key whose writing was undone stays filed; it is not among the values.
        return {
            key
            for key in self._items.get(prefix[:ITEM_PREFIX_LENGTH], ())
            if key.startswith(prefix) and key in self._values
        }

    def _file(self) -> None:
        """Note the keys written since the last walk under their items; most blocks walk little."""
        for key in self._unfiled:
            self._items.setdefault(key[:ITEM_PREFIX_LENGTH], set()).add(key)
        self._unfiled.clear()

    def begin(self) -> int:
        """Open a transaction; its mark is for `end`."""
        self._depth += 1
        return len(self._journal)

    def end(self, mark: int, *, kept: bool) -> None:
        """Close the newest transaction; what it wrote survives if it is `kept`."""
        if not kept:
            self._undo(mark)
        self._depth -= 1
        if not self._depth:
            self._journal.clear()

    def _undo(self, mark: int) -> None:
        """Take back the newest writes, down to a journal of `mark` entries."""
        while len(self._journal) > mark:
            key, before = self._journal.pop()
            if before is _UNWRITTEN:
                del self._values[key]
            else:
                self._values[key] = before
            self.derived.pop(key, None)

    def changes(self) -> Mapping[bytes, bytes | None]:
        """What a block wrote, None for removed keys; only between transactions."""
        assert not self._depth, "a transaction is open"
        return self._values

    def rebase(self, base: StateReader) -> None:
        """Start over on `base`, whatever it holds: what was written is dropped."""
        self.advance(base)
        self.derived.clear()

    def advance(self, base: StateReader) -> None:
        """Go on with `base`, which holds exactly what is read here now: nothing reads otherwise."""
        assert not self._depth, "a transaction is open"
        self._base = base
        self._values = {}
        self._items = {}
        self._unfiled = []
