"""A subnet that the tests of this package share: miners add numbers."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Annotated

from taonet.neuron.message import Items, Message, Range
from taonet.neuron.score import Score
from taonet.neuron.subnet import Stream, Subnet


class Question(Message):
    """What is the sum?"""

    numbers: Annotated[tuple[Annotated[int, Range(0, 1000)], ...], Items(50)]


class Reply(Message):
    """The sum."""

    total: int


@dataclass
class Adder:
    """Right, but for a share of its answers; slow, if told so."""

    wrong: float = 0.0
    takes_s: float = 0.0

    async def answer(self, query: Question) -> Reply:
        """The sum, or one more."""
        if self.takes_s:
            await asyncio.sleep(self.takes_s)
        return Reply(sum(query.numbers) + (Random(str(query.numbers)).random() < self.wrong))


class Failing:
    """Raises."""

    async def answer(self, query: Question) -> Reply:
        """Never."""
        raise RuntimeError("the author's bug")


class AddingValidator:
    """Knows the sum."""

    def sample(self, rng: Random) -> Question:
        """Some numbers."""
        return Question(tuple(rng.randrange(1000) for _ in range(5)))

    async def score(self, query: Question, replies: Sequence[Reply | None]) -> list[Score]:
        """1 for the right sum."""
        right = [reply is not None and reply.total == sum(query.numbers) for reply in replies]
        return [Score(float(each), {"right": float(each)}) for each in right]


adding = Subnet("adding", query=Question, reply=Reply, timeout_s=2.0)
counting = Subnet("counting", query=Question, reply=Stream(Reply), timeout_s=2.0, pieces_max=100)


@dataclass
class Counter:
    """Streams the running sum; breaks after some pieces if told so."""

    breaks_after: int = 1000
    pause_s: float = 0.0

    async def answer(self, query: Question) -> AsyncIterator[Reply]:
        """One piece a number."""
        total = 0
        for index, number in enumerate(query.numbers):
            if index >= self.breaks_after:
                raise RuntimeError("the author's bug")
            if self.pause_s:
                await asyncio.sleep(self.pause_s)
            total += number
            yield Reply(total)
