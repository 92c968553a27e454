"""A store in memory: for simulations, tests and networks that may be forgotten."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from threading import RLock
from typing import Self

from taonet.node.store.errors import StoreChanged
from taonet.node.store.key_value import Table, View, WriteBatch

_CHUNK_KEYS = 512


class _SortedKeys:
    """
    Keys in order, in chunks short enough to insert into: O(√n) a change at any size in use.

    What was added and removed is put in order when somebody walks: most keys of a block's record
    come and go without being walked over, and many come at once when a chain begins.
    """

    def __init__(self) -> None:
        self._chunks: list[list[bytes]] = []
        self._firsts: list[bytes] = []
        self._added: set[bytes] = set()
        self._removed: set[bytes] = set()

    def add(self, keys: Iterable[bytes]) -> None:
        """Insert keys that are not there yet."""
        added = set(keys)
        back = added & self._removed
        self._removed -= back
        self._added |= added - back

    def remove(self, keys: Iterable[bytes]) -> None:
        """Take out keys that are there."""
        removed = set(keys)
        new = removed & self._added
        self._added -= new
        self._removed |= removed - new

    def starting_at(self, start: bytes) -> Iterator[bytes]:
        """All keys not below `start`, ascending."""
        if self._added or self._removed:
            self._settle()
        place = max(bisect_right(self._firsts, start) - 1, 0)
        for chunk in self._chunks[place : place + 1]:
            yield from chunk[bisect_left(chunk, start) :]
        for chunk in self._chunks[place + 1 :]:
            yield from chunk

    def _settle(self) -> None:
        if len(self._added) + len(self._removed) > len(self._chunks) * _CHUNK_KEYS // 4:
            self._sort_all()
        else:
            for key in self._removed:
                self._take_out(key)
            for key in self._added:
                self._insert(key)
        self._added.clear()
        self._removed.clear()

    def _sort_all(self) -> None:
        keys = [key for chunk in self._chunks for key in chunk if key not in self._removed]
        keys.extend(self._added)
        keys.sort()
        self._chunks = [keys[n : n + _CHUNK_KEYS] for n in range(0, len(keys), _CHUNK_KEYS)]
        self._firsts = [chunk[0] for chunk in self._chunks]

    def _insert(self, key: bytes) -> None:
        place = max(bisect_right(self._firsts, key) - 1, 0)
        chunk = self._chunks[place]
        insort(chunk, key)
        self._firsts[place] = chunk[0]
        if len(chunk) > 2 * _CHUNK_KEYS:
            self._chunks.insert(place + 1, chunk[_CHUNK_KEYS:])
            self._firsts.insert(place + 1, chunk[_CHUNK_KEYS])
            del chunk[_CHUNK_KEYS:]

    def _take_out(self, key: bytes) -> None:
        place = bisect_right(self._firsts, key) - 1
        chunk = self._chunks[place]
        del chunk[bisect_left(chunk, key)]
        if chunk:
            self._firsts[place] = chunk[0]
        else:
            del self._chunks[place], self._firsts[place]


class _MemoryTable:
    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.keys = _SortedKeys()

    def change(self, changes: Mapping[bytes, bytes | None]) -> None:
        values = self.values
        removed = [key for key, value in changes.items() if value is None and key in values]
        for key in removed:
            del values[key]
        self.keys.remove(removed)
        written = {key: value for key, value in changes.items() if value is not None}
        self.keys.add([key for key in written if key not in values])
        values.update(written)


class _MemoryView:
    """What there is, for whoever holds the turn."""

    def __init__(self, tables: dict[Table, _MemoryTable], turn: RLock) -> None:
        self._tables = tables
        self._take_turn = turn.acquire
        self._end_turn = turn.release

    def __enter__(self) -> Self:
        self._take_turn()
        return self

    def __exit__(self, *_: object) -> None:
        self._end_turn()

    def get(self, table: Table, key: bytes) -> bytes | None:
        return self._tables[table].values.get(key)

    def getter(self, table: Table) -> Callable[[bytes], bytes | None]:
        return self._tables[table].values.get

    def scan(
        self, table: Table, start: bytes = b"", prefix: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        content = self._tables[table]
        for key in content.keys.starting_at(max(start, prefix)):
            if not key.startswith(prefix):
                return
            yield key, content.values[key]


class MemoryStore:
    """A `KeyValueStore` that ends with its process; views and writes take turns."""

    in_memory = True

    def __init__(self) -> None:
        self._tables = {table: _MemoryTable() for table in Table}
        self._turn = RLock()
        self._view = _MemoryView(self._tables, self._turn)

    def view(self) -> AbstractContextManager[View]:
        return self._view

    def write(self, batch: WriteBatch) -> None:
        with self._turn:
            for (table, key), value in batch.expected.items():
                if self._tables[table].values.get(key) != value:
                    raise StoreChanged(f"{table.name} {key!r} was changed by someone else")
            for table in batch.cleared:
                self._tables[table] = _MemoryTable()
            for table, changes in batch.tables.items():
                self._tables[table].change(changes)

    def close(self) -> None:
        with self._turn:
            self._tables.update((table, _MemoryTable()) for table in Table)
