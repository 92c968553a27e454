"""
The embedded engine: one process makes every block, and each is final at once.

Blocks come at an interval, with each transaction, or when they are asked for. The chain's time is
the clock's, but a chain that is paced faster than its declared slot moves on by a whole slot a
block, since a slot is never used twice.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import structlog

from taonet.node.chain import BlockImported, Chain
from taonet.node.clock import Clock
from taonet.node.config import NodeConfig, Sealing

log = structlog.get_logger()


class EmbeddedEngine:
    """Fills in block inputs for one chain; `run` paces them until it is cancelled."""

    def __init__(self, chain: Chain, config: NodeConfig, clock: Clock) -> None:
        self._chain = chain
        self._clock = clock
        self._slot_ms = config.slot_ms
        self._pace_s = config.pace_s
        self._changed = asyncio.Event()
        self.sealing = config.sealing
        self.paused = False
        self.next_time_ms = 0
        """The next block's time at least: how a developer travels in time."""

    def new_block(self, writes: Mapping[bytes, bytes | None] | None = None) -> BlockImported:
        """Make one block now; `writes` are a developer's changes of raw storage."""
        now = self._chain.executor.runtime.timestamp.now
        earliest = now + self._slot_ms if now else 0
        time_ms = max(self._clock.now_ms(), earliest, self.next_time_ms)
        slot = time_ms // self._slot_ms
        imported = self._chain.propose(time_ms, slot, writes or {})
        log.debug(
            "block_imported",
            number=imported.header.number,
            extrinsics=len(imported.extrinsics),
        )
        return imported

    def set_sealing(self, sealing: Sealing, pace_s: float | None = None) -> None:
        """Change when blocks are made, from now on."""
        self.sealing = sealing
        self._pace_s = pace_s or self._pace_s
        self._changed.set()

    def set_paused(self, *, paused: bool) -> None:
        """Stop making blocks by itself, or go on."""
        self.paused = paused
        self._changed.set()

    async def run(self) -> None:
        """Make blocks as the sealing says, for ever; at an interval, the first one at once."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._changed.clear()
            if self.paused or self.sealing is Sealing.MANUAL:
                await self._changed.wait()
                due = loop.time() + self._pace_s
            elif self.sealing is Sealing.INSTANT:
                await self._next_transaction()
            elif await self._elapsed(due):
                self.new_block()
                # A late block does not make the next one early.
                due = max(due + self._pace_s, loop.time())

    async def _elapsed(self, due: float) -> bool:
        """Wait until `due`; False if the sealing changed meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await self._changed.wait()
        return not self._changed.is_set()

    async def _next_transaction(self) -> None:
        submitted = asyncio.ensure_future(self._chain.submitted.wait())
        changed = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait({submitted, changed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            submitted.cancel()
            changed.cancel()
        if self._chain.submitted.is_set() and not self._changed.is_set():
            self._chain.submitted.clear()
            self.new_block()
