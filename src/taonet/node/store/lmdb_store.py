"""
A store on disk in one LMDB environment: copy-on-write, so that a crash needs no recovery, and
readable by other processes while it is written.

An environment must not be carried over a fork: open it in the process that uses it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Self, cast

import lmdb

from taonet.node.store.errors import StoreChanged, StoreFailed
from taonet.node.store.key_value import Table, View, WriteBatch

MAP_BYTES_MIN = 1 << 30
"""Address space that a new store takes. The file itself grows with what is in it."""

MAP_BYTES_MAX = 1 << 42
"""Where growth ends: 4 TiB, above what an archive of the real chain takes."""

READERS_MAX = 512
"""Threads that may read at once, over all processes."""


class _LmdbView:
    def __init__(self, transaction: lmdb.Transaction, tables: dict[Table, lmdb._Database]) -> None:
        self._transaction = transaction
        self._tables = tables

    def get(self, table: Table, key: bytes) -> bytes | None:
        return cast("bytes | None", self._transaction.get(key, db=self._tables[table]))

    def getter(self, table: Table) -> Callable[[bytes], bytes | None]:
        get = partial(self._transaction.get, db=self._tables[table])
        return cast("Callable[[bytes], bytes | None]", get)

    def scan(
        self, table: Table, start: bytes = b"", prefix: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        cursor = self._transaction.cursor(self._tables[table])
        if not cursor.set_range(max(start, prefix)):
            return
        for key, value in cast("Iterator[tuple[bytes, bytes]]", iter(cursor)):
            if not key.startswith(prefix):
                return
            yield key, value


class LmdbStore:
    """A `KeyValueStore` in a directory; made by `open`."""

    in_memory = False

    def __init__(self, environment: lmdb.Environment, tables: dict[Table, lmdb._Database]) -> None:
        self._environment = environment
        self._tables = tables
        # The map must not move under a view of this process, so that views and growth take turns.
        self._map_turn = RLock()

    @classmethod
    def open(cls, directory: Path, *, sync: bool = True, read_only: bool = False) -> Self:
        """
        The store in `directory`, which is made unless `read_only`.

        With `sync`, an acknowledged write survives loss of power; without, only the end of the
        process, at a fraction of the time. Raises `StoreFailed` where there is no readable store.
        """
        try:
            if not read_only:
                directory.mkdir(parents=True, exist_ok=True)
            environment = lmdb.open(
                str(directory),
                map_size=MAP_BYTES_MIN,
                max_dbs=len(Table),
                max_readers=READERS_MAX,
                readonly=read_only,
                sync=sync,
                metasync=sync,
            )
            # Readers that were killed would hold back for ever what they read.
            environment.reader_check()
            tables = {
                table: environment.open_db(table.value, create=not read_only) for table in Table
            }
        except (lmdb.Error, OSError) as error:
            raise StoreFailed(f"cannot open the store in {directory}: {error}") from error
        return cls(environment, tables)

    @contextmanager
    def view(self) -> Iterator[View]:
        with self._map_turn:
            transaction = self._begin()
            try:
                yield _LmdbView(transaction, self._tables)
            except lmdb.Error as error:
                raise StoreFailed(f"the store could not be read: {error}") from error
            finally:
                transaction.abort()

    def write(self, batch: WriteBatch) -> None:
        while True:
            try:
                self._write_once(batch)
            except lmdb.MapFullError:
                self._grow()
            except lmdb.Error as error:
                raise StoreFailed(f"the store could not be written: {error}") from error
            else:
                return

    def close(self) -> None:
        with self._map_turn:
            self._environment.close()

    def _begin(self) -> lmdb.Transaction:
        try:
            return self._environment.begin()
        except lmdb.MapResizedError:
            # The writing process grew the map: 0 takes over its size.
            self._environment.set_mapsize(0)
            return self._environment.begin()

    def _write_once(self, batch: WriteBatch) -> None:
        with self._environment.begin(write=True) as transaction:
            for (table, key), value in batch.expected.items():
                if transaction.get(key, db=self._tables[table]) != value:
                    raise StoreChanged(f"{table.name} {key!r} was changed by someone else")
            for table in batch.cleared:
                transaction.drop(self._tables[table], delete=False)
            for table, changes in batch.tables.items():
                self._change(transaction, self._tables[table], changes)

    @staticmethod
    def _change(
        transaction: lmdb.Transaction,
        table: lmdb._Database,
        changes: dict[bytes, bytes | None],
    ) -> None:
        """Ascending keys touch each page once."""
        puts = sorted((key, value) for key, value in changes.items() if value is not None)
        with transaction.cursor(table) as cursor:
            cursor.putmulti(puts)
        for key in sorted(key for key, value in changes.items() if value is None):
            transaction.delete(key, db=table)

    def _grow(self) -> None:
        with self._map_turn:
            map_bytes = 2 * self._environment.info()["map_size"]
            if map_bytes > MAP_BYTES_MAX:
                raise StoreFailed(f"the store is full: it may take {MAP_BYTES_MAX} bytes")
            self._environment.set_mapsize(map_bytes)
