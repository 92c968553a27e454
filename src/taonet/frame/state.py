"""One state that pallets look at: decoded values over an overlay, and the events of a block."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from taonet.frame.config import RuntimeConfig
from taonet.frame.overlay import Overlay, StateReader
from taonet.scale.codec import Codec

_new_row: Final = tuple.__new__
"""Makes a named tuple at the price of a tuple."""

DECODED_CACHE_SIZE = 1 << 16
"""Decoded values that are remembered before all are forgotten: what a block of 128 subnets reads
several times over, and 20 MB with their keys."""

_COMPARED: Final = frozenset({int, bool, bytes})
"""What is compared sooner than it is encoded and written."""

_UNKNOWN: Final = object()
"""Says that a value was not looked at, which None cannot: that is an absent value."""


class Deposited(NamedTuple):
    """An event of the current block: `extrinsic` is None outside of extrinsics."""

    event: Any
    topics: tuple[bytes, ...]
    extrinsic: int | None
    finalizing: bool


class Transaction:
    """
    What `with` holds open over a state: undone if the block raises, and at its end unless `kept`.

    A class and not a generator: every call is dispatched in one.
    """

    __slots__ = ("_events", "_kept", "_mark", "_state")

    def __init__(self, state: "State", *, kept: bool) -> None:
        self._state = state
        self._kept = kept
        self._events = self._mark = 0

    def __enter__(self) -> None:
        self._events = len(self._state.events)
        self._mark = self._state.overlay.begin()

    def __exit__(self, raised: type[BaseException] | None, *_: object) -> None:
        kept = self._kept and raised is None
        self._state.overlay.end(self._mark, kept=kept)
        if not kept:
            del self._state.events[self._events :]


class State:
    """
    Decoded reads and checked writes over an `Overlay`.

    A decoded value is remembered, absence included, until the overlay drops it because the bytes
    have changed: most of what a block reads was read in the block before.
    """

    def __init__(self, base: StateReader, config: RuntimeConfig) -> None:
        self.overlay = Overlay(base)
        self.config = config
        self.events: list[Deposited] = []
        """What the current block's pallets reported, in order."""
        self.extrinsic: int | None = None
        """The index of the extrinsic being applied; None while a block starts or ends."""
        self.finalizing = False
        """Whether the block's extrinsics are all applied."""
        self.decoded = self.overlay.derived
        """What `load` answers for the keys it was asked for; only to be read."""

    def load(self, key: bytes, value_codec: Codec[Any]) -> Any:
        """The decoded value at `key`, None where there is none."""
        try:
            return self.decoded[key]
        except KeyError:
            raw = self.overlay.get(key)
        value = None if raw is None else value_codec.decode(raw)
        self._remember(key, value)
        return value

    def store(self, key: bytes, value: Any, value_codec: Codec[Any]) -> None:
        """
        Encode and write; `OverflowError` if the value leaves its type. A plain value that is there
        already, as far as is remembered, costs nothing more.
        """
        decoded = self.decoded
        if value.__class__ in _COMPARED and decoded.get(key, _UNKNOWN) == value:
            return
        self.overlay.write(key, value_codec.encode(value))
        if len(decoded) >= DECODED_CACHE_SIZE:
            decoded.clear()
        decoded[key] = value

    def remove(self, key: bytes) -> None:
        """Remove the value at `key`."""
        if self.decoded.get(key, _UNKNOWN) is not None:
            self.overlay.write(key, None)
            self._remember(key, None)

    def has(self, key: bytes) -> bool:
        """Whether something is stored at `key`."""
        try:
            return self.decoded[key] is not None
        except KeyError:
            pass
        if self.overlay.get(key) is not None:
            return True
        # What is absent needs no codec to be remembered.
        self._remember(key, None)
        return False

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """Keys under `prefix`, in byte order."""
        return self.overlay.keys(prefix)

    def keys_after(self, prefix: bytes, after: bytes | None, limit: int) -> list[bytes]:
        """The first keys under `prefix` that are above `after`, or the first of all."""
        return self.overlay.keys_after(prefix, after, limit)

    def items(self, prefix: bytes, value_codec: Codec[Any]) -> list[tuple[bytes, Any]]:
        """Keys under `prefix` with their decoded values, all at once; none is remembered for it."""
        known, decode = self.decoded.get, value_codec.decode
        found = []
        for key, raw in self.overlay.items(prefix):
            value = known(key)
            found.append((key, decode(raw) if value is None else value))
        return found

    def deposit(self, event: Any, topics: Sequence[bytes] = ()) -> None:
        """Add an event to the current block."""
        row = (event, tuple(topics) if topics else (), self.extrinsic, self.finalizing)
        self.events.append(_new_row(Deposited, row))

    def transaction(self) -> "Transaction":
        """Writes and events inside survive unless the block raises."""
        return Transaction(self, kept=True)

    def discarded(self) -> "Transaction":
        """Writes and events inside are dropped, whatever happens: for questions and dry runs."""
        return Transaction(self, kept=False)

    def _remember(self, key: bytes, value: Any) -> None:
        if len(self.decoded) >= DECODED_CACHE_SIZE:
            self.decoded.clear()
        self.decoded[key] = value
