"""Who is asked, in virtual time and without a network."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from random import Random

import pytest

from taonet.gateway.errors import ApiError
from taonet.gateway.limits import MinerLimits
from taonet.gateway.miners import Candidate, Chunk, GenerationRequest, MinerTimedOut
from taonet.gateway.router import Journey, Router
from taonet.neuron.virtual_time import run_virtually

REQUEST = GenerationRequest(
    model="small",
    messages=(),
    prompt="hi",
    max_tokens=100,
    temperature=1.0,
    top_p=1.0,
    seed=None,
    stop=(),
    logprobs=False,
)


@dataclass
class Timed:
    """Miners that answer after their own latency, a chunk every `gap_s`, all in virtual time."""

    latencies_s: dict[str, float]
    incentives: dict[str, float] = field(default_factory=dict)
    gap_s: float = 0.0
    tokens: int = 1
    asked: Counter[str] = field(default_factory=Counter)
    deadlines_s: list[float] = field(default_factory=list)

    def candidates(self) -> Sequence[Candidate]:
        """One for each latency."""
        return [
            Candidate(uid, hotkey, "http://nowhere", self.incentives.get(hotkey, 1.0), "small")
            for uid, hotkey in enumerate(self.latencies_s)
        ]

    async def generate(
        self, candidate: Candidate, request: GenerationRequest, deadline_s: float
    ) -> AsyncGenerator[Chunk, None]:
        """Waits, then says so many tokens."""
        self.asked[candidate.hotkey] += 1
        self.deadlines_s.append(deadline_s)
        await asyncio.sleep(self.latencies_s[candidate.hotkey])
        for number in range(self.tokens):
            last = number + 1 == self.tokens
            yield Chunk("x", (1,), (-1.0,), finish_reason="stop" if last else None)
            await asyncio.sleep(self.gap_s)


class Bench:
    """A router in virtual time."""

    def __init__(self, miners: Timed, limits: MinerLimits | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        self.router = Router(
            miners, limits=limits or MinerLimits(), random=Random(1), monotonic=self.loop.time
        )

    async def ask(self, *, within_s: float = 60.0, request: GenerationRequest = REQUEST) -> str:
        """The hotkey that answered to the end."""
        answer = await self.router.open(Journey(request, self.loop.time() + within_s))
        async with aclosing(answer.chunks()) as chunks:
            async for _ in chunks:
                pass
        return answer.candidate.hotkey


def test_the_faster_miner_gets_most_and_the_slower_is_not_forgotten() -> None:
    miners = Timed({"fast": 0.1, "slow": 1.0})

    async def main() -> None:
        bench = Bench(miners)
        for _ in range(1000):
            await bench.ask()
            await asyncio.sleep(1.0)

    run_virtually(main())
    assert miners.asked["fast"] > 20 * miners.asked["slow"]
    assert miners.asked["slow"] >= 3


def test_incentive_decides_who_is_drawn_among_equals() -> None:
    hotkeys = [f"m{number}" for number in range(10)]
    incentives = dict.fromkeys(hotkeys, 0.0) | {"m0": 0.5, "m1": 0.5}
    miners = Timed(dict.fromkeys(hotkeys, 0.2), incentives)

    async def main() -> None:
        bench = Bench(miners)
        for _ in range(1000):
            await bench.ask()

    run_virtually(main())
    assert miners.asked["m0"] + miners.asked["m1"] > 600
    assert all(miners.asked[hotkey] > 0 for hotkey in hotkeys)


def test_load_spreads_over_equals() -> None:
    miners = Timed(dict.fromkeys(("a", "b", "c", "d"), 1.0))

    async def main() -> int:
        bench = Bench(miners)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(40):
                tasks.create_task(bench.ask())
            await asyncio.sleep(0.5)
            under_way = [standing.under_way for standing in bench.router.standings().values()]
        return max(under_way)

    assert run_virtually(main()) <= 15


def test_the_deadline_is_passed_on_and_shrinks_with_each_attempt() -> None:
    miners = Timed({"a": 100.0, "b": 100.0})

    async def main() -> str:
        bench = Bench(miners, MinerLimits(first_text_s_max=5.0))
        with pytest.raises(ApiError) as caught:
            await bench.ask(within_s=8.0)
        assert bench.loop.time() == pytest.approx(8.0)
        return caught.value.code

    assert run_virtually(main()) == "deadline_exceeded"
    assert miners.deadlines_s == pytest.approx([8.0, 2.99])


def test_a_long_prompt_buys_a_miner_time_to_read() -> None:
    miners = Timed({"a": 12.0})

    async def main() -> str:
        long = GenerationRequest(**{**_fields(REQUEST), "prompt": "x" * 1000})  # type: ignore[arg-type]
        bench = Bench(miners, MinerLimits(first_text_s_max=10.0, reading_characters_per_s_min=200))
        return await bench.ask(request=long)

    assert run_virtually(main()) == "a"


def _fields(request: GenerationRequest) -> dict[str, object]:
    return {name: getattr(request, name) for name in GenerationRequest.__slots__}


def test_a_miner_that_dribbles_is_blamed_when_the_time_is_over() -> None:
    miners = Timed({"a": 0.0}, gap_s=10.0, tokens=100)

    async def main() -> dict[str, int]:
        bench = Bench(miners)
        with pytest.raises(MinerTimedOut):
            await bench.ask(within_s=55.0)
        (standing,) = bench.router.standings().values()
        return standing.failures

    assert run_virtually(main()) == {"timed_out": 1}


def test_a_steady_miner_is_not_blamed_for_a_long_answer() -> None:
    miners = Timed({"a": 0.0}, gap_s=1.0, tokens=100)

    async def main() -> dict[str, int]:
        bench = Bench(miners)
        with pytest.raises(ApiError) as caught:
            await bench.ask(within_s=55.0)
        assert caught.value.code == "deadline_exceeded"
        (standing,) = bench.router.standings().values()
        return standing.failures

    assert run_virtually(main()) == {}


def test_hotkeys_that_serve_no_more_are_forgotten() -> None:
    miners = Timed({"a": 0.1, "b": 0.1})

    async def main() -> set[str]:
        bench = Bench(miners)
        for _ in range(4):
            await bench.ask()
        del miners.latencies_s["a"]
        return {candidate.hotkey for candidate in bench.router.standings()}

    assert run_virtually(main()) == {"b"}
