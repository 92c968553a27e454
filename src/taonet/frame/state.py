"""One state that pallets look at: decoded values over an overlay, and the events of a block."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from taonet.frame.config import RuntimeConfig
from taonet.frame.overlay import Overlay, StateReader
from taonet.scale.codec import Codec

DECODED_CACHE_SIZE = 1 << 18
"""How many decoded values are remembered before all are forgotten."""


@dataclass(frozen=True)
class Deposited:
    """An event of the current block: `extrinsic` is None outside of extrinsics."""

    event: Any
    topics: tuple[bytes, ...]
    extrinsic: int | None
    finalizing: bool


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
        """Encode and write; `OverflowError` if the value leaves its type."""
        self.overlay.put(key, value_codec.encode(value))
        self._remember(key, value)

    def remove(self, key: bytes) -> None:
        """Remove the value at `key`."""
        self.overlay.delete(key)

    def has(self, key: bytes) -> bool:
        """Whether something is stored at `key`."""
        return self.overlay.get(key) is not None

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """Keys under `prefix`, in byte order."""
        return self.overlay.keys(prefix)

    def deposit(self, event: Any, topics: Sequence[bytes] = ()) -> None:
        """Add an event to the current block."""
        self.events.append(Deposited(event, tuple(topics), self.extrinsic, self.finalizing))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Writes and events inside survive unless the block raises."""
        mark = len(self.events)
        try:
            with self.overlay.transaction():
                yield
        except BaseException:
            del self.events[mark:]
            raise

    @contextmanager
    def discarded(self) -> Iterator[None]:
        """Writes and events inside are dropped, whatever happens: for questions and dry runs."""
        mark = len(self.events)
        try:
            with self.overlay.discarded():
                yield
        finally:
            del self.events[mark:]

    def _remember(self, key: bytes, value: Any) -> None:
        if len(self.decoded) >= DECODED_CACHE_SIZE:
            self.decoded.clear()
        self.decoded[key] = value
