"""
The operations of `chainHead_v1`: what each reads of a pinned block, as events in order.

Events are made as they are sent, so that an operation that is stopped or waits costs nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from taonet.node.rpc.backend import ChainBackend, StateReader
from taonet.node.rpc.errors import ClientError
from taonet.node.rpc.parameters import parse_hex
from taonet.node.rpc.state import call_runtime
from taonet.node.store.errors import StateDiscarded, UnknownBlock
from taonet.primitives.hashing import blake2_256

Event = dict[str, Any]

ITEMS_PER_EVENT = 256
"""Storage items in one event."""

INACCESSIBLE: Event = {"event": "operationInaccessible"}


@dataclass(frozen=True)
class StorageItem:
    """What is read at, or under, a key."""

    key: bytes
    kind: str
    start_after: bytes | None = None


class _Unanswerable(Exception):
    """A read that this node doesn't do; the text says why."""


def parse_storage_items(value: Any) -> tuple[StorageItem, ...]:
    """The items of a storage operation; raises `ValueError`."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise ValueError("a list of objects with key and type is expected")
    return tuple(map(_parse_item, value))


def _parse_item(item: dict[str, Any]) -> StorageItem:
    kind = item.get("type")
    if kind not in _READS:
        raise ValueError(f"type is one of {', '.join(_READS)}")
    start = item.get("paginationStartKey")
    return StorageItem(
        parse_hex(item.get("key")), kind, None if start is None else parse_hex(start)
    )


def body_events(backend: ChainBackend, block_hash: bytes) -> Iterator[Event]:
    """The extrinsics of a block."""
    body = backend.body(block_hash)
    if body is None:
        yield INACCESSIBLE
    else:
        yield {"event": "operationBodyDone", "value": [_hex(extrinsic) for extrinsic in body]}


def call_events(
    backend: ChainBackend, block_hash: bytes, function: str, arguments: bytes
) -> Iterator[Event]:
    """The answer of a runtime API."""
    try:
        output = call_runtime(backend, block_hash, function, arguments)
    except ClientError as error:
        yield {"event": "operationError", "error": error.message}
    except (StateDiscarded, UnknownBlock):
        yield INACCESSIBLE
    else:
        yield {"event": "operationCallDone", "output": _hex(output)}


def storage_events(
    backend: ChainBackend, block_hash: bytes, items: tuple[StorageItem, ...], keys_max: int
) -> Iterator[Event]:
    """What is stored, in pages."""
    try:
        state = backend.state_at(block_hash)
        found = (read for item in items for read in _READS[item.kind](state, item))
        limited = islice(found, keys_max)
        while page := list(islice(limited, ITEMS_PER_EVENT)):
            yield {"event": "operationStorageItems", "items": page}
        if next(found, None) is not None:
            raise _Unanswerable(f"more than keys_max ({keys_max}) items: ask with narrower keys")
    except _Unanswerable as error:
        yield {"event": "operationError", "error": str(error)}
    except (StateDiscarded, UnknownBlock):
        yield INACCESSIBLE
    else:
        yield {"event": "operationStorageDone"}


Read = Callable[[StateReader, StorageItem], Iterable[Event]]


def _value(state: StateReader, item: StorageItem) -> Iterator[Event]:
    value = state.get(item.key)
    if value is not None:
        yield {"key": _hex(item.key), "value": _hex(value)}


def _hash(state: StateReader, item: StorageItem) -> Iterator[Event]:
    value = state.get(item.key)
    if value is not None:
        yield {"key": _hex(item.key), "hash": _hex(blake2_256(value))}


def _descendant_values(state: StateReader, item: StorageItem) -> Iterator[Event]:
    for key, value in state.items(item.key, item.start_after):
        yield {"key": _hex(key), "value": _hex(value)}


def _descendant_hashes(state: StateReader, item: StorageItem) -> Iterator[Event]:
    for key, value in state.items(item.key, item.start_after):
        yield {"key": _hex(key), "hash": _hex(blake2_256(value))}


def _merkle_value(_: StateReader, item: StorageItem) -> Iterator[Event]:
    raise _Unanswerable(f"{item.kind} is not supported by this node")


_READS: dict[str, Read] = {
    "value": _value,
    "hash": _hash,
    "descendantsValues": _descendant_values,
    "descendantsHashes": _descendant_hashes,
    "closestDescendantMerkleValue": _merkle_value,
}


def _hex(raw: bytes) -> str:
    return f"0x{raw.hex()}"
