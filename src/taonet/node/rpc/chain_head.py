"""
`chainHead_v1_*`: following the head and reading at the blocks that are pinned meanwhile.

Replies come first and results after them, as events of the follow subscription. What an operation
finds is sent in pages, and after some pages it waits for the client to ask for more.

Source: the JSON-RPC interface specification of Polkadot, group `chainHead`, version 1.
"""

from collections.abc import Iterator
from itertools import count, islice
from typing import Annotated, Any

import structlog

from taonet.node.rpc.backend import BlockImported, ChainBackend, Stop
from taonet.node.rpc.errors import (
    INVALID_BLOCK_CODE,
    TOO_MANY_FOLLOWS_CODE,
    InvalidParams,
    LimitExceeded,
    RpcError,
)
from taonet.node.rpc.exchange import Exchange, Session, Subscription
from taonet.node.rpc.feed import BlockFeed
from taonet.node.rpc.method import method, subscription
from taonet.node.rpc.operation import (
    Event,
    StorageItem,
    body_events,
    call_events,
    parse_storage_items,
    storage_events,
)
from taonet.node.rpc.parameters import BlockHash, Flag, Hex, Json, Kind, Text, list_of, parse_hash

log = structlog.get_logger()

WAITING: Event = {"event": "operationWaitingForContinue"}
UNFINISHED = frozenset({"operationStorageItems", "operationWaitingForContinue"})
"""Events that others of the same operation follow."""

EVENTS_PER_TURN = 16
"""Events of an operation until the client has to ask for more."""


def parse_hashes(value: Any) -> tuple[bytes, ...]:
    """A hash, or a list of them."""
    return list_of(parse_hash)(value) if isinstance(value, list) else (parse_hash(value),)


Hashes = Annotated[tuple[bytes, ...], Kind(parse_hashes)]
StorageItems = Annotated[tuple[StorageItem, ...], Kind(parse_storage_items)]


class Follower:
    """One follow subscription: what is pinned for it and what it is being sent."""

    def __init__(
        self, backend: ChainBackend, feed: BlockFeed, subscription: Subscription, session: Session
    ) -> None:
        self._backend = backend
        self._feed = feed
        self._subscription = subscription
        self._session = session
        self._pinned: dict[bytes, None] = {}
        self._operations: dict[str, Iterator[Event]] = {}
        self._numbers = count()
        self._head = b""
        self._final_number = 0

    def start(self, *, with_runtime: bool) -> Stop:
        """Say where the chain stands, and what becomes of it from now on."""
        final = self._backend.finalized()
        self._head, self._final_number = final, self._number_of(final)
        event: Event = {"event": "initialized", "finalizedBlockHashes": [_hex(final)]}
        if with_runtime:
            event["finalizedBlockRuntime"] = {"type": "valid", "spec": self._spec()}
        self._subscription.push(event)
        self._pinned[final] = None
        for number in range(self._final_number + 1, self._number_of(self._backend.best()) + 1):
            block_hash = self._backend.hash_of(number)
            assert block_hash is not None
            self._announce(block_hash)
        self._session.follows[self._subscription.id] = self
        stop_listening = self._feed.listen(self._imported)

        def stop() -> None:
            stop_listening()
            self._session.follows.pop(self._subscription.id, None)
            self._operations.clear()

        return stop

    def require_pinned(self, block_hash: bytes) -> None:
        """Raises `RpcError` for a block that isn't pinned."""
        if block_hash not in self._pinned:
            raise RpcError(INVALID_BLOCK_CODE, "Invalid block hash", _hex(block_hash))

    def unpin(self, hashes: tuple[bytes, ...]) -> None:
        """All of them, or none if one isn't pinned."""
        for block_hash in hashes:
            self.require_pinned(block_hash)
        for block_hash in hashes:
            self._pinned.pop(block_hash, None)

    def begin(self, exchange: Exchange, events: Iterator[Event]) -> dict[str, str]:
        """Start an operation; its events follow the reply."""
        if len(self._operations) >= self._session.limits.operations_max:
            return {"result": "limitReached"}
        operation = str(next(self._numbers))
        self._operations[operation] = events
        exchange.after_reply(lambda: self._go_on(operation))
        return {"result": "started", "operationId": operation}

    def continue_with(self, exchange: Exchange, operation: str) -> None:
        """Send what comes next of an operation that waits."""
        if operation not in self._operations:
            raise InvalidParams("operation_id: no operation of this subscription waits under it")
        exchange.after_reply(lambda: self._go_on(operation))

    def stop_operation(self, operation: str) -> None:
        """Send nothing more of it; one that is over is none."""
        self._operations.pop(operation, None)

    def _go_on(self, operation: str) -> None:
        events = self._operations.get(operation)
        if events is None:
            return
        try:
            for event in islice(events, EVENTS_PER_TURN):
                self._tell(operation, event)
        except Exception:
            log.exception("chain_head_operation_failed")
            self._tell(operation, {"event": "operationError", "error": "Internal error"})
        if operation in self._operations:
            self._tell(operation, WAITING)

    def _tell(self, operation: str, event: Event) -> None:
        self._subscription.push({**event, "operationId": operation})
        if event["event"] not in UNFINISHED:
            self._operations.pop(operation, None)

    def _imported(self, block: BlockImported) -> None:
        went_on = block.header.parent_hash == self._head
        if not went_on or len(self._pinned) >= self._session.limits.pinned_blocks_max:
            # A block was taken back, or the client unpins too little: it has to follow anew.
            self._subscription.push({"event": "stop"})
            self._subscription.end()
            return
        self._announce(block.hash)
        final = self._feed.finalized_since(self._final_number)
        if final:
            self._final_number = self._number_of(final[-1])
            hashes = [_hex(block_hash) for block_hash in final]
            event = {"finalizedBlockHashes": hashes, "prunedBlockHashes": []}
            self._subscription.push({"event": "finalized", **event})

    def _announce(self, block_hash: bytes) -> None:
        parent, self._head = self._head, block_hash
        self._pinned[block_hash] = None
        block = {"blockHash": _hex(block_hash), "parentBlockHash": _hex(parent)}
        self._subscription.push({"event": "newBlock", **block, "newRuntime": None})
        self._subscription.push({"event": "bestBlockChanged", "bestBlockHash": _hex(block_hash)})

    def _number_of(self, block_hash: bytes) -> int:
        header = self._backend.header(block_hash)
        assert header is not None
        return header.number

    def _spec(self) -> dict[str, Any]:
        version = self._backend.runtime_version()
        names = ("specName", "implName", "specVersion", "implVersion", "transactionVersion")
        return {**{name: version[name] for name in names}, "apis": dict(version["apis"])}


class ChainHeadMethods:
    """Operations name their follow subscription; one that has ended has reached its limit."""

    def __init__(self, backend: ChainBackend, feed: BlockFeed) -> None:
        self._backend = backend
        self._feed = feed

    @subscription(
        "chainHead_v1_follow", notifies="chainHead_v1_followEvent", ends=("chainHead_v1_unfollow",)
    )
    def follow(self, subscription: Subscription, *, with_runtime: Flag = False) -> Stop:
        """Where the chain stands, and every block from now on; all of them are pinned."""
        session = subscription.session
        if len(session.follows) >= session.limits.follows_max:
            raise LimitExceeded(
                TOO_MANY_FOLLOWS_CODE,
                "Maximum number of chainHead_follow has been reached",
                "follows_max",
                session.limits.follows_max,
            )
        follower = Follower(self._backend, self._feed, subscription, session)
        return follower.start(with_runtime=with_runtime)

    @method("chainHead_v1_header", needs_exchange=True)
    def header(self, exchange: Exchange, follow_subscription: Text, hash: BlockHash) -> str | None:
        """The encoded header of a pinned block."""
        follower = _follower(exchange, follow_subscription)
        if follower is None:
            return None
        follower.require_pinned(hash)
        header = self._backend.header(hash)
        return None if header is None else _hex(header.encoded)

    @method("chainHead_v1_body", needs_exchange=True)
    def body(
        self, exchange: Exchange, follow_subscription: Text, hash: BlockHash
    ) -> dict[str, str]:
        """Start an operation that gives the extrinsics of a pinned block."""
        events = body_events(self._backend, hash)
        return _begin(exchange, follow_subscription, hash, events)

    @method("chainHead_v1_call", needs_exchange=True)
    def call(
        self,
        exchange: Exchange,
        follow_subscription: Text,
        hash: BlockHash,
        function: Text,
        call_parameters: Hex,
    ) -> dict[str, str]:
        """Start an operation that calls a runtime API at a pinned block."""
        events = call_events(self._backend, hash, function, call_parameters)
        return _begin(exchange, follow_subscription, hash, events)

    @method("chainHead_v1_storage", needs_exchange=True)
    def storage(
        self,
        exchange: Exchange,
        follow_subscription: Text,
        hash: BlockHash,
        items: StorageItems,
        child_trie: Json = None,
    ) -> dict[str, str]:
        """Start an operation that reads storage at a pinned block."""
        if child_trie is not None:
            raise InvalidParams("child_trie: this chain has no child tries")
        limits = exchange.session.limits
        if len(items) > limits.query_keys_max:
            raise InvalidParams(f"items: query_keys_max is {limits.query_keys_max}")
        events = storage_events(self._backend, hash, items, limits.keys_max)
        return _begin(exchange, follow_subscription, hash, events)

    @method("chainHead_v1_continue", needs_exchange=True)
    def go_on(self, exchange: Exchange, follow_subscription: Text, operation_id: Text) -> None:
        """Ask for more of an operation that waits."""
        follower = _follower(exchange, follow_subscription)
        if follower is not None:
            follower.continue_with(exchange, operation_id)

    @method("chainHead_v1_stopOperation", needs_exchange=True)
    def stop_operation(
        self, exchange: Exchange, follow_subscription: Text, operation_id: Text
    ) -> None:
        """Ask for no more of an operation."""
        follower = _follower(exchange, follow_subscription)
        if follower is not None:
            follower.stop_operation(operation_id)

    @method("chainHead_v1_unpin", needs_exchange=True)
    def unpin(self, exchange: Exchange, follow_subscription: Text, hash_or_hashes: Hashes) -> None:
        """Say that some blocks aren't needed any more."""
        follower = _follower(exchange, follow_subscription)
        if follower is not None:
            follower.unpin(hash_or_hashes)


def _follower(exchange: Exchange, identifier: str) -> Follower | None:
    found = exchange.session.follows.get(identifier)
    assert found is None or isinstance(found, Follower)
    return found


def _begin(
    exchange: Exchange, identifier: str, block_hash: bytes, events: Iterator[Event]
) -> dict[str, str]:
    follower = _follower(exchange, identifier)
    if follower is None:
        return {"result": "limitReached"}
    follower.require_pinned(block_hash)
    return follower.begin(exchange, events)


def _hex(raw: bytes) -> str:
    return f"0x{raw.hex()}"
