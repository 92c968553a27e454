"""The validator's loop over real sockets: it resumes, and survives its author's bugs."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from taonet.neuron.axon import Axon
from taonet.neuron.chain import Endpoint
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet
from taonet.neuron.miner_loop import MinerLoop
from taonet.neuron.score import Score, Standing
from taonet.neuron.score_book import ScoreBook
from taonet.neuron.simulate import InProcess
from taonet.neuron.status import Status, StatusFile
from taonet.neuron.validator_loop import Pace, Place, ValidatorLoop
from taonet.neuron.virtual_time import run_virtually
from taonet.neuron.weight_setter import WeightSetter
from taonet.primitives.units import NetUid
from tests.neuron.adding import Adder, AddingValidator, Question, Reply, adding
from tests.neuron.cast import ALICE, BOB, admission


class Announcing(MemoryChain):
    """Says when the axon is published."""

    def __init__(self, state: MemorySubnet, hotkey: str) -> None:
        super().__init__(state, hotkey)
        self.published = asyncio.Event()

    async def serve_axon(self, netuid: NetUid, endpoint: Endpoint) -> None:
        await super().serve_axon(netuid, endpoint)
        self.published.set()


@asynccontextmanager
async def mining(state: MemorySubnet) -> AsyncIterator[None]:
    """Bob mines on a free port, and publishes it, within the block."""
    chain = Announcing(state, BOB.ss58_address)
    gate = admission()
    axon = Axon(adding, Adder(), hotkey=chain.hotkey, admission=gate)
    loop = MinerLoop(axon, chain=chain, netuid=state.netuid, admission=gate)
    task = asyncio.ensure_future(loop.run("127.0.0.1", 0))
    try:
        async with asyncio.timeout(5.0):
            await chain.published.wait()
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_miner_is_found_asked_judged_and_paid(tmp_path: Path) -> None:
    state = MemorySubnet()
    state.register(ALICE.ss58_address, BOB.ss58_address)
    chain = MemoryChain(state, ALICE.ss58_address)
    status = StatusFile(
        tmp_path / "status.json", Status("validator", "adding", 1, ALICE.ss58_address)
    )
    async with mining(state), Dendrite(ALICE) as dendrite:
        with ScoreBook.open(tmp_path / "scores.sqlite") as book:
            loop = ValidatorLoop(
                adding,
                AddingValidator(),
                Place(chain, state.netuid, dendrite),
                book=book,
                setter=WeightSetter(chain, tmp_path / "outbox.json"),
                status=status,
            )
            done = await loop.round()
    assert done is not None
    assert done.scores == {BOB.ss58_address: Score(1.0, {"right": 1.0})}
    assert state.weights == {ALICE.ss58_address: {1: 65535}}
    shown = json.loads((tmp_path / "status.json").read_text())
    assert shown["phase"] == "judging"
    assert shown["figures"]["shares"] == {BOB.ss58_address: 1.0}
    assert shown["figures"]["weights_at"] == state.block


def test_a_round_that_fails_by_the_authors_bug_does_not_stop_the_validator() -> None:
    class Buggy(AddingValidator):
        rounds = 0

        async def score(self, query: Question, replies: Sequence[Reply | None]) -> list[Score]:
            self.rounds += 1
            if self.rounds == 1:
                raise RuntimeError("the author's bug")
            return await super().score(query, replies)

    async def main() -> tuple[float, float]:
        state = MemorySubnet()
        state.register("validator", "miner")
        state.change(replace(state.neuron("miner"), endpoint=Endpoint("192.0.2.1", 1)))
        chain = MemoryChain(state, "validator")
        with ScoreBook.open(None) as book:
            loop = ValidatorLoop(
                adding,
                Buggy(),
                Place(chain, state.netuid, InProcess({"miner": Adder()})),
                book=book,
                setter=WeightSetter(chain, None),
                pace=Pace(pause_s=10.0),
            )
            with_time = asyncio.ensure_future(loop.run())
            await asyncio.sleep(25.0)
            with_time.cancel()
            await asyncio.wait([with_time])
            count = loop.metrics.get
            name = "taonet_validator_rounds_total"
            return count(name, outcome="failed"), count(name, outcome="scored")

    assert run_virtually(main()) == (1, 2)


def test_a_judgement_takes_the_place_of_the_average() -> None:
    class Strict(AddingValidator):
        def judge(self, standing: Standing) -> Score:
            return Score(0.0 if standing.value < 1.0 else 1.0, {"average": standing.value})

    async def main() -> dict[str, float]:
        state = MemorySubnet()
        state.register("validator", "right", "often")
        for port, hotkey in enumerate(("right", "often"), start=1):
            state.change(replace(state.neuron(hotkey), endpoint=Endpoint("192.0.2.1", port)))
        chain = MemoryChain(state, "validator")
        asker = InProcess({"right": Adder(), "often": Adder(wrong=0.5)})
        with ScoreBook.open(None, seed="1") as book:
            loop = ValidatorLoop(
                adding,
                Strict(),
                Place(chain, state.netuid, asker),
                book=book,
                setter=WeightSetter(chain, None),
            )
            for _ in range(10):
                await loop.round()
            return loop.shares()

    assert run_virtually(main()) == {"right": 1.0, "often": 0.0}
