"""How a neuron keeps up with a run: the newest checkpoint, from chain and blob store alone."""

import asyncio
from collections.abc import AsyncIterator

import structlog

from taonet.neuron.chain import Metagraph
from taonet.neuron.follower import current
from taonet.primitives.units import NetUid
from taonet.subnets.training.announcement import Ledger, newest_record
from taonet.subnets.training.blob_store import BlobStore
from taonet.subnets.training.checkpoint import Checkpoint, beginning, caught_up
from taonet.subnets.training.judgement import BEHIND_MAX
from taonet.subnets.training.run import Run

PAUSE_S = 1.0
"""
Between two looks at the chain. Nothing is subscribed to: a neuron that is told to stop while it
works would leave the subscription, and with it the connection, open.
"""

log = structlog.get_logger("taonet.training")


class Follower:
    """The checkpoints that a neuron knows, the newest first; a few of them."""

    def __init__(self, run: Run, store: BlobStore, chain: Ledger, netuid: NetUid) -> None:
        self.run = run
        self.store = store
        self.chain = chain
        self.netuid = netuid
        self.checkpoints: list[Checkpoint] = []

    @property
    def newest(self) -> Checkpoint:
        """The newest."""
        return self.checkpoints[0]

    async def metagraphs(self) -> AsyncIterator[Metagraph]:
        """The metagraph at once, and again when there is a newer block."""
        block = -1
        while True:
            metagraph = await current(self.chain, self.netuid)
            if metagraph.block > block:
                block = metagraph.block
                yield metagraph
            await asyncio.sleep(PAUSE_S)

    async def follow(self, metagraph: Metagraph) -> None:
        """
        Catch up with what is on chain at `metagraph`'s block.

        Raises `ChainError`, `BlobError`, `HistoryInvalid` or `PayloadInvalid`.
        """
        if not self.checkpoints:
            self.checkpoints = [await asyncio.to_thread(beginning, self.run)]
        window = self.run.phases.window(metagraph.block)
        if window is None:
            return
        said = await self.chain.commitments(self.netuid, metagraph.block)
        head = newest_record(metagraph, said, window)
        if head is None or head.digest in (each.record.hash for each in self.checkpoints):
            return
        found = await caught_up(self.run, self.store, head.digest, self.newest)
        self.add(found)
        log.info("checkpoint_followed", window=found.record.window, weights=found.record.weights)

    def add(self, checkpoint: Checkpoint) -> None:
        """A newer checkpoint."""
        self.checkpoints = [checkpoint, *self.checkpoints[:BEHIND_MAX]]
