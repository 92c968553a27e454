"""
The state at one block, whichever block it is.

The store holds the head's state and, for each key that a later block changed, what it held before.
The value of a key at block N is therefore what the first change after N recorded, or else the
head's. Nothing here is held open between two calls: a reader stays right while blocks are added,
and says so when its block is pruned or taken back.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from threading import Lock

from taonet.node.store.errors import InvalidStateKey, StateDiscarded, UnknownBlock
from taonet.node.store.key_value import KEY_BYTES_MAX, KeyValueStore, Table, View

HEAD = b"head"
"""Marker: number ‖ hash of the head."""

OLDEST = b"oldest"
"""Marker: the number of the oldest block whose state is kept."""

NUMBER_BYTES = 8
_TERMINATOR = b"\x00\x01"

STATE_KEY_BYTES_MAX = (KEY_BYTES_MAX - NUMBER_BYTES - len(_TERMINATOR)) // 2
"""250: the longest state key whose history key fits, should all its bytes need escaping."""

PAGE_KEYS = 256
"""Keys read in one view while iterating."""

CACHED_KEYS_MAX = 65_536
"""Keys of the head that are kept in memory, about 16 MB of the usual small values."""

CACHED_VALUE_BYTES_MAX = 1_024
"""Longer values are read from disk each time; they would crowd out the rest."""


def encode_number(number: int) -> bytes:
    """A block number as a key: big-endian, so that byte order is block order."""
    return number.to_bytes(NUMBER_BYTES, "big")


def escape(key: bytes) -> bytes:
    """
    `key` such that no escaped key begins another and byte order is kept: history keys of one
    state key then stand together, whatever the keys are.
    """
    check_keys((key,))
    return key.replace(b"\x00", b"\x00\xff") + _TERMINATOR


def escape_all(keys: Iterable[bytes]) -> list[bytes]:
    """`escape` of each; a block has thousands."""
    keys = list(keys)
    check_keys(keys)
    return [key.replace(b"\x00", b"\x00\xff") + _TERMINATOR for key in keys]


def check_keys(keys: Collection[bytes]) -> None:
    """Raises `InvalidStateKey` for a key that cannot be stored."""
    lengths = set(map(len, keys))
    if not lengths or (min(lengths) >= 1 and max(lengths) <= STATE_KEY_BYTES_MAX):
        return
    key = next(key for key in keys if not 1 <= len(key) <= STATE_KEY_BYTES_MAX)
    raise InvalidStateKey(
        f"a state key has 1 to {STATE_KEY_BYTES_MAX} bytes, 0x{key[:32].hex()}… has {len(key)}"
    )


def unescape(escaped: bytes) -> bytes:
    """The key that `escape` was given."""
    return escaped[: -len(_TERMINATOR)].replace(b"\x00\xff", b"\x00")


def _escape_part(part: bytes) -> bytes:
    return part.replace(b"\x00", b"\x00\xff")


def encode_previous(value: bytes | None) -> bytes:
    """What a key held before a change, absence included."""
    return b"\x00" if value is None else b"\x01" + value


def decode_previous(entry: bytes) -> bytes | None:
    """The reverse of `encode_previous`."""
    return entry[1:] if entry[0] else None


class HeadCache:
    """
    Values at the newest block that was read or written; safe between threads.

    Entries belong to a block, given as its head marker, so that a reader of any other block
    misses instead of being told wrong. With `keys_max` 0 nothing is kept.
    """

    def __init__(self, keys_max: int = CACHED_KEYS_MAX) -> None:
        self.keys_max = keys_max
        self._lock = Lock()
        self._block = b""
        self._values: dict[bytes, bytes | None] = {}

    def lookup(self, block: bytes, key: bytes) -> tuple[bytes | None] | None:
        """The cached value (`None`: the key is absent) in a tuple, or `None` if not cached."""
        with self._lock:
            if block == self._block and key in self._values:
                return (self._values[key],)
        return None

    def remember(self, block: bytes, key: bytes, value: bytes | None) -> None:
        """Keep a value that was read at `block` while it was the head."""
        if value is not None and len(value) > CACHED_VALUE_BYTES_MAX:
            return
        with self._lock:
            if block > self._block:
                self._block = block
                self._values = {}
            if block == self._block:
                self._values[key] = value
                self._limit()

    def advance(self, parent: bytes, block: bytes, changes: Mapping[bytes, bytes | None]) -> None:
        """Go from `parent` to its child `block`."""
        if not self.keys_max:
            return
        with self._lock:
            values = self._values if self._block == parent else {}
            self._values = values
            self._block = block
            for key, value in changes.items():
                if value is not None and len(value) > CACHED_VALUE_BYTES_MAX:
                    values.pop(key, None)
                else:
                    values[key] = value
            self._limit()

    def reset(self, block: bytes) -> None:
        """Forget everything; the head is `block` now."""
        with self._lock:
            self._block = block
            self._values = {}

    def _limit(self) -> None:
        """Drop the half that was added first; one at a time would cost a search each."""
        if len(self._values) > self.keys_max:
            newest = islice(self._values.items(), len(self._values) - self.keys_max // 2, None)
            self._values = dict(newest)


class StateReader:
    """
    Reads the state after one block. Keys come in byte order.

    Every method may raise `StateDiscarded` once the block is pruned and `UnknownBlock` once it
    is taken back. A point read costs a few µs at the head and about three times that behind it.
    """

    def __init__(
        self, store: KeyValueStore, number: int, block_hash: bytes, cache: HeadCache
    ) -> None:
        self.number = number
        self.block_hash = block_hash
        self._store = store
        self._cache = cache
        self._marker = encode_number(number) + block_hash
        self._after = encode_number(number + 1)

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`, or `None` where there is none, as for keys that cannot be stored."""
        if not 1 <= len(key) <= STATE_KEY_BYTES_MAX:
            return None
        cache = self._cache
        cached = cache.lookup(self._marker, key) if cache.keys_max else None
        if cached is not None:
            return cached[0]
        with self._store.view() as view:
            if not self._is_head(view):
                escaped = escape(key)
                for _, previous in view.scan(Table.HISTORY, escaped + self._after, escaped):
                    return decode_previous(previous)
                return view.get(Table.STATE, key)
            value = view.get(Table.STATE, key)
        if cache.keys_max:
            cache.remember(self._marker, key, value)
        return value

    def values_of(self, keys: Iterable[bytes]) -> dict[bytes, bytes | None]:
        """`get` of many keys at once: a third of the time where this is the head."""
        with self._store.view() as view:
            if self._is_head(view):
                get = view.getter(Table.STATE)
                return {
                    key: get(key) if 1 <= len(key) <= STATE_KEY_BYTES_MAX else None for key in keys
                }
        return {key: self.get(key) for key in keys}

    def keys(
        self, prefix: bytes = b"", start_after: bytes | None = None, limit: int | None = None
    ) -> Iterator[bytes]:
        """The keys that begin with `prefix`, above `start_after`, `limit` at most."""
        return (key for key, _ in self.items(prefix, start_after, limit))

    def items(
        self, prefix: bytes = b"", start_after: bytes | None = None, limit: int | None = None
    ) -> Iterator[tuple[bytes, bytes]]:
        """As `keys`, with values."""
        start = prefix if start_after is None else max(prefix, start_after + b"\x00")
        left = limit
        while left is None or left > 0:
            size = PAGE_KEYS if left is None else min(PAGE_KEYS, left)
            page = self._page(prefix, start, size)
            yield from page
            if len(page) < size:
                return
            start = page[-1][0] + b"\x00"
            left = None if left is None else left - size

    def _page(self, prefix: bytes, start: bytes, size: int) -> list[tuple[bytes, bytes]]:
        with self._store.view() as view:
            if self._is_head(view):
                return list(islice(view.scan(Table.STATE, start, prefix), size))
            return list(islice(self._past_items(view, prefix, start), size))

    def _is_head(self, view: View) -> bool:
        """Whether the flat state is this block's; raises if its state cannot be had at all."""
        if view.get(Table.MARKERS, HEAD) == self._marker:
            return True
        block = view.get(Table.BLOCKS, encode_number(self.number))
        if block is None or not block.startswith(self.block_hash):
            raise UnknownBlock(f"block 0x{self.block_hash.hex()} is no longer on the chain")
        oldest = view.get(Table.MARKERS, OLDEST)
        assert oldest is not None
        if encode_number(self.number) < oldest:
            raise StateDiscarded(self.block_hash)
        return False

    def _past_items(self, view: View, prefix: bytes, start: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The head's items and the recorded ones merged; a recorded one stands for its key."""
        latest = view.scan(Table.STATE, start, prefix)
        current = next(latest, None)
        for key, value in self._recorded(view, prefix, start):
            while current is not None and current[0] < key:
                yield current
                current = next(latest, None)
            if current is not None and current[0] == key:
                current = next(latest, None)
            if value is not None:
                yield key, value
        while current is not None:
            yield current
            current = next(latest, None)

    def _recorded(
        self, view: View, prefix: bytes, start: bytes
    ) -> Iterator[tuple[bytes, bytes | None]]:
        """The keys that blocks after this one changed, with what they held at this one."""
        escaped_prefix = _escape_part(prefix)
        position = _escape_part(start)
        while (entry := next(view.scan(Table.HISTORY, position, escaped_prefix), None)) is not None:
            escaped, number = entry[0][:-NUMBER_BYTES], entry[0][-NUMBER_BYTES:]
            if number < self._after:
                # Seek past what this key went through before, however much that is.
                position = escaped + self._after
                continue
            yield unescape(escaped), decode_previous(entry[1])
            # 0x0002 follows the terminator 0x0001 and comes before every other key.
            position = escaped[:-1] + b"\x02"
