"""Neurons outlive their chain, whether it was asked to stop or killed."""

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from taonet.neuron.sdk_chain import SdkChain
from tests.flows.node_process import NodeProcess, free_port, node_process
from tests.neuron.cast import ALICE


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """
    The SDK leaves a task behind for each connection it could not make.

    asyncio tells of it with a traceback when it is collected, which must not happen while another
    module is compiled: CPython 3.11 does not compile within compiling.
    """
    yield
    gc.collect()


FOUND_S_MAX = 30.0
"""Far less than the time after which a silent subscription is opened again."""


def ask_to_stop(node: NodeProcess) -> None:
    node.process.terminate()
    node.process.wait(timeout=30)


@pytest.mark.parametrize("end", [ask_to_stop, NodeProcess.kill])
async def test_blocks_go_on_after_the_node_was_started_again(
    tmp_path: Path, end: Callable[[NodeProcess], None]
) -> None:
    port = free_port()
    options = ("--folder", str(tmp_path), "--block-time", "0.1")
    async with SdkChain(f"ws://127.0.0.1:{port}", ALICE) as chain:
        blocks = chain.blocks()
        with node_process(*options, port=port) as node:
            async with asyncio.timeout(FOUND_S_MAX):
                before = await anext(blocks)
            await asyncio.to_thread(end, node)
        with node_process(*options, port=port) as node:
            async with asyncio.timeout(FOUND_S_MAX):
                while (after := await anext(blocks)) <= before:
                    pass
        assert after > before
        await blocks.aclose()  # type: ignore[attr-defined]


async def test_who_is_told_to_stop_while_the_chain_goes_does_stop(tmp_path: Path) -> None:
    port = free_port()
    async with SdkChain(f"ws://127.0.0.1:{port}", ALICE) as chain:
        blocks = chain.blocks()
        with node_process("--block-time", "0.1", port=port) as node:
            await anext(blocks)
            waiting = asyncio.ensure_future(anext(blocks))
            node.process.terminate()
            waiting.cancel()
            started = time.monotonic()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert time.monotonic() - started < FOUND_S_MAX
