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

    A decoded value is remembered with the bytes it came from and used only while the overlay
    still holds the same bytes, so rolling back needs no care.
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
        self._decoded: dict[bytes, tuple[bytes, Any]] = {}

    def load(self, key: bytes, value_codec: Codec[Any]) -> Any:
        """The decoded value at `key`, None where there is none."""
        raw = self.overlay.get(key)
        if raw is None:
            return None
        cached = self._decoded.get(key)
        if cached is not None and cached[0] == raw:
            return cached[1]
        value = value_codec.decode(raw)
        self._remember(key, raw, value)
        return value

    def store(self, key: bytes, value: Any, value_codec: Codec[Any]) -> None:
        """Encode and write; `OverflowError` if the value leaves its type."""
        raw = value_codec.encode(value)
        self.overlay.put(key, raw)
        self._remember(key, raw, value)

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

    def _remember(self, key: bytes, raw: bytes, value: Any) -> None:
        if len(self._decoded) >= DECODED_CACHE_SIZE:
            self._decoded.clear()
        self._decoded[key] = (raw, value)
