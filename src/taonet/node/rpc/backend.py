"""
What the RPC asks of a chain, and nothing else: the seam that tests put a small chain behind.

Reads are synchronous and quick; the event loop that serves requests owns the chain.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from taonet.node.dev.backend import DevBackend
from taonet.node.header import Header
from taonet.primitives.ids import AccountId


class StateReader(Protocol):
    """The state after one block; keys come in byte order."""

    def get(self, key: bytes) -> bytes | None:
        """The value at a raw storage key, or None."""

    def keys(
        self, prefix: bytes = b"", start_after: bytes | None = None, limit: int | None = None
    ) -> Iterable[bytes]:
        """The keys that begin with `prefix`, above `start_after`, `limit` at most."""

    def items(
        self, prefix: bytes = b"", start_after: bytes | None = None, limit: int | None = None
    ) -> Iterable[tuple[bytes, bytes]]:
        """As `keys`, with values."""


class BlockImported(Protocol):
    """A block that became the head."""

    @property
    def header(self) -> Header:
        """Its header."""

    @property
    def hash(self) -> bytes:
        """Its header's hash."""

    @property
    def extrinsics(self) -> tuple[bytes, ...]:
        """Its body, each extrinsic with its length prefix."""

    @property
    def changes(self) -> Mapping[bytes, bytes | None]:
        """What it did to its parent's state; None for a removed key."""


Listener = Callable[[Any], None]
"""Takes a `BlockImported`; `Any`, because implementations bring their own class."""

Stop = Callable[[], None]
"""Ends what it was returned by; calling it again does nothing."""


class ChainBackend(Protocol):
    """
    One chain without forks. `UnknownBlock` and `StateDiscarded` are those of `node.store.errors`.

    A transaction is refused by an exception with `code`, `message` and `data` (`Refusal`).
    """

    @property
    def name(self) -> str:
        """The chain's name: `Bittensor`."""

    @property
    def chain_type(self) -> str:
        """`Live`, `Local` or `Development`."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """`ss58Format`, `tokenDecimals`, `tokenSymbol`."""

    @property
    def genesis_hash(self) -> bytes:
        """Block 0."""

    @property
    def dev(self) -> DevBackend | None:
        """Control over the chain, None on a node that is not a developer's."""

    def best(self) -> bytes:
        """The head's hash."""

    def finalized(self) -> bytes:
        """The newest block that cannot be undone."""

    def hash_of(self, number: int) -> bytes | None:
        """The hash of a block of this chain, None above the head."""

    def header(self, block_hash: bytes) -> Header | None:
        """A block's header, None if there is no such block."""

    def body(self, block_hash: bytes) -> Sequence[bytes] | None:
        """A block's extrinsics with their length prefixes, None if there is no such block."""

    def state_at(self, block_hash: bytes) -> StateReader:
        """The state after a block; raises `UnknownBlock` or `StateDiscarded`."""

    def call_api(self, block_hash: bytes, method: str, data: bytes) -> bytes:
        """A runtime API's answer; raises `UnknownRuntimeApi`, `MalformedScale`, as `state_at`."""

    def metadata(self, version: int) -> bytes:
        """The runtime's metadata, version 14 or 15."""

    def runtime_version(self) -> Mapping[str, Any]:
        """The runtime's version as JSON."""

    def listen(self, listener: Listener) -> Stop:
        """Hear of each new head, on the event loop, after it was committed."""

    def account_next_index(self, account: AccountId) -> int:
        """The next nonce, counting what waits in the pool."""

    def pending(self) -> Sequence[bytes]:
        """The transactions that are ready."""

    async def submit(self, raw: bytes) -> bytes:
        """Put a transaction in the pool; its hash."""

    async def submit_and_watch(
        self, raw: bytes, watcher: Callable[[Any], None]
    ) -> tuple[bytes, Stop]:
        """
        Submit and hear what becomes of it: `"ready"`, `"future"`, `{"inBlock": "0x…"}`,
        `{"finalized": "0x…"}`, `"invalid"`, `"dropped"`, `{"usurped": "0x…"}` and so on.
        """
