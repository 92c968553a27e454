"""
Writes that are not yet committed, in layers over a state that is read.

The bottom layer is a block's; each call opens one more and either merges it down or drops it. A
layer also knows which keys of which storage item it holds, so that walking a prefix costs what
the item holds and not what the block wrote.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

ITEM_PREFIX_LENGTH = 32
"""twox128 of the pallet and of the item: what all keys of one storage item share."""


class StateReader(Protocol):
    """A state that can be read: the head, or any kept block."""

    def get(self, key: bytes) -> bytes | None:
        """The value at a raw storage key, or None."""

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """The keys that start with `prefix`, in byte order."""


class EmptyState:
    """The state before genesis."""

    def get(self, key: bytes) -> bytes | None:  # noqa: ARG002
        """Nothing."""
        return None

    def keys(self, prefix: bytes) -> Iterator[bytes]:  # noqa: ARG002
        """Nothing."""
        return iter(())


class DictState:
    """A whole state in a dict: genesis, snapshots, tests."""

    def __init__(self, entries: Mapping[bytes, bytes]) -> None:
        self._entries = dict(entries)

    def get(self, key: bytes) -> bytes | None:
        """The value at a raw storage key, or None."""
        return self._entries.get(key)

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """The keys that start with `prefix`, in byte order."""
        return iter(sorted(key for key in self._entries if key.startswith(prefix)))


class _Layer:
    __slots__ = ("items", "values")

    def __init__(self) -> None:
        self.values: dict[bytes, bytes | None] = {}
        self.items: dict[bytes, set[bytes]] = {}

    def write(self, key: bytes, value: bytes | None) -> None:
        if key not in self.values:
            self.items.setdefault(key[:ITEM_PREFIX_LENGTH], set()).add(key)
        self.values[key] = value


class Overlay:
    """Reads through its layers to `base`; `transaction` opens a layer, `changes` is the bottom."""

    def __init__(self, base: StateReader) -> None:
        self._base = base
        self._layers = [_Layer()]

    def get(self, key: bytes) -> bytes | None:
        """The value as the newest layer that wrote it has it."""
        for layer in reversed(self._layers):
            if key in layer.values:
                return layer.values[key]
        return self._base.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Write in the newest layer."""
        self._layers[-1].write(key, value)

    def delete(self, key: bytes) -> None:
        """Remove in the newest layer."""
        self._layers[-1].write(key, None)

    def keys(self, prefix: bytes) -> Iterator[bytes]:
        """
        The keys under `prefix` (at least an item's 32 bytes), in byte order: the order is
        consensus. What is walked may be written meanwhile; the walk does not see it.
        """
        item = prefix[:ITEM_PREFIX_LENGTH]
        written: dict[bytes, bool] = {}
        for layer in self._layers:
            for key in layer.items.get(item, ()):
                if key.startswith(prefix):
                    written[key] = layer.values[key] is not None
        if not written:
            return iter(list(self._base.keys(prefix)))
        kept = [key for key in self._base.keys(prefix) if key not in written]
        kept.extend(key for key, present in written.items() if present)
        kept.sort()
        return iter(kept)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Writes inside survive unless the block raises."""
        layer = _Layer()
        self._layers.append(layer)
        try:
            yield
        except BaseException:
            self._layers.pop()
            raise
        self._layers.pop()
        below = self._layers[-1]
        for key, value in layer.values.items():
            below.write(key, value)

    @contextmanager
    def discarded(self) -> Iterator[None]:
        """Writes inside are dropped, whatever happens."""
        self._layers.append(_Layer())
        try:
            yield
        finally:
            self._layers.pop()

    def changes(self) -> Mapping[bytes, bytes | None]:
        """What a block wrote, None for removed keys; only between transactions."""
        assert len(self._layers) == 1, "a transaction is open"
        return self._layers[0].values

    def rebase(self, base: StateReader) -> None:
        """Start over on `base`: what was written belongs to it now, or is dropped."""
        assert len(self._layers) == 1, "a transaction is open"
        self._base = base
        self._layers = [_Layer()]
