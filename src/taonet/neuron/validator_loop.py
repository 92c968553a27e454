"""
The validator's loop: sample a query, ask miners, score the replies, keep the book, set weights.

A round is a pure function of the book's seed, the round's number, the metagraph and the replies.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

import structlog

from taonet.neuron.chain import Chain, Metagraph, Neuron
from taonet.neuron.errors import QueryFailed
from taonet.neuron.follower import current
from taonet.neuron.message import Message
from taonet.neuron.metrics import Metrics
from taonet.neuron.score import Score, Standing, as_score
from taonet.neuron.score_book import ScoreBook
from taonet.neuron.status import StatusFile
from taonet.neuron.subnet import Streamed, Subnet, Validator, WithJudgement
from taonet.neuron.weight_setter import WeightSetter
from taonet.primitives.units import NetUid

CONCURRENCY = 8
"""Miners asked at once."""
PAUSE_S = 4.0
"""Between two rounds."""

log = structlog.get_logger("taonet.validator")


class Asker(Protocol):
    """How a miner is reached: a `Dendrite`, or a call within this process."""

    async def ask(
        self, neuron: Neuron, subnet: Subnet[Any, Any], query: Message
    ) -> Message | Streamed[Any]:
        """The whole reply; raises `QueryFailed`."""
        ...


@dataclass(frozen=True)
class Round:
    """One round: who was asked what, and what each was worth."""

    number: int
    block: int
    query: Message
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class Pace:
    """How fast rounds follow each other, and how many miners are asked at once."""

    pause_s: float = PAUSE_S
    concurrency: int = CONCURRENCY


@dataclass(frozen=True)
class Place:
    """Where a validator works: its chain, its subnet there, and its way to miners."""

    chain: Chain
    netuid: NetUid
    asker: Asker


class ValidatorLoop:
    """Judges one subnet for one hotkey."""

    def __init__(
        self,
        subnet: Subnet[Any, Any],
        validator: Validator[Any, Any],
        place: Place,
        *,
        book: ScoreBook,
        setter: WeightSetter,
        pace: Pace | None = None,
        status: StatusFile | None = None,
    ) -> None:
        self._subnet = subnet
        self._validator = validator
        self._chain = place.chain
        self._netuid = place.netuid
        self._asker = place.asker
        self._book = book
        self._setter = setter
        self._pace = pace or Pace()
        self._status = status
        self.metrics = Metrics()

    async def run(self) -> None:
        """Judge until cancelled. A round that fails by the author's code is logged and skipped."""
        while True:
            try:
                await self.round()
            except Exception:  # a bug of the author's costs a round, not the validator
                log.exception("round_failed", round=self._book.round)
                self.metrics.add("taonet_validator_rounds_total", outcome="failed")
            await asyncio.sleep(self._pace.pause_s)

    async def round(self) -> Round | None:
        """One round and what is due of weights; `None` when no miner serves."""
        metagraph = await current(self._chain, self._netuid)
        for hotkey in self._book.sync(metagraph):
            log.info("hotkey_left", hotkey=hotkey)
        done = await self._judge(metagraph)
        await self._setter.tick(metagraph, self.shares())
        self._tell(metagraph)
        return done

    async def _judge(self, metagraph: Metagraph) -> Round | None:
        number = self._book.round
        rng = Random(f"{self._book.seed}:{number}")  # noqa: S311 to be replayed, not to be secret
        serving = [
            neuron
            for neuron in metagraph.neurons
            if neuron.endpoint is not None and neuron.hotkey != self._chain.hotkey
        ]
        chosen = self._subnet.pick(serving, rng)
        if not chosen:
            return None
        query = self._validator.sample(rng)
        replies = await self._ask(chosen, query)
        heard = [None if isinstance(reply, QueryFailed) else reply for reply in replies]
        values = await self._validator.score(query, heard)
        if len(values) != len(chosen):
            raise ValueError(f"{len(values)} scores for {len(chosen)} replies")
        scores = {
            neuron.hotkey: _explained(as_score(value), reply)
            for neuron, value, reply in zip(chosen, values, replies, strict=True)
        }
        self._book.record(metagraph, scores)
        self.metrics.add("taonet_validator_rounds_total", outcome="scored")
        log.info("round_scored", round=number, block=metagraph.block, miners=len(scores))
        return Round(number, metagraph.block, query, scores)

    async def _ask(
        self, chosen: Sequence[Neuron], query: Message
    ) -> list[Message | Streamed[Any] | QueryFailed]:
        places = asyncio.Semaphore(self._pace.concurrency)

        async def ask(neuron: Neuron) -> Message | Streamed[Any] | QueryFailed:
            async with places:
                try:
                    return await self._asker.ask(neuron, self._subnet, query)
                except QueryFailed as failure:
                    self.metrics.add(
                        "taonet_validator_failures_total", reason=type(failure).__name__
                    )
                    return failure

        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(ask(neuron)) for neuron in chosen]
        return [task.result() for task in asked]

    def judged(self) -> dict[str, Score]:
        """What every hotkey in the book deserves now, and why."""
        return {standing.hotkey: self._verdict(standing) for standing in self._book.standings()}

    def shares(self) -> dict[str, float]:
        """What every hotkey in the book deserves now, summing to 1, or all 0."""
        verdicts = self.judged()
        total = sum(verdict.value for verdict in verdicts.values())
        return {
            hotkey: verdict.value / total if total else 0.0 for hotkey, verdict in verdicts.items()
        }

    def _verdict(self, standing: Standing) -> Score:
        if isinstance(self._validator, WithJudgement):
            return self._validator.judge(standing)
        return Score(standing.value, {"average": standing.value})

    def _tell(self, metagraph: Metagraph) -> None:
        outbox = self._setter.outbox
        self.metrics.set("taonet_validator_block", metagraph.block)
        if self._status is None:
            return
        own = metagraph.by_hotkey.get(self._chain.hotkey)
        self._status.figures(
            block=metagraph.block,
            uid=int(own.uid) if own else None,
            permit=bool(own and own.validator_permit),
            rounds=self._book.round,
            shares={hotkey: round(share, 6) for hotkey, share in self.shares().items()},
            verdicts={
                hotkey: {name: round(number, 4) for name, number in verdict.parts.items()}
                for hotkey, verdict in self.judged().items()
            },
            weights_at=outbox.on_chain_at if outbox else None,
            weights_refusal=outbox.refusal if outbox else "",
        )
        self._status.phase("judging" if own else "registering")


def _explained(score: Score, reply: object) -> Score:
    """A failed query's name, where the author's score says nothing of it."""
    if isinstance(reply, QueryFailed) and not score.note:
        note = f"{type(reply).__name__}: {reply}"
        return Score(score.value, {**score.parts, "failed": 1.0}, note, score.evidence)
    return score
