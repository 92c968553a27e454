"""Processes are kept running, and ended together."""

import asyncio
import os
import signal
from pathlib import Path

from taonet.cli.up.processes import Managed, Processes, last_line
from tests.flows.node_process import free_port


def changes(queue: "asyncio.Queue[None]") -> Processes:
    return Processes(lambda: queue.put_nowait(None))


async def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    changed: asyncio.Queue[None] = asyncio.Queue()
    processes = changes(changed)
    node = Managed("chain", ["node", "--port", str(free_port())], tmp_path / "chain.log")
    try:
        await processes.start(node)
        await changed.get()
        first = node.pid
        assert first is not None
        assert not node.has_ended
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(30):
            await changed.get()
            await changed.get()
        assert node.pid not in (None, first)
        assert (node.restarts, node.has_ended, node.failed) == (1, True, False)
    finally:
        await processes.stop()
    assert node.pid is None


async def test_a_process_that_ends_at_its_start_leaves_its_reason(tmp_path: Path) -> None:
    changed: asyncio.Queue[None] = asyncio.Queue()
    processes = changes(changed)
    node = Managed("chain", ["node", "--no-such-option"], tmp_path / "logs" / "chain.log")
    try:
        await processes.start(node)
        async with asyncio.timeout(30):
            await changed.get()
            await changed.get()
        assert node.has_ended
        assert "no-such-option" in node.log.read_text()
    finally:
        await processes.stop()


def test_the_last_line_is_the_last_that_says_something(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    assert last_line(log) == ""
    log.write_text("x" * 10_000 + "\nStoreFailed: no store\n\n  \n")
    assert last_line(log) == "StoreFailed: no store"
