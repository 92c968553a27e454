"""`state_*`: storage, runtime APIs, metadata and version, at any kept block."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from orjson import Fragment

from taonet.frame.runtime_api import UnknownRuntimeApi
from taonet.node.rpc.backend import BlockImported, ChainBackend, StateReader, Stop
from taonet.node.rpc.errors import (
    TOO_MANY_KEYS_CODE,
    ClientError,
    InvalidParams,
    LimitExceeded,
    RpcError,
)
from taonet.node.rpc.exchange import Subscription
from taonet.node.rpc.feed import BlockFeed
from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.method import method, subscription
from taonet.node.rpc.parameters import BlockHash, Count, Hex, Keys, Text
from taonet.primitives.hashing import blake2_256
from taonet.scale.codec import MalformedScale

METADATA_VERSION = 14
"""What `state_getMetadata` gives; newer ones are a runtime API."""


def hex_or_none(value: bytes | None) -> str | None:
    """Hexadecimal digits with 0x."""
    return None if value is None else f"0x{value.hex()}"


def call_runtime(backend: ChainBackend, block_hash: bytes, name: str, data: bytes) -> bytes:
    """A runtime API's answer; raises `ClientError` with the texts that clients match."""
    try:
        return backend.call_api(block_hash, name, data)
    except UnknownRuntimeApi as error:
        raise ClientError(f"Execution failed: Other: {error}") from error
    except MalformedScale as error:
        raise ClientError(
            "Execution failed: Execution aborted due to panic: "
            f"Bad input data provided to {name}: {error}"
        ) from error


class StateMethods:
    """Reads of the state after a block, the head's unless a hash is given."""

    def __init__(self, backend: ChainBackend, feed: BlockFeed, limits: RpcLimits) -> None:
        self._backend = backend
        self._feed = feed
        self._limits = limits
        self._metadata: tuple[object, Fragment] | None = None
        self._version: tuple[Mapping[str, Any], bytes] | None = None

    @method("state_getStorage", "state_getStorageAt")
    def storage(self, key: Hex, hash: BlockHash | None = None) -> str | None:
        """The value at a key."""
        return hex_or_none(self._state(hash).get(key))

    @method("state_getStorageHash", "state_getStorageHashAt")
    def storage_hash(self, key: Hex, hash: BlockHash | None = None) -> str | None:
        """blake2-256 of the value at a key."""
        value = self._state(hash).get(key)
        return None if value is None else f"0x{blake2_256(value).hex()}"

    @method("state_getStorageSize", "state_getStorageSizeAt")
    def storage_size(self, key: Hex, hash: BlockHash | None = None) -> int | None:
        """Bytes of the value at a key; of everything under it, where nothing is at it."""
        state = self._state(hash)
        value = state.get(key)
        if value is not None:
            return len(value)
        sizes = [len(value) for _, value in self._limited(state.items(key, None, self._one_more))]
        return sum(sizes) if sizes else None

    @method("state_getKeys")
    def keys(self, prefix: Hex, hash: BlockHash | None = None) -> list[str]:
        """All keys under a prefix."""
        found = self._limited(self._state(hash).keys(prefix, None, self._one_more))
        return [f"0x{key.hex()}" for key in found]

    @method("state_getPairs")
    def pairs(self, prefix: Hex, hash: BlockHash | None = None) -> list[tuple[str, str]]:
        """All keys under a prefix with their values."""
        found = self._limited(self._state(hash).items(prefix, None, self._one_more))
        return [(f"0x{key.hex()}", f"0x{value.hex()}") for key, value in found]

    @method("state_getKeysPaged", "state_getKeysPagedAt")
    def keys_paged(
        self,
        prefix: Hex | None = None,
        count: Count = 0,
        start_key: Hex | None = None,
        hash: BlockHash | None = None,
    ) -> list[str]:
        """`count` keys under a prefix above `start_key`, which may be the prefix itself."""
        if count > self._limits.keys_page_max:
            raise RpcError(
                TOO_MANY_KEYS_CODE,
                f"count exceeds maximum value. value: {count}, max: {self._limits.keys_page_max}",
                f"keys_page_max is {self._limits.keys_page_max}",
            )
        found = self._state(hash).keys(prefix or b"", start_key, count)
        return [f"0x{key.hex()}" for key in found]

    @method("state_queryStorageAt")
    def query_storage_at(self, keys: Keys, at: BlockHash | None = None) -> list[dict[str, Any]]:
        """The values of some keys at one block, null included."""
        self._check_keys(keys)
        block_hash = at or self._backend.best()
        state = self._backend.state_at(block_hash)
        return [_changes(block_hash, ((key, state.get(key)) for key in keys))]

    @method("state_queryStorage")
    def query_storage(
        self, keys: Keys, from_block: BlockHash, to_block: BlockHash | None = None
    ) -> list[dict[str, Any]]:
        """The values of some keys at a first block, then where they change until a last one."""
        self._check_keys(keys)
        first, last = self._number(from_block), self._number(to_block or self._backend.best())
        limit = self._limits.query_blocks_max
        if not first <= last < first + limit:
            raise InvalidParams(
                f"from_block ({first}) is not above to_block ({last}), query_blocks_max is {limit}"
            )
        answer: list[dict[str, Any]] = []
        known: dict[bytes, bytes | None] | None = None
        for number in range(first, last + 1):
            block_hash = self._backend.hash_of(number)
            assert block_hash is not None, f"the chain has no block {number}"
            state = self._backend.state_at(block_hash)
            values = {key: state.get(key) for key in keys}
            changed = [
                (key, value)
                for key, value in values.items()
                if known is None or known[key] != value
            ]
            known = values
            if changed:
                answer.append(_changes(block_hash, changed))
        return answer

    @method("state_call", "state_callAt")
    def call(self, name: Text, bytes: Hex, hash: BlockHash | None = None) -> str:
        """A runtime API's encoded answer to encoded arguments."""
        answer = call_runtime(self._backend, hash or self._backend.best(), name, bytes)
        return f"0x{answer.hex()}"

    @method("state_getMetadata")
    def metadata(self, hash: BlockHash | None = None) -> Fragment:
        """The runtime's metadata, version 14."""
        self._check_block(hash)
        raw = self._backend.metadata(METADATA_VERSION)
        if self._metadata is None or self._metadata[0] is not raw:
            self._metadata = (raw, Fragment(f'"0x{raw.hex()}"'.encode()))
        return self._metadata[1]

    @method("state_getRuntimeVersion", "chain_getRuntimeVersion")
    def runtime_version(self, hash: BlockHash | None = None) -> Fragment:
        """The runtime's version."""
        self._check_block(hash)
        return Fragment(self._version_json())

    @subscription(
        "state_subscribeRuntimeVersion",
        "chain_subscribeRuntimeVersion",
        notifies="state_runtimeVersion",
        ends=("state_unsubscribeRuntimeVersion", "chain_unsubscribeRuntimeVersion"),
    )
    def follow_version(self, subscription: Subscription) -> Stop:
        """The runtime's version, then each other one."""
        told = self._version_json()
        subscription.push_json(told)

        def hear(_: BlockImported) -> None:
            nonlocal told
            current = self._version_json()
            if current != told:
                told = current
                subscription.push_json(current)

        return self._feed.listen(hear)

    @subscription(
        "state_subscribeStorage", notifies="state_storage", ends=("state_unsubscribeStorage",)
    )
    def follow_storage(self, subscription: Subscription, keys: Keys) -> Stop:
        """The values of some keys, then those that a block writes."""
        self._check_keys(keys)
        head = self._backend.best()
        state = self._backend.state_at(head)
        subscription.push(_changes(head, ((key, state.get(key)) for key in keys)))

        def hear(block: BlockImported) -> None:
            changes = block.changes
            written = [(key, changes[key]) for key in keys if key in changes]
            if written:
                subscription.push(_changes(block.hash, written))

        return self._feed.listen(hear)

    @property
    def _one_more(self) -> int:
        """How many keys are read where `keys_max` may be answered."""
        return self._limits.keys_max + 1

    def _limited(self, found: Iterable[Any]) -> list[Any]:
        listed = list(found)
        if len(listed) > self._limits.keys_max:
            message = "Too many keys; ask for pages with state_getKeysPaged"
            raise LimitExceeded(TOO_MANY_KEYS_CODE, message, "keys_max", self._limits.keys_max)
        return listed

    def _state(self, block_hash: bytes | None) -> StateReader:
        return self._backend.state_at(block_hash or self._backend.best())

    def _check_keys(self, keys: tuple[bytes, ...]) -> None:
        if len(keys) > self._limits.query_keys_max:
            raise InvalidParams(
                f"keys: query_keys_max is {self._limits.query_keys_max}, got {len(keys)}"
            )

    def _check_block(self, block_hash: bytes | None) -> None:
        if block_hash is not None:
            self._number(block_hash)

    def _number(self, block_hash: bytes) -> int:
        header = self._backend.header(block_hash)
        if header is None:
            raise ClientError(
                "Api called for an unknown Block: "
                f"Header was not found in the database: 0x{block_hash.hex()}"
            )
        return header.number

    def _version_json(self) -> bytes:
        version = self._backend.runtime_version()
        if self._version is None or self._version[0] != version:
            self._version = (version, orjson.dumps(dict(version)))
        return self._version[1]


def _changes(block_hash: bytes, values: Iterable[tuple[bytes, bytes | None]]) -> dict[str, Any]:
    return {
        "block": f"0x{block_hash.hex()}",
        "changes": [(f"0x{key.hex()}", hex_or_none(value)) for key, value in values],
    }
