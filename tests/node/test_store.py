"""The chain store, over both stores beneath it, against a plain dictionary for each block."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taonet.node.store import lmdb_store
from taonet.node.store.chain import BlockRecord, ChainStore
from taonet.node.store.errors import (
    BlockConflict,
    BlockGap,
    BlockHashMismatch,
    InvalidStateKey,
    StateDiscarded,
    StoreChanged,
    StoreFailed,
    StoreFormat,
    UnknownBlock,
)
from taonet.node.store.key_value import KeyValueStore, Table, WriteBatch
from taonet.node.store.lmdb_store import LmdbStore
from taonet.node.store.memory_store import MemoryStore
from taonet.node.store.state import (
    CACHED_VALUE_BYTES_MAX,
    PAGE_KEYS,
    STATE_KEY_BYTES_MAX,
    HeadCache,
    escape,
    unescape,
)
from taonet.primitives.hashing import blake2_256

Changes = dict[bytes, bytes | None]
State = dict[bytes, bytes]


def block(number: int, parent: bytes, changes: Changes, seed: bytes = b"") -> BlockRecord:
    header = parent + number.to_bytes(4, "little") + seed
    return BlockRecord(number, blake2_256(header), header, [b"inherent", seed], changes)


def applied(state: State, changes: Changes) -> State:
    """`state` after `changes`."""
    return {key: value for key, value in (state | changes).items() if value is not None}


class Chain:
    """A store with a model beside it: the whole state after each block."""

    def __init__(self, store: KeyValueStore, keep_blocks: int | None = None, base: int = 0) -> None:
        self.chain = ChainStore.open(store, keep_blocks=keep_blocks)
        self.base = base
        self.records: list[BlockRecord] = []
        self.states: list[State] = []

    def add(self, changes: Changes, seed: bytes = b"") -> BlockRecord:
        parent = self.records[-1].hash if self.records else bytes(32)
        record = block(self.base + len(self.records), parent, changes, seed)
        assert self.chain.commit_block(record)
        self.records.append(record)
        self.states.append(applied(self.states[-1] if self.states else {}, changes))
        return record

    def check(self, number: int, prefixes: list[bytes]) -> None:
        """The reader of `number` answers as the model does."""
        reader = self.chain.state_at(number)
        state = self.states[number - self.base]
        assert dict(reader.items()) == state
        assert list(reader.keys()) == sorted(state)
        every_key = {key for states in self.states for key in states}
        assert {key: reader.get(key) for key in every_key} == {k: state.get(k) for k in every_key}
        for prefix in prefixes:
            expected = sorted(key for key in state if key.startswith(prefix))
            assert list(reader.keys(prefix)) == expected
            for after in expected[:2]:
                rest = [key for key in expected if key > after]
                assert list(reader.keys(prefix, start_after=after)) == rest
                assert list(reader.keys(prefix, start_after=after, limit=2)) == rest[:2]


@pytest.fixture(params=["memory", "lmdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyValueStore]:
    made: KeyValueStore = (
        MemoryStore() if request.param == "memory" else LmdbStore.open(tmp_path, sync=False)
    )
    yield made
    made.close()


# Bytes that the escape of history keys treats specially, so that keys interleave.
KEYS = st.lists(st.sampled_from([0, 1, 2, 255]), min_size=1, max_size=4).map(bytes)
CHANGES = st.dictionaries(KEYS, st.none() | st.binary(max_size=3), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blocks=st.lists(CHANGES, min_size=1, max_size=7), on_disk=st.booleans())
def test_every_block_of_an_archive_reads_as_it_was(blocks: list[Changes], on_disk: bool) -> None:
    with TemporaryDirectory() as directory:
        store = LmdbStore.open(Path(directory), sync=False) if on_disk else MemoryStore()
        chain = Chain(store)
        for changes in blocks:
            chain.add(changes)
        for number in range(len(blocks)):
            chain.check(number, [b"\x00", b"\x01", b"\x01\x00", b"\xff"])
        store.close()


@settings(max_examples=30, deadline=None)
@given(
    blocks=st.lists(CHANGES, min_size=2, max_size=6), again=st.lists(CHANGES, max_size=3),
    data=st.data(),
)  # fmt: skip
def test_a_reverted_chain_is_as_if_the_blocks_had_never_been(
    blocks: list[Changes], again: list[Changes], data: st.DataObject
) -> None:
    chain = Chain(MemoryStore())
    for changes in blocks:
        chain.add(changes)
    target = data.draw(st.integers(0, len(blocks) - 1))
    undone = chain.records[target + 1 :]
    before, after = chain.states[-1], chain.states[target]

    restored = chain.chain.revert_to(target)

    assert applied(before, restored) == after
    del chain.records[target + 1 :], chain.states[target + 1 :]
    assert chain.chain.head() == (target, chain.records[-1].hash)
    for record in undone:
        assert chain.chain.number_of(record.hash) is None
        assert chain.chain.header(record.hash) is None
        assert chain.chain.hash_of(record.number) is None
    for changes in again:
        chain.add(changes, seed=b"other")
    for number in range(len(chain.records)):
        chain.check(number, [b"\x00"])


def test_blocks_are_found_by_number_and_hash(store: KeyValueStore) -> None:
    chain = Chain(store)
    assert chain.chain.head() is None
    records = [chain.add({b"k": bytes([i])}, seed=b"x" * i) for i in range(3)]

    for record in records:
        assert chain.chain.hash_of(record.number) == record.hash
        assert chain.chain.number_of(record.hash) == record.number
        assert chain.chain.header(record.hash) == record.header_bytes
        assert chain.chain.body(record.hash) == list(record.extrinsics)
    assert chain.chain.head() == (2, records[2].hash)
    for unknown in (bytes(32), b"", b"short"):
        assert chain.chain.number_of(unknown) is None
        assert chain.chain.header(unknown) is None
        assert chain.chain.body(unknown) is None
    for number in (-1, 3, 1 << 70):
        assert chain.chain.hash_of(number) is None
        with pytest.raises(UnknownBlock, match=f"no block {number}"):
            chain.chain.state_at(number)


def test_a_block_twice_is_one_block(store: KeyValueStore) -> None:
    chain = Chain(store)
    records = [chain.add({b"k": bytes([i])}) for i in range(3)]

    assert [chain.chain.commit_block(record) for record in records] == [False] * 3
    chain.check(1, [])
    assert chain.chain.head() == (2, records[2].hash)


def test_a_block_that_does_not_continue_the_chain_leaves_no_trace(store: KeyValueStore) -> None:
    chain = Chain(store)
    for i in range(3):
        chain.add({b"k": bytes([i])})
    head = chain.records[-1].hash
    changes: Changes = {b"k": b"wrong", b"new": b"wrong"}
    forged = block(3, head, changes)
    refusals: list[tuple[type[Exception], BlockRecord]] = [
        (BlockGap, block(4, head, changes)),
        (BlockConflict, block(3, bytes(32), changes)),
        (BlockConflict, block(2, chain.records[1].hash, changes, seed=b"other")),
        (BlockHashMismatch, BlockRecord(3, bytes(32), forged.header_bytes, [], changes)),
        (InvalidStateKey, block(3, head, {**changes, b"": b""})),
        (InvalidStateKey, block(3, head, {**changes, b"k" * (STATE_KEY_BYTES_MAX + 1): b""})),
    ]
    for error, record in refusals:
        with pytest.raises(error):
            chain.chain.commit_block(record)

        assert chain.chain.head() == (2, head)
        assert dict(chain.chain.state_at(2).items()) == {b"k": b"\x02"}
        assert chain.chain.number_of(record.hash) in (None, 2)
    assert chain.chain.commit_block(forged)


def test_the_longest_keys_are_stored_whatever_they_hold(store: KeyValueStore) -> None:
    chain = Chain(store)
    keys = [bytes([byte]) * STATE_KEY_BYTES_MAX for byte in (0, 1, 255)]
    for value in (b"a", b"b", None):
        chain.add(dict.fromkeys(keys, value))
    for number in range(3):
        chain.check(number, keys)
    reader = chain.chain.state_at(0)
    for absent in (b"", b"\x00" * (STATE_KEY_BYTES_MAX + 1), b"\x00" * 5000):
        assert reader.get(absent) is None
    assert (
        list(reader.keys(b"\x00" * 5000)) == list(chain.chain.state_at(2).keys(b"k" * 5000)) == []
    )


@given(first=st.binary(min_size=1, max_size=6), second=st.binary(min_size=1, max_size=6))
def test_escaped_keys_keep_their_order_and_none_begins_another(first: bytes, second: bytes) -> None:
    assert unescape(escape(first)) == first
    assert (escape(first) < escape(second)) == (first < second)
    assert first == second or not escape(second).startswith(escape(first))


def test_states_outside_the_window_are_discarded_and_leave_nothing(store: KeyValueStore) -> None:
    chain = Chain(store, keep_blocks=3)
    for i in range(10):
        chain.add({b"k": bytes([i]), bytes([i + 1]): b"v"})
    assert chain.chain.oldest_state() == 7
    for number in (7, 8, 9):
        chain.check(number, [])
    for record in chain.records[:7]:
        with pytest.raises(StateDiscarded) as error:
            chain.chain.state_at(record.number)
        assert str(error.value) == f"State already discarded for 0x{record.hash.hex()}"
        assert chain.chain.body(record.hash) == list(record.extrinsics)
        with pytest.raises(StateDiscarded):
            chain.chain.revert_to(record.number)

    with store.view() as view:
        kept = {int.from_bytes(key[-8:], "big") for key, _ in view.scan(Table.HISTORY)}
        assert kept == {8, 9}
        assert len(list(view.scan(Table.CHANGED))) == 2


def test_a_reader_says_so_when_its_block_is_pruned_or_taken_back(store: KeyValueStore) -> None:
    chain = Chain(store, keep_blocks=2)
    chain.add({bytes([0, i]): b"v" for i in range(250)})
    chain.add({bytes([1, i]): b"v" for i in range(250)})
    pruned, taken_back = chain.chain.state_at(0), chain.chain.state_at(1)
    keys = pruned.keys()
    next(keys)
    chain.chain.revert_to(0)
    del chain.records[1:], chain.states[1:]
    for calls in (taken_back.get, taken_back.keys):
        with pytest.raises(UnknownBlock, match="no longer on the chain"):
            list(calls(b"absent") or ())
    for i in range(2):
        chain.add({b"k": bytes([i])}, seed=b"other")
    with pytest.raises(StateDiscarded):
        pruned.get(b"absent")


def test_iteration_goes_on_at_its_block_while_blocks_are_added(store: KeyValueStore) -> None:
    """One page is read at the head, the next when the same block lies behind it."""
    chain = Chain(store)
    keys = [i.to_bytes(2, "big") for i in range(3 * PAGE_KEYS)]
    chain.add(dict.fromkeys(keys, b"old"))
    reader = chain.chain.state_at(0)
    items = reader.items()
    seen = [next(items)]
    chain.add({keys[1]: None, keys[-1]: b"new", keys[PAGE_KEYS]: None, keys[0] + b"!": b"new"})
    seen += items

    assert seen == [(key, b"old") for key in keys]
    assert reader.get(keys[-1]) == b"old"
    chain.check(1, [keys[0]])


def test_readers_in_other_threads_see_one_block_each(store: KeyValueStore) -> None:
    """Every block sets all keys to its number, so that a mixture of two blocks shows."""
    chain = Chain(store, keep_blocks=4)
    keys = [i.to_bytes(2, "big") for i in range(2 * PAGE_KEYS)]
    chain.add(dict.fromkeys(keys, b"\x00"))
    done = Event()

    def read() -> int:
        rounds = 0
        while not done.is_set() or not rounds:
            head = chain.chain.head()
            assert head is not None
            # A thread that was put aside may find the block that it read of pruned.
            with suppress(StateDiscarded):
                reader = chain.chain.state_at(head[0])
                assert {value[0] for _, value in reader.items()} == {head[0]}
                assert {reader.get(key) for key in keys[::16]} == {bytes([head[0]])}
                rounds += 1
        return rounds

    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(read) for _ in range(2)]
        try:
            for number in range(1, 60):
                chain.add(dict.fromkeys(keys, bytes([number])))
        finally:
            done.set()
        assert all(reader.result() >= 1 for reader in readers)


def test_a_shorter_window_is_caught_up_with_step_by_step(store: KeyValueStore) -> None:
    chain = Chain(store)
    for i in range(30):
        chain.add({b"k": bytes([i])})
    chain.chain = ChainStore.open(store, keep_blocks=5)
    oldest = []
    for i in range(4):
        chain.add({b"k": bytes([100 + i])})
        oldest.append(chain.chain.oldest_state())

    assert oldest == [8, 16, 24, 29]
    chain.check(29, [])


def test_a_chain_may_begin_at_any_block(store: KeyValueStore) -> None:
    chain = Chain(store, base=1000)
    chain.add({b"a": b"1"})
    chain.add({b"a": b"2"})
    chain.check(1000, [])
    assert chain.chain.oldest_state() == 1000
    assert chain.chain.hash_of(0) is None


def test_a_snapshot_replaces_another_chain(store: KeyValueStore) -> None:
    source = Chain(MemoryStore())
    for i in range(4):
        source.add({b"k": bytes([i]), bytes([i + 1]): b"v"})
    target = Chain(store)
    with pytest.raises(UnknownBlock):
        target.chain.snapshot()
    for i in range(6):
        target.add({b"other": bytes([i])}, seed=b"other")
    snapshot = source.chain.snapshot()
    with pytest.raises(BlockHashMismatch):
        target.chain.load(BlockRecord(3, bytes(32), snapshot.header_bytes, [], {}))

    target.chain.load(snapshot)

    assert target.chain.snapshot() == snapshot
    assert target.chain.head() == (3, source.records[3].hash)
    assert [target.chain.hash_of(number) for number in (0, 4, 5)] == [None] * 3
    target.records, target.states, target.base = [source.records[3]], [source.states[3]], 3
    target.add({b"k": None})
    target.check(3, [])
    target.check(4, [])


def test_a_second_writer_is_told_apart(store: KeyValueStore) -> None:
    batch = WriteBatch()
    batch.expect(Table.MARKERS, b"head", b"something else")
    batch.changes(Table.STATE)[b"k"] = b"v"

    with pytest.raises(StoreChanged):
        store.write(batch)
    with store.view() as view:
        assert view.get(Table.STATE, b"k") is None


def test_another_format_is_refused(store: KeyValueStore) -> None:
    batch = WriteBatch()
    batch.changes(Table.MARKERS)[b"format"] = b"99"
    store.write(batch)

    with pytest.raises(StoreFormat, match="99"):
        ChainStore.open(store)


def test_a_batch_clears_before_it_writes(store: KeyValueStore) -> None:
    for cleared in (False, True):
        batch = WriteBatch()
        if cleared:
            batch.clear(Table.STATE)
        batch.changes(Table.STATE)[b"b" if cleared else b"a"] = b""
        store.write(batch)
    with store.view() as view:
        assert list(view.scan(Table.STATE)) == [(b"b", b"")]


def test_the_memory_store_scans_in_order_at_any_size() -> None:
    random, store, model = Random(3), MemoryStore(), dict[bytes, bytes]()
    for _ in range(6):
        batch = WriteBatch()
        changes = batch.changes(Table.STATE)
        for _ in range(1500):
            changes[random.randbytes(2)] = random.choice([None, b"v", b"w"])
        store.write(batch)
        model.update({key: value for key, value in changes.items() if value is not None})
        for key in [key for key, value in changes.items() if value is None]:
            model.pop(key, None)
    with store.view() as view:
        assert list(view.scan(Table.STATE)) == sorted(model.items())
        for start in (b"", b"\x7f", b"\xff\xff", *sorted(model)[::500]):
            expected = [item for item in sorted(model.items()) if item[0] >= start]
            assert list(view.scan(Table.STATE, start)) == expected


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    chain = Chain(LmdbStore.open(tmp_path))
    for i in range(3):
        chain.add({b"k": bytes([i])})
    chain.chain.close()
    chain.chain = ChainStore.open(LmdbStore.open(tmp_path))
    for number in range(3):
        chain.check(number, [])
    chain.add({b"k": None})
    chain.check(3, [])
    chain.chain.close()


def test_the_map_grows_with_the_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmdb_store, "MAP_BYTES_MIN", 1 << 17)
    chain = Chain(LmdbStore.open(tmp_path, sync=False))
    for i in range(6):
        chain.add({bytes([i]): bytes([i]) * 200_000})
    for number in range(6):
        chain.check(number, [])
    monkeypatch.setattr(lmdb_store, "MAP_BYTES_MAX", 1 << 22)
    with pytest.raises(StoreFailed, match="the store is full"):
        chain.add({b"huge": b"h" * (1 << 22)})
    chain.check(5, [])
    chain.chain.close()


READ_HEAD = """
import sys
from pathlib import Path
from taonet.node.store.chain import ChainStore
from taonet.node.store.lmdb_store import LmdbStore
chain = ChainStore.open(LmdbStore.open(Path(sys.argv[1]), read_only=True))
for _ in sys.stdin:
    number, _ = chain.head()
    print(number, chain.state_at(number).get(b"k").hex(), len(list(chain.state_at(0).keys())))
    sys.stdout.flush()
"""


def test_another_process_reads_along_while_the_map_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmdb_store, "MAP_BYTES_MIN", 1 << 20)
    chain = Chain(LmdbStore.open(tmp_path, sync=False))
    chain.add({b"k": b"\x00"})
    command = [sys.executable, "-c", READ_HEAD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        for i in range(1, 4):
            chain.add({b"k": bytes([i]), b"large": bytes([i]) * 2_000_000})
            reader.stdin.write("\n")
            reader.stdin.flush()
            assert reader.stdout.readline() == f"{i} {i:02x} 1\n"
        reader.stdin.close()
    chain.chain.close()


def test_a_place_without_a_store_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    opens: list[Callable[[], LmdbStore]] = [
        lambda: LmdbStore.open(tmp_path / "absent", read_only=True),
        lambda: LmdbStore.open(tmp_path / "file" / "store"),
    ]
    for attempt in opens:
        with pytest.raises(StoreFailed, match="cannot open the store in"):
            attempt()


def test_the_cache_answers_only_for_its_block_and_stays_small() -> None:
    cache = HeadCache(keys_max=4)
    cache.advance(b"", b"1", {bytes([i]): b"v" for i in range(6)})
    assert [cache.lookup(b"1", bytes([i])) for i in (0, 5)] == [None, (b"v",)]
    assert cache.lookup(b"2", b"\x05") is None

    cache.advance(b"1", b"2", {b"\x05": None, b"\x04": b"l" * (CACHED_VALUE_BYTES_MAX + 1)})
    assert cache.lookup(b"2", b"\x05") == (None,)
    assert cache.lookup(b"2", b"\x04") is None
    cache.remember(b"1", b"\x09", b"late")
    assert cache.lookup(b"2", b"\x09") is None

    cache.advance(b"other", b"3", {})
    assert cache.lookup(b"3", b"\x05") is None
