"""
A miner of a run on a chain: learn, commit to the payload, show it when everybody has committed.

The payload is on disk before its hash is on chain. Killed at any point, the miner that starts again
within the window shows what it committed to.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

import structlog

from taonet.neuron.chain import Metagraph
from taonet.neuron.errors import ChainError
from taonet.neuron.status import StatusFile
from taonet.subnets.training.announcement import PAYLOAD, announced, announcements
from taonet.subnets.training.blob_store import BlobError, digest_of
from taonet.subnets.training.checkpoint import Checkpoint, HistoryInvalid
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.follower import Follower
from taonet.subnets.training.payload import PayloadInvalid, Signer, bytes_max, header_of
from taonet.subnets.training.phases import Phase
from taonet.subnets.training.worker import Worker, sealed

log = structlog.get_logger("taonet.training.miner")


@dataclass
class Draft:
    """A payload and how far it has got."""

    window: int
    raw: bytes
    committed: bool = False
    shown: bool = False


class TrainingMiner:
    """One hotkey's work; `path` is where the payload of the moment is kept."""

    def __init__(
        self,
        follower: Follower,
        corpus: Corpus,
        signer: Signer,
        *,
        path: Path | None = None,
        status: StatusFile | None = None,
    ) -> None:
        self._follower = follower
        self._run = follower.run
        self._worker = Worker(follower.run, corpus)
        self._signer = signer
        self._path = path
        self._status = status
        self.draft = _kept(follower, path)

    async def run(self) -> None:
        """Mine until cancelled."""
        async for metagraph in self._follower.metagraphs():
            try:
                await self.at(metagraph)
            except (ChainError, BlobError, HistoryInvalid, PayloadInvalid) as error:
                log.warning("window_interrupted", reason=f"{type(error).__name__}: {error}")
            self._tell(metagraph)

    async def at(self, metagraph: Metagraph) -> None:
        """
        What there is to do at a block.

        Raises `ChainError`, `BlobError`, `HistoryInvalid` or `PayloadInvalid`: try again later.
        """
        phases, block = self._run.phases, metagraph.block
        window, phase = phases.window(block), phases.phase(block)
        own = metagraph.by_hotkey.get(self._follower.chain.hotkey)
        if window is None or own is None:
            return
        if phase is Phase.TRAIN and (self.draft is None or self.draft.window != window):
            await self._follower.follow(metagraph)
            # The chain knows the hash of a block only when there is another one after it.
            if self._follower.newest.window == window and block > phases.start(window):
                await self._work(window, int(own.uid))
            return
        draft = self.draft
        if draft is None or draft.window != window:
            return
        if phase in (Phase.TRAIN, Phase.COMMIT) and not draft.committed:
            await self._commit(draft, block)
        if phase is Phase.REVEAL and not draft.shown:
            await self._follower.store.put(draft.raw)
            draft.shown = True
            log.info("payload_shown", window=window, bytes=len(draft.raw))

    async def _work(self, window: int, uid: int) -> None:
        checkpoint = self._follower.newest
        start = await self._follower.chain.block_hash(self._run.phases.start(window))
        raw = await asyncio.to_thread(self._payload, checkpoint, start, uid)
        await asyncio.to_thread(self._keep, raw)
        self.draft = Draft(window, raw)
        log.info("window_learnt", window=window, loss=round(self._worker.losses[-1], 4))
        await self._commit(self.draft, self._run.phases.start(window))

    def _payload(self, checkpoint: Checkpoint, start: bytes, uid: int) -> bytes:
        pages = self._worker.pages(start, uid)
        update = self._worker.work(checkpoint, pages)
        return sealed(self._run, checkpoint, update, uid=uid, pages=pages, signer=self._signer)

    async def _commit(self, draft: Draft, block: int) -> None:
        digest, chain = digest_of(draft.raw), self._follower.chain
        said = announcements(PAYLOAD, await chain.commitments(self._follower.netuid, block))
        own = said.get(chain.hotkey)
        if own is None or own.digest != digest:
            await chain.commit(self._follower.netuid, announced(PAYLOAD, draft.window, digest))
        draft.committed = True
        log.info("payload_committed", window=draft.window, sha256=digest)

    def _keep(self, raw: bytes) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with temporary.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)

    def _tell(self, metagraph: Metagraph) -> None:
        if self._status is None:
            return
        own = metagraph.by_hotkey.get(self._follower.chain.hotkey)
        losses = self._worker.losses
        self._status.figures(
            block=metagraph.block,
            uid=int(own.uid) if own else None,
            run=self._run.name,
            window=self.draft.window if self.draft else None,
            loss=round(losses[-1], 4) if losses else None,
            shown=bool(self.draft and self.draft.shown),
        )
        self._status.phase("serving" if own else "registering")


def _kept(follower: Follower, path: Path | None) -> Draft | None:
    """What a process before this one had in hand; nothing when it is of another run."""
    if path is None or not path.exists():
        return None
    limit = bytes_max(follower.run.shape)
    with path.open("rb") as file:
        raw = file.read(limit + 1)
    try:
        header = header_of(raw)
    except PayloadInvalid:
        return None
    return Draft(header.window, raw) if header.run == follower.run.hash else None
