"""
A validator of a run on a chain: take in payloads, judge them, set weights.

The leader among validators also averages what was chosen, publishes record and checkpoint, and puts
the record's hash on chain. The others compute the same from its record and compare.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from bittensor.sp_core import Keypair

from taonet.neuron.chain import Metagraph, Neuron
from taonet.neuron.errors import ChainError
from taonet.neuron.score import Score
from taonet.neuron.score_book import ScoreBook
from taonet.neuron.state_file import StateUnreadable, read_state, write_state
from taonet.neuron.status import StatusFile
from taonet.neuron.weight_setter import WeightSetter
from taonet.subnets.training.announcement import (
    PAYLOAD,
    RECORD,
    Announcement,
    announced,
    announcements,
    leader,
)
from taonet.subnets.training.assignment import assigned
from taonet.subnets.training.blob_store import BlobError
from taonet.subnets.training.checkpoint import Checkpoint, HistoryInvalid, advanced, publish
from taonet.subnets.training.compression import Update
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.follower import Follower
from taonet.subnets.training.judgement import Judge, Judgement, Submission, model_losses
from taonet.subnets.training.payload import (
    Header,
    PayloadInvalid,
    bytes_max,
    opened,
    pages_hash,
)
from taonet.subnets.training.worker import require

PAGES_PUBLISHED = 64
"""Held-out pages whose loss is published with each window."""
CURVE_WINDOWS = 24
"""Losses that are kept for people to see how it goes."""

log = structlog.get_logger("taonet.training.validator")


class TrainingValidator:
    """One hotkey's judgement; `path` is where what it remembers of miners is kept."""

    def __init__(
        self,
        follower: Follower,
        corpus: Corpus,
        *,
        book: ScoreBook,
        setter: WeightSetter,
        path: Path | None = None,
        status: StatusFile | None = None,
    ) -> None:
        require(follower.run, corpus)
        self._follower = follower
        self._run = follower.run
        self._chain = follower.chain
        self._corpus = corpus
        self._book = book
        self._setter = setter
        self._path = path
        self._status = status
        self._losses = model_losses(follower.run)
        self.judge = Judge(follower.run, corpus, self._losses)
        self._judged, self._curve = _restored(self.judge, path)
        self.loss: float | None = None

    async def run(self) -> None:
        """Validate until cancelled."""
        async for metagraph in self._follower.metagraphs():
            try:
                await self.at(metagraph)
            except (ChainError, BlobError, HistoryInvalid, PayloadInvalid) as error:
                log.warning("window_interrupted", reason=f"{type(error).__name__}: {error}")
            await self._setter.tick(metagraph, self.judge.shares())
            self._tell(metagraph)

    async def at(self, metagraph: Metagraph) -> None:
        """
        What there is to do at a block.

        Raises `ChainError`, `BlobError`, `HistoryInvalid` or `PayloadInvalid`: try again later.
        """
        self.judge.forget(self._book.sync(metagraph))
        phases = self._run.phases
        window = phases.window(metagraph.block)
        if window is None:
            return
        await self._follower.follow(metagraph)
        head = leader(metagraph)
        leads = head is not None and head.hotkey == self._chain.hotkey
        if leads and self._follower.newest.window < window:
            await self._skip(window)
        # The chain knows the hash of a block only when there is another one after it.
        shown = metagraph.block > phases.reveal_block(window)
        due = shown and self._judged < window
        # Another validator's record of this window may be there already: one judges all the same.
        bases = [each for each in self._follower.checkpoints if each.window <= window]
        if due and bases and bases[0].window == window:
            await self._judge(metagraph, bases, leads=leads)

    async def _skip(self, window: int) -> None:
        """Windows that ended while nobody judged, this one's beginning included, change nothing."""
        at = self._follower.newest
        while at.window < window:
            at = await asyncio.to_thread(advanced, self._run, at, {})
            await publish(self._follower.store, at)
        await self._announce(at)

    async def _judge(
        self, metagraph: Metagraph, bases: Sequence[Checkpoint], *, leads: bool
    ) -> None:
        """The window that starts from the first of `bases`, which are the newest it could know."""
        phases, checkpoint = self._run.phases, bases[0]
        window = checkpoint.window
        start = await self._chain.block_hash(phases.start(window))
        reveal = await self._chain.block_hash(phases.reveal_block(window))
        submissions = await self._submissions(metagraph, bases, start)
        judgement: Judgement = await asyncio.to_thread(
            self.judge.judge, checkpoint, submissions, start_hash=start, reveal_hash=reveal
        )
        if leads and self._follower.newest is checkpoint:
            await self._advance(checkpoint, judgement)
        self._book.record(metagraph, judgement.scores)
        self._judged = window
        if self._path is not None:
            kept = {"window": window, "records": self.judge.state(), "losses": self._curve}
            write_state(self._path, kept)
        log.info(
            "window_judged",
            window=window,
            submitted=len(submissions),
            averaged=len(judgement.chosen),
            loss=None if self.loss is None else round(self.loss, 4),
        )

    async def _advance(self, before: Checkpoint, judgement: Judgement) -> None:
        updates: dict[int, tuple[str, Update]] = {
            uid: (each.payload, each.update)
            for uid, each in judgement.chosen.items()
            if each.update is not None
        }
        held_out = self._corpus.held_out(PAGES_PUBLISHED)
        self.loss = await asyncio.to_thread(self._losses, before.weights, held_out)
        self._curve = [*self._curve, round(self.loss, 4)][-CURVE_WINDOWS:]
        after = await asyncio.to_thread(advanced, self._run, before, updates, self.loss)
        await publish(self._follower.store, after)
        await self._announce(after)

    async def _announce(self, checkpoint: Checkpoint) -> None:
        """On chain last: what is named there can be had."""
        record = checkpoint.record
        text = announced(RECORD, record.window, record.hash)
        await self._chain.commit(self._follower.netuid, text)
        self._follower.add(checkpoint)
        log.info("record_committed", window=record.window, weights=record.weights)

    async def _submissions(
        self, metagraph: Metagraph, bases: Sequence[Checkpoint], start: bytes
    ) -> list[Submission]:
        phases, window = self._run.phases, bases[0].window
        weights = [each.record.weights for each in bases]
        said = await self._chain.commitments(self._follower.netuid, phases.commit_block(window))
        told = announcements(PAYLOAD, said)
        return [
            await self._opened(neuron, told[neuron.hotkey], start, weights)
            for neuron in metagraph.neurons
            if neuron.hotkey in told
            and told[neuron.hotkey].window == window
            and told[neuron.hotkey].block >= phases.start(window)
            and neuron.registered_at <= phases.start(window)
        ]

    async def _opened(
        self, neuron: Neuron, said: Announcement, start: bytes, bases: Sequence[str]
    ) -> Submission:
        uid, run = int(neuron.uid), self._run
        pages = assigned(start, uid, run.pages_each, self._corpus.pages)
        expected = Header(run.hash, said.window, bases[0], uid, pages_hash(pages), "")
        verifier = Keypair(ss58_address=neuron.hotkey)
        try:
            raw = await self._follower.store.get(said.digest, bytes_max(run.shape))
            update, behind = opened(raw, run.shape, verifier, expected, bases)
        except (BlobError, PayloadInvalid) as error:
            refusal = f"{type(error).__name__}: {error}"
            return Submission(uid, neuron.hotkey, said.digest, said.block, refusal=refusal)
        return Submission(uid, neuron.hotkey, said.digest, said.block, update, behind)

    def _tell(self, metagraph: Metagraph) -> None:
        if self._status is None:
            return
        own = metagraph.by_hotkey.get(self._chain.hotkey)
        outbox, shares = self._setter.outbox, self.judge.shares()
        self._status.figures(
            block=metagraph.block,
            uid=int(own.uid) if own else None,
            permit=bool(own and own.validator_permit),
            run=self._run.name,
            rounds=self._book.round,
            window=self._judged,
            loss=None if self.loss is None else round(self.loss, 4),
            losses=self._curve,
            shares={hotkey: round(share, 6) for hotkey, share in shares.items()},
            verdicts={hotkey: _rounded(score) for hotkey, score in self.judge.standing().items()},
            weights_at=outbox.on_chain_at if outbox else None,
            weights_refusal=outbox.refusal if outbox else "",
        )
        self._status.phase("judging" if own else "registering")


def _rounded(score: Score) -> dict[str, float]:
    return {name: round(number, 4) for name, number in score.parts.items()}


def _restored(judge: Judge, path: Path | None) -> tuple[int, list[float]]:
    """
    Fill `judge` with what a process before this one knew; the window that it judged last, and the
    last losses.
    """
    value: Any = None if path is None else read_state(path)
    if value is None:
        return -1, []
    try:
        judge.restore(value["records"])
        return int(value["window"]), [float(loss) for loss in value.get("losses", ())]
    except (TypeError, KeyError, ValueError) as error:
        raise StateUnreadable(f"{path} is no judge's memory; remove it to start afresh") from error
