"""
News of blocks for many subscribers: one listener on the chain, each header encoded once.

A subscriber that fails is logged and left out; it must not stop the block that it is told of.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

import orjson
import structlog

from taonet.node.header import Header
from taonet.node.rpc.backend import BlockImported, ChainBackend, Stop

log = structlog.get_logger()

Hearer = Callable[[BlockImported], None]


def header_json(header: Header) -> dict[str, Any]:
    """A header as the RPC has it."""
    return {
        "parentHash": f"0x{header.parent_hash.hex()}",
        "number": hex(header.number),
        "stateRoot": f"0x{header.state_root.hex()}",
        "extrinsicsRoot": f"0x{header.extrinsics_root.hex()}",
        "digest": {"logs": [f"0x{item.hex()}" for item in header.digest]},
    }


class Headers:
    """Headers as encoded JSON; the head's is kept, as it is what everybody asks for."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend
        self._head_hash = b""
        self._head_json = b""

    def json(self, block_hash: bytes) -> bytes | None:
        """The header of a block, None if there is no such block."""
        is_head = block_hash == self._backend.best()
        if is_head and block_hash == self._head_hash:
            return self._head_json
        header = self._backend.header(block_hash)
        if header is None:
            return None
        encoded = orjson.dumps(header_json(header))
        if is_head:
            self._head_hash, self._head_json = block_hash, encoded
        return encoded


class BlockFeed:
    """Tells subscribers of new heads, and of blocks that became final."""

    def __init__(self, backend: ChainBackend) -> None:
        self.headers = Headers(backend)
        self._backend = backend
        self._hearers: dict[int, Hearer] = {}
        self._numbers = count()
        self._stop: Stop | None = None

    @property
    def hearer_count(self) -> int:
        """Who listens."""
        return len(self._hearers)

    def listen(self, hearer: Hearer) -> Stop:
        """Hear of each new head."""
        if self._stop is None:
            self._stop = self._backend.listen(self._imported)
        number = next(self._numbers)
        self._hearers[number] = hearer

        def stop() -> None:
            self._hearers.pop(number, None)

        return stop

    def listen_headers(self, push: Callable[[bytes], None]) -> Stop:
        """Hear the head's header now, and each new head's; encoded JSON."""
        self._push_header(self._backend.best(), push)
        return self.listen(lambda block: self._push_header(block.hash, push))

    def listen_finalized(self, push: Callable[[bytes], None]) -> Stop:
        """As `listen_headers`, for blocks that cannot be undone; none is left out."""
        told = self._number_of(self._backend.finalized())
        self._push_header(self._backend.finalized(), push)

        def hear(_: BlockImported) -> None:
            nonlocal told
            for block_hash in self.finalized_since(told):
                self._push_header(block_hash, push)
            told = self._number_of(self._backend.finalized())

        return self.listen(hear)

    def finalized_since(self, number: int) -> list[bytes]:
        """The hashes of the final blocks above `number`; the last one's, should it be below."""
        last_hash = self._backend.finalized()
        last = self._number_of(last_hash)
        hashes = [self._backend.hash_of(n) for n in range(number + 1, last)]
        newest = [] if last == number else [last_hash]
        return [found for found in hashes if found is not None] + newest

    def close(self) -> None:
        """Stop listening to the chain."""
        self._hearers.clear()
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _number_of(self, block_hash: bytes) -> int:
        header = self._backend.header(block_hash)
        assert header is not None, f"the chain has no block 0x{block_hash.hex()}"
        return header.number

    def _push_header(self, block_hash: bytes, push: Callable[[bytes], None]) -> None:
        encoded = self.headers.json(block_hash)
        assert encoded is not None, f"the chain has no block 0x{block_hash.hex()}"
        push(encoded)

    def _imported(self, block: BlockImported) -> None:
        for number, hearer in list(self._hearers.items()):
            try:
                hearer(block)
            except Exception:
                log.exception("block_hearer_failed", block=f"0x{block.hash.hex()}")
                self._hearers.pop(number, None)
