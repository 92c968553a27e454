"""The embedded engine: time, pacing and sealing."""

import asyncio
from dataclasses import replace

from taonet.node.config import Sealing
from tests.node.small_chain import ALICE, CONFIG, SmallChain


def test_time_follows_the_clock_and_never_uses_a_slot_twice() -> None:
    small = SmallChain()
    small.block()
    first = small.executor.runtime.timestamp.now
    # The clock stands still: the chain moves on by its slot.
    small.engine.new_block()

    assert first == small.clock.now_ms()
    assert small.executor.runtime.timestamp.now == first + 250


async def _until(small: SmallChain, number: int) -> None:
    reached = asyncio.Event()
    stop = small.chain.listen(
        lambda block: reached.set() if block.header.number >= number else None
    )
    async with asyncio.timeout(10):
        await reached.wait()
    stop()


async def test_interval_sealing_paces_blocks_apart_from_the_slot() -> None:
    small = SmallChain(config=replace(CONFIG, sealing=Sealing.INTERVAL, block_time_s=0.001))
    running = asyncio.create_task(small.engine.run())
    await _until(small, 5)
    running.cancel()

    assert small.executor.head.number >= 5


async def test_instant_sealing_makes_a_block_of_each_transaction() -> None:
    small = SmallChain(config=replace(CONFIG, sealing=Sealing.INSTANT))
    running = asyncio.create_task(small.engine.run())
    await asyncio.sleep(0)
    await small.chain.submit(small.transfer(ALICE, 1))
    await _until(small, 1)
    running.cancel()

    assert small.executor.head.number == 1


async def test_a_paused_engine_makes_nothing_until_it_resumes() -> None:
    small = SmallChain(config=replace(CONFIG, sealing=Sealing.INTERVAL, block_time_s=0.001))
    small.engine.set_paused(paused=True)
    running = asyncio.create_task(small.engine.run())
    for _ in range(20):
        await asyncio.sleep(0)
    standing = small.executor.head.number
    small.engine.set_paused(paused=False)
    await _until(small, 1)
    running.cancel()

    assert standing == 0
