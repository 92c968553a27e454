"""The simulator: the whole loop in one process, in virtual time, the same way each time."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from taonet.neuron.message import Message
from taonet.neuron.score import Score
from taonet.neuron.simulate import simulate
from taonet.neuron.subnet import Streamed, Subnet
from tests.neuron.adding import (
    Adder,
    AddingValidator,
    Counter,
    Failing,
    Question,
    Reply,
    adding,
    counting,
)


def test_weights_follow_merit_and_waiting_costs_no_time() -> None:
    started_s = time.monotonic()
    result = simulate(
        adding,
        AddingValidator(),
        {
            "right": Adder(),
            "often": Adder(wrong=0.5),
            "slow": Adder(takes_s=900.0),
            "bug": Failing(),
        },
        rounds=30,
        seed=1,
    )
    assert time.monotonic() - started_s < 5.0
    weights = result.weights
    assert weights["right"] > weights["often"] > 0
    assert weights["slow"] == weights["bug"] == 0
    assert sum(weights.values()) == pytest.approx(1.0)


def test_a_failure_is_noted_with_its_name() -> None:
    result = simulate(adding, AddingValidator(), [Adder(takes_s=900.0), Failing()], rounds=1)
    scores = result.rounds[0].scores
    assert scores["miner-0"].note == "TimedOut: no complete reply within 2 s"
    assert scores["miner-1"].note == "RefusedByMiner: MinerFailed (500): RuntimeError"
    assert scores["miner-0"].parts == {"right": 0.0, "failed": 1.0}


def test_the_same_seed_gives_the_same_rounds() -> None:
    first, second, other = (
        simulate(adding, AddingValidator(), [Adder(wrong=0.5)], rounds=5, seed=seed)
        for seed in (1, 1, 2)
    )
    assert first == second
    assert [each.query for each in first.rounds] != [each.query for each in other.rounds]


class StreamValidator:
    """Scores by the time that the stream took."""

    def sample(self, rng: object) -> Question:
        return Question((1, 2, 3, 4))

    async def score(
        self, query: Question, replies: Sequence[Streamed[Reply] | None]
    ) -> list[Score]:
        return [
            Score(0.0) if reply is None else Score(1.0, {"last_s": reply.arrivals_s[-1]})
            for reply in replies
        ]


def test_a_streams_times_are_virtual() -> None:
    miners = {"steady": Counter(pause_s=0.25), "slow": Counter(pause_s=0.75)}
    scores = simulate(counting, StreamValidator(), miners, rounds=1).rounds[0].scores
    assert scores["steady"].parts == {"last_s": pytest.approx(1.0)}
    assert scores["slow"].note.startswith("TimedOut")


def test_a_reply_over_the_limit_is_no_reply() -> None:
    class Text(Message):
        text: str

    class Talker:
        async def answer(self, query: Text) -> AsyncIterator[Text]:
            yield Text(query.text * 100)

    class Listener:
        def sample(self, rng: object) -> Text:
            return Text("x" * 100)

        async def score(self, query: Text, replies: Sequence[Text | None]) -> list[float]:
            return [float(reply is not None) for reply in replies]

    class Plain:
        async def answer(self, query: Text) -> Text:
            return Text(query.text * 100)

    small = Subnet("small", query=Text, reply=Text, reply_bytes_max=1000)
    notes = [
        each.note
        for each in simulate(small, Listener(), [Plain()], rounds=1).rounds[0].scores.values()
    ]
    assert notes == ["ReplyTooLarge: a reply has at most 1000 bytes"]


def test_a_validator_that_miscounts_is_told() -> None:
    class Miscounting(AddingValidator):
        async def score(self, query: Question, replies: Sequence[Reply | None]) -> list[Score]:
            return []

    with pytest.raises(ValueError, match="0 scores for 1 replies"):
        simulate(adding, Miscounting(), [Adder()], rounds=1)


def test_threads_may_work_within_a_round() -> None:
    class Threaded(AddingValidator):
        async def score(self, query: Question, replies: Sequence[Reply | None]) -> list[Score]:
            async with asyncio.timeout(1.0):
                total = await asyncio.to_thread(sum, query.numbers)
            return [Score(float(reply is not None and reply.total == total)) for reply in replies]

    assert simulate(adding, Threaded(), [Adder()], rounds=3).weights == {"miner-0": 1.0}
