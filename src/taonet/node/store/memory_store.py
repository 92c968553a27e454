"""A store in memory: for simulations, tests and networks that may be forgotten."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from taonet.node.store.errors import StoreChanged
from taonet.node.store.key_value import Table, View, WriteBatch

_CHUNK_KEYS = 512


class _SortedKeys:
    """Keys in order, in chunks short enough to insert into: O(√n) a change at any size in use."""

    def __init__(self) -> None:
        self._chunks: list[list[bytes]] = []
        self._firsts: list[bytes] = []

    def add(self, key: bytes) -> None:
        """Insert a key that is not there yet."""
        if not self._chunks:
            self._chunks.append([key])
            self._firsts.append(key)
            return
        place = max(bisect_right(self._firsts, key) - 1, 0)
        chunk = self._chunks[place]
        insort(chunk, key)
        self._firsts[place] = chunk[0]
        if len(chunk) > 2 * _CHUNK_KEYS:
            self._chunks.insert(place + 1, chunk[_CHUNK_KEYS:])
            self._firsts.insert(place + 1, chunk[_CHUNK_KEYS])
            del chunk[_CHUNK_KEYS:]

    def remove(self, key: bytes) -> None:
        """Take out a key that is there."""
        place = bisect_right(self._firsts, key) - 1
        chunk = self._chunks[place]
        del chunk[bisect_left(chunk, key)]
        if chunk:
            self._firsts[place] = chunk[0]
        else:
            del self._chunks[place], self._firsts[place]

    def starting_at(self, start: bytes) -> Iterator[bytes]:
        """All keys not below `start`, ascending."""
        place = max(bisect_right(self._firsts, start) - 1, 0)
        for chunk in self._chunks[place : place + 1]:
            yield from chunk[bisect_left(chunk, start) :]
        for chunk in self._chunks[place + 1 :]:
            yield from chunk


class _MemoryTable:
    def __init__(self) -> None:
        self.values: dict[bytes, bytes] = {}
        self.keys = _SortedKeys()

    def change(self, key: bytes, value: bytes | None) -> None:
        if value is not None:
            if key not in self.values:
                self.keys.add(key)
            self.values[key] = value
        elif self.values.pop(key, None) is not None:
            self.keys.remove(key)


class _MemoryView:
    def __init__(self, tables: dict[Table, _MemoryTable]) -> None:
        self._tables = tables

    def get(self, table: Table, key: bytes) -> bytes | None:
        return self._tables[table].values.get(key)

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

    def __init__(self) -> None:
        self._tables = {table: _MemoryTable() for table in Table}
        self._turn = RLock()

    @contextmanager
    def view(self) -> Iterator[View]:
        with self._turn:
            yield _MemoryView(self._tables)

    def write(self, batch: WriteBatch) -> None:
        with self._turn:
            for (table, key), value in batch.expected.items():
                if self._tables[table].values.get(key) != value:
                    raise StoreChanged(f"{table.name} {key!r} was changed by someone else")
            for table in batch.cleared:
                self._tables[table] = _MemoryTable()
            for table, changes in batch.tables.items():
                content = self._tables[table]
                for key, value in changes.items():
                    content.change(key, value)

    def close(self) -> None:
        self._tables = {table: _MemoryTable() for table in Table}
